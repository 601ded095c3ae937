"""The version of TouchTrain."""

__version__ = "0.1.0"
__date__ = "29-Nov-2026"  # of the version, as MATLAB's ver shows it
