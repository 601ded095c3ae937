"""Reads tags of recordings, such as camera, animal or object, which should be represented on each side of a split."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import Any

from pyside.data.formats.csv_files import is_missing, read_csv
from pyside.data.formats.mat_files import Table
from pyside.data.labels import field_names
from pyside.data.labels.entry import tag_text
from pyside.data.recordings.pairing import FOLDS, VideoNames, keys_meant, keys_of
from pyside.errors import BadOption, Faults
from pyside.settings.core import named
from pyside.system.records import same_name

Tags = dict[str, dict[str, str]]
SIDE_TAG = "side"  # the tag of a recording that was given a side of a split
SIDES = ("training", "validation", "test")
_OTHER_NAMES = {"train": "training", "valid": "validation", "val": "validation"}


def read_tags(value: Any) -> Tags:
    """Read tags by the name of the video.

    Args:
        value: None; a CSV file with a column video (recording, file, name ...) and one column per tag::

                video,camera,animal
                trial1.mp4,left,M12

            or a dict from name to dict from tag to text or number. An empty cell is no tag.

    Returns:
        Text by tag, by the name of the video as given.

    Raises:
        PathMissing: the file does not exist.
        BadLabels: the CSV file is damaged.
        BadOption: it has no column video, a row without a video, or two rows for one video; or `value` is something
            else. All faults at once.
    """
    if value is None:
        return {}
    if isinstance(value, (str, PathLike)):
        return _of_file(Path(value))
    if not isinstance(value, Mapping):
        raise BadOption(f"{_expected()} Received a {type(value).__name__}.")
    found: Tags = {}
    names: dict[str, Any] = {}
    faults = Faults()
    for name, tags in value.items():
        wrong = [key for key, tag in tags.items() if tag_text(tag) is None] if isinstance(tags, Mapping) else None
        if wrong is None or any(not field_names.is_empty(tags[key]) for key in wrong):
            faults.add(BadOption, f"The tags of {name} are {tags!r:.80}. {_expected()}")
        elif (other := names.setdefault(same_name(str(name)), name)) != name:
            faults.add(
                BadOption, f"One video has tags twice, as {ascii(other)} and as {ascii(name)}. Keep one of them."
            )
        else:
            found[str(name)] = field_names.tags(tags, ())
    faults.raise_any()
    return found


def _of_file(path: Path) -> Tags:
    table = read_csv(path)
    if not isinstance(table, Table):
        raise BadOption(f"{path}, line 1: there is no header. {_expected()}")
    column = field_names.role(table.columns, field_names.VIDEO)
    if column is None:
        raise BadOption(f"{path} has no column video, only: {', '.join(table.columns)}. {_expected()}")
    found: Tags = {}
    lines: dict[str, int] = {}
    faults = Faults()
    for row, line in enumerate(table.lines):
        name = table.columns[column][row]
        if is_missing(name):
            faults.add(BadOption, f"{path}, line {line}: there is no {column}.")
        elif same_name(name) in lines:
            faults.add(BadOption, f"{path}, line {line}: {name} is already in line {lines[same_name(name)]}.")
        else:
            values = {key: cells[row] for key, cells in table.columns.items() if key and not is_missing(cells[row])}
            found[name] = field_names.tags(values, (column,))
            lines[same_name(name)] = line
    faults.raise_any()
    return found


def tags_of(tags: Tags, paths: Sequence[Path], names: Sequence[str]) -> list[dict[str, str]]:
    """Return the tags of each video, found by its recording's name, path, file name or stem; {} if there are none.

    Args:
        tags: tags by the name of the video.
        paths: the videos.
        names: names of their recordings.
    """
    meant: list[dict[str, str]] = [{same_name(key): key for key in tags}]
    for fold in FOLDS:
        meant.append({})
        for name in tags:
            for key in keys_meant(fold(name.strip())):
                meant[-1].setdefault(key, name)
    folds = [same_name, *FOLDS]
    return [_found(tags, [*keys_of(path, name)], meant, folds) for path, name in zip(paths, names, strict=True)]


def _found(
    tags: Tags, keys: Sequence[str], meant: Sequence[dict[str, str]], folds: Sequence[Callable[[str], str]]
) -> dict[str, str]:
    for known, fold in zip(meant, folds, strict=True):
        for key in map(fold, keys):
            if key in known:
                return tags[known[key]]
    return {}


def unknown_videos(tags: Tags, paths: Sequence[Path]) -> list[str]:
    """Return the names in tags that no video has."""
    videos = VideoNames(paths)
    return [name for name in tags if videos.find(name) is None]


def side_of(word: str) -> str:
    """Return the side of a split that a word means; a word that means none is returned in lower case."""
    return _OTHER_NAMES.get(word.strip().lower(), word.strip().lower())


def names_sides(tags: Sequence[Mapping[str, str]]) -> bool:
    """Return whether the tag ``side`` of recordings means the sides of a split, not left and right."""
    return all(side_of(tag[SIDE_TAG]) in SIDES for tag in tags if tag.get(SIDE_TAG))


def _expected() -> str:
    return (
        f"{named('tags')} must be a CSV file with a column video and one column per tag, or a dict from the name of a "
        "video to a dict from tag to text."
    )
