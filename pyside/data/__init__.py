"""Recordings and labels: what they look like, and how they become a dataset folder."""
