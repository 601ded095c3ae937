"""Tables of frames that tests make up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from pyside.data.dataset import FrameTable


def table_of(
    labels: Any,
    groups: Any = None,
    n_classes: int = 2,
    recordings: Any = None,
    tags: Sequence[Mapping[str, str]] = (),
    frame_numbers: Any = None,
    class_names: Sequence[str] | None = None,
) -> FrameTable:
    """A table of copies of these vectors; what is left out is the same for all frames, or counts from 0."""
    nothing = np.zeros(len(labels), np.int64)
    return FrameTable(
        np.array(labels, np.int16),
        np.array(nothing if groups is None else groups, np.int32),
        np.array(nothing if recordings is None else recordings, np.int64),
        np.array(np.arange(len(labels)) if frame_numbers is None else frame_numbers, np.int64),
        tuple(class_names or map(str, range(n_classes))),
        tuple(tags),
    )
