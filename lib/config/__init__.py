"""What can be asked for: settings, experiments, profiles, and how a request is read. No TensorFlow
here, and nothing that reads data.
"""
