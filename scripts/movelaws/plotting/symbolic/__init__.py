"""Figures of the search for laws of flow (paper 2); each module draws one from saved tables."""
