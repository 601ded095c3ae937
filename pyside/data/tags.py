"""Tags of recordings, such as camera, animal or object: what a person wants represented on every side of a split."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import Any

from pyside.data import fields
from pyside.data.csv_files import read_csv
from pyside.data.label_entry import tag_text
from pyside.data.pairing import VideoNames
from pyside.errors import BadOption, Faults

Tags = dict[str, dict[str, str]]
_EXPECTED = (
    "Tags (tags in Python) must be a CSV file with a column video and one column a tag, or a dict from the name of a "
    "video to a dict from tag to text."
)


def read_tags(value: Any) -> Tags:
    """Read tags by the name of the video.

    Args:
        value: None; a CSV file whose header names a column video (recording, file, name ...) and one column a tag::

                video,camera,animal
                trial1.mp4,left,M12

            or a dict from name to dict from tag to text or number. An empty cell is no tag.

    Returns:
        By the name of the video as it stands there, text by tag.

    Raises:
        PathMissing: there is no such file.
        BadLabels: the CSV file is damaged.
        BadOption: it has no column video, a row without one or two rows for one video; or there are no tags in it at
            all. All faults at once.
    """
    if value is None:
        return {}
    if isinstance(value, (str, PathLike)):
        return _of_file(Path(value))
    if not isinstance(value, Mapping):
        raise BadOption(f"{_EXPECTED} It is a {type(value).__name__}.")
    found: Tags = {}
    faults = Faults()
    for name, tags in value.items():
        wrong = [key for key, tag in tags.items() if tag_text(tag) is None] if isinstance(tags, Mapping) else None
        if wrong is None or any(not fields.is_empty(tags[key]) for key in wrong):
            faults.add(BadOption, f"The tags of {name} are {tags!r:.80}. {_EXPECTED}")
        else:
            found[str(name)] = fields.tags(tags, ())
    faults.raise_any()
    return found


def _of_file(path: Path) -> Tags:
    table = read_csv(path)
    column = fields.role(table.columns, fields.VIDEO)
    if column is None:
        raise BadOption(f"{path} has no column video, only {', '.join(table.columns)}. {_EXPECTED}")
    found: Tags = {}
    lines: dict[str, int] = {}
    faults = Faults()
    for row, line in enumerate(table.lines):
        name = table.columns[column][row]
        if not name:
            faults.add(BadOption, f"{path}, line {line}: there is no {column}.")
        elif name in found:
            faults.add(BadOption, f"{path}, line {line}: {name} stands in line {lines[name]} already.")
        else:
            found[name] = fields.tags({key: cells[row] for key, cells in table.columns.items()}, (column,))
            lines[name] = line
    faults.raise_any()
    return found


def tags_of(tags: Tags, path: Path, name: str) -> dict[str, str]:
    """Return the tags of one video, by its recording's name, path, file name or stem; none where it is not there.

    Args:
        tags: by the name of the video.
        path: the video.
        name: of its recording.
    """
    keys = [name, str(path), path.as_posix(), path.name, path.stem]
    exact = next((key for key in keys if key in tags), None)
    if exact is not None:
        return tags[exact]
    video = VideoNames([path])
    return next((found for key, found in tags.items() if video.find(key) is not None), {})


def unknown_videos(tags: Tags, paths: Sequence[Path]) -> list[str]:
    """Return the names in tags that no video bears."""
    videos = VideoNames(paths)
    return [name for name in tags if videos.find(name) is None]
