"""What a user can request: settings, experiments, profiles, and how a request is parsed. Nothing
here imports TensorFlow or reads data.
"""
