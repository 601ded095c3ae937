"""Engines: Python drives MATLAB, or GNU Octave if there is no MATLAB."""

from pyside.bridge.engine.session import Engine, Workspace
from pyside.bridge.engine.start import connect, train_new_model, unpack_trial_array

__all__ = ["Engine", "Workspace", "connect", "train_new_model", "unpack_trial_array"]
