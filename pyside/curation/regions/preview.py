"""Shows where a region lies: a frame of each of a few videos with its box, and how well an object was found."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pyside.aliases import Array, Progress, Record
from pyside.curation.model.facts import model_facts
from pyside.curation.regions.plan import VideoPlan, plan_by, spread_over
from pyside.curation.regions.sheet import BOX, INK, Example, draw, examples
from pyside.curation.regions.way import Way, given_way, own_way
from pyside.data.recordings.regions.plan import Notes
from pyside.data.recordings.regions.template_search import scores
from pyside.data.video.reader import read_regions
from pyside.errors import TouchTrainError
from pyside.settings.core import first_number
from pyside.settings.curation import CurateSettings, LookSettings, RegionSettings
from pyside.system.pictures import check_folder, picture_path, save_picture
from pyside.system.records import plain

if TYPE_CHECKING:
    from PIL.Image import Image

_ONE, _SEVERAL = 640, 400  # pixels of the longer side of a frame, alone or among others
_SCORED = 60  # frames of a video in which the object is searched, for the chart
_CHART = 110  # pixels: height of the chart


def preview_region(
    videos: Any,
    path: Path,
    settings: RegionSettings,
    first: int = 0,
    progress: Progress = lambda record: None,
) -> Record:
    """Write a picture of where the region lies in a frame of each of a few videos.

    Args:
        videos: as in `plan_session`.
        path: the ``.png`` file to write.
        settings: where to look; the model, if its own way is wanted; frame and number of videos.
        first: index of the first pixel and frame in options and in the result: 0, or 1 for MATLAB.
        progress: receives the stages.

    Returns:
        Plain values: ``path``, ``videos`` (number of all), ``warnings``, and one of ``rows`` per video that is shown:
        ``recording``, ``video``, ``fault`` (why it has no frame, or ""), ``frame`` (its number, always from 0),
        ``box`` (first column, first row, width and height; None if the frame has no region), ``score`` (correlation at
        which the object was found, or None), ``scores`` and ``scored`` (the correlation in frames from all over the
        video, and their numbers), and where the frame lies in the picture: ``left`` and ``top`` from 0, ``width`` and
        ``height`` in pixels of the video, and ``scale``, the size of a pixel.

    Raises:
        TouchTrainError: what is wrong with videos, model and options.
        PathMissing, NotWritable, DiskFull: the picture cannot be written.
    """
    path = picture_path(path)
    check_folder(path)
    number = None if settings.frame is None else settings.frame - first
    notes = Notes()
    way = _way(settings, notes)
    progress({"stage": "looking"})
    planned = plan_by(way, videos, _as_curated(settings), first, notes, settings.examples)
    shown = examples(planned.videos, number)
    scored = [_scored(one.plan, way) for one in shown]
    charts = [_chart(of_one, one, way) for of_one, one in zip(scored, shown, strict=True)] if way.template else []
    looks = f"Where {way.model} looks" if way.model else "The region"
    title = f"{looks}. Frames are counted from {first_number()}."
    side = _ONE if len(shown) == 1 else _SEVERAL
    picture, places = draw(shown, title, side, 3, charts)
    save_picture(picture, path)
    rows = []
    for one, place, (numbers, found) in zip(shown, places, scored, strict=True):
        height, width = one.image.shape if one.image is not None else (0, 0)
        left, top, box_width, box_height = one.box or (0, 0, 0, 0)
        rows.append(
            {
                "recording": one.plan.name,
                "video": str(one.plan.path),
                "fault": one.fault,
                "frame": one.number,
                "box": [left + first, top + first, box_width, box_height] if one.box else None,
                "score": one.plan.score,
                "scores": [round(score, 4) for score in found],
                "scored": [int(frame) + first for frame in numbers],
                **dataclasses.asdict(place),
                "width": width,
                "height": height,
            }
        )
    record: Record = plain({"path": str(path), "videos": planned.found, "rows": rows, "warnings": planned.warnings})
    return record


def _way(settings: RegionSettings, notes: Notes) -> Way:
    if settings.model is None:
        return given_way(settings, notes.faults)
    return own_way(model_facts(settings.model), settings, notes.faults)


def _as_curated(settings: RegionSettings) -> CurateSettings:
    """Return the settings for a plan: frames without a centre are no error here."""
    given = {field.name: getattr(settings, field.name) for field in dataclasses.fields(LookSettings)}
    return CurateSettings(**{**given, "no_center": settings.no_center or "leave-out"})


# --- how well the object is found ----------------------------------------------------------------------------------


def _scored(plan: VideoPlan, way: Way) -> tuple[Array, list[float]]:
    """Return numbers of frames from all over a video, and how well the object is found in each."""
    nothing = np.empty(0, np.int64)
    if way.template is None or plan.info is None or plan.fault:
        return nothing, []
    info = plan.info
    keep, corner = np.zeros(info.n_frames, bool), np.zeros(info.n_frames, np.int64)
    keep[spread_over(info.n_frames, _SCORED)] = True
    size = info.height, info.width
    chunks = read_regions(
        plan.path,
        size,
        corner,
        corner,
        keep,
        on_damage="skip",
        pixel_range=plan.pixel_range,
        stream=info.stream,
        repeated=info.empty if info.repeats else (),
    )
    numbers, found = [nothing], list[float]()
    try:
        for which, frames in chunks:
            numbers.append(which)
            found += scores(frames[..., 0], way.template)
    except TouchTrainError:  # the frame itself says so
        return nothing, []
    return np.concatenate(numbers), found


def _chart(scored: tuple[Array, Sequence[float]], one: Example, way: Way) -> Image | None:
    """Draw how well the object is found over the frames of a video."""
    numbers, found = scored
    if not len(numbers) or one.image is None:
        return None
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from PIL import Image

    width = _SEVERAL
    figure = Figure((width / 100, _CHART / 100), dpi=100)
    axes = figure.add_axes((0.1, 0.3, 0.88, 0.62))
    axes.plot(np.asarray(numbers) + first_number(), found, color=INK, linewidth=1.2)
    if one.number is not None:
        axes.axvline(one.number + first_number(), color=BOX, linewidth=1)
    if way.training_score is not None:
        axes.axhline(way.training_score, color="0.6", linewidth=0.8, linestyle="--")
        axes.text(1, way.training_score, "training ", transform=axes.get_yaxis_transform(), ha="right", va="bottom")
    axes.set_ylim(min(0.0, *found), 1.02)
    axes.set_xlabel("frame", fontsize=8, labelpad=1)
    axes.set_ylabel("match", fontsize=8, labelpad=1)
    axes.tick_params(labelsize=7)
    for edge in ("top", "right"):
        axes.spines[edge].set_visible(False)
    for text in axes.texts:
        text.set_fontsize(7)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return Image.fromarray(np.asarray(canvas.buffer_rgba())[..., :3])
