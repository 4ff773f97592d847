"""Recorded results of runs, and how others are compared with them."""
