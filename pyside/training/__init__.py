"""Training on a dataset folder: split, augment, fit, save."""

from __future__ import annotations

import pyside.compute  # noqa: F401  (configures Keras and TensorFlow before anything imports them)
