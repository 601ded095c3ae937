"""Labels of a person beside a session: paired with its recordings, in the classes of its model."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pyside.aliases import Array
from pyside.curation.comparison.alignment import align
from pyside.curation.comparison.pairing import pair_sources
from pyside.curation.comparison.sources import read_source
from pyside.settings.curation import CompareSettings

_SESSION, _LABELS = "session", "labels"


def given_labels(session: Path, labels: Any, variable: str | None) -> tuple[dict[str, Array], list[str]]:
    """Return labels of a person by recording of a session.

    Args:
        session: its folder.
        labels: in every form that `compare` takes.
        variable: name of the variable with the labels in a file, or None.

    Returns:
        int16, (n_frames,), index of the class in the model's order, -1 where there is none; and warnings.

    Raises:
        TouchTrainError: they cannot be read, or do not fit the recordings.
    """
    warnings: list[str] = []
    sources = [read_source(_SESSION, str(session), None, None), read_source(_LABELS, labels, variable, None)]
    names = sources[0].class_names
    assert names is not None
    settings = CompareSettings.from_options({"class_names": names})
    paired, _ = pair_sources(sources, [], "auto", None)
    found = {}
    for one in align(paired, sources, names, {}, settings, warnings):
        track = one.paired.tracks.get(_SESSION)
        if track is not None and _LABELS in one.labels:
            found[Path(track.where).stem] = one.labels[_LABELS]
    warnings += [f"{source.name}: {remark}" for source in sources[1:] for remark in source.remarks]
    return found, warnings
