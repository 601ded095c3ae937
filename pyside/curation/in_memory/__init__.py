"""Predicts frames that are in memory, cut out as in the training."""
