"""Labels of a person beside what is reviewed: paired with its recordings, in its classes."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from pyside.aliases import Array
from pyside.curation.comparison import sources as compared
from pyside.curation.comparison.alignment import align
from pyside.curation.comparison.pairing import pair_sources
from pyside.curation.comparison.sources import Track
from pyside.curation.marks import Marks
from pyside.errors import BadLabels, LengthMismatch, Unpaired
from pyside.reviewing.sources.source import Source
from pyside.settings.core import named
from pyside.settings.curation import CompareSettings

_INSTEAD = {
    ("label_values",): "the names of these classes, or numbers from 0 on in their order",
    ("on_length", "pairing"): "one label a frame, beside the names of the videos",
}
_REVIEWED, _LABELS = "reviewed", "labels"


def given_labels(reviewed: Source, labels: Any, variable: str | None) -> tuple[dict[str, Array], list[str]]:
    """Return labels of a person by recording of what is reviewed.

    Args:
        reviewed: what is reviewed.
        labels: in every form that `compare` takes.
        variable: name of the variable with the labels in a file, or None.

    Returns:
        int16, (n_frames,), index of the class in the order of what is reviewed, -1 where there is none; and warnings.

    Raises:
        TouchTrainError: they cannot be read, or do not fit the recordings.
    """
    with own_advice():
        return _paired(reviewed, labels, variable)


@contextlib.contextmanager
def own_advice() -> Iterator[None]:
    """Say what to do instead where an error about labels advises options of `compare`, which a review does not have."""
    try:
        yield
    except (BadLabels, LengthMismatch, Unpaired) as error:
        for names, advice in _INSTEAD.items():
            if any(named(name) in error.text for name in names):
                raise type(error)(f"{error.text} A review has no such option: give {advice}.") from error
        raise


def _paired(reviewed: Source, labels: Any, variable: str | None) -> tuple[dict[str, Array], list[str]]:
    warnings: list[str] = []
    names = reviewed.class_names
    tracks = [
        Track(name, one.labels, names, _video(one), frame_rate=one.frame_rate, video=one.video, view=one.view)
        for name, one in reviewed.marks.items()
    ]
    sources = [compared.Source(_REVIEWED, tracks), compared.read_source(_LABELS, labels, variable, None)]
    settings = CompareSettings.from_options({"class_names": names})
    paired, _ = pair_sources(sources, [], "auto", None)
    found = {}
    for one in align(paired, sources, names, {}, settings, warnings):
        track = one.paired.tracks.get(_REVIEWED)
        if track is not None and _LABELS in one.labels:
            found[track.where] = one.labels[_LABELS]
    warnings += [f"{source.name}: {remark}" for source in sources[1:] for remark in source.remarks]
    return found, warnings


def _video(marks: Marks) -> str:
    """Return what labels name a recording by: its video, or else its name."""
    return str(marks.video) if str(marks.video) not in ("", ".") else marks.name
