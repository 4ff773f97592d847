"""What decides the claims and the suspected defects."""
