"""Converts class folders to a dataset folder: each sub-folder is a class, each image in it a frame."""

from __future__ import annotations

import collections
import contextlib
import dataclasses
import hashlib
import math
import os
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from pyside.aliases import Array, Progress
from pyside.data.conversion.made_by import made_by
from pyside.data.conversion.preflight import FEW_FRAMES, Planned, Preflight, added, checked
from pyside.data.dataset import LEAVE_OUT
from pyside.data.dataset_writer import DatasetWriter, check_target
from pyside.data.formats import images
from pyside.data.formats.frames import noted_contrast
from pyside.data.frame_file import FrameFile
from pyside.data.recordings.grey_levels import FRAMES_LOOKED_AT, MOST_LOOKED_AT, GreyLevels, Levels
from pyside.errors import (
    BadImage,
    BadOption,
    Faults,
    NotReadable,
    OneClass,
    PathMissing,
    TouchTrainError,
    printable,
    some,
)
from pyside.settings.conversion import FolderSettings
from pyside.settings.core import named
from pyside.system import parallel, paths
from pyside.system.files import unfinished
from pyside.system.progress import ConversionProgress, end_if_asked
from pyside.system.records import same_name

_CHUNK_IMAGES = 128
_CHUNK_PIXELS = 1 << 20  # of the images before or after resizing: one block of the writer
_WORTH_PROCESSES = 10_000_000  # pixels; fewer take less time to decode than processes take to start
_TIMED_IMAGES = 20
_AHEAD_BYTES = 256 << 20  # of frames that are decoded before it is known whether all images can be converted
_LONGEST_TIMING = 1.0  # seconds
_VIDEO_FRAMES_PER_SECOND = 5000  # speed of reading h264 of 640 x 480 on two cores
_MUCH_MORE = 3
_PIXELS_TO_OPEN = 5000  # pixels that could be decoded in the time that opening an image takes
_MOST_NAMED = 20


@dataclasses.dataclass(frozen=True)
class _Image:
    """An image that goes into the dataset.

    Attributes:
        path: path of the file.
        name: its path within the class folder, with slashes, in printable form.
        size: (height, width), upright.
        digest: SHA-256 of the file's bytes.
        group: name of its group, whose images stay on one side of a split, or None.
    """

    path: str
    name: str
    size: tuple[int, int]
    digest: bytes
    group: str | None


@dataclasses.dataclass(frozen=True)
class _Class:
    """One class: its images in the order of the character codes of their names, and names of those left out."""

    name: str
    images: list[_Image]
    damaged: list[str]
    in_two: list[str]

    def files_sha256(self) -> str:
        """Return the SHA-256 of names and bytes of the images."""
        digest = hashlib.sha256()
        for one in self.images:
            digest.update(one.name.encode() + b"\0" + one.digest)
        return digest.hexdigest()


@dataclasses.dataclass(frozen=True)
class _Listed:
    """The folder of a class, and the paths of images in it; `is_whole` is whether all of it could be listed."""

    name: str
    folder: Path
    images: list[str]
    is_whole: bool


