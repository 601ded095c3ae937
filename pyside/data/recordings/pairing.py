"""Pairs videos with their labels, centres and other values: by name, by trial number or in order."""

from __future__ import annotations

import collections
import contextlib
import dataclasses
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import Any

from pyside.data.labels.entry import LabelEntry
from pyside.data.labels.files import read_label_file
from pyside.data.labels.forms import Labels, read_label_values
from pyside.data.video.reader import VIDEO_SUFFIXES
from pyside.data.video.sources import recording_names
from pyside.errors import BadLabels, BadOption, Faults, Unpaired, printable, some
from pyside.settings.core import named
from pyside.system.paths import files_among, is_folder
from pyside.system.records import same_name

__all__ = [
    "Beside",
    "LabelEntry",
    "PairedLabels",
    "Pairs",
    "VideoNames",
    "pair",
    "pair_by_name",
    "pair_entries",
    "pair_labels",
    "trial_in",
]

_MOST_REMARKS = 3
Beside = list[tuple[str, Any]] | dict[str, Any]  # values for the videos: (source, value) in order, or by name


@dataclasses.dataclass(frozen=True)
class PairedLabels:
    """Videos paired with their labels.

    Attributes:
        how: ``name``, ``order``, ``natural`` or ``trial number``.
        entries: one per video, None if it has no labels.
        videos_alone: file names of videos without labels.
        labels_alone: sources of labels without a video, with their name or trial number.
        remarks: messages about unusual things in the labels.
    """

    how: str
    entries: list[LabelEntry | None]
    videos_alone: list[str]
    labels_alone: list[str]
    remarks: list[str]


def pair_labels(
    labels: Any,
    variable: str | None,
    paths: Sequence[Path],
    pairing: str,
    trial_pattern: str | None,
    orders: str = "",
) -> PairedLabels:
    """Find the labels of each video.

    Args:
        labels: a label file, or a value from memory, in the forms of `read_label_file`.
        variable: name of a variable in a .mat file, or None.
        paths: the videos.
        pairing: ``name``, ``order``, ``natural`` (in order, too: that of the videos is another) or ``trial-number``;
            ``auto`` pairs by name if some labels have the name of a video, else by trial number if labels have numbers,
            else by name if labels have names, else in order.
        trial_pattern: a regular expression that matches the trial number in the name of a video, in its group if it
            has one; None for the last digits before the suffix.
        orders: the two orders in which the videos may be, as `two_orders` returns them; "" if there is one.

    Returns:
        The pairs, and the videos and labels without a partner.

    Raises:
        PathMissing, BadLabels, BadOption: the labels cannot be read; all faults at once.
        Unpaired: in order, the numbers of labels and videos differ, or with ``auto`` there are two orders; two videos,
            or two labels, have the same name or number; or nothing can be paired.
    """
    found = _read(labels, variable)
    return pair_entries(found.entries, paths, pairing, trial_pattern, orders, found.remarks)


def pair_entries(
    entries: Sequence[LabelEntry],
    paths: Sequence[Path],
    pairing: str,
    trial_pattern: str | None,
    orders: str = "",
    remarks: Sequence[str] = (),
) -> PairedLabels:
    """Find the labels of each video among labels that have been read, as `pair_labels` does."""
    how = _how(entries, paths) if pairing == "auto" else pairing
    faults = Faults()
    if how in ("order", "natural"):
        if pairing == "auto" and orders:
            faults.add(
                Unpaired,
                f"{orders} The labels have neither names nor trial numbers and are paired in order, so set "
                f"{named('pairing')} to 'order' if they are in the order of dir, or to 'natural' if they are in that "
                "of the numbers. Or give the videos as a list of files in the order of the labels.",
            )
        found = _in_order(entries, paths, faults, remarks)
    elif how == "trial-number":
        found = _by_trial(entries, paths, trial_pattern, faults)
    else:
        found = _by_names(entries, paths, faults)
    faults.raise_any()
    used = {id(entry) for entry in found}
    return PairedLabels(
        how.replace("-", " "),
        found,
        [path.name for path, entry in zip(paths, found, strict=True) if entry is None],
        [_described(entry) for entry in entries if id(entry) not in used],
        [*remarks],
    )


def _read(labels: Any, variable: str | None) -> Labels:
    listed = isinstance(labels, (list, tuple)) and all(isinstance(one, (str, PathLike)) for one in labels)
    if (listed and len(files_among(labels)) == len({*labels}) > 0) or (
        isinstance(labels, (str, PathLike)) and is_folder(Path(labels))
    ):
        raise BadLabels(
            f"{'A list of files' if listed else labels} cannot be read as labels. Give one file with the labels of all "
            "videos, for example a CSV file with the columns video, frame and label."
        )
    if isinstance(labels, (str, PathLike)):
        return read_label_file(labels, variable)
    if variable is not None:
        raise BadOption(f"{named('label_variable')} names a variable of a label file, but labels are not a file.")
    return read_label_values(labels)


