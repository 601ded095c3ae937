"""Evaluation and record of a training."""
