"""Paper 2: distilling human mobility models with symbolic regression."""
