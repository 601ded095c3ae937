"""Plans which corrected recordings come into a dataset; needs NumPy alone, and reads no video.

They are those of a session, whose videos are read again, or those of the dataset itself, which get other labels.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from pyside.aliases import Array
from pyside.curation.marks import LEFT_OUT, WHY, Marks
from pyside.curation.regions.view import View
from pyside.data.conversion.made_by import command_of
from pyside.data.dataset import LEAVE_OUT, Dataset, Recording
from pyside.errors import (
    BadFrames,
    BadLabels,
    BadReview,
    BadSession,
    Faults,
    KnownVideo,
    PathMissing,
    printable,
    some,
)
from pyside.reviewing.corrections import CONFIRMED, CORRECTED, MACHINE
from pyside.reviewing.desk import Desk, not_reviewed
from pyside.settings.core import in_words, named
from pyside.settings.review import AdditionSettings
from pyside.system.paths import is_there
from pyside.system.records import same_name

_DAMAGED = WHY.index("damaged")
_MOST_NAMED = 10
_NOT_THERE = -2  # the label of a frame that the dataset does not have
COUNTS = ("confirmed", "corrected", "machine", "given")  # frames by the origin of their label
_SEEN = {"confirmed": CONFIRMED, "corrected": CORRECTED}


@dataclasses.dataclass(frozen=True)
class Addition:
    """A corrected recording that comes into a dataset.

    Attributes:
        name: of the recording in the dataset.
        marks: its marks in the session.
        view: what the model saw of it.
        stamp: of the video when it was marked.
        labels: int16, (n_frames,), index in the classes of the dataset, -1 for a frame that is left out.
        keep: bool, (n_frames,), True for a frame that goes into the dataset.
        confirmed: number of these frames whose label a person confirmed.
        corrected: likewise, corrected.
        given: likewise, that nobody looked at, and that keep the label that a person gave them in the dataset.
        unseen: likewise, whose label is the model's, since nobody looked at them.
        replaces: the recording of the dataset whose place it takes; None for a further one.
    """

    name: str
    marks: Marks
    view: View
    stamp: str
    labels: Array
    keep: Array
    confirmed: int
    corrected: int
    given: int
    unseen: int
    replaces: Recording | None = None

    @property
    def machine(self) -> int:
        """The number of its frames that nobody looked at."""
        return int(np.count_nonzero(self.keep)) - self.confirmed - self.corrected - self.given

    @property
    def damaged(self) -> bool:
        """Whether its video has frames that could not be read."""
        return bool((self.marks.why == _DAMAGED).any())


@dataclasses.dataclass(frozen=True)
class Relabelled:
    """A recording of the dataset whose own labels were corrected.

    Attributes:
        recording: of the dataset.
        labels: int16, (n_frames,), of its frames, -1 for a frame that is left out.
        confirmed: number of these frames whose label a person confirmed in the review.
        corrected: likewise, corrected.
    """

    recording: Recording
    labels: Array
    confirmed: int
    corrected: int

    @property
    def name(self) -> str:
        """The name of the recording in the dataset."""
        return self.recording.original

    @property
    def machine(self) -> int:
        """The number of its frames that nobody looked at in the review, if a model gave labels to some of them."""
        return self._others if is_of_machine(self.recording) else 0

    @property
    def given(self) -> int:
        """The number of its frames that nobody looked at in the review, with labels of a person."""
        return self._others - self.machine

    @property
    def _others(self) -> int:
        return self.recording.n_frames - self.confirmed - self.corrected


def is_of_machine(recording: Recording) -> bool:
    """Return whether a model gave labels to some frames of a recording that nobody looked at."""
    source = recording.info["source"]
    return bool(source.get("labels_by") or source.get("corrections", {}).get("machine"))


@dataclasses.dataclass(frozen=True)
class AdditionPlan:
    """What comes into a dataset.

    Attributes:
        additions: the recordings of the session.
        relabelled: recordings of the dataset with other labels.
        skipped: names, in the session, of corrected recordings that stay as they are in the dataset.
        unseen: frames with a label that nobody looked at.
        warnings: what a person should know.
    """

    additions: list[Addition]
    relabelled: list[Relabelled]
    skipped: list[str]
    unseen: int
    warnings: list[str]

    @property
    def every(self) -> list[Addition | Relabelled]:
        """All recordings with labels of the review."""
        return [*self.additions, *self.relabelled]


def plan_additions(dataset: Dataset, desk: Desk, settings: AdditionSettings) -> AdditionPlan:
    """Plan which corrected recordings come into a dataset, and find all faults that show without reading videos.

    Args:
        dataset: to which they are added.
        desk: of the session, or of the dataset itself.
        settings: the options.

    Raises:
        BadReview: nobody has reviewed a recording, or all that were are in the dataset already; or labels of another
            dataset, or of videos, were reviewed without a model.
        BadLabels: the dataset lacks a class of the session.
        BadSession: an earlier version marked a video, and did not keep what the model saw.
        BadFrames: the model saw other frames than the dataset has.
        PathMissing: a video is gone.
        KnownVideo: videos are in the dataset already, and `on_known` does not say what to do.
    """
    names = [name for name in desk.recordings() if desk.origins(name).any()]
    if not names:
        raise not_reviewed(desk)
    if not desk.source.has_model:
        return AdditionPlan([], _relabelled(dataset, desk, names, settings), [], 0, list(desk.warnings))
    faults, warnings = Faults("recordings", len(desk.recordings())), list(desk.warnings)
    _check_classes(dataset, desk, faults)
    names = _without_twins(names, desk, warnings)
    known = {name: _known(dataset, desk.marks(name)) for name in names}
    skipped = [name for name in names if known[name] and settings.on_known == "skip"]
    to_add = [name for name in names if name not in skipped]
    _ask(dataset, {name: known[name] for name in to_add}, settings, faults)
    for name in to_add:
        _check_recording(dataset, desk.marks(name), faults)
    if not to_add:
        faults.add(BadReview, f"All recordings that were reviewed are in {dataset.folder} already. Nothing is added.")
    faults.raise_any()
    found = _additions(dataset, desk, {name: known[name] for name in to_add}, settings, warnings)
    whole = sum(int(np.count_nonzero(one.labels[one.keep] != LEAVE_OUT)) for one in found)
    if not whole:
        raise BadReview("All frames of the recordings that were reviewed are left out. Nothing is added.")
    unseen = sum(one.unseen for one in found)
    return AdditionPlan(found, [], skipped, unseen, warnings)


def _relabelled(dataset: Dataset, desk: Desk, names: Sequence[str], settings: AdditionSettings) -> list[Relabelled]:
    """Return the recordings of a dataset of which a person reviewed the labels."""
    if not desk.source.frames:
        raise BadReview(
            f"The labels of {desk.source.path} were reviewed without a model, so no region of the frames is known. "
            "Write them with corrected, and convert the videos with these labels."
        )
    if desk.source.path.resolve() != dataset.folder.resolve():
        raise BadReview(
            f"{desk.source.path} is another dataset than {dataset.folder}. Its corrections are added to itself: give "
            "it twice."
        )
    there, found = {one.name: one for one in dataset.recordings}, []
    for name in names:
        numbers = there[name].frame_numbers
        assert numbers is not None
        labels, origins = desk.labels(name)[numbers], desk.origins(name)[numbers]
        if settings.frames == "reviewed":
            labels = np.where(origins > 0, labels, LEAVE_OUT).astype(np.int16)
        seen = {what: int(np.count_nonzero(origins == kind)) for what, kind in _SEEN.items()}
        found.append(Relabelled(there[name], labels, **seen))
    return found


def _check_classes(dataset: Dataset, desk: Desk, faults: Faults) -> None:
    lacking = [name for name in desk.class_names if name not in dataset.class_names]
    if lacking:
        faults.add(
            BadLabels,
            f"The dataset has no class {some(lacking)}. The classes of the session {desk.folder.name} are "
            f"{some(desk.class_names)}, those of {dataset.folder.name} are {some(dataset.class_names)}. Convert the "
            f"dataset with the {named('class_names')} of the session, or add to one that has them.",
        )


def _without_twins(names: Sequence[str], desk: Desk, warnings: list[str]) -> list[str]:
    """Return recordings; of those that have the same video, only the one of which a person saw most frames."""
    best: dict[str, str] = {}
    for name in sorted(names, key=lambda name: -np.count_nonzero(desk.origins(name))):
        best.setdefault(desk.marks(name).video_sha256, name)
    kept = [name for name in names if name in best.values()]
    for name in names:
        if name not in kept:
            warnings.append(
                f"{name} is not added: its video is that of {best[desk.marks(name).video_sha256]}, of which more was "
                "reviewed."
            )
    return kept


def _known(dataset: Dataset, marks: Marks) -> Recording | None:
    """Return the recording of a dataset that has a video; where its content is not recorded, by the name."""
    for one in dataset.recordings:
        source = one.info["source"]
        if "file_sha256" in source:
            if source["file_sha256"] == marks.video_sha256:
                return one
        elif same_name(one.original) in (same_name(marks.name), same_name(marks.video.stem)):
            return one
    return None


def _ask(dataset: Dataset, known: Mapping[str, Recording | None], settings: AdditionSettings, faults: Faults) -> None:
    there = [f"{name} (as {one.original})" if name != one.original else name for name, one in known.items() if one]
    if there and settings.on_known == "error":
        option = named("on_known")
        faults.add(
            KnownVideo,
            f"{len(there)} of the {len(known)} reviewed videos are in {dataset.folder} already: "
            f"{some(there, _MOST_NAMED)}. Set {option} to {in_words('on_known', 'replace')} if the labels of the "
            f"review are to take the place of theirs, or to {in_words('on_known', 'skip')} to leave these as they are.",
        )


def _check_recording(dataset: Dataset, marks: Marks, faults: Faults) -> None:
    name = marks.name
    if not is_there(marks.video):
        text = (
            "Put it back, or curate the videos where they are now into the same session: those with the same content "
            "are not marked twice, and their corrections stay."
        )
        alike = f"the video is not in {marks.video.parent} any more. {text}"
        said = f"{name}: there is no video {marks.video} any more. {text}"
        faults.add(PathMissing, said, of=name, alike=alike, what="recordings")
    if marks.view is None:
        text = (
            "an earlier version marked this video, and did not keep which part of the frames the model saw. Curate it "
            "again with the same options into the same session: it is not marked twice, and its corrections stay."
        )
        faults.add(BadSession, f"{name}: {text}", of=name, alike=text, what="recordings")
    elif differing := _differences(dataset, marks.view):
        text = (
            f"the model saw other frames than {dataset.folder.name} has: {'; '.join(differing)}. Add to the dataset "
            "that the model was trained on, or curate with the options of this one."
        )
        faults.add(BadFrames, f"{name}: {text}", of=name, alike=text, what="recordings")


def _differences(dataset: Dataset, view: View) -> list[str]:
    """Return in what the frames that a model saw differ from those of a dataset, in words."""
    info, (height, width, channels) = dataset.info, dataset.image_shape
    wanted: dict[str, tuple[Any, Any]] = {
        named("image_size"): (view.input_size, (height, width)),
        named("contrast"): (view.contrast, info.get("contrast") or "none"),
        named("grey"): (view.grey, "raw-y" if info.get("grey") == "raw-y" else "full-range"),  # images have others
        named("pixel_range"): (view.pixel_range, info.get("pixel_range") and tuple(info["pixel_range"])),
        "channels": (1, channels),
    }
    if info.get("roi"):
        wanted[named("roi")] = view.size, tuple(info["roi"])
    return [f"{name} {_said(seen)}, not {_said(there)}" for name, (seen, there) in wanted.items() if seen != there]


def check_whole(dataset: Dataset, view: View, frame_size: tuple[int, int], name: str, faults: Faults) -> None:
    """Note a region of frames for a dataset of whole frames.

    Args:
        dataset: the dataset.
        view: what the model saw of a video.
        frame_size: (height, width) of that video.
        name: of the recording.
        faults: receives the fault.
    """
    is_whole = command_of(dataset) == "convert videos" and not dataset.info.get("roi")
    if is_whole and view.size != frame_size:
        text = (
            f"the model saw a region of {_said(view.size)} pixels (height x width), but {dataset.folder.name} has "
            f"whole frames, {_said(frame_size)} in this video. Add to the dataset that the model was trained on."
        )
        faults.add(BadFrames, f"{name}: {text}", of=name, alike=text, what="recordings")


def _said(value: Any) -> str:
    if isinstance(value, tuple):
        return " x ".join(f"{number:g}" for number in value)
    return "none" if value is None else str(value)


def _additions(
    dataset: Dataset,
    desk: Desk,
    known: Mapping[str, Recording | None],
    settings: AdditionSettings,
    warnings: list[str],
) -> list[Addition]:
    codes = np.array([*map(dataset.class_names.index, desk.class_names), LEAVE_OUT], np.int16)  # -1 takes the last
    taken = {same_name(one.original): one for one in dataset.recordings}
    found, renamed, overwritten = [], list[str](), list[str]()
    for name, replaces in known.items():
        marks, origins = desk.marks(name), desk.origins(name)
        assert marks.view is not None
        labels = np.where(marks.why > 0, LEFT_OUT, desk.labels(name))
        labels = np.where(origins > 0, desk.labels(name), LEFT_OUT if settings.frames == "reviewed" else labels)
        former = np.where(origins > 0, _NOT_THERE, _former(replaces, marks.n_frames))
        stays = former != _NOT_THERE
        keep = marks.view.there & ((marks.why == 0) | (origins > 0) | stays) & (marks.why != _DAMAGED)
        own = replaces.original if replaces else _free(name, taken)
        if own != name and replaces is None:
            renamed.append(own)
        seen = {what: int(np.count_nonzero(origins[keep] == kind)) for what, kind in _SEEN.items()}
        seen["given"] = int(np.count_nonzero(stays & keep))
        seen["unseen"] = int(np.count_nonzero((origins == MACHINE) & keep & ~stays & (labels != LEFT_OUT)))
        stamp, of_all = desk.stamp(name), np.where(stays, former, codes[labels]).astype(np.int16)
        found.append(Addition(own, marks, marks.view, stamp, of_all, keep, **seen, replaces=replaces))
        if seen["unseen"] and replaces and not stays.any() and _is_of_another_review(replaces, desk):
            overwritten.append(own)
    if renamed:
        warnings.append(
            f"{dataset.folder.name} has recordings of the same names with other videos, so these come in under new "
            f"names: {some(renamed)}. If a video is only saved anew, its frames may be on two sides of a split then, "
            "which makes figures too good."
        )
    if overwritten:
        warnings.append(
            f"{some(overwritten)}: the labels of an earlier review are gone where nobody looked this time; these "
            "frames have the label of the model."
        )
    return found


def _is_of_another_review(recording: Recording, desk: Desk) -> bool:
    of_review = recording.info["source"].get("corrections", {})
    return of_review.get("model_sha256", "") not in ("", desk.session["model"]["sha256"])


def _former(replaces: Recording | None, n_frames: int) -> Array:
    """Return the labels that a person gave to the frames of a video in the dataset: int16, (n_frames,), -2 elsewhere.

    Frames that a person left out, -1, stay so. There are none if a model may have made some of them, or the frames
    cannot be told to be those of the video.
    """
    found = np.full(n_frames, _NOT_THERE, np.int16)
    if replaces is None or (numbers := replaces.frame_numbers) is None:
        return found
    source = replaces.info["source"]
    of_review = source.get("corrections", {"given": 1})
    of_machine = source.get("labels_by") or (of_review.get("model") and not of_review.get("given"))
    counted = source.get("frames") if "file_sha256" in source else len(numbers)
    if counted == n_frames and not of_machine and numbers.max(initial=-1) < n_frames:
        found[numbers] = replaces.labels
    return found


def _free(name: str, taken: Mapping[str, Any]) -> str:
    """Return a name that no recording of the dataset has."""
    number, found = 2, name
    while same_name(found) in taken:
        found, number = f"{name} ({number})", number + 1
    return found


def origin_of(one: Addition | Relabelled, desk: Desk, sha256: str, frames: str) -> dict[str, Any]:
    """Return the record of where the labels of a recording come from, for the description of the dataset.

    Args:
        one: the recording.
        desk: of its review.
        sha256: of the corrections.
        frames: the setting of this name.

    Returns:
        ``session`` and ``model`` (names; "" without a model), ``frames`` (``all`` or ``reviewed``), the numbers of
        frames that a person ``confirmed`` and ``corrected``, and of those that nobody looked at, with labels of the
        model (``machine``) and without one (``given``); ``model_sha256`` and ``corrections_sha256``. The video and its
        SHA-256 stand beside it.
    """
    model = desk.session.get("model", {"path": "", "sha256": ""})
    return {
        "session": printable(desk.folder.name),
        "model": printable(Path(model["path"]).name),
        "frames": frames,
        **{name: getattr(one, name) for name in COUNTS},
        "model_sha256": model["sha256"],
        "corrections_sha256": sha256,
    }