def _how(entries: Sequence[LabelEntry], paths: Sequence[Path]) -> str:
    names = VideoNames(paths)
    if any(names.find(entry.name) is not None for entry in entries if entry.name is not None):
        return "name"
    if any(entry.trial is not None for entry in entries):
        return "trial-number"
    return "name" if any(entry.name is not None for entry in entries) else "order"


def _described(entry: LabelEntry) -> str:
    if entry.name is not None and not entry.source.endswith(f", {entry.name}"):
        return f"{entry.source} ({entry.name})"
    return entry.source if entry.trial is None else f"{entry.source} (trial {entry.trial})"


# --- in order ------------------------------------------------------------------------------------------------------


def _in_order(
    entries: Sequence[LabelEntry], paths: Sequence[Path], faults: Faults, remarks: Sequence[str]
) -> list[LabelEntry | None]:
    if len(entries) != len(paths):
        told = "".join(f" {remark[0].upper()}{remark[1:]}" for remark in remarks[:_MOST_REMARKS])
        faults.add(Unpaired, _another_number(paths, "labels", len(entries)) + told)
        return [None] * len(paths)
    return list(entries)


def _another_number(paths: Sequence[Path], what: str, n: int) -> str:
    shown = some([path.name for path in paths])
    return (
        f"There {'is 1 video' if len(paths) == 1 else f'are {len(paths)} videos'} ({shown}), but {what} for {n}. They "
        "are paired in order, so give one per video; videos of a folder are in the order of MATLAB's dir, or with "
        f"{named('pairing')} 'natural' in that of the numbers in their names."
    )


# --- by trial number -----------------------------------------------------------------------------------------------


def _by_trial(
    entries: Sequence[LabelEntry], paths: Sequence[Path], pattern: str | None, faults: Faults
) -> list[LabelEntry | None]:
    numbers = [trial_in(path, pattern) for path in paths]
    by_number: dict[int, LabelEntry] = {}
    twice = collections.defaultdict(list)
    for entry in entries:
        if entry.trial is not None and by_number.setdefault(entry.trial, entry) is not entry:
            twice[entry.trial].append(entry)
    for trial, others in twice.items():
        places = some([one.source for one in (by_number[trial], *others)])
        faults.add(Unpaired, f"Trial {trial} has labels {len(others) + 1} times: {places}. Keep one of them.")
    counts = collections.Counter(one for one in numbers if one is not None)
    for number in sorted(one for one, n in counts.items() if n > 1):
        same = some([path.name for path, one in zip(paths, numbers, strict=True) if one == number])
        faults.add(
            Unpaired,
            f"Several videos have the trial number {number}: {same}. Set the option {named('trial_pattern')} to a "
            "regular expression that matches the number in their names, such as 'trial(\\d+)'.",
        )
    found = [None if number is None else by_number.get(number) for number in numbers]
    if not any(found) and not len(faults):
        wanted = some([str(entry.trial) for entry in entries if entry.trial is not None]) or "none"
        there = some([f"{path.name} ({number or 'none'})" for path, number in zip(paths, numbers, strict=True)])
        faults.add(
            Unpaired,
            f"No video has the trial number of any labels. Labels: {wanted}; videos: {there}. The number is expected "
            f"at the end of a video's name, or where the option {named('trial_pattern')} matches. To pair them in "
            f"order, set {named('pairing')} to 'order'.",
        )
    return found


def trial_in(path: Path, pattern: str | None) -> int | None:
    """Return the trial number in the name of a video, or None.

    Args:
        path: the video.
        pattern: a regular expression that matches the number, in its group if it has one; None for the last digits
            before the suffix.
    """
    if pattern is None:
        digits = re.findall(r"[0-9]+", path.stem)
        return int(digits[-1]) if digits and len(digits[-1]) < 16 else None
    match = re.search(pattern, path.name)
    text = (match.group(1) if match.re.groups else match.group()) if match else None
    return int(text) if text and re.fullmatch("[0-9]{1,15}", text) else None


# --- by name -------------------------------------------------------------------------------------------------------


def _in_any_case(name: str) -> str:
    return same_name(same_name(name).casefold())


FOLDS: tuple[Callable[[str], str], ...] = (same_name, _in_any_case)


class VideoNames:
    """Finds videos by the names that people use for them.

    A name is compared with the recording's name, the path, the file name and the stem of each video, if only one video
    has it; for a path from another machine, its last parts are compared. Case counts only if names differ in nothing
    else; composed and decomposed Unicode are always equal (`same_name`). A name that is not UTF-8 is found in its
    `printable` form, and as Windows (cp1252) shows it.
    """

    def __init__(self, paths: Sequence[Path]):
        self._by_case: list[dict[str, int]] = []
        names = recording_names(paths)
        for fold in FOLDS:
            found: dict[str, int] = {}
            doubled: set[str] = set()
            for place, (path, name) in enumerate(zip(paths, names, strict=True)):
                for key in {fold(key) for key in keys_of(path, name)}:
                    if found.setdefault(key, place) != place:
                        doubled.add(key)
            self._by_case.append({key: place for key, place in found.items() if key not in doubled})

    def find(self, name: str) -> int | None:
        """Return the position of the video with this name; None if there is none, or several."""
        for found, fold in zip(self._by_case, FOLDS, strict=True):
            for key in keys_meant(fold(name.strip())):
                if key in found:
                    return found[key]
        return None


