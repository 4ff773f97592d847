"""What the project needs of the machine: files, paths, locks, errors, random numbers, TensorFlow.

Nothing here knows of data, models or runs.
"""
