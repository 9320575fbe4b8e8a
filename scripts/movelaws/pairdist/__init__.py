"""Paper 3: the pair distribution of places and the intrinsic cost of distance."""
