"""Lagrangian dynamics of population distributions on a lattice: model, inference, observables."""
