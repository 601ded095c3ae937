"""Finds an object in a video by an example image, to place the region of interest around it."""

from __future__ import annotations

import base64
import dataclasses
from collections.abc import Iterable, Mapping
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from pyside.aliases import Array
from pyside.data.video.info import VideoInfo
from pyside.data.video.reader import sample_frames
from pyside.errors import BadOption, PathMissing
from pyside.settings.core import named
from pyside.system.paths import is_file

_SEARCHED = 8  # frames of a video in which the object is searched


@dataclasses.dataclass(frozen=True)
class Template:
    """The example image of an object.

    Attributes:
        name: for messages: the path of its file, or where else it comes from.
        image: uint8, (height, width), in grey.
    """

    name: str
    image: Array


def template_centers(
    path: Path,
    info: VideoInfo,
    template: str | PathLike[str] | Template,
    pixel_range: tuple[float, float] | None = None,
) -> tuple[Array, float]:
    """Find an object in a video by an example image, and return its centre.

    The example image is compared with a few frames from all over the video; the centre is where the normalized
    cross-correlation (`skimage.feature.match_template`) is greatest.

    Args:
        path: the video.
        info: result of `probe` for the video.
        template: the example image, or its file.
        pixel_range: the numbers that mean black and white in a video of more than 8 bits.

    Returns:
        float64, (1, 2): x and y in pixels counted from 0; and the correlation there, from -1 to 1.

    Raises:
        PathMissing, BadImage: the image does not exist, or cannot be read.
        BadOption: it is larger than the frames, or uniformly grey.
        BadVideo: the video is damaged.
    """
    template = template if isinstance(template, Template) else read_template(template)
    what, wanted = template.name, template.image
    if wanted.shape[0] > info.height or wanted.shape[1] > info.width:
        raise BadOption(
            f"{named('template')}: {what} has {wanted.shape[0]} x {wanted.shape[1]} pixels (height x width), "
            f"{path.name} only "
            f"{info.height} x {info.width}. Cut the object out of a frame of the video."
        )
    if wanted.min() == wanted.max():
        raise BadOption(f"{named('template')}: {what} is uniformly grey. Cut the object out of a frame of the video.")
    frames = sample_frames(path, min(_SEARCHED, info.n_frames), pixel_range, info.stream)
    best, place = max((_match(frame, wanted) for frame in frames), key=lambda found: found[0])
    middle = [place[1] + (wanted.shape[1] - 1) / 2, place[0] + (wanted.shape[0] - 1) / 2]
    return np.array([middle]), best


def _match(frame: Array, wanted: Array) -> tuple[float, tuple[int, int]]:
    """Return the greatest correlation in a frame, and the first row and column of the object there."""
    from skimage.feature import match_template

    likeness = match_template(frame, wanted)
    row, column = np.unravel_index(int(np.argmax(likeness)), likeness.shape)
    return float(likeness[row, column]), (int(row), int(column))


def scores(frames: Iterable[Array], template: Template) -> list[float]:
    """Return how well an object is found in each of several frames, uint8, (height, width): correlations, -1 to 1."""
    return [_match(frame, template.image)[0] for frame in frames]


def image_record(image: Array) -> dict[str, Any]:
    """Return an image of an object, uint8, (height, width), as the description of a dataset and a model file hold it.

    Returns:
        ``height``, ``width``, and ``pixels``: the bytes row by row, in base64.
    """
    height, width = image.shape
    return {"height": height, "width": width, "pixels": base64.b64encode(image.tobytes()).decode("ascii")}


def image_from(record: Mapping[str, Any]) -> Array:
    """Return the image that `image_record` gave a record of.

    Raises:
        ValueError: the record is not sound.
    """
    height, width, pixels = record.get("height"), record.get("width"), record.get("pixels")
    if type(height) is not int or type(width) is not int or not isinstance(pixels, str) or min(height, width) < 1:
        raise ValueError("it is not height, width and pixels")
    data = base64.b64decode(pixels, validate=True)
    if len(data) != height * width:
        raise ValueError(f"it has {len(data)} pixels, not {height} x {width}")
    return np.frombuffer(data, np.uint8).reshape(height, width)


def read_template(path: str | PathLike[str]) -> Template:
    """Read an example image, in grey.

    Raises:
        PathMissing, BadImage: the image does not exist, or cannot be read.
    """
    from pyside.data.formats.images import read_image

    path = Path(path)
    if not is_file(path):
        raise PathMissing(f"{named('template')}: the image {path.absolute()} does not exist.")
    return Template(str(path), read_image(path)[..., 0])
