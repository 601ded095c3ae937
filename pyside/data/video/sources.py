"""Finds videos in folders and lists, and names their recordings."""

from __future__ import annotations

import collections
import contextlib
import os
from collections.abc import Sequence
from os import PathLike
from pathlib import Path
from typing import Any

from pyside.aliases import AnyPath
from pyside.data.video.image_sequences import IMAGE_SUFFIXES, is_sequence
from pyside.data.video.reader import FFMPEG_SUFFIXES, VIDEO_SUFFIXES
from pyside.data.video.tiff_stacks import STACK_SUFFIXES, holds_one_image
from pyside.errors import BadVideo, Faults, NotReadable, PathMissing, printable, some
from pyside.system.paths import Links, about_left_out, is_folder, is_link, is_there, natural
from pyside.system.paths import inside as inside_of
from pyside.system.records import same_name

_SHOWN = 4  # videos of each of two orders


def find_videos(
    videos: Any,
    faults: Faults,
    warnings: list[str] | None = None,
    by_number: bool = False,
    once: bool = True,
) -> list[Path]:
    """Return the videos to read: a file, several, or those of a folder in the order of MATLAB's ``dir``.

    This is the order of the character codes of their names. Files and folders that are hidden, or made by systems
    (``@eaDir``, ``Thumbs.db``), are left out. A video is a file with one of `VIDEO_SUFFIXES`, which include TIFF
    stacks, or a folder of numbered images, which are its frames. So a folder may be

    - several recordings: it holds videos; or it holds no videos, but sub-folders with numbered images;
    - one recording: it holds numbered images and no video.

    A TIFF file with one image is not a video if there are other videos in its folder. Two videos of a folder whose
    names differ only in the suffix are a fault, since they may be one recording in two formats.

    Args:
        videos: a file, a folder, or a list of these.
        faults: receives what is missing, cannot be read, holds no video, or is there twice.
        warnings: a list that receives warnings for videos that are links out of their folder, with their targets, and
            for folders that are left out, or hold further videos.
        by_number: whether to sort all videos naturally instead: trial2 before trial10.
        once: whether a recording may be there only once, as in a dataset. Otherwise two formats, or links, are videos
            of their own, and a video that is given twice is returned once.
    """
    given = [videos] if isinstance(videos, (str, PathLike)) else videos
    if not isinstance(given, Sequence) or not given or not all(isinstance(one, (str, PathLike)) for one in given):
        faults.add(BadVideo, "videos must be a folder, a video file, or a list of video files.")
        return []
    paths: list[Path] = []
    linked = False
    for one in given:
        path = Path(one).absolute()
        with faults.noting():
            if is_folder(path):
                links, left_out = Links(path), list[Path]()
                inside = _inside(path, left_out)
                if once:
                    _check_stems(path, inside, faults)
                paths += _whole(inside, links, faults, left_out)
                linked |= links.met
                if warnings is not None:
                    warnings += Links(path, outside=links.outside).warnings()
                    warnings += [*about_left_out(path, set(left_out)), *_about_folders(path, inside, given)]
            elif is_there(path):
                linked |= is_link(path)
                paths.append(path)
            else:
                faults.add(PathMissing, f"There is no video or folder {path}.")
    faults.what, faults.total = "videos", len(paths)
    if not once:
        paths, linked = list(dict.fromkeys(paths)), False
    twice = sorted(str(path) for path, n in collections.Counter(paths).items() if n > 1)
    if twice:
        faults.add(BadVideo, f"Given twice: {', '.join(twice)}. A video may be on one side of a split only.")
    elif linked:
        _check_links(paths, faults)
    return sorted(paths, key=_by_number) if by_number else paths


def _by_number(path: Path) -> tuple[Any, ...]:
    """Return a key that sorts videos naturally: ``clip`` before ``clip2``, whatever their suffixes are."""
    return [natural(part) for part in path.parent.parts], natural(path.stem), path.suffix


def two_orders(videos: Any, paths: Sequence[Path]) -> str:
    """Return, in words, how the natural order of a folder's videos differs from that of ``dir``.

    Args:
        videos: as in `find_videos`.
        paths: the videos that it returned.

    Returns:
        A sentence about the first folder where the two differ; "" if there is none. The order of listed files is known.
    """
    folders = {path.parent for path in paths}
    for one in [videos] if isinstance(videos, (str, PathLike)) else videos:
        folder = Path(one).absolute()
        by_code = [path.name for path in paths if path.parent == folder] if folder in folders else []
        by_number = [path.name for path in sorted((Path(name) for name in by_code), key=_by_number)]
        if by_code != by_number:
            return (
                f"The videos of {folder} have two orders: that of dir ({from_difference(by_code, by_number)}), and "
                f"that of the numbers in their names ({from_difference(by_number, by_code)})."
            )
    return ""


def from_difference(names: Sequence[str], others: Sequence[str]) -> str:
    """Return names in order, from the last one that is at the same place in both orders."""
    first = next(place for place, (name, other) in enumerate(zip(names, others, strict=True)) if name != other)
    start = max(0, first - 1)
    return ("..., " if start else "") + some([printable(name) for name in names[start:]], _SHOWN)


