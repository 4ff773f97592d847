"""Verified downloads from mirrors. Nothing here knows what the files contain."""
