"""What a run shows: sheets of images, animations, curves, and a page of its own.

Everything is drawn from the files of a run directory. No TensorFlow here, and no figure of the
report.
"""
