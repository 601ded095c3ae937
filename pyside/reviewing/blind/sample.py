"""The sample of a blind look: windows of a session, drawn at random with known probabilities, and kept beside it.

Each recording is cut into windows of `LENGTH` frames; one without any label is left out. The windows are of three
strata: those with a touch by the labels of the session, others with a near-touch (see `pyside.reviewing.events`), and
the rest, which has the touches that the model missed far from any threshold. From each, windows are drawn without
replacement, each as probable as the others: a quarter of the sample from the first, a quarter from the second, half
from the rest; what a stratum cannot fill goes to the others. NumPy's ``default_rng(seed)`` draws first the windows of
the strata in this order, then the order in which they are shown.

A person sees and judges up to `LEAD` frames before a window, too: they tell whether a touch in it began earlier.

``blind_SAMPLE_seed_SEED.json`` in the folder of a session is written once, before the first look:

    format       "touchtrain blind sample 1"
    drawn        UTC, such as 2026-01-31T12:00:00Z · seed, sample   as they were given
    strata       name, windows (in the session), drawn (of these)
    recordings   name, frames, video_sha256, labels_sha256 (of the labels when the sample was drawn)
    windows      in the order in which they are shown: recording, shown_from, first, last (frames counted from 0; last
                 belongs to it), stratum, inclusion_probability

The answers are in ``blind_SAMPLE_seed_SEED.jsonl``, in the form of `pyside.reviewing.corrections`.
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from pyside.aliases import Array, Record
from pyside.errors import BadReview, BadSession
from pyside.system.files import write_errors, written_beside
from pyside.system.paths import is_there
from pyside.system.records import from_json, to_json

LENGTH = 30  # frames of a window
LEAD = 10  # frames before it
STRATA = ("touch", "near-touch", "rest")
_SHARES = {"touch": 0.25, "near-touch": 0.25, "rest": 0.5}
_CODES = {"touch": 3, "near-touch": 2, "rest": 1}  # of frames; 0 is a frame without a label
_FORMAT = "touchtrain blind sample 1"


@dataclasses.dataclass(frozen=True)
class Window:
    """A stretch of frames that is shown; all numbers count from 0.

    Attributes:
        recording: its name.
        first: the first frame that is shown.
        counted_from: the first frame of the window itself.
        last: its last frame.
        stratum: one of `STRATA`.
        probability: that it is in the sample, above 0 and at most 1.
    """

    recording: str
    first: int
    counted_from: int
    last: int
    stratum: str
    probability: float

    @property
    def shown(self) -> slice:
        """The frames that are shown, as a slice."""
        return slice(self.first, self.last + 1)


@dataclasses.dataclass(frozen=True)
class Sample:
    """Windows that were drawn.

    Attributes:
        seed: of the drawing.
        asked: windows that were asked for; there are fewer if the session has fewer.
        windows: in the order in which they are shown.
        strata: number of windows in the session by name of the stratum.
        recordings: records with ``name``, ``frames``, ``video_sha256`` and ``labels_sha256``.
    """

    seed: int
    asked: int
    windows: tuple[Window, ...]
    strata: Mapping[str, int]
    recordings: Sequence[Record] = ()


def kinds_of(labels: Array, touch: Array, near: Sequence[tuple[int, int]]) -> Array:
    """Return what each frame is to the drawing: uint8, (n_frames,), 3 touch, 2 near-touch, 1 rest, 0 without label.

    Args:
        labels: int, (n_frames,), below 0 for a frame without a label.
        touch: bool, (n_frames,), whether its label is a touch.
        near: near-touches, each its first and its last frame.
    """
    kinds = np.where(touch, _CODES["touch"], _CODES["rest"]).astype(np.uint8)
    for first, last in near:
        kinds[first : last + 1] = np.maximum(kinds[first : last + 1], _CODES["near-touch"])
    kinds[labels < 0] = 0
    return kinds


def draw(kinds: Mapping[str, Array], asked: int, seed: int) -> Sample:
    """Draw windows.

    Args:
        kinds: what `kinds_of` returns, by name of the recording.
        asked: number of windows, at least 1.
        seed: of NumPy's ``default_rng``.
    """
    names = [name for name, one in kinds.items() if len(one)]
    starts = {name: np.arange(0, len(kinds[name]), LENGTH) for name in names}
    every = [(name, start) for name in names for start in starts[name].tolist()]
    codes = np.concatenate([np.maximum.reduceat(kinds[name], starts[name]) for name in names] or [np.empty(0)])
    places = {name: np.flatnonzero(codes == _CODES[name]) for name in STRATA}
    sizes = {name: len(one) for name, one in places.items()}
    counts, rng = _counts(sizes, asked), np.random.default_rng(seed)
    chosen = [(int(place), name) for name in STRATA for place in rng.choice(places[name], counts[name], replace=False)]
    windows = []
    for place, stratum in (chosen[one] for one in rng.permutation(len(chosen))):
        name, start = every[place]
        windows.append(_window(name, start, len(kinds[name]), stratum, counts[stratum] / sizes[stratum]))
    return Sample(seed, asked, tuple(windows), sizes)


def _counts(sizes: Mapping[str, int], asked: int) -> dict[str, int]:
    """Return how many windows are drawn from each stratum: one by one from that which is furthest below its share."""
    counts = dict.fromkeys(STRATA, 0)
    for _ in range(min(asked, sum(sizes.values()))):
        open_ones = [name for name in STRATA if counts[name] < sizes[name]]
        counts[min(open_ones, key=lambda name: counts[name] / _SHARES[name])] += 1
    return counts


def _window(recording: str, start: int, n_frames: int, stratum: str, probability: float) -> Window:
    last = min(start + LENGTH, n_frames) - 1
    return Window(recording, max(0, start - LEAD), start, last, stratum, probability)


# --- the file ------------------------------------------------------------------------------------------------------


def sample_file(folder: Path, asked: int, seed: int) -> Path:
    """Return the path of the sample of a session; its answers have the ending ``.jsonl``."""
    return folder / f"blind_{asked}_seed_{seed}.json"


def keep(path: Path, sample: Sample) -> None:
    """Write a sample that is not there yet; it is on the disk when this returns.

    Raises:
        BadSession: there are answers to a sample that is lost.
        DiskFull, NotWritable: it could not be written.
    """
    if is_there(path.with_suffix(".jsonl")):
        raise BadSession(
            f"{path.with_suffix('.jsonl')} has answers, but the sample that they belong to, {path.name}, is missing. "
            "Restore it from a copy, or give another seed."
        )
    record: dict[str, Any] = {
        "format": _FORMAT,
        "drawn": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "seed": sample.seed,
        "sample": sample.asked,
        "strata": [_about_stratum(sample, name) for name in STRATA],
        "recordings": sample.recordings,
        "windows": [_to_record(one) for one in sample.windows],
    }
    with write_errors(path), written_beside(path, durable=True) as beside:
        beside.write_bytes(to_json(record, indent=1).encode() + b"\n")


def _about_stratum(sample: Sample, name: str) -> Record:
    drawn = sum(one.stratum == name for one in sample.windows)
    return {"name": name, "windows": sample.strata[name], "drawn": drawn}


def _to_record(one: Window) -> Record:
    return {
        "recording": one.recording,
        "shown_from": one.first,
        "first": one.counted_from,
        "last": one.last,
        "stratum": one.stratum,
        "inclusion_probability": one.probability,
    }


def read(path: Path) -> Sample:
    """Read a sample.

    Raises:
        BadSession: the file is damaged.
    """
    try:
        record = from_json(path.read_bytes())
        found = _from_record(record)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, ArithmeticError) as error:
        raise BadSession(
            f"{path} is no sample of a blind look ({error}). Restore it from a copy, or give another seed."
        ) from error
    return found


def _from_record(record: Mapping[str, Any]) -> Sample:
    if record["format"] != _FORMAT:
        raise ValueError(f"its format is {record['format']!r}")
    strata = {one["name"]: _count(one["windows"]) for one in record["strata"]}
    drawn = {one["name"]: _count(one["drawn"]) for one in record["strata"]}
    lengths = {str(one["name"]): _count(one["frames"]) for one in record["recordings"]}
    windows = tuple(_from_window(one, lengths) for one in record["windows"])
    for name in STRATA:
        inside = [one for one in windows if one.stratum == name]
        if len(inside) != drawn[name] or not all(
            abs(one.probability - drawn[name] / strata[name]) <= 1e-9 for one in inside
        ):
            raise ValueError(f"its windows of the stratum {name} are not those that were drawn")
    return Sample(_count(record["seed"]), _count(record["sample"]), windows, strata, record["recordings"])


def _from_window(one: Mapping[str, Any], lengths: Mapping[str, int]) -> Window:
    shown, first, last = (_count(one[key]) for key in ("shown_from", "first", "last"))
    if not shown <= first <= last < lengths[one["recording"]] or last - shown >= LEAD + LENGTH:
        raise ValueError("a window has frames that its recording does not have")
    if one["stratum"] not in STRATA:
        raise ValueError(f"there is no stratum {one['stratum']!r}")
    return Window(one["recording"], shown, first, last, one["stratum"], float(one["inclusion_probability"]))


def _count(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ValueError(f"{value!r} is no count")
    return value


def check_same(sample: Sample, now: Mapping[str, tuple[int, str]]) -> None:
    """Raise BadReview if the recordings of a sample are not those that a session has now.

    Args:
        sample: what was drawn.
        now: number of frames and SHA-256 of the video, by name of the recording.
    """
    drawn_from = {one.recording for one in sample.windows}
    for one in sample.recordings:
        name = one["name"]
        if name in drawn_from and now.get(name) != (one["frames"], one["video_sha256"]):
            raise BadReview(
                f"{name} has no marks in the session now, or another video than when the sample was drawn, so it no "
                "longer stands for the session. Draw another one with another seed."
            )
