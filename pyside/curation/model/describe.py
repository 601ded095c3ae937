"""Writes facts that a model file does not hold into a copy of it."""

from __future__ import annotations

import copy
import dataclasses
import hashlib
import io
import json
import shutil
import zipfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pyside.curation.model.facts import Center, as_metadata, context_record, facts_from, usual_facts
from pyside.curation.model.remedy import describe_line
from pyside.curation.model.words import facts_in_words
from pyside.data.recordings.regions.template_search import read_template
from pyside.errors import BadModel, BadOption, Faults, NotWritable, TouchTrainError
from pyside.evaluation.decision import HALF, Decision
from pyside.evaluation.events import event_classes
from pyside.models import blueprint, load, save
from pyside.models.files import ATTRIBUTE, existing_file, form, opened, temporary
from pyside.models.metadata import FORMAT, Parts, checked_metadata, read_metadata, write_metadata
from pyside.settings.core import in_words as as_typed
from pyside.settings.core import named
from pyside.settings.curation import DescribeSettings
from pyside.system.files import write_errors, written_beside
from pyside.system.paths import is_there
from pyside.system.records import plain
from pyside.version import __version__

if TYPE_CHECKING:
    import h5py

_SAMPLE = 16  # frames on which the copy is compared with the model
_ANY_SIDE = 32  # pixels of such a frame, if the model takes frames of any size
_MADE_ON = (1980, 1, 1, 0, 0, 0)  # equal copies are equal files


def describe(model: Path, output: Path, settings: DescribeSettings, first: int = 0) -> dict[str, Any]:
    """Write a copy of a model file that says what happens to frames before the network sees them.

    The network stays as it is, to the byte. The copy is loaded again and must predict the same, to 1e-5.

    Args:
        model: an ``.h5`` or ``.keras`` file; it is not changed.
        output: the copy, in the same format.
        settings: the facts; what the file holds already need not be said again.
        first: number of the first pixel in `centers`: 0, or 1 for MATLAB.

    Returns:
        ``kind`` ("description"), ``path`` of the copy, ``model``, ``facts`` (all of them, in words by name), and
        ``warnings``.

    Raises:
        BadModel: the file cannot be interpreted, or its outputs are no probabilities.
        ModelNotProven: the model does not give the answers to its probe frames that it carries.
        BadOption: facts are missing, contradict each other, or contradict what the file says.
        ModelNotSaved: the copy does not predict the same.
        DiskFull, NotWritable: it could not be written.
    """
    kind, model = form(model), model.absolute()
    if kind == "folder":
        raise BadModel(
            f"{model} is a SavedModel folder, which cannot hold facts. Describe the .h5 or .keras file of that model."
        )
    load.check_proven(model)
    about, plan = read_metadata(model) or {}, load.read_plan(model)
    with load.naming(model):
        usual = load.probable(plan) if not load.was_trained_here(about) else plan
        n_classes = blueprint.build(usual).output_shape[-1]
    _check_output(output)
    described = _Description(model, about, plan, n_classes, settings, first)
    found = described.metadata()
    with write_errors(output), written_beside(output, temporary(output), durable=True) as beside:
        write = _write_h5 if kind == "h5" else _write_keras
        write(model, beside, found)
        _compare(plan, about, found, beside, output)
    facts = facts_from(found, existing_file(output))
    return {
        "kind": "description",
        "path": str(output),
        "model": str(model),
        "facts": facts_in_words(facts, load.input_range(found), found["described"]["facts"]),
        "warnings": described.warnings,
    }


def _check_output(output: Path) -> None:
    """Check that what has the name of the copy, if anything, is an earlier copy."""
    if not is_there(output):
        return
    with suppress(TouchTrainError):
        if (read_metadata(output) or {}).get("described"):
            return
    raise NotWritable(
        f"{output} exists and is not a copy that was described before, so it is not replaced. Choose another name, or "
        "remove it."
    )


