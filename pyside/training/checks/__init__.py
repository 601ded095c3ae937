"""Checks before a training begins."""