def _whole(videos: Sequence[Path], links: Links, faults: Faults, left_out: list[Path]) -> list[Path]:
    """Return the videos of a folder that exist; note links and folders left out. A broken link is a fault."""
    found = []
    for video in videos:
        if links.see(video) and not is_there(video):
            text = f"{video} is a broken link. Copy the video there, or remove the link."
            faults.add(PathMissing, text, of=video)
            continue
        for image in inside_of(video, left_out) if is_folder(video) else ():
            links.see(image)
        found.append(video)
    return found


def _check_stems(folder: Path, videos: Sequence[Path], faults: Faults) -> None:
    """Note a fault for videos of a folder whose names differ only in the suffix: they may be one recording, twice."""
    by_stem: dict[str, list[str]] = {}
    for video in videos:
        if not is_folder(video):
            by_stem.setdefault(same_name(video.stem), []).append(video.name)
    twins = [" and ".join(names) for names in by_stem.values() if len(names) > 1]
    if twins:
        faults.add(
            BadVideo,
            f"{folder} has videos whose names differ only in the suffix: {some(twins, between='; ')}. They may be one "
            "recording in several formats, which may be on one side of a split only: keep one of them. If they are "
            "different recordings, rename them, or give the videos as a list of files.",
        )


def _check_links(paths: Sequence[Path], faults: Faults) -> None:
    """Note a fault for links to the same video: they would be recordings with the same frames."""
    by_file: dict[str, list[str]] = {}
    for path in paths:
        by_file.setdefault(os.path.realpath(path), []).append(str(path))
    for names in by_file.values():
        if len(names) > 1:
            text = f"Through links, one video occurs {len(names)} times: {some(names)}."
            faults.add(BadVideo, f"{text} A video may be on one side of a split only: keep one of them.")


def recording_names(paths: Sequence[Path]) -> list[str]:
    """Return the shortest names that are different for all videos: the stem, the name, or with parent folders.

    Names are compared by `same_name`; parts that are not UTF-8 are replaced by `printable`.
    """
    names = [printable(path.name if path.is_dir() else path.stem) for path in paths]
    for depth in range(1, max((len(path.parts) for path in paths), default=0) + 1):
        counts = collections.Counter(map(same_name, names))
        if len(counts) == len(names):
            return names
        names = [
            printable("/".join(path.parts[-depth:])) if counts[same_name(name)] > 1 else name
            for path, name in zip(paths, names, strict=True)
        ]
    seen: collections.Counter[str] = collections.Counter()
    for place, name in enumerate(names):  # names that differ only by composed and decomposed Unicode
        seen[same_name(name)] += 1
        if (number := seen[same_name(name)]) > 1:
            names[place] = f"{name} ({number})"
    return names


def _inside(folder: Path, left_out: list[Path]) -> list[Path]:
    """Return the recordings in a folder, or the folder itself if it is one recording; note folders left out."""
    try:
        inside = inside_of(folder, left_out)
        videos = [one for one in inside if one.suffix.lower() in FFMPEG_SUFFIXES and not is_folder(one)]
        if not videos and is_sequence(folder):
            return [folder]
        stacks = [one for one in inside if one.suffix.lower() in STACK_SUFFIXES and not is_folder(one)]
        if videos:  # a single image beside them is not a video
            stacks = [one for one in stacks if not holds_one_image(one)]
        found = sorted(videos + stacks, key=lambda one: one.name)
        found = found or [one for one in inside if is_folder(one) and is_sequence(one)]
    except OSError as error:
        raise BadVideo(f"The folder {folder} cannot be read: {error.strerror}.") from error
    if not found:
        if below := _with_videos(inside):
            some_of_them = some([printable(one.name) for one in below])
            raise BadVideo(
                f"There is no video in the folder {folder}, but in its folders {some_of_them}. Give these, in a list."
            )
        text = (
            f"There is no video in the folder {folder}. Videos end in {some(VIDEO_SUFFIXES, 12)}; the images of a "
            f"sequence, two or more in their own folder, end in {', '.join(IMAGE_SUFFIXES)}, and their names differ in "
            "one number."
        )
        raise BadVideo(" ".join([text, *about_left_out(folder, left_out)]))
    return found


def _about_folders(folder: Path, found: Sequence[Path], given: Sequence[AnyPath]) -> list[str]:
    """Return a warning that names the folders in a folder that hold videos and are not read; or none."""
    read = {*found, *(Path(one).absolute() for one in given)}
    below = [] if list(found) == [folder] else [one for one in _with_videos(inside_of(folder)) if one not in read]
    if not below:
        return []
    return [
        f"Folders in {folder} hold videos, too, which are not read: {some([printable(one.name) for one in below])}. To "
        "have them read, give all these folders in a list."
    ]


def _with_videos(paths: Sequence[Path]) -> list[Path]:
    """Return the folders among paths that hold videos, or are image sequences."""
    found = []
    for path in paths:
        with contextlib.suppress(OSError, NotReadable):
            if is_folder(path) and (
                any(one.suffix.lower() in FFMPEG_SUFFIXES and not is_folder(one) for one in inside_of(path))
                or is_sequence(path)
            ):
                found.append(path)
    return found
