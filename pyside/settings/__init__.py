"""All settings: what they are called in Python, on the command line and in MATLAB, their defaults and checks."""

from pyside.settings.core import *  # noqa: F403
