"""Shelves: which series feed which model; catalogue in, model-ready frames out."""
