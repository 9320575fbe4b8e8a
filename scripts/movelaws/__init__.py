"""The science of movelaws: models, inference and data contracts, free of the workflow engine."""
