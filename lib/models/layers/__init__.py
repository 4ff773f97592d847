"""Keras layers with fewer operations, and functions that several adversarial models use."""
