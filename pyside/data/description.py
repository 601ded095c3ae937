"""Checks ``dataset.json``: anybody may have written it, so every value is checked before it is used."""

from __future__ import annotations

import base64
import bisect
import json
import re
import reprlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from pyside.errors import BadDataset
from pyside.settings.conversion import CENTERS, CONTRASTS, OUT_OF_FRAME
from pyside.system.files import NOT_IN_NAMES

FORMAT = "touchtrain dataset 1"
READING = 2  # raised when the same sources are read with other pixels than before, so that no frames are kept
_MOST = 1 << 40  # frames or pixels: a larger number must be an error
_MOST_FRAMES = 1 << 31  # of one file
_DEEPEST = 32  # levels of nesting
_HALVES = re.compile("[\ud800-\udfff]")  # halves of characters: bytes of a file name that is not UTF-8
_SHA256 = re.compile("[0-9a-f]{64}")


class _Wrong(Exception):
    """A fault in a description, in words."""


# Without a sound description it is unknown which files in the folder may be replaced.
_ADVICE = "Convert again into another folder, or move this one away first."


def read_description(data: bytes, path: Path) -> dict[str, Any]:
    """Parse and check the description of a dataset.

    Args:
        data: the bytes of ``dataset.json``.
        path: path of that file, for errors.

    Raises:
        BadDataset: it is of another version, or a value in it is not what a conversion writes.
    """
    try:
        info = json.loads(data.decode("utf-8"), parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise BadDataset(f"{path} is damaged ({error}). {_ADVICE}") from None
    if not isinstance(info, dict) or info.get("format") != FORMAT:
        raise BadDataset(f"{path} is not of the format '{FORMAT}'. Convert this dataset again with this version.")
    fault = fault_of(info)
    if fault is not None:
        raise BadDataset(f"{path} is damaged: {fault}. {_ADVICE}")
    return info


def fault_of(info: Any) -> str | None:
    """Return what is wrong with a description, in words, or None."""
    try:
        _check(info)
    except _Wrong as wrong:
        return str(wrong)
    return None


def fault_of_entry(entry: Any, class_names: Sequence[str]) -> str | None:
    """Return what is wrong with the entry of one recording in a description, in words, or None."""
    try:
        _check_depth(entry)
        _check_entry(entry, "a recording", frozenset(class_names))
    except _Wrong as wrong:
        return str(wrong)
    return None


def _no_number(text: str) -> Any:
    raise ValueError(f"{text} stands where a number is expected")


def _need(fits: bool, where: str, value: Any, expected: str) -> None:
    if not fits:
        raise _Wrong(f"{where} is {reprlib.repr(value)}; expected {expected}")


def _check(info: Any) -> None:
    _need(isinstance(info, dict), "the content", info, "an object")
    _check_depth(info)
    names = info.get("class_names")
    _need(_is_list(names, _is_text) and len(names) > 0 and len({*names}) == len(names), "class_names", names, "names")
    shape = info.get("image_shape")
    fits = _is_list(shape, _is_count) and len(shape) == 3 and 0 < shape[0] * shape[1] * shape[2] < _MOST
    _need(fits, "image_shape", shape, "[height, width, channels]")
    mapping = info.get("label_mapping")
    _need(_is_dict(mapping, _is_text), "label_mapping", mapping, "class names by label")
    optional: dict[str, tuple[Callable[[Any], bool], str]] = {
        "pixel_range": (lambda value: _are_two_numbers(value) and value[0] < value[1], "[black, white]"),
        "roi": (_are_sides, "[height, width]"),
        "grey": (_is_text, "a text"),
        "reading": (_is_count, "a number"),
        "contrast": (lambda value: isinstance(value, str) and value in CONTRASTS, "a kind of contrast"),
        "made_by": (_is_made_by, "a command and its options"),
        "region": (_is_region, "where the regions are"),
    }
    for key, (fits_it, expected) in optional.items():
        _need(info.get(key) is None or fits_it(info[key]), key, info.get(key), expected)
    recordings = info.get("recordings")
    _need(isinstance(recordings, list) and len(recordings) > 0, "recordings", recordings, "a list of recordings")
    class_names, seen = frozenset(names), set()
    for number, entry in enumerate(recordings, start=1):
        where = f"recording {number}"
        _check_entry(entry, where, class_names)
        _need(entry["name"] not in seen, f"the name of {where}", entry["name"], "a unique name")
        seen.add(entry["name"])


def _check_depth(value: Any) -> None:
    """Check that nothing is nested so deeply that Python's recursion fails."""
    level, depth = [value], 0
    while level:
        depth += 1
        if depth > _DEEPEST:
            raise _Wrong(f"it is nested more than {_DEEPEST} levels deep")
        held = [one.values() if isinstance(one, dict) else one for one in level if isinstance(one, (dict, list))]
        level = [inner for one in held for inner in one]


def _check_entry(entry: Any, where: str, class_names: frozenset[str]) -> None:
    _need(isinstance(entry, dict), where, entry, "an object")
    name, n_frames = entry.get("name"), entry.get("frames")
    of = f" of {where}"
    _need(_is_file_name(name), f"the name{of}", name, "the name of a file in the dataset folder")
    _need(_is_count(n_frames), f"frames{of}", n_frames, "the number of its frames")
    _need(_is_string(entry.get("original", "")), f"original{of}", entry.get("original"), "a name")
    tags, counts, left_out = entry.get("tags"), entry.get("counts"), entry.get("left_out")
    _need(_is_dict(tags, _is_string), f"tags{of}", tags, "texts by name")
    _need(_is_dict(counts, _is_count) and counts.keys() <= class_names, f"counts{of}", counts, "frames by class name")
    _need(_is_count(left_out), f"left_out{of}", left_out, "a number of frames")
    in_all = sum(counts.values()) + left_out
    _need(in_all == n_frames, f"frames{of}", n_frames, f"{in_all}, the sum of its counts")
    _check_source(entry.get("source"), f"source{of}", n_frames)


def _check_source(source: Any, where: str, n_frames: int) -> None:
    _need(isinstance(source, dict), where, source, "an object")
    expected: dict[str, tuple[Callable[[Any], bool], str]] = {
        "kind": (_is_text, "a text"),
        "file": (_is_string, "the name of a file"),
        "sha256": (lambda value: _is_text(value) and _SHA256.fullmatch(value) is not None, "a SHA-256"),
        "bytes": (_is_count, "a number of bytes"),
        "frames": (lambda value: _is_count(value) and value < _MOST_FRAMES, "the number of frames of the file"),
        "frame_size": (_are_sides, "[height, width]"),
        "frames_per_second": (lambda value: _is_number(value) and value > 0, "a number above 0"),
        "in_two_classes": (lambda value: _is_list(value, _is_string), "names of images"),
        "brightest": (_is_count, "a whole number"),
        "repeated": (lambda value: _is_list(value, _is_count), "numbers of frames"),
        "empty": (lambda value: _is_list(value, _is_count), "numbers of frames"),
        "stream": (_is_count, "the number of a video stream"),
        "names": (lambda value: _is_list(value, _is_string) and len(value) == n_frames, "a name for each frame"),
        "region": (lambda value: isinstance(value, dict), "the size and centre of the region"),
        "labels_by": (lambda value: value == "machine", "'machine'"),
        "corrections": (_are_corrections, "whose labels a person corrected, and how many"),
    }
    for key, (fits, words) in expected.items():
        _need(key not in source or fits(source[key]), f"{key} in the {where}", source.get(key), words)
    damaged = source.get("damaged", [])
    if source.get("kind") == "images":
        _need(_is_list(damaged, _is_string), f"damaged in the {where}", damaged, "names of images")
        return
    _need(_is_list(damaged, _is_count), f"damaged in the {where}", damaged, "numbers of frames")
    runs = source.get("frames_kept")
    if runs is None:
        return
    what = f"frames_kept in the {where}"
    _need(_is_list(runs, lambda run: _is_list(run, _is_count) and len(run) == 2), what, runs, "runs of frame numbers")
    ascend = all(first <= last for first, last in runs)
    ascend = ascend and all(one[1] < other[0] for one, other in zip(runs, runs[1:], strict=False))
    _need(ascend, what, runs, "ascending frame numbers")
    kept = sum(last - first + 1 for first, last in runs) - len(damaged)
    _need(kept == n_frames, what, runs, f"the numbers of {n_frames} frames")
    firsts = [first for first, _ in runs]
    inside = all(number <= runs[bisect.bisect_right(firsts, number) - 1][1] >= runs[0][0] for number in damaged)
    inside = inside and len({*damaged}) == len(damaged) and (not damaged or min(damaged) >= runs[0][0])
    _need(inside, f"damaged in the {where}", damaged, "numbers of frames that were kept")


def _is_count(value: Any) -> bool:
    return type(value) is int and 0 <= value < _MOST


def _is_number(value: Any) -> bool:
    return type(value) in (int, float) and -1e300 < value < 1e300


def _is_string(value: Any) -> bool:
    return isinstance(value, str)


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and value != "" and _HALVES.search(value) is None


def _is_list(value: Any, fits: Callable[[Any], bool]) -> bool:
    return isinstance(value, list) and all(map(fits, value))


def _is_dict(value: Any, fits: Callable[[Any], bool]) -> bool:
    return isinstance(value, dict) and all(map(fits, value.values()))


def _is_made_by(value: Any) -> bool:
    return isinstance(value, dict) and _is_text(value.get("command")) and isinstance(value.get("options"), dict)


def _are_corrections(value: Any) -> bool:
    """Return whether a value is what `pyside.reviewing.results.added` records of a corrected recording."""
    texts = ("session", "frames", "model", "model_sha256", "corrections_sha256")
    counts = ("confirmed", "corrected", "machine", "given")
    if not isinstance(value, dict) or not all(_is_string(value.get(name)) for name in texts):
        return False
    return all(_is_count(value.get(name)) for name in counts)


def _is_file_name(value: Any) -> bool:
    return _is_text(value) and value not in (".", "..") and re.search(NOT_IN_NAMES, value) is None


def _are_sides(value: Any) -> bool:
    return _is_list(value, _is_count) and len(value) == 2 and 0 < value[0] * value[1] < _MOST


def _is_region(value: Any) -> bool:
    """Return whether a value is what `pyside.data.recordings.regions.plan.region_record` returns."""
    fits: dict[str, Callable[[Any], bool]] = {
        "center": lambda found: isinstance(found, str) and found in CENTERS,
        "at": _are_two_numbers,
        "template": _is_image,
        "scores": _are_two_numbers,
        "out_of_frame": lambda found: isinstance(found, str) and found in OUT_OF_FRAME,
        "image_size": _are_sides,
    }
    if not isinstance(value, dict) or not isinstance(value.get("center"), str):
        return False
    return all(value.get(key) is None or fits_it(value[key]) for key, fits_it in fits.items())


def _are_two_numbers(value: Any) -> bool:
    return _is_list(value, _is_number) and len(value) == 2


def _is_image(value: Any) -> bool:
    """Return whether a value is what `pyside.data.recordings.regions.template_search.image_record` returns."""
    if not isinstance(value, dict) or not _are_sides([value.get("height"), value.get("width")]):
        return False
    try:
        pixels = base64.b64decode(value.get("pixels", ""), validate=True)
    except (TypeError, ValueError):
        return False
    return len(pixels) == value["height"] * value["width"]
