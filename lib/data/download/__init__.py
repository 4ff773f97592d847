"""Verified downloads. Nothing here knows what the files hold."""
