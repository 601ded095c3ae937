"""Reads which frame of its video each sample of a trial is: a whisker tracker may skip frames or begin later."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from pyside.aliases import Array
from pyside.data.formats import mat_files, variables
from pyside.data.labels import field_names
from pyside.data.labels.entry import label_vector
from pyside.data.labels.forms import as_if_read
from pyside.data.recordings.trials import trial_arrays
from pyside.errors import BadLabels, BadOption, Faults
from pyside.settings.core import named, set_to

NO_FRAME = -1
_FRAMES = ("frames", "framemap", "framenumbers", "framenums")  # of a struct with a trial number
_VARIABLES = ("framemap", "frame_map", "framemaps", "frame_maps")
_OFF_FRAMES = 0.25  # of a frame; a time that is further from all frames has another frame rate
_MOST_FRAMES = 10**8
_FORMS = (
    "Expected one vector per trial, with a frame number or a time in seconds for each sample and NaN where there is "
    "none: a cell (a list in Python) with one per cell of the contact array; structs with the fields trialNum and "
    "frames; or a .mat file with one of these, or with an array of trials that has time vectors."
)


@dataclasses.dataclass(frozen=True)
class FrameMaps:
    """The frames of the samples of trials.

    Attributes:
        by_trial: vectors by trial number, or None: then they are in the order of cells.
        in_order: vectors in the order of the cells of the contact array; None for a cell without one.
        source: name in messages.
        first: number of the first frame in vectors of frame numbers.
    """

    by_trial: dict[int, Array] | None
    in_order: list[Array | None]
    source: str
    first: int

    def of(self, trial: int | None, cell: int, rate: float | None) -> Array | None:
        """Return the frame of each sample of a trial.

        Args:
            trial: its number; None if it has none.
            cell: place of its cell, counted from 0.
            rate: frames per second of its video, for times; None if unknown.

        Returns:
            int64, (n_samples,), frames counted from 0, `NO_FRAME` for a sample without one; None if there is no map
            for this trial: then sample n is frame n.

        Raises:
            BadOption: the map has times and `rate` is unknown, or is not that of these times.
        """
        if self.by_trial is not None:
            vector = None if trial is None else self.by_trial.get(trial)
            what = f"{self.source}, trial {trial}"
        else:
            vector = self.in_order[cell] if cell < len(self.in_order) else None
            what = f"{self.source}, cell {cell + 1}"
        if vector is None:
            return None
        return _of_times(vector, rate, what) if is_time(vector) else _of_numbers(vector, self.first)


def frame_maps(value: Any, first: int = 0) -> FrameMaps:
    """Read the frames of the samples of trials.

    Args:
        value: a list with one vector per cell of the contact array, None or empty for a cell without a map; a dict from
            trial number to vector; a list of dicts (structs) with trialNum and frames; or a ``.mat`` file with one of
            these, in its only fitting variable or that called frameMap, or with an array of trials whose time vectors
            say it (see `trial_arrays`). A vector holds frame numbers, with NaN, None or -1 for none; or, if any is not
            a whole number, times in seconds, of which 0 is the first frame.
        first: number of the first frame, 0 or 1, for values that are not from a file. It is always 1 in a file.

    Raises:
        PathMissing, BadLabels: the file does not exist, or is damaged.
        BadOption: nothing in it fits, or vectors are not frame numbers or times; all faults at once.
    """
    if isinstance(value, (str, PathLike)):
        return _in_file(Path(value))
    plain, what = as_if_read(_with_nan(value)), named("frame_map")
    found = _maps(plain, what, first)
    if found is None:
        raise BadOption(f"{what}: received {variables.in_words(plain)}. {_FORMS}")
    return found


def is_time(vector: Array) -> bool:
    """Return whether a vector holds times in seconds, and not frame numbers: some are not whole numbers."""
    known = vector[~np.isnan(vector)]
    return bool(np.any(known != np.rint(known)))


def _with_nan(value: Any) -> Any:
    """Return a value with NaN in place of None among numbers, as JSON has it."""
    if isinstance(value, Mapping):
        return {name: _with_nan(item) for name, item in value.items()}
    if not isinstance(value, (list, tuple)):
        return value
    if any(item is None for item in value) and all(item is None or isinstance(item, (int, float)) for item in value):
        return np.array(value, np.float64)
    return [_with_nan(item) for item in value]


def _in_file(path: Path) -> FrameMaps:
    held, what = mat_files.read_mat(path), named("frame_map")
    where = f"{what}, {path.name}"
    fitting = {name: found for name, one in held.items() if (found := _maps(one, f"{where}: {name}", 1))}
    chosen = variables.called({name: held[name] for name in fitting}, _VARIABLES) or [*fitting]
    if len(chosen) > 1:
        raise BadOption(f"Several variables in {path} can be frame maps: {', '.join(chosen)}. Name one frameMap.")
    if chosen:
        return fitting[chosen[0]]
    try:
        trials = trial_arrays.read(path).trials
    except trial_arrays.NeedsMatlab as error:
        in_matlab = f"In MATLAB, give the variable itself as {what}."
        raise BadOption(f"{what}: {error.text} {in_matlab}") from error
    except BadLabels as error:
        raise BadOption(f"{what}: {variables.misfit(path, held, [], _FORMS)}") from error
    return _of_trials(trials, where)


def _of_trials(trials: Iterable[trial_arrays.Trial], where: str) -> FrameMaps:
    timed = [trial for trial in trials if trial.times is not None]
    if not timed or any(trial.trial_number is None for trial in timed):
        lacking = "trials with times lack a trial number" if timed else "no trial has a vector of times"
        raise BadOption(f"{where}: in its array of trials, {lacking}. {_FORMS}")
    return _by_trial([(trial.trial_number, trial.times) for trial in timed], where, 1)


def _maps(value: Any, where: str, first: int) -> FrameMaps | None:
    """Return the maps in a value as `read_mat` returns it; None if it has another form."""
    if isinstance(value, Mapping) and field_names.role(value, _FRAMES) is not None:
        value = [value]
    if isinstance(value, Mapping):
        numbers = [_trial_number(name) for name in value]
        if not value or None in numbers:
            return None
        return _by_trial(zip(numbers, value.values(), strict=True), where, first)
    if not isinstance(value, list) or not value:
        return None
    if all(isinstance(item, Mapping) for item in value):
        fields = [(field_names.trial(item), field_names.role(item, _FRAMES)) for item in value]
        if any(number is None or name is None for number, name in fields):
            return None
        pairs = [(number, item[name]) for (number, name), item in zip(fields, value, strict=True)]
        return _by_trial(pairs, where, first)
    if not all(item is None or isinstance(label_vector(item), np.ndarray) for item in value):
        return None
    faults, vectors = Faults(), []
    for number, item in enumerate(value, start=1):
        with faults.noting():
            vectors.append(_vector(item, f"{where}, cell {number}", first))
    faults.raise_any()
    return FrameMaps(None, vectors, where, first) if any(one is not None for one in vectors) else None


def _by_trial(pairs: Iterable[tuple[Any, Any]], where: str, first: int) -> FrameMaps:
    faults, found = Faults(), {}
    for number, value in pairs:
        with faults.noting():
            vector = _vector(value, f"{where}, trial {number}", first)
            if number in found:
                raise BadOption(f"{where}: trial {number} is there twice. Give one vector per trial.")
            if vector is not None:
                found[number] = vector
    faults.raise_any()
    return FrameMaps(found, [], where, first)


def _trial_number(name: Any) -> int | None:
    text = str(name)
    return int(text) if text.isdecimal() and len(text) < 16 else None


def _vector(value: Any, what: str, first: int) -> Array | None:
    """Return frame numbers or times as float64, (n,), as they stand; None if there are none."""
    if value is None:
        return None
    vector = label_vector(value)
    if not isinstance(vector, np.ndarray) or vector.dtype.kind == "b":
        raise BadOption(f"{what}: expected a vector of frame numbers or times, found {variables.in_words(value)}.")
    numbers = vector.astype(np.float64)
    known = numbers[~np.isnan(numbers)]
    if not len(numbers):
        return None
    low = known < 0 if is_time(numbers) else (known < first) & (known != NO_FRAME)
    wrong = known[low | ~(known <= _MOST_FRAMES)]
    if len(wrong):
        counted = "times from 0 s" if is_time(numbers) else f"frame numbers from {first}, NaN for none"
        raise BadOption(f"{what}: expected {counted}, found {wrong[0]:g}.")
    return numbers


def _of_numbers(vector: Array, first: int) -> Array:
    none = np.isnan(vector) | (vector == NO_FRAME)
    return np.where(none, NO_FRAME, np.where(none, 0, vector) - first).astype(np.int64)


def _of_times(vector: Array, rate: float | None, what: str) -> Array:
    if not rate:
        raise BadOption(
            f"{what}: the times are in seconds, and the frame rate of the video is unknown. Set "
            f"{set_to('frame_rate', 500.0)}, or give frame numbers."
        )
    frames = np.where(np.isnan(vector), NO_FRAME, vector * rate)
    off = np.abs(frames - np.rint(frames)) > _OFF_FRAMES
    if off.any():
        sample = int(np.argmax(off))
        raise BadOption(
            f"{what}: at {rate:g} frames per second, sample {sample + 1} at {vector[sample]:g} s is between frames. "
            f"Set the frame rate of the recording: {set_to('frame_rate', 500.0)}."
        )
    return np.rint(frames).astype(np.int64)
