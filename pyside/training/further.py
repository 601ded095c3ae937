"""Trainings beside the one that makes the model: cross-validation, and a learning curve.

They tell how far the figures depend on the recordings that were held out, and whether more recordings would help. What
each came to is kept beside the checkpoint, so that one that was broken off is not done again from the beginning.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np

from pyside.evaluation.events import event_classes
from pyside.evaluation.figures import side_figures
from pyside.records import plain, write_json
from pyside.training.checks import recordings_of
from pyside.training.duplicates import merged_groups
from pyside.training.fitting import Fit
from pyside.training.judging import Judged, predict
from pyside.training.split import Split, folds, portions

SHARES = (1 / 8, 1 / 4, 1 / 2)  # of the training side, for the learning curve


def further_trainings(work: Fit, sides: Split, judged: Judged, checkpoint: Path | None) -> dict[str, Any]:
    """Do the trainings that the settings ask for besides.

    Args:
        work: what all trainings share.
        sides: of the split of the training that made the model.
        judged: what that came to.
        checkpoint: its checkpoint; theirs lie beside it.

    Returns:
        ``cross_validation`` and ``learning_curve`` for the report, None where not asked for. Of trainings that were
        asked to stop, nothing is told.
    """
    settings, dataset = work.settings, work.dataset
    labels = dataset.labels()
    groups, _ = merged_groups(dataset, dataset.groups())  # a copy must not be in another fold
    found: dict[str, Any] = {"cross_validation": None, "learning_curve": None}
    with _kept(checkpoint, work) as runs:
        if settings.folds:
            tags = [recording.info["tags"] for recording in dataset.recordings]
            n_classes = len(dataset.class_names)
            parts = folds(
                labels, groups, settings.folds, settings.seed, n_classes, recordings_of(dataset), tags, sides.test
            )
            done = [runs(f"fold {number} of {len(parts)}", part) for number, part in enumerate(parts, start=1)]
            rows = [one for one in done if one is not None]
            found["cross_validation"] = {"folds": rows, "spread": spread(rows)} if all(done) else None
        if settings.learning_curve:
            parts = portions(sides, groups, labels, len(dataset.class_names), settings.seed, SHARES)
            done = [
                runs(f"learning curve {number} of {len(parts)}", part) for number, part in enumerate(parts, start=1)
            ]
            whole = _told(work, sides, judged.metrics["validation"])
            told = [one for one in [*done, whole] if one is not None]
            rows = [{"share": one["frames"] / whole["frames"], **one} for one in told]
            found["learning_curve"] = rows if all(done) else None
    return found


@contextmanager
def _kept(checkpoint: Path | None, work: Fit) -> Iterator[Callable[[str, Split], dict[str, Any] | None]]:
    """Yield a function that does one training, or returns what it came to before a break; None once asked to stop."""
    path = checkpoint.with_name(f"{checkpoint.stem}.further.json") if checkpoint else None
    identity = plain({"dataset": work.dataset.hash, "settings": work.settings.as_dict()})
    done: dict[str, Any] = {}
    if path is not None:
        with suppress(OSError, ValueError, KeyError, TypeError):
            kept = json.loads(path.read_text(encoding="utf-8"))
            done = kept["done"] if kept["training"] == identity else {}
    asked = False

    def run(title: str, sides: Split) -> dict[str, Any] | None:
        nonlocal asked
        if title not in done and not asked:
            own = checkpoint.with_name(f"{checkpoint.stem}.{title.replace(' ', '-')}.npz") if checkpoint else None
            fitted = dataclasses.replace(work, progress=_as_part(work.progress, title)).run(sides, own)
            asked = fitted.progress.asked
            if not asked:
                done[title] = plain(_told(work, sides, _figures(work, fitted, sides)))
                if path is not None:
                    with suppress(OSError):  # it would have to be done again after a break, no more
                        write_json(path, {"training": identity, "done": done})
            fitted.checkpoints.remove()
        return done.get(title)

    yield run
    if path is not None:
        with suppress(OSError):
            path.unlink(missing_ok=True)


def _as_part(progress: Callable[[dict[str, Any]], None], title: str) -> Callable[[dict[str, Any]], None]:
    """Return what takes the progress of one such training: it is no epoch of the model's own."""
    of_it = ("epoch", "epochs", "batch", "batches", "frames_per_second")
    return lambda record: progress({"stage": title, **{key: record[key] for key in of_it if key in record}})


def _figures(work: Fit, fitted: Any, sides: Split) -> dict[str, Any]:
    """Return the figures of the validation side, each frame of its likeliest class."""
    found = predict(fitted, work.dataset, sides.validation)
    tags = [recording.info["tags"] for recording in work.dataset.recordings]
    return side_figures(found, found.probabilities.argmax(axis=1), tags, work.settings.frame_rate)


def _told(work: Fit, sides: Split, figures: dict[str, Any]) -> dict[str, Any]:
    """Return one training's row: what it was trained on, and the figures that one compares."""
    names = event_classes(work.dataset.class_names)
    events = [figures["events"][name]["errors_per_touch"] for name in names if name in figures["events"]]
    f1 = [figures["classes"][name]["f1"] for name in names]
    return {
        "frames": len(sides.training),
        "recordings": len(np.unique(recordings_of(work.dataset)[sides.training])),
        "validation_frames": len(sides.validation),
        "accuracy": figures["accuracy"],
        "balanced_accuracy": figures["balanced_accuracy"],
        "f1": _mean(f1),
        "errors_per_touch": _mean(events),
    }


def _mean(values: list[float | None]) -> float | None:
    there = [value for value in values if value is not None]
    return float(np.mean(there)) if there else None


def spread(rows: list[dict[str, Any]]) -> dict[str, dict[str, float]]:
    """Return mean, standard deviation (of a sample), least and most of each figure over the folds."""
    found = {}
    for name in ("accuracy", "balanced_accuracy", "f1", "errors_per_touch"):
        values = [row[name] for row in rows if row[name] is not None]
        if values:
            found[name] = {
                "mean": float(np.mean(values)),
                "std": float(np.std(values, ddof=1)) if len(values) > 1 else 0.0,
                "least": float(np.min(values)),
                "most": float(np.max(values)),
            }
    return found
