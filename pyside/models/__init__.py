"""Model files: load, save, metadata and further formats."""

from __future__ import annotations

import pyside.compute  # noqa: F401  (sets environment variables that Keras and TensorFlow read when imported)
