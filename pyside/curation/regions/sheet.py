"""A sheet of videos: of each a whole frame, with the box that the network looks at drawn on it."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import numpy as np

from pyside.aliases import Array
from pyside.curation.regions.plan import VideoPlan
from pyside.data.video.reader import read_regions
from pyside.errors import TouchTrainError
from pyside.settings.core import first_number
from pyside.system.parallel import usable_cores
from pyside.system.pictures import LINE, SPACE, TEXT, shortened, text_font, wrapped

if TYPE_CHECKING:
    from PIL.Image import Image

BOX, FAINT, INK, WRONG = "#ffb000", "#9a9a9a", "#1c4e80", "#b00020"
_NEAR = 1000  # frames: a frame for the sheet is taken from the first so many that are looked at, to be found soon
_FAULT_LINES = 6


@dataclasses.dataclass(frozen=True)
class Example:
    """A frame of a video, to be drawn.

    Attributes:
        plan: that of the video.
        number: of the frame, counted from 0; None if none could be read.
        image: uint8, (height, width), the whole frame; None likewise.
        fault: why there is no frame, in words.
    """

    plan: VideoPlan
    number: int | None = None
    image: Array | None = None
    fault: str = ""

    @property
    def box(self) -> tuple[int, int, int, int] | None:
        """First column and row of the region, and its width and height; None if it has none in this frame."""
        if self.number is None or self.plan.regions is None or not self.plan.regions.keep[self.number]:
            return None
        regions = self.plan.regions
        height, width = regions.size
        return int(regions.left[self.number]), int(regions.top[self.number]), width, height


def examples(plans: Sequence[VideoPlan], number: int | None = None) -> list[Example]:
    """Read a frame of each video, whole.

    Args:
        plans: the videos.
        number: of the frame, counted from 0; None for one in the middle of those that are looked at.
    """
    with ThreadPoolExecutor(usable_cores()) as pool:
        return list(pool.map(lambda plan: _example(plan, number), plans))


def _example(plan: VideoPlan, number: int | None) -> Example:
    if plan.fault or plan.info is None:
        return Example(plan, fault=plan.fault)
    if number is None:
        number = _typical(plan)
    if number >= plan.info.n_frames:
        return Example(plan, fault=f"it has {plan.info.n_frames} frames")
    try:
        return Example(plan, number, whole_frame(plan, number))
    except TouchTrainError as error:
        return Example(plan, fault=error.text)


def _typical(plan: VideoPlan) -> int:
    """Return the number of a frame with a region, if there is one, that is found without reading for long."""
    assert plan.look is not None and plan.regions is not None and plan.info is not None
    for which in (plan.look, plan.regions.keep):
        if which.any():
            places = np.flatnonzero(which)[:_NEAR]
            return int(places[len(places) // 2])
    return min(plan.info.n_frames, _NEAR) // 2


def whole_frame(plan: VideoPlan, number: int) -> Array:
    """Return a frame of a video, uint8, (height, width); raises what `read_regions` raises."""
    info = plan.info
    assert info is not None
    keep, corner = np.zeros(info.n_frames, bool), np.zeros(info.n_frames, np.int64)
    keep[number] = True
    chunks = read_regions(
        plan.path,
        (info.height, info.width),
        corner,
        corner,
        keep,
        plan.grey,
        pixel_range=plan.pixel_range,
        stream=info.stream,
        repeated=info.empty if info.repeats else (),
    )
    found: Array = next(chunks)[1][0, :, :, 0]
    return found


# --- drawing -------------------------------------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True)
class Placed:
    """Where a frame lies on a sheet: its first column and row there, and the size of its pixels there."""

    left: int
    top: int
    scale: float


def draw(
    shown: Sequence[Example], title: str, side: int = 240, columns: int = 6, charts: Sequence[Image | None] = ()
) -> tuple[Image, list[Placed]]:
    """Draw frames with their boxes, each below the name of its video and the number of the frame.

    Args:
        shown: the frames.
        title: text at the top.
        side: pixels of the longer side of a frame on the sheet.
        columns: of frames, at most.
        charts: a picture to put below each frame, no wider than `side`; none by default.

    Returns:
        The sheet, and where each frame lies on it.
    """
    from PIL import Image, ImageDraw

    font = text_font()
    columns = max(1, min(columns, len(shown)))
    scales = [side / max(one.image.shape) if one.image is not None else 1.0 for one in shown]
    heights = [
        round(one.image.shape[0] * scale) if one.image is not None else LINE * _FAULT_LINES
        for one, scale in zip(shown, scales, strict=True)
    ]
    below = list(charts) or [None] * len(shown)
    heights = [height + (chart.height + SPACE if chart else 0) for height, chart in zip(heights, below, strict=True)]
    rows = [max(heights[start : start + columns]) for start in range(0, len(shown), columns)]
    width = SPACE + columns * (side + SPACE)
    lines = wrapped(title, width - 2 * SPACE, font)
    top = SPACE + LINE * len(lines)
    sheet = Image.new("RGB", (width, top + sum(rows) + len(rows) * (2 * LINE + SPACE) + SPACE), "white")
    pen = ImageDraw.Draw(sheet)
    pen.multiline_text((SPACE, SPACE), "\n".join(lines), "black", font, spacing=LINE - TEXT)
    places = []
    for number, (one, scale) in enumerate(zip(shown, scales, strict=True)):
        row, column = divmod(number, columns)
        left, y = SPACE + column * (side + SPACE), top + sum(rows[:row]) + row * (2 * LINE + SPACE)
        pen.text((left, y), shortened(one.plan.name, side, font), INK, font)
        _draw_one(sheet, pen, one, Placed(left, y + 2 * LINE, scale), side, font)
        if (chart := below[number]) is not None:
            sheet.paste(chart, (left, y + 2 * LINE + heights[number] - chart.height))
        places.append(Placed(left, y + 2 * LINE, scale))
    return sheet, places


def _draw_one(sheet: Image, pen: Any, one: Example, at: Placed, side: int, font: Any) -> None:
    from PIL import Image

    if one.image is None or one.number is None:
        pen.text((at.left, at.top - LINE), "cannot be marked", WRONG, font)
        text = "\n".join([shortened(line, side, font) for line in wrapped(one.fault, side, font)][:_FAULT_LINES])
        pen.multiline_text((at.left, at.top), text, WRONG, font, spacing=LINE - TEXT)
        return
    text, colour = f"frame {one.number + first_number()}", FAINT
    if one.box is None:
        text, colour = f"{text}: no region", WRONG
    pen.text((at.left, at.top - LINE), text, colour, font)
    height, width = one.image.shape
    size = max(1, round(width * at.scale)), max(1, round(height * at.scale))
    tile = Image.fromarray(one.image).convert("RGB")
    tile = tile.resize(size, Image.Resampling.NEAREST if at.scale >= 1 else Image.Resampling.BOX)
    if one.box is not None:
        _draw_box(tile, one.box, at.scale)
    sheet.paste(tile, (at.left, at.top))


def _draw_box(tile: Image, box: tuple[int, int, int, int], scale: float) -> None:
    """Draw a box around a region: outside of its pixels where there is room, so that none is covered."""
    from PIL import ImageDraw

    left, top, width, height = box
    corners = [left * scale - 2, top * scale - 2, (left + width) * scale + 1, (top + height) * scale + 1]
    right, bottom = tile.width - 1, tile.height - 1
    near = [max(0, corners[0]), max(0, corners[1]), min(right, corners[2]), min(bottom, corners[3])]
    if near[0] <= near[2] and near[1] <= near[3]:
        ImageDraw.Draw(tile).rectangle(near, outline=BOX, width=2)
