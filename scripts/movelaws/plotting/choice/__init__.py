"""Figures of paper 5: the destination choice game."""
