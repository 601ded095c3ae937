"""Which labels and centres belong to which video: by name, by trial number or in order."""

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
from pyside.errors import BadOption, Faults, Unpaired, printable, some
from pyside.settings.core import named
from pyside.system.records import same_name

__all__ = ["Beside", "LabelEntry", "PairedLabels", "VideoNames", "pair", "pair_labels"]

Beside = list[tuple[str, Any]] | dict[str, Any]  # what stands beside the videos: (where it is from, value), or by name


@dataclasses.dataclass(frozen=True)
class PairedLabels:
    """Which labels belong to which video.

    Attributes:
        how: ``name``, ``order`` or ``trial number``.
        entries: one a video, None where it has none.
        videos_alone: the file names of videos without labels.
        labels_alone: where labels without a video stand, with their name or trial number.
        remarks: sentences about what is odd in the labels.
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
) -> PairedLabels:
    """Find the labels of each video.

    Args:
        labels: a label file, or a value from memory, in the forms of `read_label_file`.
        variable: which variable of a .mat file to take, or None.
        paths: the videos.
        pairing: ``name``, ``order`` or ``trial-number``; ``auto`` goes by name where the labels have names and one of
            them is a video's, else by trial number where they have numbers, else in order.
        trial_pattern: a regular expression that finds the trial number in the name of a video, in its group if it has
            one; None for the last digits before the suffix.

    Returns:
        The pairs, and what found no partner on either side.

    Raises:
        PathMissing, BadLabels, BadOption: there are no labels to be understood; all that is wrong at once.
        Unpaired: in order, with another number of labels than of videos; two videos, or two labels, of one name or
            number; or nothing pairs at all.
    """
    found = _read(labels, variable)
    how = _how(found.entries, paths) if pairing == "auto" else pairing
    faults = Faults()
    if how == "order":
        entries = _in_order(found.entries, paths, faults)
    elif how == "trial-number":
        entries = _by_trial(found.entries, paths, trial_pattern, faults)
    else:
        entries = _by_names(found.entries, paths, faults)
    faults.raise_any()
    used = {id(entry) for entry in entries}
    return PairedLabels(
        how.replace("-", " "),
        entries,
        [path.name for path, entry in zip(paths, entries, strict=True) if entry is None],
        [_told(entry) for entry in found.entries if id(entry) not in used],
        found.remarks,
    )


def _read(labels: Any, variable: str | None) -> Labels:
    if isinstance(labels, (str, PathLike)):
        return read_label_file(labels, variable)
    if variable is not None:
        raise BadOption(f"{named('label_variable')} names a variable of a label file, but labels are no file.")
    return read_label_values(labels)


def _how(entries: Sequence[LabelEntry], paths: Sequence[Path]) -> str:
    names = VideoNames(paths)
    if any(names.find(entry.name) is not None for entry in entries if entry.name is not None):
        return "name"
    if any(entry.trial is not None for entry in entries):
        return "trial-number"
    return "name" if any(entry.name is not None for entry in entries) else "order"


def _told(entry: LabelEntry) -> str:
    if entry.name is not None:
        return f"{entry.source} ({entry.name})"
    return entry.source if entry.trial is None else f"{entry.source} (trial {entry.trial})"


# --- in order ------------------------------------------------------------------------------------------------------


def _in_order(entries: Sequence[LabelEntry], paths: Sequence[Path], faults: Faults) -> list[LabelEntry | None]:
    if len(entries) != len(paths):
        faults.add(Unpaired, _another_number(paths, "labels", len(entries)))
        return [None] * len(paths)
    return list(entries)


def _another_number(paths: Sequence[Path], what: str, n: int) -> str:
    shown = some([path.name for path in paths])
    return (
        f"There {'is 1 video' if len(paths) == 1 else f'are {len(paths)} videos'} ({shown}) and {what} for {n}. They "
        "are paired in order, so give one a video; videos of a folder are in the order of MATLAB's dir."
    )


# --- by trial number -----------------------------------------------------------------------------------------------


def _by_trial(
    entries: Sequence[LabelEntry], paths: Sequence[Path], pattern: str | None, faults: Faults
) -> list[LabelEntry | None]:
    numbers = [_trial_in(path, pattern) for path in paths]
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
            f"Several videos have the trial number {number}: {same}. Say where the number stands in their names by the "
            f"option {named('trial_pattern')}, a regular expression such as 'trial(\\d+)'.",
        )
    found = [None if number is None else by_number.get(number) for number in numbers]
    if not any(found) and not len(faults):
        wanted = some([str(entry.trial) for entry in entries if entry.trial is not None]) or "none"
        there = some([f"{path.name} ({number or 'none'})" for path, number in zip(paths, numbers, strict=True)])
        faults.add(
            Unpaired,
            f"No video has the trial number of any labels. Labels: {wanted}; videos: {there}. The number is looked for "
            f"at the end of a video's name, or by the option {named('trial_pattern')}. To pair them in order, set "
            f"{named('pairing')} to 'order'.",
        )
    return found


def _trial_in(path: Path, pattern: str | None) -> int | None:
    """Return the trial number in the name of a video, or None."""
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
    """Finds videos by what people call them.

    Names are compared with the recording's name, the path, the file name and the stem of each video, where only one
    video bears it; of a path from another machine its last parts count. Case matters only if it has
    to, and in which of two ways a letter is written never does (`same_name`). A name that is no UTF-8 is found as it is
    `printable`, and as Windows's letters.
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
        """Return the place of the video that is called so, or None where there is none, or several."""
        for found, fold in zip(self._by_case, FOLDS, strict=True):
            for key in keys_meant(fold(name.strip())):
                if key in found:
                    return found[key]
        return None