def keys_of(path: Path, name: str) -> Iterator[str]:
    """Yield the names of a video: its recording's name, path, file name and stem."""
    for key in (name, str(path), path.as_posix(), path.name, path.stem):
        yield key
        if not key.isascii() and printable(key) != key:
            with contextlib.suppress(UnicodeEncodeError):
                yield key.encode("utf-8", "surrogateescape").decode("cp1252", "replace")


def keys_meant(name: str) -> Iterator[str]:
    """Yield what a name from a label file may mean: itself, its last parts, and the last part without suffix."""
    parts = re.split(r"[\\/]", name)
    for start in range(len(parts)):
        yield name if not start else "/".join(parts[start:])
    stem, dot, suffix = parts[-1].rpartition(".")
    if dot and f".{suffix.lower()}" in VIDEO_SUFFIXES:
        yield stem


def _by_names(entries: Sequence[LabelEntry], paths: Sequence[Path], faults: Faults) -> list[LabelEntry | None]:
    names = VideoNames(paths)
    found: list[LabelEntry | None] = [None] * len(paths)
    for entry in entries:
        place = None if entry.name is None else names.find(entry.name)
        if place is None:
            continue
        other = found[place]
        if other is not None:
            faults.add(
                Unpaired,
                f"{paths[place].name} has labels twice: {_described(other)} and {_described(entry)}. Keep one of them.",
            )
        found[place] = entry
    if not any(found):
        wanted = some([entry.name for entry in entries if entry.name is not None]) or "none"
        faults.add(
            Unpaired,
            f"No labels have the name of a video. Labels: {wanted}; videos: {some([path.name for path in paths])}. To "
            f"pair them differently, set {named('pairing')} to 'order' or 'trial-number'.",
        )
    return found


# --- other values for videos ---------------------------------------------------------------------------------------


def pair(beside: Beside, paths: Sequence[Path], what: str, faults: Faults, orders: str = "") -> list[tuple[str, Any]]:
    """Return the source and value of each video: by name if names were given, otherwise in order.

    A single centre is used for all videos. Videos without a value, values without a video, and two possible orders are
    faults.

    Args:
        beside: values for the videos.
        paths: the videos.
        what: name of the values in messages, such as ``centres``.
        faults: receives all faults.
        orders: as in `pair_labels`.
    """
    if isinstance(beside, dict):
        pairs = pair_by_name(beside, paths, what, faults)
        lacking = [path.name for path, (key, _) in zip(paths, pairs.found, strict=True) if key is None]
        if lacking:
            faults.add(Unpaired, f"There are no {what} for {some(lacking)}. Expected the names of the videos.")
        if pairs.left:
            faults.add(Unpaired, f"There are {what} for {some(pairs.left)}, but there is no such video.")
        return [(str(key), value) for key, value in pairs.found]
    if what == "centres" and len(beside) == 1 and (beside[0][1] is None or len(beside[0][1]) == 1):
        return beside * len(paths)
    if len(beside) != len(paths):
        if paths:
            faults.add(Unpaired, _another_number(paths, what, len(beside)))
        return []
    if orders:
        faults.add(
            Unpaired,
            f"{orders} The {what} have no names and are paired in order: give them by the names of the videos, or give "
            f"the videos as a list of files in the order of the {what}.",
        )
    return beside


@dataclasses.dataclass(frozen=True)
class Pairs:
    """Videos paired by name with other values.

    Attributes:
        found: the key and the value of each video; None, and None, for a video without any.
        left: keys of values without a video.
    """

    found: list[tuple[str | None, Any]]
    left: list[str]


def pair_by_name(beside: Mapping[str, Any], paths: Sequence[Path], what: str, faults: Faults) -> Pairs:
    """Pair videos with values by name; two values for one name are a fault, what has no partner is not."""
    by_name: dict[str, str] = {}
    for key in beside:
        if (other := by_name.setdefault(same_name(str(key)), key)) != key:
            faults.add(Unpaired, f"One name has {what} twice: {ascii(other)} and {ascii(key)}. Keep one.")
    n_files = collections.Counter(same_name(path.name) for path in paths)
    names = recording_names(paths)
    found = [_by_name(beside, by_name, path, name, n_files) for path, name in zip(paths, names, strict=True)]
    used = {key for key, _ in found if key is not None}
    return Pairs(found, [str(key) for key in beside if key not in used])


def _by_name(
    beside: Mapping[str, Any], by_name: Mapping[str, str], path: Path, name: str, n_files: Mapping[str, int]
) -> tuple[str | None, Any]:
    """Return the key of a video and its value; a file name counts only if one video has it."""
    keys = [name, str(path)] + ([path.name] if n_files[same_name(path.name)] == 1 else [])
    key = next((by_name[same_name(key)] for key in keys if same_name(key) in by_name), None)
    return key, beside.get(key or "")
