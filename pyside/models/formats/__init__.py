"""Formats of a model other than the .h5."""
