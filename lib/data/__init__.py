"""Where faces, digits and sums come from: prepared once, with their provenance beside them."""
