"""Populations of the cells of a lattice in time: the data that paper 1 starts from."""
