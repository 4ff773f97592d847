"""The README's generated parts: the experiments, the images and the verdicts.

No text that a person writes belongs here; it is in README.md.
"""
