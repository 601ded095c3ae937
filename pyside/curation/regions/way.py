"""The way in which a model looks at videos: as in its training, unless options say otherwise."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np

from pyside.aliases import Array
from pyside.curation.model.facts import ModelFacts
from pyside.data.recordings.regions.plan import check_options
from pyside.data.recordings.regions.template_search import Template, read_template
from pyside.errors import BadModel, BadOption, Faults
from pyside.settings.conversion import VideoSettings
from pyside.settings.core import named, set_to
from pyside.settings.curation import LookSettings

Size = tuple[int, int]
_IN_WORDS = {
    "video": "one centre per video",
    "frame": "one centre per frame",
    "bar": "one .bar file per video",
}


@dataclasses.dataclass(frozen=True)
class Way:
    """The way in which the frames of all videos are looked at.

    Attributes:
        settings: those of a conversion that makes the same frames: the options, and where there are none, the model's.
        model: name of the model file, for messages; "" without a model.
        input_size: (height, width) that the network takes; None without a model.
        context_frames: number of frames that it takes to classify one.
        template: the object that the region is centred on; None if it is not searched for.
        training_score: the least correlation at which it was found in the training; None if not known.
        fixed: float64, (1, 2), the centre of the training, in pixels counted from 0; None if another one counts.
        only_whole: whether it is not known where a region would lie, so that frames must have its size.
    """

    settings: VideoSettings
    model: str = ""
    input_size: Size | None = None
    context_frames: int = 1
    template: Template | None = None
    training_score: float | None = None
    fixed: Array | None = None
    only_whole: bool = False

    @property
    def is_whole(self) -> bool:
        """Whether whole frames are looked at, as they are."""
        return self.settings.roi is None and self.settings.image_size is None


def own_way(facts: ModelFacts, options: LookSettings, faults: Faults) -> Way:
    """Return the way of a model, as far as options do not say otherwise; what cannot be done is noted as faults."""
    given = options.centers is not None or options.template is not None
    kind = facts.center.kind
    if facts.image_shape[2] != 1:
        faults.add(
            BadModel,
            f"{facts.path.name} takes frames of {facts.image_shape[2]} colours, but videos are read in grey. Curate "
            "with a model that was trained on grey frames.",
        )
    if kind in _IN_WORDS and not given:
        faults.add(
            BadOption,
            f"{facts.path.name} was trained with {_IN_WORDS[kind]}, so new videos need their own: give "
            f"{named('centers')} ({'a folder with one .bar file' if kind == 'bar' else 'centres, or a file,'} per "
            f"video), or {named('template')}, an image of the object to search for.",
        )
    own = {name: getattr(facts, name) for name in ("image_size", "out_of_frame", "contrast", "grey", "pixel_range")}
    settings = _settings(options, {**own, "roi": _region_size(facts, options, given, faults)})
    check_options(settings, faults)
    _check_fits(facts, settings, faults)
    template, training_score = None, None
    if options.template is not None:
        with faults.noting():
            template = read_template(options.template)
    elif kind == "template" and not given:
        if facts.center.template is None:
            faults.add(
                BadOption,
                f"{facts.path.name} was trained on regions around an object, but does not hold its image. Give it as "
                f"{named('template')}, or give {named('centers')}.",
            )
        else:
            template = Template(f"the template of {facts.path.name}", facts.center.template)
            training_score = facts.center.scores[0] if facts.center.scores else None
    fixed = np.array([facts.center.at], np.float64) if kind == "fixed" and not given else None
    return Way(
        settings,
        facts.path.name,
        facts.image_shape[:2],
        facts.context_frames,
        template,
        training_score,
        fixed,
        kind == "unknown" and not given,
    )


def given_way(options: LookSettings, faults: Faults) -> Way:
    """Return the way that options say alone, as a conversion takes them."""
    settings, template = _settings(options, {}), None
    check_options(settings, faults)
    if options.template is not None:
        with faults.noting():
            template = read_template(options.template)
    return Way(settings, template=template)


def _settings(options: LookSettings, own: Mapping[str, Any]) -> VideoSettings:
    """Return the settings of a conversion: the options, where there are none those of the model, else the defaults."""
    known = {field.name for field in dataclasses.fields(VideoSettings)}
    names = [field.name for field in dataclasses.fields(LookSettings) if field.name in known]
    given = {name: getattr(options, name) for name in names}
    values = {name: own.get(name) if value is None else value for name, value in given.items()}
    roi = own.get("roi", options.roi)
    return VideoSettings(**{name: value for name, value in {**values, "roi": roi}.items() if value is not None})


def _region_size(facts: ModelFacts, options: LookSettings, given: bool, faults: Faults) -> Size | None:
    """Return the size of the region; None for the whole frame."""
    size = options.roi or facts.roi
    if size is not None or not (given or facts.center.kind == "unknown"):
        return size
    if facts.image_size is None and options.image_size is None:
        return facts.image_shape[:2]
    if given:
        place = named("centers" if options.centers is not None else "template")
        faults.add(
            BadOption,
            f"{place} places a region, but {facts.path.name} was trained on whole frames. Give the size of the region, "
            f"{named('roi')}, too, or leave {place} out.",
        )
    return None


def _check_fits(facts: ModelFacts, settings: VideoSettings, faults: Faults) -> None:
    """Note a region that has not the size that the network takes."""
    size, wanted = settings.image_size or settings.roi, facts.image_shape[:2]
    if size is None or size == wanted:
        return
    what = "Frames resized to" if settings.image_size else "A region of"
    how = f"Set {set_to('image_size', wanted)}" + (
        "." if settings.image_size else f" to resize it, or {set_to('roi', wanted)}."
    )
    faults.add(
        BadOption,
        f"{what} {_in_words(size)} pixels (height x width) {'do' if settings.image_size else 'does'} not fit the "
        f"network of {facts.path.name}, which takes {_in_words(wanted)}. {how}",
    )


def _in_words(size: Size) -> str:
    return f"{size[0]} x {size[1]}"
