"""Compares labels with labels: marks of a model, labels of people, several of each."""
