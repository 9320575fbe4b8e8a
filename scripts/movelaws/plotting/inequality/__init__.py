"""Figures of paper 4: the modified radiation model."""
