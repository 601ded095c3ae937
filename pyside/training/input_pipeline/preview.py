"""A sheet of examples: original frames, and variants as in training."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pyside.errors import BadDataset
from pyside.settings.core import first_number
from pyside.system.pictures import (
    LINE,
    SPACE,
    TEXT,
    check_folder,
    picture_path,
    save_picture,
    shortened,
    text_font,
    wrapped,
)
from pyside.system.records import plain
from pyside.training.checks.mirroring import TURNING

if TYPE_CHECKING:
    from PIL.Image import Image

    from pyside.data.dataset import Dataset
    from pyside.settings.training import PreviewSettings

SIDE = 122  # pixels of the longer side of a frame on the sheet, or a little less


def write_preview(dataset: Dataset, path: str | os.PathLike[str], settings: PreviewSettings) -> dict[str, Any]:
    """Write a PNG picture with one row per example frame: the frame, then its variants as in training.

    Args:
        dataset: an opened dataset.
        path: of the picture; ``.png`` is added if it is missing.
        settings: how frames are varied, how many are shown (all, if there are fewer; the classes take turns), the
            number of variants of each, and the seed of all random choices.

    Returns:
        Plain values: ``path``; ``rows``, for each its class, recording and frame number (from 0, in the source of the
        recording), and ``file`` if it is an image file of its own; ``augment``, pairs of operation and amount.

    Raises:
        BadDataset: the dataset has no labelled frame.
        PathMissing, NotWritable, DiskFull: the picture cannot be written. An existing file is kept.
    """
    path = picture_path(Path(path))
    check_folder(path)
    chosen = choose_frames(dataset.table.labels, settings.examples, settings.seed)
    if not len(chosen):
        raise BadDataset(f"{dataset.folder} has no labelled frame to show. Convert it with labels.")
    frames, rows = look_up(dataset, chosen)
    varied = vary(frames, settings.augment, settings.variants, settings.seed)
    done = ", ".join(name if name in TURNING else f"{name} {amount:g}" for name, amount in settings.augment) or "none"
    captions = [f"{row['class']} · {row['recording']} · {_place(row)}" for row in rows]
    counted = f" Frames are counted from {first_number()}." if any("file" not in row for row in rows) else ""
    title = f"Frames as they are, and {settings.variants} variants of each. Augmentation: {done}.{counted}"
    save_picture(draw_sheet(frames, varied, captions, title), path)
    record: dict[str, Any] = plain({"path": str(path), "rows": rows, "augment": settings.augment})
    return record


def _place(row: dict[str, Any]) -> str:
    return str(row["file"]) if "file" in row else f"frame {row['frame'] + first_number()}"


def choose_frames(labels: np.ndarray, n: int, seed: int) -> np.ndarray:
    """Choose random frames, the classes in turn.

    Args:
        labels: int, (frames,), class indices; negative ones are left out.
        n: number of frames.
        seed: of the choice.

    Returns:
        int, (at most n,), indices of frames, without repeats.
    """
    rng = np.random.default_rng((seed, 1))
    labelled = np.flatnonzero(labels >= 0)
    shuffled = rng.permutation(labelled)
    of_class = labels[shuffled]
    turn = np.zeros(len(shuffled), np.int64)  # rank of a frame within its class
    for label in np.unique(of_class):
        turn[of_class == label] = np.arange(np.sum(of_class == label))
    return shuffled[np.lexsort((of_class, turn))][:n]


def look_up(dataset: Dataset, chosen: np.ndarray) -> tuple[np.ndarray, list[dict[str, Any]]]:
    """Return frames, uint8, (n, height, width, channels), and the class, recording and frame number of each.

    Args:
        dataset: an opened dataset.
        chosen: int, (n,), numbers of frames, counted through all recordings.
    """
    rows = []
    for recording, place in map(dataset.place, chosen.tolist()):
        of_source = recording.frame_numbers
        rows.append(
            {
                "class": dataset.class_names[recording.labels[place]],
                "recording": recording.original,
                "frame": int(place if of_source is None else of_source[place]),
                **({} if recording.files is None else {"file": recording.files[place]}),
            }
        )
    return dataset.read(chosen), rows


def vary(frames: np.ndarray, augment: Sequence[tuple[str, float]], variants: int, seed: int) -> np.ndarray:
    """Vary frames as training does.

    Args:
        frames: uint8, (n, height, width, channels).
        augment: operations and their amounts, as in the settings.
        variants: number of variants of each.
        seed: of the variants.

    Returns:
        uint8, (n, variants, height, width, channels).
    """
    from keras import ops

    from pyside.training.input_pipeline.augment import variations

    shape = frames.shape[1:]
    varied = np.repeat(frames, variants, axis=0)
    for layer in variations(augment, shape, seed):
        varied = layer(varied, training=True)
    values = np.rint(ops.convert_to_numpy(varied)).clip(0, 255)
    return values.astype(np.uint8).reshape(len(frames), variants, *shape)


def draw_sheet(frames: np.ndarray, varied: np.ndarray, captions: list[str], title: str) -> Image:
    """Draw a row for each frame, with a caption above it.

    Args:
        frames: uint8, (n, height, width, channels), 1 or 3 channels.
        varied: uint8, (n, variants, height, width, channels).
        captions: one per frame.
        title: at the top.

    Returns:
        The picture; small frames are enlarged by whole factors, so that single pixels are visible.
    """
    from PIL import Image, ImageDraw

    height, width = frames.shape[1:3]
    longer = max(height, width)
    scale = max(1, SIDE // longer) if longer <= 2 * SIDE else 2 * SIDE / longer
    size = max(1, round(width * scale)), max(1, round(height * scale))
    filter_ = Image.Resampling.NEAREST if scale >= 1 else Image.Resampling.BOX
    font = text_font()
    columns = 1 + varied.shape[1]
    row_height = LINE + size[1] + SPACE
    sheet_width = SPACE + columns * (size[0] + SPACE) + SPACE
    lines = wrapped(title, sheet_width - 2 * SPACE, font)
    top = SPACE + LINE * len(lines)
    sheet = Image.new("RGB", (sheet_width, top + row_height * len(frames) + SPACE), "white")
    draw = ImageDraw.Draw(sheet)
    draw.multiline_text((SPACE, SPACE), "\n".join(lines), "black", font, spacing=LINE - TEXT)
    for row, (frame, others, caption) in enumerate(zip(frames, varied, captions, strict=True)):
        y = top + row * row_height
        draw.text((SPACE, y), shortened(caption, sheet_width - 2 * SPACE, font), "#1c4e80", font)
        for column, values in enumerate([frame, *others]):
            image = Image.fromarray(values[..., 0] if values.shape[2] == 1 else values)
            x = SPACE + column * (size[0] + SPACE) + (SPACE if column else 0)  # a gap before the variants
            sheet.paste(image.resize(size, filter_), (x, y + LINE))
    return sheet
