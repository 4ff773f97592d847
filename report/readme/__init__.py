"""The README's generated parts."""
