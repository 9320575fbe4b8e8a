"""The destination choice game beside the models it is compared with (paper 5)."""