class _Description:
    """The facts of one model: those of its file, and those that a person adds.

    Args:
        path: the model file.
        about: its metadata; empty for none.
        plan: the network.
        n_classes: number of its classes.
        settings: what the person says.
        first: number of the first pixel in centres.

    Attributes:
        warnings: sentences.
    """

    def __init__(
        self,
        path: Path,
        about: dict[str, Any],
        plan: blueprint.Blueprint,
        n_classes: int,
        settings: DescribeSettings,
        first: int,
    ):
        self.warnings: list[str] = []
        self._path, self._about, self._plan, self._n_classes = path, about, plan, n_classes
        self._settings, self._faults = settings, Faults()
        self._was_trained_here = load.was_trained_here(about)
        self._facts = facts_from(about, path) if about.get("class_names") else None
        self._given = {name: value for name, value in settings.as_dict().items() if value is not None}
        self._at = self._point(first)

    def metadata(self) -> dict[str, Any]:
        """Return the metadata of the copy.

        Raises:
            BadOption: all that is missing or contradicts.
        """
        given, names = self._settings, self._class_names()
        center = self._center()
        context = given.context_frames or self._of_file("context_frames") or 1
        roi = given.roi or self._of_file("roi")
        size = given.image_size or self._of_file("image_size")
        shape = self._image_shape(roi, size, context)
        low, high = self._range()
        if not self._given and self._facts is not None:
            self._faults.add(
                BadOption, f"Nothing is said of {self._path.name} that its copy could hold. Give an option."
            )
        self._check_known(names, center)
        self._check_file_agrees()
        self._faults.raise_any()
        found = as_metadata(
            roi=roi,
            center=center,
            image_size=size,
            context_frames=context,
            decision=self._decision(names),
            frame_rate=given.frame_rate or self._of_file("frame_rate"),
            statistics=self._of_file("statistics"),
            dataset_hash=self._of_file("dataset_hash"),
            frame_size=given.frame_size or self._of_file("frame_size"),
            pixel_range=given.pixel_range or self._of_file("pixel_range"),
            **{
                key: getattr(given, key) or self._of_file(key) or usual
                for key, usual in (("out_of_frame", "shift"), ("contrast", "none"), ("grey", "full-range"))
            },
        )
        found["conversion"] = {**(self._about.get("conversion") or {}), **found["conversion"]}
        before = (self._about.get("described") or {}).get("facts") or {}
        said = {**before, **plain({**self._given, **({"centers": list(self._at)} if self._at else {})})}
        if given.template is not None:
            said["template"] = Path(given.template).name
        found = {
            **copy.deepcopy(self._about),
            **found,
            "class_names": list(names),
            "image_shape": list(shape),
            "input": {"dtype": "float32", "low": low, "high": high, "from_uint8": _scaled(low, high)},
            "context": context_record(context),
            "described": {
                "file": self._path.name,
                "sha256": hashlib.sha256(self._path.read_bytes()).hexdigest(),
                "by": __version__,
                "facts": said,
            },
        }
        checked_metadata(plain(found))
        return found

    def _of_file(self, name: str) -> Any:
        return None if self._facts is None else getattr(self._facts, name)

    def _class_names(self) -> tuple[str, ...]:
        had, given = self._of_file("class_names"), self._settings.class_names
        names = given or had or ()
        if given and had and self._was_trained_here and given != had:
            self._contradicts("class_names", had)
        elif names and len(names) != self._n_classes:
            self._faults.add(
                BadOption,
                f"{named('class_names')} has {len(names)} names, but {self._path.name} tells {self._n_classes} classes "
                "apart.",
            )
        return tuple(names)

    def _check_file_agrees(self) -> None:
        """Note what contradicts the record of a training."""
        if not self._was_trained_here:
            return
        about, region = self._about, self._about.get("region") or {}
        conversion = about.get("conversion") or {}
        recorded = {key: about.get(key) for key in ("roi", "contrast", "context_frames")}
        recorded |= {key: conversion.get(key) for key in ("grey", "pixel_range")}
        recorded |= {key: region.get(key) for key in ("image_size", "frame_size", "out_of_frame")}
        for name, value in recorded.items():
            had = tuple(value) if isinstance(value, list) else value
            if had is not None and getattr(self._settings, name) not in (None, had):
                self._contradicts(name, had)

    def _contradicts(self, name: str, had: Any) -> None:
        self._faults.add(
            BadOption,
            f"{named(name)} is {as_typed(name, getattr(self._settings, name))}, but {self._path.name} itself says "
            f"{as_typed(name, had)}. Leave it out.",
        )

    def _center(self) -> Center:
        """Return what the ROI was placed at."""
        given, had = self._settings, self._of_file("center") or Center("unknown")
        kind = given.center_kind
        if self._at is not None and given.template is not None:
            self._faults.add(
                BadOption, f"{named('template')} and {named('centers')} both define the place of the region. Give one."
            )
        said = "fixed" if self._at is not None else "template" if given.template is not None else kind
        if kind is not None and said != kind:
            need = "template" if said == "template" else "centers"
            self._faults.add(BadOption, f"{named('center_kind')} is '{kind}', which {named(need)} contradicts.")
        if said == "fixed" and self._at is None and had.kind != "fixed":
            self._faults.add(BadOption, f"{named('center_kind')} 'fixed' requires the point: give {named('centers')}.")
        if said is None:
            return had
        is_known = self._was_trained_here and had.kind != "unknown"
        if is_known and (said != had.kind or (had.at is not None and self._at not in (None, had.at))):
            self._faults.add(
                BadOption,
                f"The options say that the ROI was centred as '{said}', but {self._path.name} itself says '{had.kind}'"
                + (f" at {had.at}" if had.at is not None else "")
                + ". Leave them out.",
            )
        if said == "template" and given.template is not None:
            with self._faults.noting():
                return dataclasses.replace(
                    Center("template", None, read_template(given.template).image), scores=had.scores
                )
        if said == had.kind:
            return had
        return Center(said, self._at if said == "fixed" else None)

    def _point(self, first: int) -> tuple[float, float] | None:
        if self._settings.centers is None:
            return None
        try:
            x, y = (float(one) for one in np.asarray(self._settings.centers, np.float64).ravel())
            if np.isfinite([x, y]).all():
                return x - first, y - first
        except (TypeError, ValueError):
            pass
        self._faults.add(
            BadOption,
            f"{named('centers')} must be one point (x, y) in pixels. For centres that differ, set "
            f"{named('center_kind')} to 'video', 'frame' or 'bar'.",
        )
        return None

    def _image_shape(self, roi: Any, size: Any, context: int) -> tuple[int, int, int]:
        """Return height, width and channels of one frame as the network takes it."""
        *sides, channels = self._plan.input_shape
        cut = size or roi
        fitting = [given if side is None else side for side, given in zip(sides, cut or (None, None), strict=True)]
        if None in fitting:
            self._faults.add(
                BadOption,
                f"{self._path.name} takes frames of any size. Give {named('roi')}, or {named('image_size')} if the ROI "
                "was resized.",
            )
        elif cut is not None and list(cut) != fitting:
            what = named("image_size") if size else named("roi")
            advice = "" if size else f" If the ROI was resized, give {named('image_size')}, too."
            self._faults.add(
                BadOption,
                f"{self._path.name} takes frames of {sides[0]} x {sides[1]} pixels (height x width), but {what} is "
                f"{cut[0]} x {cut[1]}.{advice}",
            )
        if channels is None or channels not in (context, 3) or (context > 1 and channels != context):
            self._faults.add(
                BadOption,
                f"{self._path.name} takes {channels} channels, but a frame has 1 (grey) or 3 (colour), and "
                f"{named('context_frames')} is {context}."
                + (
                    f" If it takes {channels} grey frames at a time, set {named('context_frames')} to {channels}."
                    if channels and channels > 3 and channels % 2
                    else ""
                ),
            )
        height, width = (side or 1 for side in fitting)
        return height, width, (channels or 1) // context or 1

    def _range(self) -> tuple[float, float]:
        """Return the numbers that the network takes for black and white."""
        given, had = self._settings.input_range, load.input_range(self._about) if self._about else None
        if self._was_trained_here and had is not None:
            if given is not None and given != had:
                self._contradicts("input_range", had)
            return had
        inside = blueprint.scaling_layer(self._plan)
        if inside is not None:
            own = _range_of(inside["config"])
            if given is None:
                self.warnings.append(
                    f"{self._path.name} scales its frames itself (layer {inside['name']}), so it is taken to expect "
                    f"{own[0]:g} to {own[1]:g}."
                )
                return own
            if given != own:
                self.warnings.append(
                    f"{self._path.name} scales its frames itself (layer {inside['name']}), as for frames of "
                    f"{own[0]:g} to {own[1]:g}, but {named('input_range')} is {as_typed('input_range', given)}. "
                    "That is right only if it was trained so."
                )
        return given or had or (0.0, 1.0)

    def _check_known(self, names: tuple[str, ...], center: Center) -> None:
        """Note the facts that every model must have and nobody has said."""
        given, missing = self._settings, []
        if not names:
            missing.append("class_names")
        has_range = bool(self._about) or given.input_range is not None or blueprint.scaling_layer(self._plan)
        if not has_range:
            missing.append("input_range")
        has_region = self._facts is not None or given.roi or given.center_kind or center.kind != "unknown"
        if not has_region:
            missing.append("roi")
        if missing:
            words = ", ".join(named(name) for name in missing)
            usual = usual_facts(load.describe_model(self._path))
            self._faults.add(
                BadOption,
                f"{self._path.name} does not say, and nor do the options: {words}. "
                + describe_line(self._path, {**usual, **self._said()}),
            )

    def _said(self) -> dict[str, Any]:
        """Return what the person has said, as it would be said again."""
        return {name: value for name, value in self._given.items() if name not in ("centers", "template")}

    def _decision(self, names: tuple[str, ...]) -> Decision:
        given, had = self._settings, self._of_file("decision")
        if len(names) != 2:
            for name in ("threshold", "min_duration"):
                if getattr(given, name) is not None:
                    raise BadOption(
                        f"{named(name)} is for models of two classes; with {len(names)}, each frame is of its "
                        "likeliest class. Leave it out."
                    )
            return had or Decision(None, None, None)
        (event,) = event_classes(names)
        threshold = had.threshold if had is not None and had.threshold is not None else HALF
        threshold = threshold if given.threshold is None else given.threshold
        duration = given.min_duration or (had.min_duration if had is not None else 1)
        return Decision(event, names.index(event), threshold, duration)


