"""The version of TouchTrain."""

__version__ = "0.1.0"
