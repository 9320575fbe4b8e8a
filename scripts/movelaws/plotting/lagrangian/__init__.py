"""Figures of paper 1, the Lagrangian dynamics of population distribution."""