def keys_of(path: Path, name: str) -> Iterator[str]:
    """Give what a video is called by: its recording's name, path, file name and stem."""
    for key in (name, str(path), path.as_posix(), path.name, path.stem):
        yield key
        if not key.isascii() and printable(key) != key:
            with contextlib.suppress(UnicodeEncodeError):
                yield key.encode("utf-8", "surrogateescape").decode("cp1252", "replace")


def keys_meant(name: str) -> Iterator[str]:
    """Give what a name from a label file can mean: itself, its last parts, and the last one without its ending."""
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
                f"{paths[place].name} has labels twice: {_told(other)} and {_told(entry)}. Keep one of them.",
            )
        found[place] = entry
    if not any(found):
        wanted = some([entry.name for entry in entries if entry.name is not None]) or "none"
        faults.add(
            Unpaired,
            f"No labels have the name of a video. Labels: {wanted}; videos: {some([path.name for path in paths])}. To "
            f"pair them otherwise, set {named('pairing')} to 'order' or 'trial-number'.",
        )
    return found


# --- what else stands beside videos --------------------------------------------------------------------------------


def pair(beside: Beside, paths: Sequence[Path], what: str, faults: Faults) -> list[tuple[str, Any]]:
    """Give each video what belongs to it: by name where names were given, else by order; one centre suits all.

    What is left over on either side is a fault. ``what`` is ``centres``, or what else there is one of a video.
    """
    names = recording_names(paths)
    if isinstance(beside, dict):
        by_name: dict[str, str] = {}
        for key in beside:
            if (other := by_name.setdefault(same_name(str(key)), key)) != key:
                faults.add(Unpaired, f"There are {what} for one name twice: {ascii(other)} and {ascii(key)}. Keep one.")
        n_files = collections.Counter(same_name(path.name) for path in paths)
        found = [_by_name(beside, by_name, path, name, n_files) for path, name in zip(paths, names, strict=True)]
        used = {key for key, _ in found if key is not None}
        lacking = [path.name for path, (key, _) in zip(paths, found, strict=True) if key is None]
        left = [str(key) for key in beside if key not in used]
        if lacking:
            faults.add(Unpaired, f"There are no {what} for {some(lacking)}. Expected the names of the videos.")
        if left:
            faults.add(Unpaired, f"There are {what} for {some(left)}, but no such video.")
        return [(str(key), value) for key, value in found]
    if what == "centres" and len(beside) == 1 and (beside[0][1] is None or len(beside[0][1]) == 1):
        return beside * len(paths)
    if len(beside) != len(paths):
        faults.add(Unpaired, _another_number(paths, what, len(beside)))
        return []
    return beside


def _by_name(
    beside: Mapping[str, Any], by_name: Mapping[str, str], path: Path, name: str, n_files: Mapping[str, int]
) -> tuple[str | None, Any]:
    """Return the key of a video and what stands there; a file name counts where only one video bears it."""
    keys = [name, str(path)] + ([path.name] if n_files[same_name(path.name)] == 1 else [])
    key = next((by_name[same_name(key)] for key in keys if same_name(key) in by_name), None)
    return key, beside.get(key or "")
