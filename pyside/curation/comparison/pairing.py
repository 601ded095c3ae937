"""Pairs the recordings of several sources: by name, by trial number, or in order."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path

from pyside.curation.comparison.sources import Source, Track
from pyside.data.recordings.pairing import VideoNames, trial_in
from pyside.data.video.sources import from_difference, recording_names
from pyside.errors import Faults, Unpaired, some
from pyside.settings.core import named
from pyside.system.paths import natural
from pyside.system.records import same_name

ORDERS = ("order", "natural")


@dataclasses.dataclass
class Paired:
    """One recording, with its labels from each source that has any.

    Attributes:
        path: the video, or its name or path as a source gives it; made of its number if no source names it.
        is_named: whether a source or a video names it.
        tracks: by name of the source.
        video: the video, if it is there.
        name: short and unique in the comparison.
    """

    path: Path
    is_named: bool
    tracks: dict[str, Track]
    video: Path | None = None
    name: str = ""


def pair_sources(
    sources: Sequence[Source], videos: Sequence[Path], pairing: str, trial_pattern: str | None
) -> tuple[list[Paired], dict[str, str]]:
    """Pair the recordings of all sources, and with the videos.

    Args:
        sources: two or more.
        videos: the videos, or none.
        pairing: ``name``, ``order``, ``natural`` or ``trial-number``; ``auto`` pairs by name if both have names, else
            by trial number if both have numbers, else in order.
        trial_pattern: a regular expression that matches the trial number in a name; None for the last digits in it.

    Returns:
        The recordings that any source has, in the order of the videos, then of the first source; and by source how it
        was paired with those before it.

    Raises:
        Unpaired: the labels of a source have the names or numbers of no other; in order, the numbers of recordings
            differ, or there are two orders; or a source has one recording twice. All faults at once.
    """
    found = [Paired(path, True, {}, path) for path in videos]
    faults, how = Faults(), {}
    for source in sources:
        if not found:
            with faults.noting():
                _check_once(source)
            found = [_new(track, source, number) for number, track in enumerate(source.tracks, start=1)]
            how[source.name] = "first"
            continue
        way = _way(source, found, trial_pattern) if pairing == "auto" else pairing
        how[source.name] = way.replace("-", " ")
        with faults.noting():
            _join(source, found, way, pairing, trial_pattern)
    faults.raise_any()
    found = [one for one in found if one.tracks]
    for one, name in zip(found, recording_names([one.path for one in found]), strict=True):
        one.name = name
    return found, how


def _new(track: Track, source: Source, number: int) -> Paired:
    path = Path(track.name) if track.name else Path(f"recording {number}")
    return Paired(path, track.name is not None, {source.name: track}, track.video if _is_there(track) else None)


def _check_once(source: Source) -> None:
    """Raise `Unpaired` if a source has labels for one name twice."""
    first: dict[str, Track] = {}
    for track in source.tracks:
        if track.name is not None and first.setdefault(same_name(track.name), track) is not track:
            raise _twice(source, first[same_name(track.name)], track)


def _twice(source: Source, one: Track, other: Track) -> Unpaired:
    return Unpaired(
        f"{source.name} has labels of one recording twice: {one.where} ({_described(one)}) and {other.where} "
        f"({_described(other)}). Keep one of them, or set {named('pairing')}."
    )


def _is_there(track: Track) -> bool:
    return track.video is not None and track.video.exists()


def _way(source: Source, found: Sequence[Paired], pattern: str | None) -> str:
    """Return how the recordings of a source can be paired with those that are known."""
    names = VideoNames([one.path for one in found])
    if any(track.name is not None and names.find(track.name) is not None for track in source.tracks):
        return "name"
    if any(track.trial is not None for one in found for track in one.tracks.values()) or any(
        track.trial is not None for track in source.tracks
    ):
        known = {number for one in found if (number := _trial_of(one, pattern)) is not None}
        if known & {_trial(track, pattern) for track in source.tracks}:
            return "trial-number"
    named_here, named_there = any(track.name for track in source.tracks), any(one.is_named for one in found)
    return "name" if named_here and named_there else "order"


def _trial(track: Track, pattern: str | None) -> int | None:
    if track.trial is not None or track.name is None:
        return track.trial
    return trial_in(Path(track.name), pattern)


def _trial_of(one: Paired, pattern: str | None) -> int | None:
    numbers = [track.trial for track in one.tracks.values() if track.trial is not None]
    return numbers[0] if numbers else trial_in(one.path, pattern) if one.is_named else None


def _join(source: Source, found: list[Paired], way: str, pairing: str, pattern: str | None) -> None:
    """Give the recordings of a source to those that are known, or add them."""
    if way in ORDERS:
        _check_order(source, found, pairing)
        by_number = sorted(range(len(found)), key=lambda place: natural(found[place].path.stem))
        places: list[int | None] = [*(by_number if way == "natural" else range(len(found)))]
    elif way == "trial-number":
        places = _by_trial(source, found, pattern)
    else:
        names = VideoNames([one.path for one in found])
        places = [None if track.name is None else names.find(track.name) for track in source.tracks]
    if all(place is None for place in places):
        raise _nothing_paired(source, found, way)
    for number, (track, place) in enumerate(zip(source.tracks, places, strict=True), start=1):
        if place is None:
            found.append(_new(track, source, number))
        else:
            _give(found[place], track, source)


def _give(one: Paired, track: Track, source: Source) -> None:
    """Add the labels of a source to a recording."""
    if source.name in one.tracks:
        raise _twice(source, one.tracks[source.name], track)
    one.tracks[source.name] = track
    if one.video is None and _is_there(track):
        one.video = track.video
    if track.name and not one.is_named:
        one.path, one.is_named = Path(track.name), True


def _by_trial(source: Source, found: Sequence[Paired], pattern: str | None) -> list[int | None]:
    """Return the place of the recording of each track, by trial number."""
    of_trial: dict[int, int] = {}
    for place, one in enumerate(found):
        number = _trial_of(one, pattern)
        if number is not None and (other := of_trial.setdefault(number, place)) != place:
            raise Unpaired(
                f"{found[other].path.name} and {one.path.name} have the trial number {number}. Set the option "
                f"{named('trial_pattern')} to a regular expression that matches the number, such as 'trial(\\d+)'."
            )
    numbers = [_trial(track, pattern) for track in source.tracks]
    return [None if number is None else of_trial.get(number) for number in numbers]


def _check_order(source: Source, found: Sequence[Paired], pairing: str) -> None:
    if len(source.tracks) != len(found):
        raise Unpaired(
            f"{source.name} has labels of {len(source.tracks)} recordings without names, and the others have "
            f"{len(found)}: {some([one.path.name for one in found])}. In order, the numbers must be equal. Give the "
            "names of the videos beside the labels."
        )
    names = [one.path.name for one in found if one.is_named]
    by_number = sorted(names, key=natural)
    if pairing == "auto" and names == sorted(names) != by_number:
        raise Unpaired(
            f"The labels of {source.name} have no names, and the recordings have two orders: that of dir "
            f"({from_difference(names, by_number)}), and that of the numbers in their names "
            f"({from_difference(by_number, names)}). Set {named('pairing')} to 'order' or 'natural', or give the names "
            "of the videos beside the labels."
        )


def _nothing_paired(source: Source, found: Sequence[Paired], way: str) -> Unpaired:
    here = some([_described(track) for track in source.tracks]) or "none"
    return Unpaired(
        f"No recording of {source.name} has the {'name' if way == 'name' else 'trial number'} of another. "
        f"{source.name}: {here}; the others: {some([one.path.name for one in found])}. To pair them differently, set "
        f"{named('pairing')} to 'order' or 'trial-number'."
    )


def _described(track: Track) -> str:
    if track.name is not None:
        return Path(track.name).name
    return track.where if track.trial is None else f"{track.where} (trial {track.trial})"
