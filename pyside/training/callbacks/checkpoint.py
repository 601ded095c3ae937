"""Checkpoints: a training resumed from one ends as it would have ended without the interruption.

A checkpoint is one ``.npz`` file without pickles. Its ``record`` is a JSON text with:

    format             "touchtrain checkpoint 2"
    dataset, settings  hash of the dataset and all settings of the training but the number of devices: no other training
                       can use it
    precision          of the current fit
    epoch              number of finished epochs
    ended              whether no epoch is to follow
    order              the number of the last epoch's order of frames, see `Batches`
    stopping           best (as text, because it may be infinite), best_epoch and wait of Keras's EarlyStopping
    schedule           the state of the learning rate schedule, see `schedule`
    history, asked, frames_per_second    of `TrainingProgress`
    warnings           sentences, so far

The other entries are arrays: ``variables.000`` and so on, weights and states of the seed generators; ``optimizer.000``,
the optimizer's variables; ``best.000``, the weights of the best epoch, if they are kept.
"""

from __future__ import annotations

import contextlib
import io
import json
import math
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import keras
import numpy as np

from pyside.errors import BadJob
from pyside.system.files import left_parts, written_beside
from pyside.system.records import to_json
from pyside.training.callbacks import schedule

if TYPE_CHECKING:
    from pyside.data.dataset import Dataset
    from pyside.settings.training import TrainSettings
    from pyside.training.callbacks.progress import TrainingProgress
    from pyside.training.input_pipeline.batches import Batches

FORMAT = "touchtrain checkpoint 2"
SECONDS_BETWEEN = 10.0  # at least, from one checkpoint to the next
GROUPS = ("variables", "optimizer", "best")

Arrays = dict[str, list[np.ndarray]]


