"""One file per experiment: what it reproduces, and its settings."""
