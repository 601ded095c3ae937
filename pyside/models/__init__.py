"""Models as files."""

from __future__ import annotations

import pyside.compute  # noqa: F401  (says how Keras and TensorFlow start, before anything imports them)