class Checkpoints(keras.callbacks.Callback):
    """Writes checkpoints at the ends of epochs, and resumes a training from an existing one.

    It must be the last callback: what the others decide at the end of an epoch belongs in the checkpoint, and Keras's
    EarlyStopping resets its state when a training begins.

    Args:
        path: the file; None for no checkpoints.
        dataset: the training data.
        settings: of the training.

    Attributes:
        found: a sentence about the checkpoint found at `path`; empty if there was none.
        warnings: sentences about this training so far; all its parts add theirs here.

    Raises:
        BadJob: the checkpoint belongs to another dataset, other settings or another version.
    """

    def __init__(self, path: Path | None, dataset: Dataset, settings: TrainSettings):
        super().__init__()
        self.found = ""
        self.warnings: list[str] = []
        self._path = path
        self._defaults = type(settings)().identity
        self._training: dict[str, Any] = {"format": FORMAT, "dataset": dataset.hash, "settings": settings.identity}
        self._record: dict[str, Any] = {}
        self._arrays: Arrays = {}
        self._refused = False
        if path is not None and path.exists():
            self._open(path)

    @property
    def precision(self) -> str | None:
        """The precision of the checkpoint; None for a new training."""
        return self._record.get("precision")

    @property
    def initial_epoch(self) -> int:
        """`initial_epoch` for Keras's ``fit``; equal to the number of epochs if the training had ended."""
        return self._training["settings"]["epochs"] if self._record.get("ended") else self._record.get("epoch", 0)

    def watch(
        self,
        precision: str,
        batches: Batches,
        stopping: keras.callbacks.EarlyStopping,
        progress: TrainingProgress,
        schedule_callbacks: list[keras.callbacks.Callback],
    ) -> None:
        """Set what is written and restored in addition to the variables of the model.

        Args:
            precision: of the training that begins now.
            batches: of the training side.
            stopping: keeps the best epoch.
            progress: keeps the history.
            schedule_callbacks: change the learning rate.
        """
        self._precision, self._batches, self._stopping, self._progress = precision, batches, stopping, progress
        self._schedule = schedule_callbacks

    def on_train_begin(self, logs: Any = None) -> None:
        """Restore the checkpoint, if there was one; only once, because a restart in float32 begins anew."""
        self._written = -math.inf
        if self._record:
            self._restore(self._record, self._arrays)
        self._record, self._arrays = {}, {}

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Write a checkpoint if one is due; always after the last epoch."""
        ended = self.model.stop_training or epoch + 1 == self.params["epochs"]
        due = ended or time.monotonic() - self._written >= SECONDS_BETWEEN
        if self._path is None or not due or not self._progress.finite:
            return
        try:
            write(self._path, self._state(epoch + 1, ended), self._arrays_now())
        except OSError as error:
            self._warn_once(error)
        self._written = time.monotonic()

    def remove(self) -> None:
        """Remove the checkpoint, and unfinished files that killed processes left."""
        if self._path is not None:
            with contextlib.suppress(OSError):
                for file in (self._path, *left_parts(self._path)):
                    file.unlink(missing_ok=True)

    def _open(self, path: Path) -> None:
        try:
            record, arrays = read(path)
        except Exception as error:  # whatever a damaged file makes NumPy, zipfile and json raise
            self.found = (
                f"The checkpoint was damaged ({type(error).__name__}: {error}), so the training was restarted from "
                "the first epoch."
            )
            self.warnings.append(self.found)
            return
        for key, what in (
            ("format", "TouchTrain has changed"),
            ("dataset", "The dataset has changed"),
            ("settings", "The settings have changed"),
        ):
            then = record.get(key)
            if key == "settings" and isinstance(then, dict):  # of a version that did not have all of them
                then = {**self._defaults, **then}
            if then != self._training[key]:
                raise BadJob(
                    f"{what} since the checkpoint {path} was written, so the training cannot be resumed. Train anew."
                )
        self._record, self._arrays = record, arrays
        self.warnings += record["warnings"]
        self.found = f"The training was resumed from its checkpoint, after epoch {record['epoch']}."
        if record["ended"]:
            self.found = f"The checkpoint holds all {record['epoch']} epochs of the training; its network is evaluated."

    def _state(self, epoch: int, ended: bool) -> dict[str, Any]:
        stopping, progress = self._stopping, self._progress
        return {
            **self._training,
            "precision": self._precision,
            "epoch": epoch,
            "ended": ended,
            "order": self._batches.epoch,
            "stopping": {"best": repr(float(stopping.best)), "best_epoch": stopping.best_epoch, "wait": stopping.wait},
            "schedule": schedule.state_of(self._schedule),
            "history": progress.history,
            "asked": progress.asked,
            "frames_per_second": progress.frames_per_second,
            "warnings": self.warnings,
        }

    def _arrays_now(self) -> Arrays:
        return {
            "variables": [variable.numpy() for variable in self.model.variables],
            "optimizer": [variable.numpy() for variable in self.model.optimizer.variables],
            "best": self._stopping.best_weights or [],
        }

    def _restore(self, record: dict[str, Any], arrays: Arrays) -> None:
        stopping, progress = self._stopping, self._progress
        _assign(self.model.variables, arrays["variables"])
        _assign(self.model.optimizer.variables, arrays["optimizer"])
        self._batches.epoch = record["order"]
        stopping.best = float(record["stopping"]["best"])
        stopping.best_epoch = record["stopping"]["best_epoch"]
        stopping.wait = record["stopping"]["wait"]
        stopping.best_weights = arrays["best"] or None
        schedule.restore(self._schedule, record["schedule"])
        progress.history = {
            name: [math.nan if value is None else value for value in curve] for name, curve in record["history"].items()
        }
        progress.asked = record["asked"]
        progress.frames_per_second = record["frames_per_second"]

    def _warn_once(self, error: OSError) -> None:
        if not self._refused:
            self._refused = True
            self.warnings.append(
                f"A checkpoint could not be written ({error.strerror or error}: {self._path}). The training continued, "
                "but after an interruption it would have repeated the epochs since the last checkpoint."
            )


def _assign(variables: list[Any], values: list[np.ndarray]) -> None:
    if [tuple(variable.shape) for variable in variables] != [value.shape for value in values]:
        raise BadJob(
            "The network has changed since the checkpoint was written, so the training cannot be resumed. Train anew."
        )
    for variable, value in zip(variables, values, strict=True):
        variable.assign(value)


# --- the file ------------------------------------------------------------------------------------------------------


def write(path: Path, record: dict[str, Any], arrays: Arrays) -> None:
    """Write a checkpoint beside its place, flush it to the disk, and rename it.

    Args:
        path: the file.
        record: plain values.
        arrays: lists of arrays, by the names in `GROUPS`.

    Raises:
        OSError: it cannot be written. The previous checkpoint is kept.
    """
    named = {f"{group}.{number:03}": array for group in GROUPS for number, array in enumerate(arrays[group])}
    image = io.BytesIO()  # in memory, because zipfile reports a full disk in many ways, and a plain write in one
    np.savez(image, allow_pickle=False, record=np.array(to_json(record)), **named)
    with written_beside(path, durable=True) as beside:
        beside.write_bytes(image.getbuffer())


def read(path: Path) -> tuple[dict[str, Any], Arrays]:
    """Read a checkpoint.

    Returns:
        Record and arrays, as `write` took them.

    Raises:
        Exception: of many kinds, for a damaged file.
    """
    with np.load(path, allow_pickle=False) as file:
        record = json.loads(str(file["record"]))
        return record, {
            group: [file[name] for name in sorted(file.files) if name.startswith(f"{group}.")] for group in GROUPS
        }
