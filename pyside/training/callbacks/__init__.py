"""Keras callbacks of a training."""
