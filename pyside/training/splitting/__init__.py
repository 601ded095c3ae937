"""Splits into training, validation and test sides."""
