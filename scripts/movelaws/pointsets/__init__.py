"""Point sets with moves between their places: the data that paper 3 starts from."""