def convert_folders(
    root: str | PathLike[str],
    dataset: str | PathLike[str],
    options: Mapping[str, Any],
    progress: Progress = lambda record: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> dict[str, Any]:
    """Write a folder with one sub-folder of images per class as a dataset folder.

    Images are read as `pyside.data.formats.images` describes; images of another size than the dataset's are resized.
    Classes are in the order of `class_names`, or else in the order of their numbers if all folder names are numbers,
    or else of the character codes of their names. Files and folders that are hidden, or made by systems (``@eaDir``,
    ``__MACOSX``, ``Thumbs.db``), are left out; a warning names such folders. Each class becomes one recording.

    Images in a sub-folder of their class are a group, which stays on one side of a split; the same sub-folder of
    another class is the same group, since it is the same day or video. A folder that holds all images of its class is
    no group if each class has such a folder, or none: no image of the class could be held out. With `group_pattern`,
    the name of a group is what the pattern's first group (in brackets), or the whole pattern, matches in an image's
    path within its class. All other images are their own groups, but identical images share one.

    Images are identical if their files are, or their frames as stored.

    Args:
        root: the folder; names of its sub-folders are class names.
        dataset: the folder to write.
        options: settings of a conversion of folders, in Python's spelling.
        progress: called with records for a progress line, about five times a second.
        should_stop: called after about a hundred images; if it returns True, the conversion stops and keeps complete
            classes.

    Returns:
        The summary of the dataset, with ``warnings``; ``ignored`` (the first few files that are not images);
        ``resized`` (number of resized images); ``groups`` (number of groups); ``identical`` (number of images that
        repeat one of their class); ``conflicts`` (the first few lists of identical images in several classes);
        ``damaged`` (images that were left out as damaged); ``left_out_why`` (images by reason). With the option
        `check`, nothing is written, and the result is that of `Preflight.report`.

    Raises:
        TouchTrainError: all faults of folders, images and options, before anything is written.
        BadImage: images are damaged, or identical in two classes, found after reading them. Complete classes are kept
            for the next conversion.
        Interrupted: `should_stop` returned True.
    """
    settings = FolderSettings.from_options(options)
    target, source = Path(dataset).absolute(), Path(root).absolute()
    preflight = Preflight("folders", target, GreyLevels(settings.pixel_range))
    progress({"stage": "checking"})
    ahead = _Ahead(settings)
    if settings.check:
        return checked(preflight, lambda known: _time(known, _plan(known, source, settings, ahead), settings))
    classes = _plan(preflight, source, settings, ahead, lambda: end_if_asked(should_stop, target))
    preflight.faults.raise_any()
    progress({"stage": "converting", "said": [*preflight.messages(), *preflight.all_warnings()]})
    return _convert(preflight, classes, ahead, settings, progress, should_stop)


# --- before anything is written ------------------------------------------------------------------------------------


def _plan(
    preflight: Preflight,
    root: Path,
    settings: FolderSettings,
    ahead: _Ahead,
    ask: Callable[[], None] = lambda: None,
) -> list[_Class]:
    """Find the classes and their images, ignored and left-out files, and all faults."""
    faults = preflight.faults
    preflight.loose = True
    with faults.noting():
        check_target(preflight.target)
    links = paths.Links(root)
    left_out: list[Path] = []
    folders, ignored = _class_folders(root, links, faults, left_out)
    names = _class_order(root, list(folders), settings.class_names, faults)
    preflight.class_names = names
    preflight.label_mapping = {name: name for name in names}
    by_name = {same_name(name): folder for name, folder in folders.items()}
    classes: list[_Class] = []
    unread: list[TouchTrainError] = []
    faults.what = "images"
    listed: list[_Listed] = []
    for name in names:
        folder, before = by_name[same_name(name)], len(faults)
        found, others = _inside(folder, links, faults, left_out)
        ignored += [f"{name}/{path}" for path in others]
        listed.append(_Listed(name, folder, found, len(faults) == before))
    faults.total = sum(len(one.images) for one in listed)
    ahead.choose_shape(preflight.target, listed)
    for of_class, (one, broken) in zip(listed, _read_heads(listed, settings, ahead, ask), strict=True):
        classes.append(one)
        unread += broken
        if not one.images and of_class.is_whole and (not of_class.images or settings.on_damage == "skip"):
            text = "no image in" if not of_class.images else "no usable image in"
            kinds = ", ".join(suffix[1:] for suffix in images.SUFFIXES)
            text = f"There is {text} {of_class.folder}. Put images ({kinds}) there, or remove the folder."
            unused = [path for path in left_out if path.is_relative_to(of_class.folder)]
            faults.add(BadImage, " ".join([text, *paths.about_left_out(of_class.folder, unused)]))
    preflight.warnings += links.warnings() + paths.about_left_out(root, left_out)
    if settings.on_damage == "error":
        for fault in unread:
            faults.include(fault)
    conflicts = _conflicts((one.name, image.name, image.digest) for one in classes for image in one.images)
    if settings.on_conflict == "error" and conflicts:
        faults.include(_conflict(conflicts))
    if settings.on_conflict == "skip" and conflicts:
        classes = [_without(one, conflicts, faults) for one in classes]
    if settings.group_pattern is None:
        classes = _without_outer_folders(classes, preflight)
    identical = sum(len(one.images) - len({image.digest for image in one.images}) for one in classes)
    preflight.further = {
        "ignored": _listed(ignored),
        "damaged": [f"{one.name}/{name}" for one in classes for name in one.damaged],
        "identical": identical,
        "conflicts": list(conflicts.values())[:_MOST_NAMED],
        "resized": 0,
        "groups": 0,
    }
    preflight.planned = [_planned(index, one) for index, one in enumerate(classes)]
    if any(one.images for one in classes):
        _choose_size(preflight, classes, settings)
        _count_groups(preflight, classes, settings)
    return classes


def _class_folders(
    root: Path, links: paths.Links, faults: Faults, left_out: list[Path]
) -> tuple[dict[str, Path], list[str]]:
    """Return the sub-folders by class name, and the names of other files; note folders left out."""
    inside: list[Path] | None = None
    with faults.noting():
        if not paths.is_folder(root):
            raise PathMissing(f"There is no folder {root}.")
        inside = paths.inside(root, left_out)
    if inside is None:
        return {}, []
    folders: dict[str, Path] = {}
    others: list[str] = []
    before = len(faults)
    known: dict[str, str] = {}
    for path in inside:
        with faults.noting():
            links.see(path)
            if not paths.is_folder(path):
                others.append(printable(path.name))
                continue
            name = printable(path.name)
            if (other := known.setdefault(same_name(name), name)) != name or name in folders:
                raise BadImage(
                    f"Two class folders in {root} have the same name, encoded in two ways: {ascii(other)} and "
                    f"{ascii(path.name)}. Put their images into one of them, or rename one."
                )
            folders[name] = path
    if not folders and len(faults) > before:
        return {}, others
    if not folders:
        text = f"There is no folder in {root}. Expected one sub-folder of images per class, named after the class."
        faults.add(BadImage, " ".join([text, *paths.about_left_out(root, left_out)]))
    elif len(folders) == 1:
        text = f"There is only one class folder in {root}, {next(iter(folders))}. Expected two or more."
        faults.add(OneClass, " ".join([text, *paths.about_left_out(root, left_out)]))
    return folders, others


def _class_order(root: Path, found: list[str], wanted: Sequence[str] | None, faults: Faults) -> list[str]:
    """Return the class names that have folders, in the order of their indices."""
    if not found:
        return []
    if wanted is None:
        if all(name.isascii() and name.isdigit() for name in found):
            return sorted(found, key=lambda name: (int(name), name))
        return found
    there, asked = {same_name(name) for name in found}, {same_name(name) for name in wanted}
    lacking = [name for name in wanted if same_name(name) not in there]
    extra = [name for name in found if same_name(name) not in asked]
    if lacking or extra:
        differences = [f"there is no folder {some(lacking, _MOST_NAMED)}"] * bool(lacking)
        differences += [f"the folder {some(extra, _MOST_NAMED)} is not among the class names"] * bool(extra)
        faults.add(
            BadOption,
            f"{named('class_names')}: in {root} {' and '.join(differences)}. Class names are "
            f"{some(wanted, _MOST_NAMED)}; folders are {some(found, _MOST_NAMED)}. They must be equal, including case.",
        )
    return [name for name in wanted if same_name(name) in there]


def _inside(folder: Path, links: paths.Links, faults: Faults, left_out: list[Path]) -> tuple[list[str], list[str]]:
    """Return the paths within a folder of images at any depth, and of all other files.

    What is hidden or made by systems is left out, and such folders are noted. Links are followed and noted; a folder
    that cannot be read is a fault.
    """
    found: list[str] = []
    others: list[str] = []
    seen: set[str] = set()
    left = [("", folder)]
    while left:
        below, where = left.pop()
        real = os.path.realpath(where)
        if real in seen or links.leads_above(real):
            links.see_again(where)
            continue
        seen.add(real)
        inner = []
        with faults.noting(), paths.listing(where), os.scandir(where) as entries:
            for entry in entries:
                if paths.is_foreign(entry.name):
                    left_out += [Path(entry.path)] if entry.is_dir(follow_symlinks=False) else []
                    continue
                with faults.noting():
                    plain_file = not links.see(entry) and entry.is_file()
                    if not plain_file and paths.is_folder(entry.path):
                        inner.append((f"{below}{entry.name}/", Path(entry.path)))
                        continue
                    is_image = os.path.splitext(entry.name)[1].lower() in images.SUFFIXES
                    kept = is_image and (plain_file or paths.is_file(entry.path))
                    (found if kept else others).append(below + entry.name)
        left += sorted(inner, reverse=True)
    return sorted(found), sorted(printable(name) for name in others)


def _read_heads(
    listed: Sequence[_Listed], settings: FolderSettings, ahead: _Ahead, ask: Callable[[], None]
) -> list[tuple[_Class, list[TouchTrainError]]]:
    """Return for each class its images, and the errors of those that cannot be read."""
    tasks = [ahead.tasks(one) for one in listed]
    everything = [task for of_class in tasks for task in of_class]
    workers = min(ahead.workers(sum(len(one.images) for one in listed)), max(1, len(everything)))
    results = parallel.spread(images.read_first, everything, workers, ask)
    classes = []
    for one, of_class in zip(listed, tasks, strict=True):
        found: list[_Image] = []
        damaged: list[str] = []
        unread: list[TouchTrainError] = []
        names = iter(one.images)
        for task in of_class:
            first = next(results)
            ahead.keep(task, first)
            for position, path in enumerate(task.paths):
                name = printable(next(names))
                if error := first.unread.get(position):
                    damaged.append(name)
                    unread.append(error)
                    continue
                size, digest = first.sizes[position], first.files[position]
                found.append(_Image(path, name, size, digest, _group(name, settings.group_pattern)))
        classes.append((_Class(one.name, found, damaged, []), unread))
    return classes


class _Ahead:
    """Frames that are decoded already when the files are first read, so that most images are read once.

    It must be known which images go into the dataset and which size most of them have before anything is written. So
    frames are kept in memory, at most `_AHEAD_BYTES`, and only those that have the size which a few images suggest.
    """

    def __init__(self, settings: FolderSettings):
        self._settings = settings
        self._shape: tuple[int, int, int] | None = None
        self._planned = 0  # bytes
        self._frames: dict[str, tuple[Array, int, bytes, int]] = {}  # by path: frames, place in them, SHA-256, maximum
        self._damaged: dict[str, TouchTrainError] = {}

    def choose_shape(self, target: Path, listed: Sequence[_Listed]) -> None:
        """Choose the shape that frames will probably have; none if frames written before may be kept, or in a check."""
        if self._settings.check or paths.is_there(target) or paths.is_there(unfinished(target)):
            return
        size = self._settings.image_size
        if size is None:
            sizes = collections.Counter[tuple[int, int]]()
            for one in listed[:_TIMED_IMAGES]:
                for name in one.images[:1]:
                    with contextlib.suppress(BadImage, NotReadable):
                        path = os.path.join(one.folder, name)
                        sizes[images.image_size(path, self._settings.pixel_range)] += 1
            size = max(sizes, key=lambda size: sizes[size], default=None)
        if size is not None:
            self._shape = (*size, 3 if self._settings.color else 1)

    def workers(self, n_images: int) -> int:
        """Return the number of processes that first read so many images."""
        pixels = 0 if self._shape is None else n_images * (self._shape[0] * self._shape[1] + _PIXELS_TO_OPEN)
        return _workers(pixels, self._settings) if self._shape else 1

    def tasks(self, one: _Listed) -> list[images.FirstTask]:
        """Return tasks to read the images of a class for the first time."""
        n_pixels = math.prod(self._shape) if self._shape else 1
        step = max(1, min(_CHUNK_IMAGES, _CHUNK_PIXELS // n_pixels))
        resize, contrast = self._settings.image_size is not None, self._settings.contrast
        found = []
        for start in range(0, len(one.images), step):
            files = [os.path.join(one.folder, name) for name in one.images[start : start + step]]
            shape = self._shape if self._planned < _AHEAD_BYTES else None
            self._planned += len(files) * n_pixels
            found.append(images.FirstTask(files, shape, contrast, resize, self._settings.pixel_range))
        return found

    def keep(self, task: images.FirstTask, first: images.First) -> None:
        """Keep the frames that were decoded."""
        for place, (position, digest, brightest) in enumerate(first.decoded):
            assert first.frames is not None
            self._frames[task.paths[position]] = (first.frames, place, digest, brightest)
        self._damaged |= {task.paths[position]: error for position, error in first.damaged.items()}

    def drop_unless(self, shape: tuple[int, int, int]) -> None:
        """Forget all frames, unless the frames of the dataset have the shape that was chosen."""
        if shape != self._shape:
            self._frames, self._damaged = {}, {}

    def has(self, task: images.Task) -> bool:
        """Return whether all images of a task were decoded."""
        return all(path in self._frames or path in self._damaged for path in task.paths)

    def take(self, task: images.Task) -> images.Chunk:
        """Return the frames of a task, and forget them."""
        damaged = {at: self._damaged[path] for at, path in enumerate(task.paths) if path in self._damaged}
        found = [self._frames.pop(path) for path in task.paths if path in self._frames]
        stacks = {id(stack): stack for stack, *_ in found}
        if len(stacks) == 1 and len(found) == len(found[0][0]):  # as is usual
            frames = found[0][0]
        else:
            frames = np.empty((len(found), *task.shape), np.uint8)
            for place, (stack, row, _, _) in enumerate(found):
                frames[place] = stack[row]
        digests = [digest for _, _, digest, _ in found]
        return images.Chunk(task.index, frames, digests, damaged, max((most for *_, most in found), default=-1))


def _group(name: str, pattern: str | None) -> str | None:
    """Return the group in an image's path within its class, or None."""
    if pattern is None:
        return same_name(name.rpartition("/")[0]) or None
    match = re.search(same_name(pattern), same_name(name))
    if match is None:
        return None
    return same_name(match[1] if match.re.groups and match[1] is not None else match[0]) or None


def _conflicts(found: Iterable[tuple[str, str, bytes]]) -> dict[bytes, list[str]]:
    """Return images that are in several classes, by digest: each as class/name."""
    places: dict[bytes, dict[str, list[str]]] = {}
    for class_name, name, digest in found:
        places.setdefault(digest, {}).setdefault(class_name, []).append(f"{class_name}/{name}")
    return {
        digest: [name for names in by_class.values() for name in names]
        for digest, by_class in places.items()
        if len(by_class) > 1
    }


def _conflict(conflicts: Mapping[bytes, list[str]]) -> BadImage:
    pairs = [" = ".join(names[:4]) + (" = ..." if len(names) > 4 else "") for names in conflicts.values()]
    return BadImage(
        f"Identical images are in two classes, so one of their labels is wrong: {some(pairs, _MOST_NAMED)}. Remove "
        f"each from the wrong class, or set the option {named('on_conflict')} to 'skip', which leaves them out of "
        "both, or to 'keep'."
    )


def _without(one: _Class, conflicts: Mapping[bytes, list[str]], faults: Faults) -> _Class:
    """Return a class without images that are also in another class."""
    kept = [image for image in one.images if image.digest not in conflicts]
    if one.images and not kept:
        text = f"All images of the class {one.name} are also in another class, so none is left. Sort them again."
        faults.add(BadImage, text)
    left = [image.name for image in one.images if image.digest in conflicts]
    return dataclasses.replace(one, images=kept, in_two=left)


def _without_outer_folders(classes: list[_Class], preflight: Preflight) -> list[_Class]:
    """Take folders that hold all images of their class, in every class, from the names of groups, and warn of them."""
    outer = [one.name for one in classes]
    while True:
        first = [{(image.group or "").partition("/")[0] for image in one.images} for one in classes]
        if any(len(names) > 1 for names in first) or not any(map(any, first)):
            break
        outer = ["/".join([name, *filter(None, names)]) for name, names in zip(outer, first, strict=True)]
        classes = [
            dataclasses.replace(
                one,
                images=[
                    dataclasses.replace(image, group=(image.group or "").partition("/")[2] or None)
                    for image in one.images
                ],
            )
            for one in classes
        ]
    found = [name for name, one in zip(outer, classes, strict=True) if name != one.name]
    if found:
        preflight.warnings.append(
            f"All images of a class are in one folder ({some(found, _MOST_NAMED)}), so these folders were not taken as "
            "groups: a group with all images of a class cannot be held out."
        )
    return classes


def _planned(index: int, one: _Class) -> Planned:
    n = len(one.images)
    left_out = added([{"damaged": len(one.damaged), "in_two_classes": len(one.in_two)}])
    return Planned(
        one.name,
        f"class {index} = {one.name}",
        n + sum(left_out.values()),
        n,
        {one.name: n},
        left_out,
    )


def _choose_size(preflight: Preflight, classes: Sequence[_Class], settings: FolderSettings) -> None:
    """Choose the size of the frames: by default the most frequent size of the images, the larger one of equals."""
    counts = collections.Counter(image.size for one in classes for image in one.images)
    height, width = settings.image_size or max(counts, key=lambda size: (counts[size], size[0] * size[1], size))
    preflight.image_shape = (height, width, 3 if settings.color else 1)
    del counts[height, width]
    preflight.further["resized"] = sum(counts.values())
    if counts:
        shown = some([f"{count} of {size[0]} x {size[1]}" for size, count in counts.most_common()], _MOST_NAMED)
        preflight.warnings.append(
            f"Not all images have the size of the frames: {shown} (height x width) resized to {height} x {width}. "
            f"Option {named('image_size')} sets another size."
        )


def _count_groups(preflight: Preflight, classes: Sequence[_Class], settings: FolderSettings) -> None:
    """Count the groups, and warn about images that are their own groups."""
    group_names = {image.group for one in classes for image in one.images if image.group is not None}
    alone = [f"{one.name}/{image.name}" for one in classes for image in one.images if image.group is None]
    own = len({image.digest for one in classes for image in one.images if image.group is None})
    preflight.further["groups"] = len(group_names) + own
    if alone and settings.group_pattern is not None:
        preflight.warnings.append(
            f"{named('group_pattern')} does not match the names of {len(alone)} images, so each is its own group: "
            f"{some(alone)}."
        )
    elif not group_names:
        preflight.warnings.append(_about_neighbours())
    elif alone:
        preflight.warnings.append(
            f"{len(alone)} images are in no sub-folder of their class, while others are; each is its own group: "
            f"{some(alone)}."
        )


def _time(preflight: Preflight, classes: Sequence[_Class], settings: FolderSettings) -> None:
    """Estimate the time of the conversion from a few images, and look at a few of each class."""
    everything = [image for one in classes for image in one.images]
    if not everything or preflight.image_shape is None:
        return
    with preflight.faults.noting():
        preflight.check_room(_conversion_record(settings))
    sample = everything[:: max(1, len(everything) // _TIMED_IMAGES)]
    began, done = time.perf_counter(), 0
    for image in sample:
        _chunk_of([image], preflight.image_shape, settings)
        done += _weight(image)
        if time.perf_counter() - began > _LONGEST_TIMING:
            break
    spent = time.perf_counter() - began
    with preflight.faults.noting():
        _look_at(preflight, classes, settings)
    everywhere = sum(map(_weight, everything))
    preflight.seconds = spent / done * everywhere / _workers(everywhere, settings)
    as_video = len(everything) / _VIDEO_FRAMES_PER_SECOND
    if len(everything) >= FEW_FRAMES and preflight.seconds > _MUCH_MORE * as_video:
        preflight.warnings.append(
            f"Reading {len(everything)} images takes about {preflight.seconds:.0f} s, but a video with the same number "
            f"of frames takes {as_video:.0f} s. If you have the videos, convert those."
        )


def _chunk_of(few: Sequence[_Image], shape: tuple[int, int, int], settings: FolderSettings) -> images.Chunk:
    """Read a few images as frames."""
    paths = [image.path for image in few]
    return images.read_chunk(images.Task(0, paths, shape, settings.contrast, (), settings.pixel_range))


def _look_at(preflight: Preflight, classes: Sequence[_Class], settings: FolderSettings) -> None:
    """Look at the grey levels of a few images of each class."""
    assert preflight.image_shape is not None
    for one in [one for one in classes if one.images][:MOST_LOOKED_AT]:
        places = np.linspace(0, len(one.images) - 1, FRAMES_LOOKED_AT).astype(int).tolist()
        few = [one.images[place] for place in dict.fromkeys(places)]
        chunk = _chunk_of(few, preflight.image_shape, settings)
        _note(preflight.levels.of(one.name), chunk.frames, chunk.brightest, settings)
    preflight.levels.is_sample = True


def _note(levels: Levels, frames: Array, brightest: int, settings: FolderSettings) -> None:
    """Add images to the levels of their class; `brightest` is that of `images.Chunk`."""
    levels.add(frames)
    levels.is_deep |= brightest >= 0
    if levels.is_deep and settings.contrast == "none":  # which would make dark images bright
        levels.brightest = max(levels.brightest or 0, round(brightest / 257))


def _weight(image: _Image) -> int:
    """Return the cost of reading an image, in pixels."""
    return math.prod(image.size) + _PIXELS_TO_OPEN


# --- the work ------------------------------------------------------------------------------------------------------


def _tasks(index: int, one: _Class, shape: tuple[int, int, int], settings: FolderSettings) -> Iterator[images.Task]:
    """Divide the images of a class into tasks of about equal duration."""
    contrast, stated = settings.contrast, settings.pixel_range
    paths: list[str] = []
    digests: list[bytes] = []
    pixels = 0
    for image in one.images:
        paths.append(image.path)
        digests.append(image.digest)
        pixels += max(math.prod(image.size), math.prod(shape))
        if len(paths) == _CHUNK_IMAGES or pixels >= _CHUNK_PIXELS:
            yield images.Task(index, paths, shape, contrast, digests, stated)
            paths, digests, pixels = [], [], 0
    if paths:
        yield images.Task(index, paths, shape, contrast, digests, stated)


def _workers(pixels: int, settings: FolderSettings) -> int:
    """Return the number of processes: the setting, or else one per core if there is enough to decode."""
    return settings.workers or (parallel.usable_cores() if pixels > _WORTH_PROCESSES else 1)


def _conversion_record(settings: FolderSettings) -> dict[str, Any]:
    """Return how the frames are converted, for the description of the dataset."""
    return {
        "pixel_range": settings.pixel_range and list(settings.pixel_range),
        "roi": None,
        "contrast": noted_contrast(settings.contrast),
        "grey": None if settings.color else "luma",
        **made_by(settings),
    }


def _convert(
    preflight: Preflight,
    classes: Sequence[_Class],
    ahead: _Ahead,
    settings: FolderSettings,
    progress: Progress,
    should_stop: Callable[[], bool],
) -> dict[str, Any]:
    """Convert as planned."""
    shape = preflight.image_shape
    assert shape is not None
    conversion = _conversion_record(settings)
    preflight.check_room(conversion)
    mapping = dict(preflight.label_mapping)
    writer = DatasetWriter(preflight.target, preflight.class_names, shape, mapping, conversion)
    total = sum(len(one.images) for one in classes)
    shown = ConversionProgress(progress, total, len(classes))
    shared = _Shared(writer, settings, preflight.levels)
    written = [_Written(index, one, shared) for index, one in enumerate(classes)]
    left = [one for one in written if not one.keep()]
    for one in written:
        if one not in left:
            shown.add(one.index + 1, one.plan.name, len(one.plan.images), kept=True)
    tasks = [task for one in left for task in _tasks(one.index, one.plan, shape, settings)]

    def ask() -> None:
        end_if_asked(should_stop, writer.folder)

    ahead.drop_unless(shape)
    late = [task for task in tasks if not ahead.has(task)]
    pixels = sum(_weight(image) for one in left for image in one.plan.images)
    rest = parallel.spread(images.read_chunk, late, min(_workers(pixels, settings), max(1, len(late))), ask)
    for task in tasks:
        ask()
        chunk = ahead.take(task) if ahead.has(task) else next(rest)
        one = written[chunk.index]
        one.append(chunk)
        shown.add(chunk.index + 1, one.plan.name, len(chunk.frames) + len(chunk.damaged))
    if shared.errors:
        faults = Faults("images", total)
        for fault in shared.errors:
            faults.include(fault)
        faults.raise_any()
    return _finished(preflight, written, shared)


class _Shared:
    """What all classes share while they are written: the dataset, the settings, the grey levels and the errors."""

    def __init__(self, writer: DatasetWriter, settings: FolderSettings, levels: GreyLevels):
        self.writer, self.settings, self.levels = writer, settings, levels
        self.errors: list[TouchTrainError] = []


class _Written:
    """One class while it is written."""

    def __init__(self, index: int, plan: _Class, shared: _Shared):
        self.index, self.plan, self._shared = index, plan, shared
        self.images: list[_Image] = []  # images whose frames are written
        self.damaged: list[str] = []
        self.digests: list[bytes] = []
        self.brightest = -1
        self._seen = 0
        self._file: FrameFile | None = None
        self.source: dict[str, Any] = {}

    def keep(self) -> bool:
        """Keep the frames written before, if nothing has changed."""
        writer = self._shared.writer
        before = writer.finished(self.plan.name)
        if before is None or before.get("files_sha256") != self.plan.files_sha256():
            return False
        damaged = list(before.get("damaged", []))
        known = {image.name for image in self.plan.images}
        if [name for name in damaged if name not in known] != self.plan.damaged:
            return False
        if before.get("in_two_classes", []) != self.plan.in_two:
            return False
        if damaged and self._shared.settings.on_damage == "error":
            return False
        frames = writer.frames_before(self.plan.name)
        self.images = [image for image in self.plan.images if image.name not in damaged]
        if frames is None or len(frames) != len(self.images):
            return False
        self.damaged, self.brightest = damaged, before.get("brightest", -1)
        self.digests, self.source = images.digests_of(frames), {**before, **self._described()}
        levels = Levels()
        _note(levels, frames, self.brightest, self._shared.settings)
        self._shared.levels.put(self.plan.name, levels)
        del frames
        unsettled = np.zeros(len(self.images), np.int32)
        return writer.keep(self.plan.name, self._labels(()), unsettled, self._described())

    def append(self, chunk: images.Chunk) -> None:
        """Write a chunk; the last one completes the class, if it has no errors."""
        writer = self._shared.writer
        if self._file is None:
            self._file = FrameFile(writer.frames_path(self.plan.name), writer.image_shape)
            self.damaged = list(self.plan.damaged)
            self.images, self.digests, self.brightest = [], [], -1
            self._shared.levels.put(self.plan.name, Levels())
        if len(chunk.frames):
            self._file.append(chunk.frames)
        for position in range(len(chunk.frames) + len(chunk.damaged)):
            image = self.plan.images[self._seen + position]
            if position not in chunk.damaged:
                self.images.append(image)
                continue
            self.damaged.append(image.name)
            if self._shared.settings.on_damage == "error":
                self._shared.errors.append(chunk.damaged[position])
        _note(self._shared.levels.of(self.plan.name), chunk.frames, chunk.brightest, self._shared.settings)
        self.digests += chunk.digests
        self.brightest = max(self.brightest, chunk.brightest)
        self._seen += len(chunk.frames) + len(chunk.damaged)
        if self._seen == len(self.plan.images):
            self._close()

    def _close(self) -> None:
        assert self._file is not None
        self.damaged.sort()
        if self.damaged and self._shared.settings.on_damage == "error":
            return
        if not self.images:
            text = f"All images of the class {self.plan.name} are damaged. Copy them again, or remove the folder."
            self._shared.errors.append(BadImage(text))
            return
        self.source = {**self._described(), "sha256": self._file.close()}
        unsettled = np.zeros(len(self.images), np.int32)
        self._shared.writer.add(self.plan.name, self._labels(()), unsettled, self.source)

    def settle(self, groups: dict[str | bytes, int], without: Iterable[bytes]) -> int:
        """Write the final labels and groups of the class; return the number of frames left out by `without`.

        Args:
            groups: ids by the name of the group, or by the digest of the frame if an image has none; is added to.
            without: digests of the frames to leave out.
        """
        keys: list[str | bytes] = [
            image.group or digest for image, digest in zip(self.images, self.digests, strict=True)
        ]
        for key in keys:
            if key not in groups:
                groups[key] = self._shared.writer.new_group()
        labels = self._labels(without)
        ids = np.array([groups[key] for key in keys], np.int32)
        self._shared.writer.add(self.plan.name, labels, ids, self.source)
        return int(np.count_nonzero(labels == LEAVE_OUT))

    def _described(self) -> dict[str, Any]:
        source: dict[str, Any] = {"kind": "images", "folder": self.plan.name, "images": len(self.images)}
        source["files_sha256"] = self.plan.files_sha256()
        source["names"] = [image.name for image in self.images]
        if self.damaged:
            source["damaged"] = self.damaged
        if self.plan.in_two:
            source["in_two_classes"] = self.plan.in_two
        if self.brightest >= 0:
            source["brightest"] = self.brightest
        return source

    def _labels(self, without: Iterable[bytes]) -> Array:
        labels = [LEAVE_OUT if digest in without else self.index for digest in self.digests]
        return np.array(labels, np.int16)


def _finished(preflight: Preflight, written: Sequence[_Written], shared: _Shared) -> dict[str, Any]:
    """Compare the frames of all classes, complete the dataset, and return its summary."""
    conflicts = _conflicts(
        (one.plan.name, image.name, digest)
        for one in written
        for image, digest in zip(one.images, one.digests, strict=True)
    )
    in_two = {one.plan.name: len(one.plan.in_two) for one in written}
    if conflicts and shared.settings.on_conflict == "error":
        raise _conflict(conflicts)
    groups: dict[str | bytes, int] = {}
    for one in written:
        count = one.settle(groups, conflicts if shared.settings.on_conflict == "skip" else ())
        if count == len(one.images):
            raise _conflict(conflicts)
        in_two[one.plan.name] += count
    known = {tuple(names) for names in preflight.further["conflicts"]}
    listed = preflight.further["conflicts"] + [names for names in conflicts.values() if tuple(names) not in known]
    identical = sum(len(one.digests) - len(set(one.digests)) for one in written)
    left_out = [{"damaged": len(one.damaged), "in_two_classes": in_two[one.plan.name]} for one in written]
    preflight.planned = [
        dataclasses.replace(
            planned,
            kept=planned.frames - sum(why.values()),
            counts={planned.name: planned.frames - sum(why.values())},
            left_out=added([why]),
        )
        for planned, why in zip(preflight.planned, left_out, strict=True)
    ]
    _warn_at_the_end(preflight, written, listed, identical, shared.settings)
    preflight.warnings += shared.writer.remarks()
    return {
        **shared.writer.close().summary(),
        "ignored": preflight.further["ignored"],
        "resized": sum(image.size != preflight.image_shape[:2] for one in written for image in one.images),  # type: ignore[index]
        "groups": len(groups),
        "identical": identical,
        "conflicts": listed[:_MOST_NAMED],
        "damaged": [f"{one.plan.name}/{name}" for one in written for name in one.damaged],
        "left_out_why": added(left_out),
        "warnings": preflight.all_warnings(),
    }


def _warn_at_the_end(
    preflight: Preflight,
    written: Sequence[_Written],
    conflicts: Sequence[Sequence[str]],
    identical: int,
    settings: FolderSettings,
) -> None:
    if settings.pixel_range is not None and all(one.brightest < 0 for one in written):
        preflight.warnings.append(
            f"{named('pixel_range')} had no effect: it is for images of more than 8 bits, and all images have 8."
        )
    if identical:
        preflight.warnings.append(
            f"{identical} images are identical to another one of their class. Identical images without a group stay on "
            "one side of the split together."
        )
    if conflicts:
        result = "were left out of both" if settings.on_conflict == "skip" else "were kept in both"
        pairs = some([" = ".join(names) for names in conflicts], _MOST_NAMED)
        preflight.warnings.append(f"Identical images are in two classes and {result}: {pairs}.")
    if damaged := [f"{one.plan.name}/{name}" for one in written for name in one.damaged]:
        preflight.warnings.append(f"{len(damaged)} damaged images were left out: {some(damaged, _MOST_NAMED)}.")


def _listed(names: Sequence[str]) -> list[str]:
    more = [f"and {len(names) - _MOST_NAMED} more"] if len(names) > _MOST_NAMED else []
    return [*names[:_MOST_NAMED], *more]


def _about_neighbours() -> str:
    return (
        "Each image is its own group. If images are neighbouring frames of one video, validation uses near copies of "
        "training images, and its metrics are too good: put the images of each video into a sub-folder of their class, "
        f"set {named('group_pattern')}, or convert the videos themselves."
    )
