"""The report: figures, tables and text around the numbers of the runs.

`criteria` decides the claims, `reference` has recorded results, `readme` writes the README's
tables, and `templates` holds all text of the page. No training, no drawing and no TensorFlow
belongs here.
"""
