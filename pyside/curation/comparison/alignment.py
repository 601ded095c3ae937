"""Brings the labels of several sources to the same classes and the same frames."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np

from pyside.aliases import Array
from pyside.curation.comparison.pairing import Paired
from pyside.curation.comparison.sources import Source, Track
from pyside.data.dataset import LEAVE_OUT
from pyside.data.labels.bouts.behaviours import Activity, Bouts
from pyside.data.labels.class_indices import read_labels
from pyside.data.labels.entry import FrameList, LabelEntry
from pyside.data.recordings.empty_frames import labels_of
from pyside.data.video.info import VideoInfo
from pyside.errors import BadLabels, BadOption, Faults, LengthMismatch, some
from pyside.settings.conversion import DEFAULT_CLASS_NAMES
from pyside.settings.core import named, set_to
from pyside.settings.curation import CompareSettings
from pyside.system.records import same_name

_SAME_RATE = 1e-3  # two rates that differ by less are one, written with fewer digits


@dataclasses.dataclass(frozen=True)
class Labelled:
    """One recording, with the labels of each source frame by frame.

    Attributes:
        paired: the recording.
        labels: int16, (n,), class index of each frame, -1 for one that is left out, by name of the source.
        probabilities: float32, (n, classes), by name of the source that has any.
        frame_rate: frames per second; None if it is not known.
        tags: such as camera or animal.
    """

    paired: Paired
    labels: dict[str, Array]
    probabilities: dict[str, Array]
    frame_rate: float | None
    tags: dict[str, str]


# --- classes -------------------------------------------------------------------------------------------------------


def classes_of(sources: Sequence[Source], settings: CompareSettings, warnings: list[str]) -> tuple[str, ...]:
    """Return the names of the classes, in the order of their indices.

    Raises:
        BadOption: two sources name different classes; or in another order, and labels of a third are numbers.
    """
    known = {source.name: source.class_names for source in sources if source.class_names}
    if settings.class_names is not None:
        return settings.class_names
    if not known:
        return DEFAULT_CLASS_NAMES
    first, *others = known.items()
    sets = {tuple(sorted(_key(name) for name in names)) for names in known.values()}
    shown = "; ".join(f"{source}: {', '.join(names)}" for source, names in known.items())
    if len(sets) > 1:
        raise BadOption(
            f"The sources name different classes ({shown}). Set {named('class_names')} to the names of one, and "
            f"{named('label_values')} to the names of the other in that order."
        )
    if any([*map(_key, names)] != [*map(_key, first[1])] for _, names in others):
        if "touch" not in next(iter(sets)) and len(known) < len(sources):
            raise BadOption(
                f"The sources name their classes in different orders ({shown}), so numbers in label files may mean "
                f"either. Set {named('class_names')} to the order that the label files mean."
            )
        warnings.append(f"The sources name their classes in different orders ({shown}). They are compared by name.")
    return first[1]


def _key(name: str) -> str:
    return same_name(name.strip()).lower()


def _in_classes(track: Track, class_names: Sequence[str], settings: CompareSettings) -> Array:
    """Return the place among the classes of each class of a track: int64, (k,).

    Raises:
        BadOption: it has a class that is none of them.
    """
    places = {_key(name): index for index, name in enumerate(class_names)}
    for index, value in enumerate(settings.label_values or ()):
        for one in value if isinstance(value, (tuple, list)) else (value,):
            places.setdefault(_key(str(one)), index)
    assert track.class_names is not None
    strange = [name for name in track.class_names if _key(name) not in places]
    if strange:
        raise BadOption(
            f"{track.where}: its classes are {', '.join(track.class_names)}, and {named('class_names')} is "
            f"{', '.join(class_names)}. Put {some(strange)} into {named('label_values')}, in the place of the class "
            "that it means."
        )
    return np.array([places[_key(name)] for name in track.class_names])


# --- frames --------------------------------------------------------------------------------------------------------


def align(
    recordings: Sequence[Paired],
    sources: Sequence[Source],
    class_names: Sequence[str],
    infos: dict[str, VideoInfo],
    settings: CompareSettings,
    warnings: list[str],
) -> list[Labelled]:
    """Return the labels of all sources, frame by frame.

    Args:
        recordings: the recordings, paired.
        sources: the sources.
        class_names: names in index order.
        infos: the videos that are there, by name of the recording.
        settings: those of `compare`.
        warnings: a list that receives warnings.

    Raises:
        LengthMismatch: two sources have different numbers of frames of a recording.
        BadLabels: labels are of no class, or in seconds without a frame rate, or without a number of frames.
        BadOption: two sources say different frame rates. All faults at once.
    """
    faults = Faults("recordings", len(recordings))
    raw: list[dict[str, Any]] = []
    for one in recordings:
        raw.append({})
        with faults.noting(of=one.name):
            raw[-1] = _of_frames(one, infos.get(one.name), settings)
    faults.raise_any()
    found: list[dict[str, Array]] = [{} for _ in recordings]
    for source in sources:
        with faults.noting():
            _read_classes(source, recordings, raw, found, class_names, settings, warnings)
    faults.raise_any()
    aligned = [
        _labelled(one, labels, infos.get(one.name), class_names, settings, faults)
        for one, labels in zip(recordings, found, strict=True)
    ]
    faults.raise_any()
    return aligned


def _read_classes(
    source: Source,
    recordings: Sequence[Paired],
    raw: Sequence[dict[str, Any]],
    found: Sequence[dict[str, Array]],
    class_names: Sequence[str],
    settings: CompareSettings,
    warnings: list[str],
) -> None:
    """Turn the labels of one source into class indices, all together: a number means one class in all of them."""
    places = [place for place, one in enumerate(recordings) if source.name in raw[place]]
    read = [place for place in places if recordings[place].tracks[source.name].class_names is None]
    vectors = [raw[place][source.name] for place in read]
    what = [f"{recordings[place].name} in {source.name}" for place in read]
    if read:
        try:
            understood = read_labels(vectors, class_names, _values(vectors, class_names, settings), what)
        except BadLabels as error:
            if settings.class_names is not None:
                raise
            raise BadLabels(f"{error.text}\nIf the classes have other names, set {named('class_names')}.") from None
        warnings += [f"{source.name}: {remark}" for remark in understood.remarks]
        for place, vector in zip(read, understood.vectors, strict=True):
            found[place][source.name] = vector
    for place in places:
        if place not in {*read}:
            indices = np.append(_in_classes(recordings[place].tracks[source.name], class_names, settings), LEAVE_OUT)
            found[place][source.name] = indices[raw[place][source.name]].astype(np.int16)  # -1 takes the last one


def _values(vectors: Sequence[Any], class_names: Sequence[str], settings: CompareSettings) -> Any:
    """Return the value of each class in a label file; where labels are names, those of the classes are known, too."""
    if settings.label_values is None or not any(isinstance(one, (list, Activity)) for one in vectors):
        return settings.label_values
    given = [value if isinstance(value, (tuple, list)) else (value,) for value in settings.label_values]
    taken = {str(value) for values in given for value in values}
    more = [() if name in taken else (name,) for name in class_names]
    return tuple((*values, *name) for values, name in zip(given, more, strict=False))


def _of_frames(one: Paired, info: VideoInfo | None, settings: CompareSettings) -> dict[str, Any]:
    """Return the labels of a recording as they were read, one per frame, by name of the source."""
    lengths = {name: _length(track) for name, track in one.tracks.items()}
    known = {name: length for name, length in lengths.items() if length is not None}
    n_frames, info = {*known.values()}, _counted(info, one)
    if info is not None and (not n_frames or _fit(n_frames, info, one)):
        least: int | None = info.n_frames
    else:
        least = min(n_frames, default=None)
        if settings.on_length == "error" and (len(n_frames) > 1 or (info is not None and settings.videos is not None)):
            raise _two_lengths(one.name, known, info)
    found = {name: _vector(track, one, least, info) for name, track in one.tracks.items()}
    shortest = min(len(vector) for vector in found.values())
    return {name: _cut(vector, shortest) for name, vector in found.items()}


def _two_lengths(name: str, known: dict[str, int], info: VideoInfo | None) -> LengthMismatch:
    shown = ", ".join(f"{source} {length:,}" for source, length in known.items())
    video = f", the video {info.n_frames:,}" if info else ""
    cure = f"To compare the frames that all have, set {set_to('on_length', 'shorter')}."
    return LengthMismatch(
        f"{name}: the numbers of frames differ: {shown}{video}. {cure}",
        of=name,
        alike=f"the numbers of frames differ. {cure}",
    )


def _fixed(one: Paired) -> set[int]:
    """Return the numbers of frames of results and datasets, whose count of frames is known."""
    return {len(track.labels) for track in one.tracks.values() if not isinstance(track.labels, LabelEntry)}


def _fit(n_frames: set[int], info: VideoInfo, one: Paired) -> bool:
    """Return whether labels of these lengths are those of a video, in either count of its frames."""
    return _fixed(one) <= {info.n_frames} and n_frames <= {info.n_counted, info.n_counted - len(info.empty)}


def _length(track: Track) -> int | None:
    """Return the number of frames of a track; None if its labels do not say."""
    labels = track.labels.labels if isinstance(track.labels, LabelEntry) else track.labels
    if isinstance(labels, FrameList) or (isinstance(labels, Bouts) and not len(labels)):
        return None
    return len(labels)


def _counted(info: VideoInfo | None, one: Paired) -> VideoInfo | None:
    """Return a video whose frames without a picture count as the results of curate, or else the labels, count them."""
    if info is None or not info.empty:
        return info
    fixed: set[int | None] = {*_fixed(one)}
    lengths = fixed or {_length(track) for track in one.tracks.values()}
    if info.n_counted not in lengths or info.n_frames in lengths:
        return info
    return dataclasses.replace(info, n_frames=info.n_counted, repeats=True)


def _vector(track: Track, one: Paired, n_frames: int | None, info: VideoInfo | None) -> Any:
    entry = track.labels
    if not isinstance(entry, LabelEntry):
        return entry
    if info is not None and info.n_frames == n_frames:
        return labels_of(info, entry, 0, one.name)
    if n_frames is None and isinstance(entry.labels, FrameList) and _leaves_out(entry.labels.elsewhere):
        n_frames = int(entry.labels.frames.max(initial=0))
    if n_frames is None:
        text = "its labels do not say how many frames it has."
        cure = f"Set {named('videos')} to the videos."
        raise BadLabels(f"{one.name} in {entry.source}: {text} {cure}", of=one.name, alike=f"{text} {cure}")
    own = _length(track)
    rate = info.frames_per_second if info is not None else 0.0
    try:
        return entry.for_video(n_frames if own is None else own, 0, one.name, one.path.name, rate)
    except BadLabels as error:
        if info is not None or "frame rate" not in error.text:
            raise
        raise BadLabels(f"{error.text} Or set {named('videos')} to the videos.") from None


def _leaves_out(elsewhere: Any) -> bool:
    return elsewhere == "" or (isinstance(elsewhere, float) and np.isnan(elsewhere))


def _cut(vector: Any, n_frames: int) -> Any:
    if isinstance(vector, Activity):
        return dataclasses.replace(vector, active=vector.active[:n_frames], scored=vector.scored[:n_frames])
    return vector[:n_frames]


# --- what is known beside the labels -------------------------------------------------------------------------------


def _labelled(
    one: Paired,
    labels: dict[str, Array],
    info: VideoInfo | None,
    class_names: Sequence[str],
    settings: CompareSettings,
    faults: Faults,
) -> Labelled:
    probabilities = {}
    for name, track in one.tracks.items():
        if track.probabilities is not None:
            n, places = len(labels[name]), _in_classes(track, class_names, settings)
            ordered = np.zeros((n, len(class_names)), np.float32)
            for column, place in enumerate(places):
                ordered[:, place] += track.probabilities[:n, column]
            probabilities[name] = ordered
    tags: dict[str, str] = {}
    for track in one.tracks.values():
        tags = {**track.tags, **tags}
    rate = settings.frame_rate
    with faults.noting(of=one.name):
        rate = rate or _rate(one, info)
    return Labelled(one, labels, probabilities, rate, tags)


def _rate(one: Paired, info: VideoInfo | None) -> float | None:
    """Return the frame rate that the sources say, else that of the video; None if it is not known.

    Raises:
        BadOption: two sources say different ones.
    """
    said: dict[str, float] = {}
    for name, track in one.tracks.items():
        bouts = track.labels.labels if isinstance(track.labels, LabelEntry) else None
        rate = track.frame_rate or (bouts.rate if isinstance(bouts, Bouts) else None)
        if rate:
            said[name] = float(rate)
    if not said:
        return info.frames_per_second or None if info is not None else None
    rates = sorted(said.values())
    if rates[-1] > rates[0] * (1 + _SAME_RATE):
        shown = ", ".join(f"{name} {rate:g}" for name, rate in said.items())
        text = f"the sources say different frame rates ({shown} frames/s). Set {named('frame_rate')} to the right one."
        raise BadOption(f"{one.name}: {text}", of=one.name, alike=text)
    return rates[-1]
