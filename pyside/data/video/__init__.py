"""Frames of videos, stacks and image sequences, by their exact numbers."""
