"""Which videos are meant, and what their recordings are called."""

from __future__ import annotations

from collections.abc import Sequence
from os import PathLike
from pathlib import Path
from typing import Any

from pyside.data.video import VIDEO_SUFFIXES
from pyside.errors import BadVideo, Faults, PathMissing


def find_videos(videos: Any, faults: Faults) -> list[Path]:
    """Return the videos meant: a file, several, or those of a folder in the order of MATLAB's ``dir``.

    That is the order of the character codes of their names. Hidden files do not count.
    """
    given = [videos] if isinstance(videos, (str, PathLike)) else videos
    if not isinstance(given, Sequence) or not given or not all(isinstance(one, (str, PathLike)) for one in given):
        faults.add(BadVideo, "videos must be a folder, a video file, or a list of video files.")
        return []
    paths: list[Path] = []
    for one in given:
        path = Path(one).absolute()
        if path.is_dir():
            inside = [file for file in path.iterdir() if file.suffix.lower() in VIDEO_SUFFIXES and file.name[0] != "."]
            if not inside:
                endings = ", ".join(VIDEO_SUFFIXES)
                faults.add(BadVideo, f"There is no video in the folder {path}. Videos end in {endings}.")
            paths += sorted(inside, key=lambda file: file.name)
        elif path.exists():
            paths.append(path)
        else:
            faults.add(PathMissing, f"There is no video {path}.")
    twice = sorted({str(path) for path in paths if paths.count(path) > 1})
    if twice:
        faults.add(BadVideo, f"Named twice: {', '.join(twice)}. A video may stand on one side of a split only.")
    return paths


def recording_names(paths: Sequence[Path]) -> list[str]:
    """Return the shortest names that tell the videos apart: the stem, the name, or with folders before it."""
    names = [path.stem for path in paths]
    for depth in range(1, max((len(path.parts) for path in paths), default=0) + 1):
        doubled = {name for name in names if names.count(name) > 1}
        if not doubled:
            break
        names = [
            "/".join(path.parts[-depth:]) if name in doubled else name for path, name in zip(paths, names, strict=True)
        ]
    return names
