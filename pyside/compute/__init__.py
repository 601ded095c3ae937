"""Devices, backends and precision.

TensorFlow, JAX and Keras read these variables when they are imported, so modules that import them import this first.
"""

from __future__ import annotations

import os

# A user's own settings win.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # no notes about CPU flags and missing CUDA
os.environ.setdefault("TF_FORCE_GPU_ALLOW_GROWTH", "true")  # leave room on the GPU for MATLAB
os.environ.setdefault("XLA_PYTHON_CLIENT_PREALLOCATE", "false")  # likewise
os.environ.setdefault("KERAS_BACKEND", "tensorflow")  # until `devices.use_backend` sets another one
