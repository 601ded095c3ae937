"""Saved arrays of trials: objects of a lab's own class, or structs, with one video a trial.

A trial array is a cell, a struct array, an array of objects, or an object or struct that holds one of these (in a
property such as ``trials``). Of a trial these are looked for, by these names in any case and with or without ``_``:

    video           videoName, video, trackerFileName, fileName, movieName
    trial number    trialNum, trialNumber, trial
    bar positions   barPos, bar, barPosition, polePosition: a row a frame, (x, y) or (frame, x, y), counted from 1
    distance        distanceToPole, distanceToPoleCenter, poleDistance: a number a frame
    pole times      poleUpTime, pinDescentOnsetTime, poleOnset and poleDownTime, pinAscentOnsetTime, poleOffset: seconds
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from pyside.data import mat_files
from pyside.errors import BadLabels, EngineMissing

NAMES: dict[str, tuple[str, ...]] = {
    "video": ("videoname", "video", "trackerfilename", "filename", "moviename"),
    "trial_number": ("trialnum", "trialnumber", "trial"),
    "bar_positions": ("barpos", "bar", "barposition", "barpositions", "poleposition", "polepositions"),
    "distance_to_pole": ("distancetopole", "distancetopolecenter", "poledistance"),
    "pole_up": ("poleuptime", "pindescentonsettime", "poleonset"),
    "pole_down": ("poledowntime", "pinascentonsettime", "poleoffset"),
}
HOLDERS = ("trials", "trialarray", "array", "data")


class NeedsMatlab(EngineMissing):
    """What is needed of a saved object was not saved with it: only MATLAB can compute it."""


@dataclasses.dataclass(frozen=True)
class Trial:
    """One trial.

    Attributes:
        video: name of its video, without folder; empty where it has none.
        trial_number: None where it has none.
        bar_positions: float64, (n, 2), x and y a frame in pixels counted from 0, NaN where there is none; or None.
        distance_to_pole: float64, (n,), a number a frame; or None.
        pole_up: seconds, when the pole comes in reach; or None.
        pole_down: seconds, when it leaves; or None.
    """

    video: str = ""
    trial_number: int | None = None
    bar_positions: np.ndarray | None = None
    distance_to_pole: np.ndarray | None = None
    pole_up: float | None = None
    pole_down: float | None = None


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


def read(path: Path, variable: str | None = None) -> TrialArray:
    """Read the trials of a ``.mat`` file.

    Args:
        path: the file.
        variable: which of its variables. Default: the only one with trials.

    Raises:
        PathMissing, BadLabels: no such file, no such variable, or no trials in it.
        NeedsMatlab: it holds objects without what is needed.
    """
    held = mat_files.read_mat(path)
    if variable is not None and variable not in held:
        raise BadLabels(f"{path} has no variable {variable}. It has: {', '.join(held)}.")
    found = {name: items for name in ([variable] if variable else held) if (items := _trials(held[name]))}
    if not found:
        raise BadLabels(
            f"{path} has no array of trials: a cell, a struct array or objects with a video name, bar positions or "
            f"pole times. It has: {', '.join(f'{name} ({_kind(value)})' for name, value in held.items())}."
        )
    if len(found) > 1:
        raise BadLabels(f"{path} has several arrays of trials: {', '.join(found)}. Name one as variable.")
    [(name, items)] = found.items()
    trials = tuple(_trial(_fields(item)) for item in items)
    if not any(trial.video or trial.bar_positions is not None or trial.pole_up is not None for trial in trials):
        raise NeedsMatlab(
            f"{path}: the trials of {name} are {_kind(items[0])}, and neither video names nor bar positions nor pole "
            "times were saved with them: MATLAB has to compute them. Connect MATLAB, and name the folder of the lab's "
            "classes (engine, class_folder)."
        )
    return TrialArray(trials)


def from_json(text: str, path: Path) -> TrialArray:
    """Return the trials that MATLAB has written as JSON: a list with one object a trial."""
    items = json.loads(text)
    if not items:
        raise BadLabels(f"{path} has no array of trials, by MATLAB too.")
    return TrialArray(tuple(_trial(_fields(item)) for item in items))


def _trials(value: Any) -> list[Any]:
    """Return the trials in a value; none where it is something else."""
    if isinstance(value, list):
        items = [item for item in value if _fields(item)]
        return items if any(_known(item) or isinstance(item, mat_files.Object) for item in items) else []
    fields = _fields(value)
    for name, held in fields.items():
        if _plain(name) in HOLDERS and (items := _trials(held)):
            return items
    return [value] if _known(value) or isinstance(value, mat_files.Object) else []


def _fields(value: Any) -> dict[str, Any]:
    if isinstance(value, mat_files.Object):
        return dict(value.properties)
    return dict(value) if isinstance(value, Mapping) else {}


def _known(value: Any) -> bool:
    names = {_plain(name) for name in _fields(value)}
    return any(names & set(aliases) for key, aliases in NAMES.items() if key != "trial_number")


def _plain(name: str) -> str:
    return name.replace("_", "").lower()


def _kind(value: Any) -> str:
    if isinstance(value, mat_files.Object):
        return f"objects of the class {value.class_name}"
    if isinstance(value, mat_files.Unreadable):
        return value.class_name
    return {"dict": "struct", "list": "cell or struct array", "ndarray": "numbers", "str": "text"}.get(
        type(value).__name__, type(value).__name__
    )


def _trial(fields: dict[str, Any]) -> Trial:
    by_name = {_plain(name): value for name, value in fields.items()}

    def first(key: str) -> Any:
        return next((by_name[name] for name in NAMES[key] if name in by_name and _filled(by_name[name])), None)

    number = _number(first("trial_number"))
    video = first("video")
    return Trial(
        video=Path(str(video).replace("\\", "/")).name if isinstance(video, str) else "",
        trial_number=None if number is None else int(number),
        bar_positions=_positions(first("bar_positions")),
        distance_to_pole=_vector(first("distance_to_pole")),
        pole_up=_number(first("pole_up")),
        pole_down=_number(first("pole_down")),
    )


def _filled(value: Any) -> bool:
    return value is not None and (not hasattr(value, "__len__") or len(value) > 0) and np.size(value) > 0


def _number(value: Any) -> float | None:
    vector = _vector(value)
    return float(vector[0]) if vector is not None and vector.size and np.isfinite(vector[0]) else None


def _vector(value: Any) -> np.ndarray | None:
    """Return numbers as one vector; of a cell with one vector a whisker the first."""
    while isinstance(value, list) and value and not isinstance(value[0], (int, float, type(None))):
        value = value[0]
    try:
        found = np.asarray(value, np.float64)
    except (TypeError, ValueError):
        return None
    return found.ravel() if value is not None and found.size else None


def _positions(value: Any) -> np.ndarray | None:
    """Return (x, y) a frame, counted from 0, of rows (x, y) or (frame, x, y) that count from 1."""
    try:
        rows = np.asarray(value, np.float64)
    except (TypeError, ValueError):
        return None
    if value is None or rows.ndim != 2 or rows.shape[1] not in (2, 3):
        return None
    if rows.shape[1] == 2:
        return rows - 1
    frames = rows[:, 0].astype(np.int64) - 1
    if len(frames) == 0 or frames.min() < 0:
        return None
    found = np.full((int(frames.max()) + 1, 2), np.nan)
    found[frames] = rows[:, 1:] - 1
    return found
