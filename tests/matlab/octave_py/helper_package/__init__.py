"""A package that does not import its module."""
