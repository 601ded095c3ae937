"""Learning from a dataset folder: split, augment, fit, save."""

from __future__ import annotations

import pyside.compute  # noqa: F401  (says how Keras and TensorFlow start, before anything imports them)
