"""Learning from a dataset folder: split, augment, fit, save.

`fit`, `split`, `devices` and `model_files` import Keras inside their functions; `model`, `augment`, `batches`,
`progress` and `checkpoint` at the top, so `fit` imports those only when a training begins.
"""

from __future__ import annotations

import os

# Read by TensorFlow, JAX and Keras when they are imported, wherever that happens first. A user's own settings win.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # no notes about CPU flags and missing CUDA
os.environ.setdefault("TF_FORCE_GPU_ALLOW_GROWTH", "true")  # leave room on the GPU for MATLAB
os.environ.setdefault("XLA_PYTHON_CLIENT_PREALLOCATE", "false")  # likewise
os.environ.setdefault("KERAS_BACKEND", "tensorflow")  # until `devices.use_backend` says another one
