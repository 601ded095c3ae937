"""Judging what was learnt, and writing it down."""
