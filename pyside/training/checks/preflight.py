"""Checks before a training, and warnings about what its figures cannot show; needs only NumPy."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from pyside.compute import devices
from pyside.data.dataset import FrameTable, count_classes, taken
from pyside.errors import BadFrames, BadOption, Faults, OneClass, TouchTrainError, some
from pyside.evaluation.events import event_classes
from pyside.models import files, output_files
from pyside.settings.core import in_words, named, set_to
from pyside.settings.training import SMALLEST_SIDE, TrainSettings
from pyside.training.checks import networks
from pyside.training.checks.annotators import check_annotations
from pyside.training.checks.mirroring import warnings_of_turns
from pyside.training.splitting.cross_validation import check_number
from pyside.training.splitting.split import split
from pyside.training.splitting.subsets import SIDES, Split

if TYPE_CHECKING:
    from pyside.data.dataset import Dataset

MOST_NAMED = 12  # classes that are named one by one
_OF_TOUCHES = ("f1", "average-precision", "event-error")  # figures that need touches


def check(dataset: Dataset, path: Path, settings: TrainSettings, table: FrameTable | None = None) -> Split:
    """Run all checks, and split; needs only NumPy, so a host can call it too.

    Args:
        dataset: the training data.
        path: of the model file.
        settings: how to train.
        table: of all its frames, with other groups than in the dataset; by default, the dataset's own.

    Returns:
        The sides of the split.

    Raises:
        BadFrames, OneClass, BadOption, BadDataset, PathMissing, NotWritable, DiskFull: all faults at once.
    """
    faults = Faults()
    names = dataset.class_names
    table = dataset.table if table is None else table
    labels = table.labels
    with faults.noting():
        output_files.check_names(path, settings)
    height, width, _ = dataset.image_shape
    if min(height, width) < SMALLEST_SIDE:
        faults.add(
            BadFrames,
            f"The frames are {height} x {width} pixels (height x width). The network needs at least {SMALLEST_SIDE} "
            "pixels per side: cut out a larger region.",
        )
    _check_options(dataset, settings, faults)
    counts = count_classes(labels, names)
    if sum(number > 0 for number in counts.values()) < 2:
        faults.add(OneClass, f"Training needs labelled frames of at least two classes. There are: {listed(counts)}.")
        faults.raise_any()
    try:
        sides = split(table, settings.validation_fraction, settings.test_fraction, settings.seed)
    except TouchTrainError as error:
        faults.include(error)
    else:
        on_training = count_classes(taken(labels, sides.training), names)
        if sum(number > 0 for number in on_training.values()) < 2:
            faults.add(
                OneClass,
                f"Without the held-out frames, the training side would have one class only ({listed(on_training)}; "
                f"the whole dataset has {listed(counts)}). {_more_groups(dataset, 'in which the classes occur')}",
            )
        check_monitor(table[sides.validation], settings, faults)
        if settings.folds:
            with faults.noting():
                there = labels >= 0
                there[sides.test] = False
                n_groups = len(np.unique(table.groups[there]))
                check_number(n_groups, settings.folds, len(sides.test) > 0)
    faults.raise_any()
    return sides


def _check_options(dataset: Dataset, settings: TrainSettings, faults: Faults) -> None:
    """Check the options that do not depend on the split."""
    names = dataset.class_names
    with faults.noting():
        networks.input_shape(dataset.image_shape, settings)
    with faults.noting():
        networks.check_builder(settings.network)
    if settings.initial_model is not None:
        with faults.noting():
            files.check_source(Path(settings.initial_model))
    elif settings.freeze_convolutions:
        faults.add(
            BadOption,
            f"{named('freeze_convolutions')} is true, but there is no {named('initial_model')} whose convolutions "
            "could be frozen. Name one, or leave out the option.",
        )
    if settings.devices != 1 and settings.backend != "jax":
        faults.add(
            BadOption,
            f"{named('devices')} is {in_words('devices', settings.devices)}, but {named('backend')} is "
            f"'{settings.backend}', and only JAX trains on several devices. Set {set_to('backend', 'jax')}, or "
            f"{set_to('devices', 1)}.",
        )
    elif settings.devices != "all":  # how many that is, only JAX knows
        with faults.noting():
            devices.check_batch(int(settings.devices), settings.devices, settings.batch_size)
    if settings.scheduler is None:
        for name in ("cores_per_training", "memory_per_training"):
            if getattr(settings, name) is not None:
                faults.add(
                    BadOption,
                    f"{named(name)} is for trainings on the workers of a cluster. Name its "
                    f"{named('scheduler')}, too, or leave out {named(name)}.",
                )
    if settings.annotations:
        with faults.noting():
            check_annotations(settings.annotations, dataset)
    if isinstance(settings.class_weight, tuple) and len(settings.class_weight) != len(names):
        faults.add(
            BadOption,
            f"{named('class_weight')} has {len(settings.class_weight)} numbers for {len(names)} classes "
            f"({', '.join(names)}). Give one number per class.",
        )


def check_monitor(validation: FrameTable, settings: TrainSettings, faults: Faults) -> None:
    """Make sure that the monitored figure can be calculated on the validation side."""
    if settings.monitor not in _OF_TOUCHES:
        return
    names = event_classes(validation.class_names)
    wanted = [validation.class_names.index(name) for name in names]
    if not np.isin(validation.labels, wanted).any():
        faults.add(
            BadOption,
            f"{named('monitor')} is '{settings.monitor}', but the validation side has no frame of "
            f"{' or '.join(names)}. Monitor 'loss', or add recordings.",
        )
    elif settings.monitor == "event-error" and not np.any(validation.frame_numbers >= 0):
        faults.add(
            BadOption,
            f"{named('monitor')} is 'event-error', but the frames are loose images without an order in time, so there "
            "are no touches to count. Monitor 'loss' or 'f1'.",
        )


def listed(counts: dict[str, int]) -> str:
    """Return counts as text: ``12 frames of NonTouch, 0 of Touch``."""
    rows = [f"{number} {'frames ' if n == 0 else ''}of {name}" for n, (name, number) in enumerate(counts.items())]
    return some(rows, MOST_NAMED)


def warnings_of(dataset: Dataset, sides: Split, settings: TrainSettings) -> list[str]:
    """Return warnings about what the figures of this training cannot show."""
    warnings = list(sides.warnings)
    labels = dataset.table.labels
    counts = count_classes(labels, dataset.class_names)
    for side in SIDES:
        numbers = getattr(sides, side)
        there = count_classes(taken(labels, numbers), dataset.class_names)
        absent = [name for name in dataset.class_names if len(numbers) and counts[name] and not there[name]]
        what = "so the model cannot learn it" if side == "training" else "so its figures do not cover it"
        warnings += [
            f"No frame of the {side} side shows {name}, {what}: too few groups (recordings) have frames of it. "
            f"{_more_groups(dataset, 'that show it')}"
            for name in (absent if len(absent) <= MOST_NAMED else [f"{len(absent):,} of the classes ({some(absent)})"])
        ]
    without = [name for name, number in counts.items() if number == 0]
    if len(without) > MOST_NAMED:
        without = [f"any of {len(without):,} names ({some(without)})"]
    warnings += [f"The dataset has no frame of the class {name}: the model cannot learn it." for name in without]
    height, width, _ = dataset.image_shape
    if "quarter-turns" in dict(settings.augment) and height != width:
        warnings.append(
            f"The frames are not square ({height} x {width} pixels), so training frames were varied by half turns "
            "only: a quarter turn would change their shape."
        )
    warnings += _unused(settings)
    return warnings + warnings_of_turns(dataset.class_names, settings.augment)


def _more_groups(dataset: Dataset, which: str) -> str:
    """Return the advice for a class with too few groups."""
    if all(one.info["source"].get("kind") == "images" for one in dataset.recordings):
        return (
            "Groups are the folders within the class folders, or what the option "
            f"{named('group_pattern')} finds: divide the images of each class into several groups, and convert again."
        )
    return f"Add recordings {which}."


def _unused(settings: TrainSettings) -> list[str]:
    """Warn about settings of a new network that were given together with an initial model."""
    if settings.initial_model is None:
        return []
    asked = [
        named(field.name)
        for field in dataclasses.fields(settings)
        if field.name in ("network", "convolution_filters", "dense_units", "dropout_rates")
        and getattr(settings, field.name) not in (field.default, "context")
    ]
    if not asked:
        return []
    were = "was" if len(asked) == 1 else "were"
    return [f"{', '.join(asked)} {were} not used: the network comes from the {named('initial_model')}."]
