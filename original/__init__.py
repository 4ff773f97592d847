"""What the original published. Nothing here knows of our runs."""
