"""Models of cities and towns as matter: their places, and the pair distributions that follow."""
