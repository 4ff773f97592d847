"""The models and how each is trained; all use TensorFlow."""
