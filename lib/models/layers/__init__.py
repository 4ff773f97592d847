"""Keras layers with fewer operations, and what several models' losses share."""
