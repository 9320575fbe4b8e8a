"""Figures of paper 3, the pair distribution of places."""
