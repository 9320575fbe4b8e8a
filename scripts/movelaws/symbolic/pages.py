"""How the fronts of many datasets are divided among pages; light, as rules read it."""

PER_PAGE = 2
"""Datasets on one page."""
