"""Plans where the regions of many videos lie; for conversions, which have labels, and for curation, which may not.

The plan of one video needs its properties (`probed`), its centres and values (`beside`), how its frames are counted
(`pyside.data.recordings.empty_frames`), and its regions (`regions_of`).
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from pyside.data.recordings import empty_frames
from pyside.data.recordings.pairing import Beside
from pyside.data.recordings.regions.center_files import FrameCenters
from pyside.data.recordings.regions.centers import center_entries
from pyside.data.recordings.regions.frame_values import frame_values
from pyside.data.recordings.regions.roi import Regions, place_regions
from pyside.data.recordings.regions.template_search import Template, image_record, read_template, template_centers
from pyside.data.video.info import VideoInfo
from pyside.data.video.reader import probe
from pyside.errors import BadOption, BadVideo, Faults, TouchTrainError, printable, some
from pyside.settings.conversion import VideoSettings
from pyside.settings.core import named

LEGACY_SIDE = 61  # pixels: the region around a pole that the older tool cut out
HARDLY_FOUND = 0.5  # correlation below which an object was hardly found
_LEEWAY = 0.05  # that an object may be found less well than in all videos of a training
_PROBERS = 4  # threads that probe videos: a network drive answers slowly, but several requests at a time


class Notes:
    """Collects the faults and warnings of a plan.

    Attributes:
        faults: all faults; with any, what is planned cannot be done.
        warnings: messages about problems that do not prevent it.
    """

    def __init__(self) -> None:
        self.faults = Faults()
        self.warnings: list[str] = []
        self._remarks = Faults()

    def warn(self, text: str, of: str, alike: str) -> None:
        """Add a warning about one recording; if many have it, `alike` is shown once, as for `TouchTrainError`."""
        self._remarks.add(TouchTrainError, text, of=of, alike=alike, what="recordings")

    def include(self, others: Notes) -> None:
        """Add other notes, such as those about one recording."""
        self.warnings += others.warnings
        for fault in others.faults:
            self.faults.include(fault)
        for remark in others._remarks:
            self._remarks.include(remark)

    def remarks(self) -> list[str]:
        """Return the warnings about recordings, each kind once."""
        self._remarks.what, self._remarks.total = self.faults.what, self.faults.total
        return [text for _, text in self._remarks.messages()]

    def all_warnings(self) -> list[str]:
        """Return all warnings, in a form that can be printed."""
        return [printable(text) for text in (*self.warnings, *self.remarks())]


def cuts_out(settings: VideoSettings) -> bool:
    """Return whether regions are cut out of the frames."""
    return settings.roi is not None or settings.centers is not None or settings.template is not None


def check_options(settings: VideoSettings, faults: Faults) -> None:
    """Note options that contradict each other, or lack one another."""
    if settings.template is not None and settings.centers is not None:
        faults.add(
            BadOption, f"{named('template')} and {named('centers')} both define the place of the region. Give one."
        )
    cut_off = settings.exclude_above is not None or settings.exclude_below is not None
    if cut_off != (settings.frame_values is not None):
        faults.add(
            BadOption,
            f"{named('frame_values')} requires {named('exclude_above')} or {named('exclude_below')}, and vice versa: "
            "the values, and the limit beyond which frames are left out. Give both.",
        )


def probed(paths: Sequence[Path], settings: VideoSettings) -> Iterator[tuple[Path, Callable[[], VideoInfo]]]:
    """Probe all videos; yield each with a function that returns its properties, or raises what `probe` raises."""
    ask = functools.partial(
        probe, on_damage=settings.on_damage, pixel_range=settings.pixel_range, stream=settings.stream
    )
    with ThreadPoolExecutor(_PROBERS) as pool:
        asked = {path: pool.submit(ask, path) for path in paths if not path.is_dir()}
        for path in paths:
            yield path, asked[path].result if path in asked else functools.partial(ask, path)


def check_content(info: VideoInfo, name: str, settings: VideoSettings, notes: Notes) -> None:
    """Note what cannot be known of a video: which of its streams is meant, and what its grey levels mean."""
    file, streams = info.path.name, f"{len(info.streams)} video streams ({'; '.join(info.streams)})"
    choose = f"set {named('stream')} to the number of the one that is meant"
    if not info.is_certain:
        text = f"has {streams}. It is not certain which one is meant: {choose}."
        notes.faults.add(BadVideo, f"{name}: {file} {text}", of=name, alike=f"the file {text}")
    elif info.streams and settings.stream is None:
        text = f"has {streams}. The one marked as default, {info.stream}, is used. For another one, {choose}."
        notes.warn(f"{name}: {file} {text}", of=name, alike=f"the file {text}")
    for text in info.remarks:
        notes.warn(f"{name}: {file}: {text}.", of=name, alike=f"{text}.")


def check_bits(infos: Sequence[VideoInfo], settings: VideoSettings, faults: Faults) -> None:
    """Check that a pixel range has an effect."""
    if settings.pixel_range is not None and infos and all(info.bits <= 8 for info in infos):
        kinds = some(sorted({info.pixel_format for info in infos}))
        faults.add(
            BadOption,
            f"{named('pixel_range')} is for pixels of more than 8 bits, but all videos are read with 8 ({kinds}). "
            f"Leave it out. The option {named('contrast')} makes dark frames brighter.",
        )


@dataclasses.dataclass
class BesideVideos:
    """What lies beside the videos, one entry per video: None for a video without any.

    Attributes:
        centers: as `center_entries` returns them.
        counted_from: index of the first pixel in them.
        values: float64, (n,), the values of the frames.
    """

    centers: list[Any]
    counted_from: int
    values: list[Any]


Partner = Callable[[Beside, str], list[Any]]  # pairs values, with what they are, with the videos


def beside(
    n_videos: int, settings: VideoSettings, first: int, faults: Faults, partner: Partner, lazy: bool = False
) -> BesideVideos:
    """Read centres and values of frames, and pair them with the videos.

    Args:
        n_videos: number of videos.
        settings: what is given.
        first: index of the first pixel in centres from memory.
        faults: receives all faults.
        partner: pairs; it returns one value per video, or an empty list after a fault.
        lazy: as in `center_entries`.
    """
    nothing = [None] * n_videos
    found = BesideVideos(nothing, first, nothing)
    with faults.noting():
        entries, found.counted_from = center_entries(settings.centers, n_videos, first, lazy)
        found.centers = partner(entries, "centres") or nothing
    with faults.noting():
        if settings.frame_values is not None:
            found.values = partner(frame_values(settings.frame_values, n_videos), "frame values") or nothing
    return found


def regions_of(
    info: VideoInfo,
    centers: Any,
    settings: VideoSettings,
    name: str,
    counted_from: int,
    notes: Notes,
    template: Template | None = None,
    training_score: float | None = None,
) -> Regions:
    """Place the regions of one video.

    Args:
        info: the video, its frames counted as wanted.
        centers: its centres, as `center_entries` returns them; None for the middle of the frame.
        settings: size of the region, template, and what to do with a region that extends beyond the frame.
        name: of the recording, for messages.
        counted_from: index of the first pixel in `centers`.
        notes: receives warnings.
        template: image of the object, if it is not the file that the settings name.
        training_score: the least correlation at which it was found in the videos of a training; None if not known. A
            warning says if it is found hardly, or less well than this.

    Raises:
        TouchTrainError: as `place_regions`, `template_centers` and `FrameCenters.matrix`.
    """
    size = settings.roi or ((LEGACY_SIDE, LEGACY_SIDE) if cuts_out(settings) else (info.height, info.width))
    image, score = settings.template if template is None else template, None
    kind = "none" if centers is None else "one" if len(centers) == 1 else "frame"
    if image is not None:
        kind = "template"
        centers, score = template_centers(info.path, info, image, settings.pixel_range)
        counted_from = 0
        least_score = HARDLY_FOUND if training_score is None else training_score - _LEEWAY
        if score < least_score:
            text = f"the object of {Path(image.name if isinstance(image, Template) else image).name} was hardly found "
            text += "(correlation"
            usual = f"; in the training at least {shown_score(training_score)}" if training_score else ""
            alike = f"{text} below {shown_score(least_score)} of 1{usual})."
            notes.warn(f"{name}: {text} {score:.2f} of 1{usual}).", of=name, alike=alike)
    if isinstance(centers, FrameCenters):
        kind = "bar"
        centers = centers.matrix(empty_frames.count_meant(info, centers.frames), name)
    if centers is not None:
        centers = empty_frames.shown(info, centers)
    placed = place_regions(
        centers, size, (info.height, info.width), info.n_frames, name, counted_from, settings.out_of_frame
    )
    return dataclasses.replace(placed, kind=kind, score=score)


def region_record(regions: Sequence[Regions], settings: VideoSettings) -> dict[str, Any]:
    """Return where the regions of a conversion are, for the description of the dataset and for models.

    Args:
        regions: of all videos.
        settings: of the conversion.

    Returns:
        ``center``, ``at``, ``template``, ``scores``, ``out_of_frame`` and ``image_size``, as `pyside.models.metadata`
        lists them.
    """
    kinds = {one.kind for one in regions}
    points = {tuple(one.centers[0].tolist()) for one in regions if one.has_center.any() and one.kind == "one"}
    several = next((kind for kind in ("template", "bar", "frame") if kind in kinds), "none")
    center = several if not points or several != "none" else "fixed" if len(points) == 1 else "video"
    scores = [one.score for one in regions if one.score is not None]
    return {
        "center": center,
        "at": list(*points) if center == "fixed" else None,
        "template": image_record(read_template(settings.template).image) if settings.template is not None else None,
        "scores": [round(min(scores), 4), round(max(scores), 4)] if scores else None,
        "out_of_frame": settings.out_of_frame,
        "image_size": settings.image_size and list(settings.image_size),
    }


def shown_score(score: float) -> str:
    """Return a correlation for a message, such as ``0.5``."""
    return f"{score:.2f}".rstrip("0").rstrip(".")
