"""Models that learn arithmetic, from text or digit images to text or digit images."""