def _scaled(low: float, high: float) -> str:
    """Return how 8-bit pixels become the numbers that a network takes, as a formula."""
    if (low, high) in ((0, 1), (0, 255)):
        return "x / 255" if high == 1 else "x"
    return f"{low:g} + x * {(high - low) / 255:g}"


def _range_of(rescaling: Mapping[str, Any]) -> tuple[float, float]:
    """Return the range of frames that a Rescaling layer is meant for: 0 to 255 if it makes numbers near 1 of these."""
    return (0.0, 255.0) if blueprint.is_for_bytes(rescaling) else (0.0, 1.0)


def _write_h5(model: Path, copied: Path, about: dict[str, Any]) -> None:
    """Copy an .h5 file, with other metadata."""
    import h5py

    with opened(model):  # which checks it in a process of its own
        shutil.copyfile(model, copied)
    file: h5py.File
    with h5py.File(copied, "r+") as file:
        for name in [name for name in file.attrs if name.removeprefix(ATTRIBUTE).isdigit() or name == ATTRIBUTE]:
            del file.attrs[name]
        write_metadata(file, about)


def _write_keras(model: Path, copied: Path, about: dict[str, Any]) -> None:
    """Copy a .keras file, with other metadata."""
    Parts(model)  # which checks it
    memory = io.BytesIO()
    with zipfile.ZipFile(model) as old, zipfile.ZipFile(memory, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "metadata.json":
                content = json.dumps(
                    plain({**json.loads(content), ATTRIBUTE: {"format": FORMAT, **about}}), allow_nan=False
                ).encode("ascii")
            new.writestr(zipfile.ZipInfo(name, _MADE_ON), content)
    copied.write_bytes(memory.getvalue())


def _compare(plan: blueprint.Blueprint, had: dict[str, Any], about: dict[str, Any], copied: Path, output: Path) -> None:
    """Check that the copy, loaded as all models are, predicts what the network of the model does."""
    low, high = load.input_range(about)
    shape = [side or _ANY_SIDE for side in plan.input_shape]
    sample = np.random.default_rng(0).random((_SAMPLE, *shape), np.float32)
    whole = plan if load.was_trained_here(had) else load.probable(plan)
    expected = save.predictions(blueprint.build(whole), low + sample * (high - low))
    found = save.predictions(load.load_model(copied), sample)
    save.check_alike("copy", found, expected, f"{output} is unchanged.")
