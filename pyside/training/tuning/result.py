"""The result of a search: the trials, the best one, and the training that made its model."""

from __future__ import annotations

import dataclasses
from typing import Any

from pyside.evaluation.result import TrainingResult
from pyside.settings.core import Spelling, named
from pyside.settings.training import LOWER_IS_BETTER
from pyside.system.records import plain
from pyside.training.tuning.space import in_words, value_text, worded

_MOST_SHOWN = 20


@dataclasses.dataclass(frozen=True)
class TuningResult:
    """The result of a search.

    Attributes:
        trials: one record per trial, in order: ``number``, from 1; ``values`` of the searched settings; ``figure`` of
            the validation side, None if the trial failed; ``failed``, the reason; ``best_epoch``; ``epochs`` that it
            ran; ``seconds``; and ``stopped``, whether a request to stop ended it early.
        best: the record of the best one.
        monitor: name of the figure.
        importance: how much of the figure's variation each setting explains, 0 to 1; None with too few trials.
        training: of the best trial, which made the model.
        asked_for: number of trials that the search was to do.
        stopped: whether a request to stop ended the search early.
    """

    trials: list[dict[str, Any]] = dataclasses.field(repr=False)
    best: dict[str, Any]
    monitor: str
    importance: dict[str, float] | None
    training: TrainingResult
    asked_for: int
    stopped: bool

    @property
    def best_settings(self) -> dict[str, Any]:
        """The searched settings of the best trial, for ``pyside.train(dataset, path, **result.best_settings)``."""
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
        """Return the result as plain values."""
        found: dict[str, Any] = plain({**vars(self), "training": dataclasses.asdict(self.training)})
        return {**found, "model_path": self.model_path, "best_settings": plain(self.best_settings)}

    @classmethod
    def from_record(cls, record: dict[str, Any]) -> TuningResult:
        """Return the result from the record that a job wrote."""
        known = {field.name: record[field.name] for field in dataclasses.fields(cls)}
        return cls(**{**known, "training": TrainingResult.from_record(record["training"])})

    def spelled(self, spelling: Spelling) -> dict[str, Any]:
        """Return trials, best settings and importance with the names of one spelling."""
        return {
            "trials": [{**row, "values": worded(row["values"], spelling)} for row in self.trials],
            "best": {**self.best, "values": worded(self.best["values"], spelling)},
            "best_settings": worded(self.best_settings, spelling),
            "importance": self.importance and {named(name, spelling): one for name, one in self.importance.items()},
        }

    def __str__(self) -> str:
        return self.summary()

    def summary(self, spelling: Spelling = "python") -> str:
        """Return the result as text: the trials, the best first; importance; and the training of the best one."""
        best = in_words(self.best["values"], spelling)
        rows = [*self._table(spelling), "", f"best settings  {best} (trial {self.best['number']})"]
        if self.importance:
            ranked = sorted(self.importance.items(), key=lambda one: -one[1])
            shares = ", ".join(f"{named(name, spelling)} {100 * share:.0f} %" for name, share in ranked)
            rows.append(f"what mattered  {shares}")
        if self.stopped:
            done = sum(not row["stopped"] for row in self.trials)
            rows.append(
                f"note           the search was asked to stop after {done} of {self.asked_for} trials; the same call "
                "continues it"
            )
        return "\n".join([*rows, "", f"The model comes from trial {self.best['number']}:", self.training.summary()])

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
    """Return a sort key that orders figures from the best to the worst, None last."""
    if figure is None:
        return True, 0.0
    return False, figure if monitor in LOWER_IS_BETTER else -figure
