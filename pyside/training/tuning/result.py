"""What came of a search: the trials, the best of them, and the training that made its model."""

from __future__ import annotations

import dataclasses
from typing import Any

from pyside.evaluation.result import TrainingResult
from pyside.settings.core import Spelling
from pyside.settings.training import LOWER_IS_BETTER
from pyside.system.records import plain
from pyside.training.tuning.space import in_words, named, value_text, worded

_MOST_SHOWN = 20


@dataclasses.dataclass(frozen=True)
class TuningResult:
    """The outcome of a search.

    Attributes:
        trials: one record a trial, in order: ``number``, from 1; ``values`` of the settings that were searched;
            ``figure`` of the validation side, None where the trial failed, and ``failed``, why; ``best_epoch``,
            ``epochs`` that it ran, ``seconds``, and ``stopped``, whether it was broken off by a wish to stop.
        best: the record of the best one.
        monitor: which figure it is.
        importance: how much of the figure's spread each setting accounts for, 0 to 1; None with too few trials.
        training: of the best trial, which made the model.
        asked_for: how many trials were to be done.
        stopped: whether it was asked to stop before.
    """

    trials: list[dict[str, Any]]
    best: dict[str, Any]
    monitor: str
    importance: dict[str, float] | None
    training: TrainingResult
    asked_for: int
    stopped: bool

    @property
    def best_settings(self) -> dict[str, Any]:
        """What was searched, at its best: ``pyside.train(dataset, path, **result.best_settings)`` takes it."""
        return dict(self.best["values"])

    @property
    def figure(self) -> float:
        """The best figure."""
        return float(self.best["figure"])

    @property
    def model_path(self) -> str:
        """Absolute path of the model of the best trial."""
        return self.training.model_path

    @property
    def report(self) -> dict[str, Any]:
        """The report of the best trial."""
        return self.training.report

    def record(self) -> dict[str, Any]:
        """Return it as plain values."""
        found: dict[str, Any] = plain({**vars(self), "training": dataclasses.asdict(self.training)})
        return {**found, "model_path": self.model_path, "best_settings": plain(self.best_settings)}

    @classmethod
    def from_record(cls, record: dict[str, Any]) -> TuningResult:
        """Return the result that a job wrote down."""
        known = {field.name: record[field.name] for field in dataclasses.fields(cls)}
        return cls(**{**known, "training": TrainingResult.from_record(record["training"])})

    def spelled(self, spelling: Spelling) -> dict[str, Any]:
        """Return trials, best settings and importance by the names of one spelling."""
        return {
            "trials": [{**row, "values": worded(row["values"], spelling)} for row in self.trials],
            "best": {**self.best, "values": worded(self.best["values"], spelling)},
            "best_settings": worded(self.best_settings, spelling),
            "importance": self.importance and {named(name, spelling): one for name, one in self.importance.items()},
        }

    def __str__(self) -> str:
        return self.summary()

    def summary(self, spelling: Spelling = "python") -> str:
        """Return it as text for a person: the trials, the best first, what mattered, and the best one's training."""
        best = in_words(self.best["values"], spelling)
        rows = [*self._table(spelling), "", f"best settings  {best} (trial {self.best['number']})"]
        if self.importance:
            ranked = sorted(self.importance.items(), key=lambda one: -one[1])
            shares = ", ".join(f"{named(name, spelling)} {100 * share:.0f} %" for name, share in ranked)
            rows.append(f"what mattered  {shares}")
        if self.stopped:
            done = sum(not row["stopped"] for row in self.trials)
            rows.append(
                f"note           it was asked to stop after {done} of {self.asked_for} trials; the same call goes on "
                "from there"
            )
        return "\n".join([*rows, "", f"The model is that of trial {self.best['number']}:", self.training.summary()])

    def _table(self, spelling: Spelling) -> list[str]:
        ordered = sorted(self.trials, key=lambda row: rank(row["figure"], self.monitor))
        names = list(worded(self.best["values"], spelling))
        table = [["trial", self.monitor, "best epoch", "seconds", *names]]
        for row in ordered[:_MOST_SHOWN]:
            figure = "failed" if row["figure"] is None else f"{row['figure']:.4g}"
            epochs = "-" if row["epochs"] is None else f"{row['best_epoch']} of {row['epochs']}"
            values = [value_text(value) for value in worded(row["values"], spelling).values()]
            mark = " stopped" if row["stopped"] else ""
            table.append([f"{row['number']}{mark}", figure, epochs, f"{row['seconds']:.0f}", *values])
        widths = [max(len(row[column]) for row in table) for column in range(len(table[0]))]
        lines = [
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in table
        ]
        more = len(ordered) - _MOST_SHOWN
        return lines + ([f"... and {more} more"] if more > 0 else [])


def rank(figure: float | None, monitor: str) -> tuple[bool, float]:
    """Return what sorts figures from the best to the worst, those that are none last."""
    if figure is None:
        return True, 0.0
    return False, figure if monitor in LOWER_IS_BETTER else -figure
