"""Which videos are meant, and what their recordings are called."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from os import PathLike
from pathlib import Path
from typing import Any

from pyside.data.image_sequences import IMAGE_SUFFIXES, is_sequence
from pyside.data.tiff_stacks import STACK_SUFFIXES, holds_one_image
from pyside.data.video import FFMPEG_SUFFIXES, VIDEO_SUFFIXES
from pyside.errors import BadVideo, Faults, PathMissing


def find_videos(videos: Any, faults: Faults) -> list[Path]:
    """Return the videos meant: a file, several, or those of a folder in the order of MATLAB's ``dir``.

    That is the order of the character codes of their names. Hidden files do not count. A video is a file with one of
    `VIDEO_SUFFIXES`, TIFF stacks among them, or a folder of numbered images, which are its frames. So a folder may be

    - several recordings: it holds videos; or it holds none, but sub-folders with numbered images;
    - one recording: it holds numbered images and no video.

    A TIFF file with one image is no video where others lie beside it that are.

    Args:
        videos: a file, a folder, or a list of such.
        faults: takes what is missing, holds no video, or is named twice.
    """
    given = [videos] if isinstance(videos, (str, PathLike)) else videos
    if not isinstance(given, Sequence) or not given or not all(isinstance(one, (str, PathLike)) for one in given):
        faults.add(BadVideo, "videos must be a folder, a video file, or a list of video files.")
        return []
    paths: list[Path] = []
    for one in given:
        path = Path(one).absolute()
        if path.is_dir():
            with faults.noting():
                paths += _inside(path)
        elif path.exists():
            paths.append(path)
        else:
            faults.add(PathMissing, f"There is no video {path}.")
    twice = sorted(str(path) for path, times in Counter(paths).items() if times > 1)
    if twice:
        faults.add(BadVideo, f"Named twice: {', '.join(twice)}. A video may stand on one side of a split only.")
    return paths


def recording_names(paths: Sequence[Path]) -> list[str]:
    """Return the shortest names that tell the videos apart: the stem, the name, or with folders before it."""
    names = [path.name if path.is_dir() else path.stem for path in paths]
    for depth in range(1, max((len(path.parts) for path in paths), default=0) + 1):
        doubled = {name for name, times in Counter(names).items() if times > 1}
        if not doubled:
            break
        names = [
            "/".join(path.parts[-depth:]) if name in doubled else name for path, name in zip(paths, names, strict=True)
        ]
    return names


def _inside(folder: Path) -> list[Path]:
    """Return the recordings that a folder is, or holds."""
    try:
        inside = sorted((one for one in folder.iterdir() if one.name[0] != "."), key=lambda one: one.name)
        videos = [one for one in inside if one.suffix.lower() in FFMPEG_SUFFIXES and not one.is_dir()]
        if not videos and is_sequence(folder):
            return [folder]
        stacks = [one for one in inside if one.suffix.lower() in STACK_SUFFIXES and not one.is_dir()]
        if videos:  # a lone image beside them is no video
            stacks = [one for one in stacks if not holds_one_image(one)]
        found = sorted(videos + stacks, key=lambda one: one.name)
        found = found or [one for one in inside if one.is_dir() and is_sequence(one)]
    except OSError as error:
        raise BadVideo(f"The folder {folder} cannot be read: {error.strerror}.") from error
    if not found:
        raise BadVideo(
            f"There is no video in the folder {folder}. Videos end in {', '.join(VIDEO_SUFFIXES)}; the images of a "
            f"sequence, two or more in a folder of their own, end in {', '.join(IMAGE_SUFFIXES)} and differ in one "
            "number of their names."
        )
    return found
