"""Radiation models in which living conditions differ between zones."""
