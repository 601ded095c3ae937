"""Reads saved arrays of trials: objects of a lab's own class, or structs, with one video per trial.

A trial array is a cell, a struct array, an array of objects, or an object or struct that holds one of these (in a
property such as ``trials``). These values of a trial are read, by these names in any case and with or without ``_``:

    video           videoName, video, trackerFileName, fileName, movieName
    trial number    trialNum, trialNumber, trial
    bar positions   barPos, bar, barPosition, polePosition: one row per frame, (x, y) or (frame, x, y)
    distance        distanceToPole, distanceToPoleCenter, poleDistance: one number per frame; the first row of a cell
    pole times      poleUpTime, pinDescentOnsetTime, poleOnset and poleDownTime, pinAscentOnsetTime, poleOffset: seconds
    sample times    time, times: seconds of each sample of the whisker tracker; the first of a cell

What a trial itself lacks is taken from its property ``whiskerTrial``, if it has one.
Bar positions count frames and pixels from 1; if there is a frame 0, both count from 0, as in *whisk*'s ``.bar`` files.

The file contains only what MATLAB saves: the stored properties of an object, not those that its class computes on
access (dependent) or does not save (transient). Only MATLAB can compute these, with the class on its path.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from pyside.data.formats import mat_files
from pyside.data.labels.entry import has_no_label
from pyside.errors import BadLabels, EngineMissing, Faults

NAMES: dict[str, tuple[str, ...]] = {
    "video": ("videoname", "video", "trackerfilename", "filename", "moviename"),
    "trial_number": ("trialnum", "trialnumber", "trial"),
    "bar_positions": ("barpos", "bar", "barposition", "barpositions", "poleposition", "polepositions"),
    "distance_to_pole": ("distancetopole", "distancetopolecenter", "poledistance"),
    "pole_up": ("poleuptime", "pindescentonsettime", "poleonset"),
    "pole_down": ("poledowntime", "pinascentonsettime", "poleoffset"),
    "times": ("time", "times"),
}
PARTS = ("whiskertrial",)  # properties of a trial that have some of these themselves
_MOST_FRAMES = 10_000_000  # of a video; a larger frame number is an error
HOLDERS = ("trials", "trialarray", "array", "data")
_HOW_TO_ASK_MATLAB = "Connect MATLAB, and name the folder of the lab's classes (engine, class_folder)."


class NeedsMatlab(EngineMissing):
    """A needed property of an object was not saved with it: only MATLAB can compute it."""


@dataclasses.dataclass(frozen=True)
class Trial:
    """One trial.

    Attributes:
        video: name of its video, without folder; empty if it has none.
        trial_number: None if it has none.
        bar_positions: float64, (n, 2), x and y per frame in pixels counted from 0, NaN for none; or None.
        distance_to_pole: float64, (n,), one number per frame; or None.
        pole_up: time in seconds when the pole comes within reach; or None.
        pole_down: time in seconds when it leaves; or None.
        times: float64, (n,), time in seconds of each sample of the whisker tracker, NaN for none; or None.
    """

    video: str = ""
    trial_number: int | None = None
    bar_positions: np.ndarray | None = None
    distance_to_pole: np.ndarray | None = None
    pole_up: float | None = None
    pole_down: float | None = None
    times: np.ndarray | None = None


@dataclasses.dataclass(frozen=True)
class TrialArray:
    """The trials of a file.

    Attributes:
        trials: in the order of the file.
    """

    trials: tuple[Trial, ...]

    @property
    def videos(self) -> list[str]:
        """Names of the videos of the trials that have one."""
        return [trial.video for trial in self.trials if trial.video]

    @property
    def centers(self) -> dict[str, np.ndarray]:
        """Bar positions by name of video: what `pyside.convert_videos` takes as `centers`."""
        return {one.video: one.bar_positions for one in self.trials if one.video and one.bar_positions is not None}

    @property
    def frame_values(self) -> dict[str, np.ndarray]:
        """Distances by name of video: what `pyside.convert_videos` takes as `frame_values`."""
        named = [trial for trial in self.trials if trial.video]
        return {one.video: one.distance_to_pole for one in named if one.distance_to_pole is not None}


def read(path: Path, variable: str | None = None, wholly: bool = False) -> TrialArray:
    """Read the trials of a ``.mat`` file.

    Args:
        path: the file.
        variable: name of the variable. Default: the only one with trials.
        wholly: raise `NeedsMatlab` if any value is missing, since MATLAB is available to compute it.

    Raises:
        PathMissing, BadLabels: the file or variable does not exist, it has no trials, or trials are not valid.
        NeedsMatlab: it holds objects without the needed properties, or objects that cannot be read here.
    """
    try:
        held = mat_files.read_mat(path)
    except BadLabels as error:
        if wholly:
            raise NeedsMatlab(error.text) from error
        raise
    if variable is not None and variable not in held:
        raise BadLabels(f"{path} has no variable {variable}. It has: {', '.join(held)}.")
    found = {name: items for name in ([variable] if variable else held) if (items := _trials(held[name]))}
    if not found:
        strange = [name for name in ([variable] if variable else held) if _is_unreadable(held[name])]
        if strange:
            raise NeedsMatlab(
                f"{path}: {strange[0]} is {_kind(held[strange[0]])}, which only MATLAB can read. {_HOW_TO_ASK_MATLAB}"
            )
        raise BadLabels(
            f"{path} has no array of trials: a cell, a struct array or objects with a video name, bar positions or "
            f"pole times. It has: {', '.join(f'{name} ({_kind(value)})' for name, value in held.items())}."
        )
    if len(found) > 1:
        raise BadLabels(f"{path} has several arrays of trials: {', '.join(found)}. Name one as variable.")
    [(name, items)] = found.items()
    trials = _trials_of(items, f"{path}: {name}")
    missing = _missing(trials)
    if {"video", "bar_positions", "pole_up", "times"} <= missing or (wholly and missing and _is_object(items[0])):
        raise NeedsMatlab(
            f"{path}: the trials of {name} are {_kind(items[0])}, saved without video names, bar positions or pole "
            f"times: MATLAB has to compute them. {_HOW_TO_ASK_MATLAB}"
        )
    return TrialArray(trials)


def from_json(text: str, path: Path) -> TrialArray:
    """Return the trials that MATLAB has written as JSON: a list with one object per trial."""
    items = json.loads(text)
    if not items:
        raise BadLabels(f"{path} has no array of trials, even in MATLAB.")
    return TrialArray(_trials_of(items, f"{path}, read by MATLAB"))


def _trials(value: Any) -> list[Any]:
    """Return the trials in a value; an empty list if it is something else."""
    if isinstance(value, list):
        items = [item for item in value if _fields(item)]
        return items if any(_known(item) or _is_object(item) for item in items) else []
    fields = _fields(value)
    for name, held in fields.items():
        if _plain(name) in HOLDERS and (items := _trials(held)):
            return items
    return [value] if _known(value) or _is_object(value) else []


def _is_object(value: Any) -> bool:
    return isinstance(value, mat_files.Object)


def _is_unreadable(value: Any) -> bool:
    """Return whether a value, or the first item of a list, can be read by MATLAB only."""
    first = value[0] if isinstance(value, list) and value else value
    return isinstance(first, mat_files.Unreadable) and first.class_name not in ("function_handle", "sparse")


def _trials_of(items: list[Any], where: str) -> tuple[Trial, ...]:
    faults, found = Faults(), []
    for number, item in enumerate(items, start=1):
        with faults.noting():
            found.append(_trial(_fields(item), f"{where}, trial {number}"))
    faults.raise_any()
    return tuple(found)


def _missing(trials: tuple[Trial, ...]) -> set[str]:
    """Return the names of attributes that no trial has."""
    names = [one.name for one in dataclasses.fields(Trial)]
    return {name for name in names if not any(_filled(getattr(trial, name)) for trial in trials)}


def _fields(value: Any) -> dict[str, Any]:
    if isinstance(value, mat_files.Object):
        return dict(value.properties)
    return dict(value) if isinstance(value, Mapping) else {}


def _known(value: Any) -> bool:
    names = {_plain(name) for name in _fields(value)}
    has = {key for key, aliases in NAMES.items() if names & set(aliases)}
    alone = has - {"trial_number", "times"}  # a number or a time is in many structs; both are in trials
    return bool(alone) or {"trial_number", "times"} <= has or not names.isdisjoint(PARTS)


def _plain(name: str) -> str:
    return name.replace("_", "").lower()


def _kind(value: Any) -> str:
    if isinstance(value, mat_files.Object):
        return f"objects of the class {value.class_name}"
    if _is_unreadable(value):
        first = value[0] if isinstance(value, list) else value
        return f"of the class {first.class_name}"
    return {"dict": "struct", "list": "cell or struct array", "ndarray": "numbers", "str": "text"}.get(
        type(value).__name__, type(value).__name__
    )


def _trial(fields: dict[str, Any], where: str) -> Trial:
    by_name = {_plain(name): value for name, value in fields.items()}
    for name in PARTS:
        by_name = {_plain(key): value for key, value in _fields(by_name.get(name)).items()} | by_name

    def first(key: str) -> Any:
        return next((by_name[name] for name in NAMES[key] if name in by_name and _filled(by_name[name])), None)

    number = _number(first("trial_number"))
    video = first("video")
    return Trial(
        video=Path(video.replace("\\", "/")).name if isinstance(video, str) and not has_no_label(video) else "",
        trial_number=None if number is None else int(number),
        bar_positions=_positions(first("bar_positions"), where),
        distance_to_pole=_vector(first("distance_to_pole")),
        pole_up=_number(first("pole_up")),
        pole_down=_number(first("pole_down")),
        times=_vector(first("times")),
    )


def _filled(value: Any) -> bool:
    return value is not None and (not hasattr(value, "__len__") or len(value) > 0) and np.size(value) > 0


def _number(value: Any) -> float | None:
    vector = _vector(value)
    return float(vector[0]) if vector is not None and vector.size and np.isfinite(vector[0]) else None


def _vector(value: Any) -> np.ndarray | None:
    """Return numbers as one vector; the first vector of a cell with one per whisker. Times are no numbers."""
    while isinstance(value, list) and value and not isinstance(value[0], (int, float, type(None))):
        value = value[0]
    if isinstance(value, np.ndarray) and value.dtype.kind in "mM":
        return None
    try:
        found = np.asarray(value, np.float64)
    except (TypeError, ValueError):
        return None
    return found.ravel() if value is not None and found.size else None


def _positions(value: Any, where: str) -> np.ndarray | None:
    """Return (x, y) per frame, counted from 0, from rows (x, y) or (frame, x, y); None if there are none."""
    if value is None:
        return None
    try:
        rows = np.atleast_2d(np.asarray(value, np.float64))
    except (TypeError, ValueError):  # a text, such as the name of a file
        return None
    if rows.ndim != 2 or rows.shape[1] not in (2, 3):
        raise BadLabels(f"{where}: expected bar positions with one row per frame, (x, y) or (frame, x, y).")
    if rows.shape[1] == 2:
        return rows - 1
    frames = rows[:, 0]
    if not all(frame.is_integer() and 0 <= frame <= _MOST_FRAMES for frame in frames.tolist()):
        raise BadLabels(f"{where}: the first column of its bar positions must be frame numbers (whole numbers).")
    counted_from = 0 if frames.min() == 0 else 1
    found = np.full((int(frames.max()) + 1 - counted_from, 2), np.nan)
    found[frames.astype(np.int64) - counted_from] = rows[:, 1:] - counted_from
    return found
