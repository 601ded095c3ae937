"""What some types are called in annotations, everywhere."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from os import PathLike
from typing import Any

import numpy as np

AnyPath = str | PathLike[str]
Array = np.ndarray[Any, Any]
Shape = tuple[int, int, int]  # (height, width, channels) of a frame
Record = Mapping[str, Any]  # plain values by name, as JSON holds them
Progress = Callable[[dict[str, Any]], None]  # called with a record of how far the work is
