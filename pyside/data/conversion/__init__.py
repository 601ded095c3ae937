"""Converts videos, arrays, images and records to a dataset folder."""
