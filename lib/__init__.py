"""Everything that the experiments, figures and report share."""
