"""Faces, digits and arithmetic queries: how they are obtained, prepared once, and loaded.

Prepared arrays lie in a folder with their provenance. Nothing here knows of models or training.
"""
