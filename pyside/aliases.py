"""Short names for types in annotations."""

from __future__ import annotations

from collections.abc import Callable
from os import PathLike
from typing import Any

import numpy as np

AnyPath = str | PathLike[str]
Array = np.ndarray[Any, Any]
Progress = Callable[[dict[str, Any]], None]  # called with a progress record
