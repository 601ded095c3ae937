"""Reads frames of a video as a network uses them: cut out, with adjusted contrast, resized."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from os import PathLike

from pyside.aliases import Array
from pyside.data.formats.frames import adjust_contrast, resize_frames
from pyside.data.video.reader import read_regions


def ready_frames(
    path: str | PathLike[str],
    region_size: tuple[int, int],
    top: Array,
    left: Array,
    keep: Array,
    size: tuple[int, int] | None = None,
    *,
    grey: str = "full-range",
    contrast: str = "none",
    pad: bool = False,
    on_damage: str = "error",
    threads: int | None = None,
    pixel_range: tuple[float, float] | None = None,
    stream: int | None = None,
    repeated: Sequence[int] = (),
) -> Iterator[tuple[Array, Array]]:
    """Yield selected frames of a video, a stack or an image sequence as they are stored in a dataset.

    Args:
        path: the video; `read_regions` describes most arguments in detail.
        region_size: (height, width) of the region that is cut out of each frame, in pixels.
        top: int, (n_frames,), first row of the region in each frame, from 0.
        left: int, (n_frames,), first column, likewise.
        keep: bool, (n_frames,), True for selected frames.
        size: (height, width) to which the regions are resized after their contrast was adjusted. Default: no resizing.
        grey: "full-range" or "raw-y".
        contrast: "none", "stretch" or "equalize"; see `adjust_contrast`.
        pad: whether a region may extend beyond the frame.
        on_damage: "error", or "skip" to leave damaged frames out.
        threads: number of threads of the decoder; by default one for each core that this process may use.
        pixel_range: the numbers that mean black and white in pixels of more than 8 bits.
        stream: number of the video stream, counted from 1; None for the default.
        repeated: numbers of frames that hold no picture and repeat the one before.

    Yields:
        (numbers, frames): int64, (m,), frame numbers counted from 0, ascending; and uint8, (m, height, width, 1), C
        order.

    Raises:
        PathMissing, BadVideo, PixelRange, OutOfFrame, ValueError: see `read_regions` and `adjust_contrast`.
    """
    chunks = read_regions(
        path,
        region_size,
        top,
        left,
        keep,
        grey,
        pad=pad,
        on_damage=on_damage,
        threads=threads,
        pixel_range=pixel_range,
        stream=stream,
        repeated=repeated,
    )
    for numbers, frames in chunks:
        yield numbers, resize_frames(adjust_contrast(frames, contrast), size or region_size)
