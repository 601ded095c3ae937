"""What came of a training: one record that Python returns, a job writes down and MATLAB turns into a struct."""

from __future__ import annotations

import dataclasses
import json
import math
from pathlib import Path
from typing import Any

from pyside.records import write_json


@dataclasses.dataclass(frozen=True)
class TrainingResult:
    """The outcome of one training.

    Attributes:
        history: one list of floats a curve, one value an epoch: ``loss``, ``accuracy``, ``val_loss``,
            ``val_accuracy``, ``learning_rate``.
        model_path: absolute path of the ``.h5`` file.
        metrics: figures on the held-out sides, by side: ``metrics["validation"]["accuracy"]``.
        report: everything about the run that is worth keeping: settings, split, counts a class, best epoch,
            precision, seconds, versions, warnings.
    """

    history: dict[str, list[float]]
    model_path: str
    metrics: dict[str, Any]
    report: dict[str, Any]

    def save(self, path: Path) -> None:
        """Write the result as JSON, complete or not at all."""
        write_json(path, dataclasses.asdict(self))

    @classmethod
    def load(cls, path: Path) -> TrainingResult:
        """Read what `save` wrote; a null in a curve is NaN again."""
        record = json.loads(path.read_text(encoding="utf-8"))
        curves = {
            name: [math.nan if value is None else value for value in values]
            for name, values in record.pop("history").items()
        }
        return cls(history=curves, **record)
