"""What a model says of frames in memory."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from pyside.aliases import Array
from pyside.errors import some
from pyside.settings.core import first_number

_MOST_RUNS = 8
_ARRAYS = ("probabilities", "labels", "sources")


@dataclasses.dataclass(frozen=True)
class Prediction:
    """What a model says of each frame. Row k is frame k, counted from 0; several arrays follow each other.

    Attributes:
        probabilities: float32, (n, classes), 0 to 1.
        labels: int16, (n,), index of the class.
        class_names: in the order of the columns of `probabilities`.
        sources: int32, (n,), the array or file that each frame comes from, counted from 0.
        event_class: the class, such as Touch, whose probability is compared with the threshold; None if each frame is
            of its likeliest class.
        threshold: a frame is of that class where its probability is at least this, 0 to 1; or None.
        min_duration: frames; shorter runs of that class were dropped. 1 where frames do not follow each other in time.
        runtime: the program that computed: ``keras``, ``openvino`` or ``onnxruntime``.
        precision: in which it did: ``float32``, ``mixed_bfloat16`` and so on.
        device: ``cpu`` or ``gpu``.
        said: which runtime ``auto`` took and why, with the frames per second of each that was timed; "" if one was
            named.
        warnings: messages for a person.
    """

    probabilities: Array
    labels: Array
    class_names: tuple[str, ...]
    sources: Array
    event_class: str | None = None
    threshold: float | None = None
    min_duration: int = 1
    runtime: str = "keras"
    precision: str = "float32"
    device: str = "cpu"
    said: str = ""
    warnings: tuple[str, ...] = ()

    @property
    def label_names(self) -> list[str]:
        """The name of the class of each frame."""
        return [self.class_names[label] for label in self.labels]

    def packed(self) -> tuple[dict[str, Any], list[Array]]:
        """Return this as a record of plain values and a list of arrays; `unpacked` restores it."""
        record = {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}
        return {name: value for name, value in record.items() if name not in _ARRAYS}, [record[one] for one in _ARRAYS]

    @classmethod
    def unpacked(cls, record: Mapping[str, Any], arrays: Sequence[Array]) -> Prediction:
        """Return the prediction that `packed` took apart."""
        lists = {name: tuple(record[name]) for name in ("class_names", "warnings")}
        return cls(**{**record, **lists, **dict(zip(_ARRAYS, arrays, strict=True))})

    def as_dict(self) -> dict[str, Any]:
        """Return this as plain values for JSON: lists for arrays, with `label_names`."""
        record, arrays = self.packed()
        lists = {name: np.asarray(array).tolist() for name, array in zip(_ARRAYS, arrays, strict=True)}
        return {**lists, "label_names": self.label_names, **record}

    def summary(self) -> str:
        """Return lines for a person: counts, the decision, and the first runs of the class that is decided on."""
        counts = [f"{name} {int(np.sum(self.labels == number)):,}" for number, name in enumerate(self.class_names)]
        rows = [f"{_count(len(self.labels))}: {', '.join(counts)}"]
        if self.event_class is not None and self.threshold is not None:
            rows.append(
                f"{self.event_class} from a probability of {self.threshold:g} on, for at least "
                f"{_count(self.min_duration)}"
            )
            rows += self._runs(self.class_names.index(self.event_class))
        rows += [self.said] if self.said else []
        return "\n".join([*rows, *(f"warning: {text}" for text in self.warnings)])

    def _runs(self, event: int) -> list[str]:
        first = first_number()
        steps = np.diff((self.labels == event).astype(np.int8), prepend=0, append=0)
        runs = zip(np.flatnonzero(steps > 0) + first, np.flatnonzero(steps < 0) - 1 + first, strict=True)
        shown = [f"{start} to {end}" if end > start else f"{start}" for start, end in runs]
        where = f"{self.event_class} in frames {some(shown, _MOST_RUNS)} (counted from {first})"
        return [where] if shown else []


def _count(n: int) -> str:
    return f"{n:,} frame{'' if n == 1 else 's'}"
