"""Training from end to end: split, augment, build, fit, evaluate, save."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pyside.data.dataset import count_classes
from pyside.errors import BadFrames, BadOption, Faults, NotFinite, OneClass, TouchTrainError
from pyside.evaluation.report import TrainingResult
from pyside.records import plain
from pyside.settings import SMALLEST_SIDE, TrainSettings
from pyside.training import devices, model_files
from pyside.training.split import SIDES, Split, split, tag_values

if TYPE_CHECKING:
    import keras

    from pyside.data.dataset import Dataset
    from pyside.training.batches import Batches
    from pyside.training.checkpoint import Checkpoints
    from pyside.training.progress import TrainingProgress


def train(
    dataset: Dataset,
    model_path: Path,
    settings: TrainSettings,
    progress: Callable[[dict[str, Any]], None] = lambda record: None,
    should_stop: Callable[[], bool] = lambda: False,
    checkpoint: Path | None = None,
) -> TrainingResult:
    """Train a model on a dataset and save it.

    Args:
        dataset: an opened dataset folder.
        model_path: where the model goes; ``name`` and ``name.h5`` both give ``name.h5``.
        settings: how to train.
        progress: called with a record at most some five times a second, and at each epoch's end.
        should_stop: asked after each batch. True ends the training gently, as Ctrl-C does: the best weights so far
            are evaluated and saved.
        checkpoint: the file in which the training keeps what it goes on from when it is broken off, ended with
            ``.npz``; with the one that is there, it goes on and ends as it would have ended unbroken. It is removed at
            the end. None for no checkpoints.

    Returns:
        History, model path, metrics and report.

    Raises:
        BadJob: the checkpoint is of another dataset, or of other settings.
        BadFrames, OneClass, BadOption, BadDataset, PathMissing, NotWritable, DiskFull: before any long work, all
            faults at once.
        NotFinite: the loss became NaN or infinite even in float32.
        ModelNotSaved, DiskFull, NotWritable: the model could not be written. What was there before still is.
    """
    began = time.perf_counter()
    progress({"stage": "reading"})
    path = model_files.with_suffix(model_path).absolute()
    sides = check(dataset, path, settings)
    device = devices.choose_device(settings.execution_environment)
    precision = devices.choose_precision(settings.precision, device)
    with devices.device_scope(device):
        checkpoints = open_checkpoints(checkpoint, dataset, settings, progress)
        batches = make_batches(dataset, sides, settings)
        fitted = fit_model(dataset, batches, settings, precision, progress, should_stop, checkpoints)
        progress({"stage": "evaluating"})
        metrics = {
            side: evaluate(fitted.trainer, batches[side], dataset, getattr(sides, side))
            for side in SIDES[1:]
            if side in batches
        }
        report = describe(dataset, settings, sides) | fitted.outcome(settings)
        report["warnings"] = warnings_of(dataset, sides, settings) + checkpoints.warnings + nothing_learnt(metrics)
        report |= {"metrics": metrics, "device": device, "versions": devices.versions(), "model_path": str(path)}
        progress({"stage": "saving"})
        sample = batches["validation"][0][0].astype(np.float32) / 255
        model_files.save_model(fitted.core, path, metadata(dataset, report), sample)
        checkpoints.remove()
    report["seconds"] = round(time.perf_counter() - began, 3)
    return TrainingResult(fitted.progress.history, str(path), metrics, plain(report))


# --- before any long work ------------------------------------------------------------------------------------------


def check(dataset: Dataset, path: Path, settings: TrainSettings) -> Split:
    """Look for all that can be known to be wrong, and split; NumPy is all it needs, so a host can ask, too.

    Args:
        dataset: what is to be learnt from.
        path: of the model file.
        settings: how to train.

    Returns:
        The sides of the split.

    Raises:
        BadFrames, OneClass, BadOption, BadDataset, PathMissing, NotWritable, DiskFull: all faults at once.
    """
    faults = Faults()
    names = dataset.class_names
    labels = dataset.labels()
    with faults.noting():
        model_files.check_target(path)
    height, width, _ = dataset.image_shape
    if min(height, width) < SMALLEST_SIDE:
        faults.add(
            BadFrames,
            f"The frames are {height} x {width} pixels (height x width). The network needs at least {SMALLEST_SIDE} "
            "pixels a side: cut out a larger region.",
        )
    if isinstance(settings.class_weight, tuple) and len(settings.class_weight) != len(names):
        faults.add(
            BadOption,
            f"ClassWeight (class_weight) has {len(settings.class_weight)} numbers for {len(names)} classes "
            f"({', '.join(names)}). Give one number a class.",
        )
    counts = count_classes(labels, names)
    if sum(number > 0 for number in counts.values()) < 2:
        faults.add(OneClass, f"Training needs labelled frames of at least two classes. There are: {listed(counts)}.")
        faults.raise_any()
    try:
        sides = split(
            labels,
            dataset.groups(),
            settings.validation_fraction,
            settings.test_fraction,
            settings.seed,
            len(names),
            recordings_of(dataset),
            [recording.info["tags"] for recording in dataset.recordings],
        )
    except TouchTrainError as error:
        faults.include(error)
    else:
        on_training = count_classes(labels[sides.training], names)
        if sum(number > 0 for number in on_training.values()) < 2:
            faults.add(
                OneClass,
                f"After holding frames out, those to train on would be of one class only ({listed(on_training)}; the "
                f"whole dataset has {listed(counts)}). Add recordings in which the classes occur.",
            )
    faults.raise_any()
    return sides


def recordings_of(dataset: Dataset) -> np.ndarray:
    """Return the number of its recording for each frame: int64, (n,)."""
    return np.repeat(np.arange(len(dataset.recordings)), [recording.n_frames for recording in dataset.recordings])


def listed(counts: dict[str, int]) -> str:
    """Put counts into words: ``12 frames of NonTouch, 0 of Touch``."""
    return ", ".join(
        f"{number} {'frames ' if n == 0 else ''}of {name}" for n, (name, number) in enumerate(counts.items())
    )


def warnings_of(dataset: Dataset, sides: Split, settings: TrainSettings) -> list[str]:
    """Put into words what the figures of this training cannot show."""
    warnings = list(sides.warnings)
    labels = dataset.labels()
    counts = count_classes(labels, dataset.class_names)
    for side in SIDES:
        numbers = getattr(sides, side)
        there = count_classes(labels[numbers], dataset.class_names)
        for name in dataset.class_names:
            if len(numbers) and counts[name] and not there[name]:
                what = "so the model cannot learn it" if side == "training" else "so its figures do not tell of it"
                warnings.append(
                    f"No frame of the {side} side shows {name}, {what}: all frames of it are in too few groups "
                    "(recordings). Add recordings that show it."
                )
    for name, number in counts.items():
        if number == 0:
            warnings.append(f"The dataset has no frame of the class {name}: the model cannot learn it.")
    height, width, _ = dataset.image_shape
    if settings.augment == "quarter-turns" and height != width:
        warnings.append(
            f"The frames are not square ({height} x {width} pixels), so training frames were varied by half turns "
            "only: a quarter turn would change their shape."
        )
    return warnings


def nothing_learnt(metrics: dict[str, Any]) -> list[str]:
    """Say so where the model tells the classes of the validation side no better than chance."""
    classes = metrics["validation"]["classes"].values()
    present = sum(figures["frames"] > 0 for figures in classes)
    if present < 2 or metrics["validation"]["balanced_accuracy"] > 1 / present + 0.02:
        return []
    return [
        "The model has learnt nothing: on the validation side it is no better than chance. Some trainings never leave "
        "this state: try another Seed, a smaller InitialLearnRate or a longer ValidationPatience. If none of them "
        "helps, check that labels and frames belong together, and add frames."
    ]


# --- the work ------------------------------------------------------------------------------------------------------


def open_checkpoints(
    path: Path | None, dataset: Dataset, settings: TrainSettings, progress: Callable[[dict[str, Any]], None]
) -> Checkpoints:
    """Look for a checkpoint, and say so if there is one."""
    from pyside.training.checkpoint import Checkpoints

    checkpoints = Checkpoints(path, dataset, settings)
    if checkpoints.found:
        progress({"stage": "reading", "said": [checkpoints.found]})
    return checkpoints


def make_batches(dataset: Dataset, sides: Split, settings: TrainSettings) -> dict[str, Batches]:
    """Make the batches of each side; there is no test side unless asked for."""
    from pyside.training.batches import Batches, FrameStore, class_weights

    store = FrameStore(dataset.recordings)
    labels = dataset.labels()
    on_training = count_classes(labels[sides.training], dataset.class_names)
    weights = class_weights(settings.class_weight, list(on_training.values()))
    seed = settings.seed if settings.shuffle else None

    def of(numbers: np.ndarray, seed: int | None = None, weights: np.ndarray | None = None) -> Batches:
        n_classes = len(dataset.class_names)
        return Batches(store, numbers, labels[numbers], n_classes, settings.batch_size, seed, weights)

    batches = {"training": of(sides.training, seed, weights), "validation": of(sides.validation)}
    return batches | ({"test": of(sides.test)} if len(sides.test) else {})


@dataclasses.dataclass
class Fitted:
    """A network after training.

    Attributes:
        core: the network, taking floats in [0, 1].
        trainer: the same with augmentation and scaling in front, taking uint8.
        progress: history and speed.
        precision: the one that it was trained in in the end.
        best_epoch: 1-based, the one of the least validation loss.
    """

    core: keras.Sequential
    trainer: keras.Sequential
    progress: TrainingProgress
    precision: str
    best_epoch: int

    def outcome(self, settings: TrainSettings) -> dict[str, Any]:
        """Return the part of the report that tells how the training went."""
        epochs_run = len(self.progress.history["loss"])
        asked = "asked" if self.progress.asked else None
        return {
            "best_epoch": self.best_epoch,
            "epochs_run": epochs_run,
            "stopped": asked or ("patience" if epochs_run < settings.epochs else None),
            "precision": self.precision,
            "frames_per_second": round(self.progress.frames_per_second, 1),
        }


def fit_model(
    dataset: Dataset,
    batches: dict[str, Batches],
    settings: TrainSettings,
    precision: str,
    progress: Callable[[dict[str, Any]], None],
    should_stop: Callable[[], bool],
    checkpoints: Checkpoints,
) -> Fitted:
    """Build and fit the network; where a mixed precision gives no finite loss, again in float32.

    Args:
        dataset: what is learnt from.
        batches: of the sides.
        settings: how to train.
        precision: to begin with, unless a checkpoint says which one was under way.
        progress: as in `train`.
        should_stop: as in `train`.
        checkpoints: what the training goes on from, and what takes its warnings.

    Returns:
        The network with the best weights, or the last ones if so asked.

    Raises:
        NotFinite: the loss became NaN or infinite in float32 too.
    """
    import keras

    from pyside.training.augment import for_training
    from pyside.training.model import build_model
    from pyside.training.progress import TrainingProgress, gentle_interrupt

    for attempt in dict.fromkeys((checkpoints.precision or precision, "float32")):
        core = build_model(dataset.image_shape, len(dataset.class_names), settings, attempt)
        trainer = for_training(core, dataset.image_shape, settings.augment, settings.seed)
        best = keras.callbacks.EarlyStopping(
            monitor="val_loss",
            mode="min",
            patience=settings.patience or settings.epochs,
            restore_best_weights=settings.restore_best_weights,
        )
        with gentle_interrupt() as interrupted:
            told = TrainingProgress(
                progress, lambda: interrupted() or should_stop(), len(batches["training"].labels), settings.batch_size
            )
            checkpoints.watch(attempt, batches["training"], best, told)
            trainer.fit(
                batches["training"],
                validation_data=batches["validation"],
                initial_epoch=checkpoints.initial_epoch,
                epochs=settings.epochs,
                shuffle=False,  # Keras would draw the order of the batches from a global state
                verbose=0,
                callbacks=[best, told, checkpoints],
            )
        if told.finite:
            return Fitted(core, trainer, told, attempt, best.best_epoch + 1)
        checkpoints.warnings.append(f"The loss was not finite in {attempt}; the training began again in float32.")
        batches["training"].rewind()
    raise NotFinite(
        f"The loss became NaN or infinite, in float32 too. Try a smaller InitialLearnRate (learning_rate) than "
        f"{settings.learning_rate:g}, such as {settings.learning_rate / 10:g}, and look at the class weights."
    )


def evaluate(trainer: keras.Sequential, batches: Batches, dataset: Dataset, numbers: np.ndarray) -> dict[str, Any]:
    """Return the figures of one side, whose frames have these numbers; ``tags`` are those of each value of a tag."""
    from pyside.evaluation.metrics import frame_metrics, metrics_by_tag

    probabilities = trainer.predict(batches, verbose=0)
    seen = batches.labels, probabilities, dataset.class_names
    tags = [recording.info["tags"] for recording in dataset.recordings]
    return {**frame_metrics(*seen), "tags": metrics_by_tag(*seen, recordings_of(dataset)[numbers], tags)}


# --- what is told about it -----------------------------------------------------------------------------------------


def describe(dataset: Dataset, settings: TrainSettings, sides: Split) -> dict[str, Any]:
    """Return the part of the report that is known before the training: dataset, settings, split."""
    labels, groups = dataset.labels(), dataset.groups()
    recordings, tags = recordings_of(dataset), tag_values([recording.info["tags"] for recording in dataset.recordings])
    return {
        "dataset": {
            "path": str(dataset.folder),
            "hash": dataset.hash,
            "class_names": list(dataset.class_names),
            "image_shape": list(dataset.image_shape),
            "frames": len(labels),
            "recordings": len(dataset.recordings),
            "counts": count_classes(labels, dataset.class_names),
        },
        "settings": plain(settings.as_dict()),
        "split": {
            "unit": sides.unit,
            "left_out": len(labels) - sum(len(getattr(sides, side)) for side in SIDES),
            **{
                side: {
                    "frames": len(numbers),
                    "recordings": len(np.unique(recordings[numbers])),
                    "groups": len(np.unique(groups[numbers])),
                    "counts": count_classes(labels[numbers], dataset.class_names),
                    "tags": {
                        tag: {
                            value: count_classes(labels[numbers[np.isin(recordings[numbers], of)]], dataset.class_names)
                            for value, of in values.items()
                        }
                        for tag, values in tags.items()
                    },
                }
                for side in SIDES
                for numbers in [getattr(sides, side)]
            },
        },
    }


def metadata(dataset: Dataset, report: dict[str, Any]) -> dict[str, Any]:
    """Return what the model file tells about itself; `model_files` lists it."""
    known = {"format", "class_names", "image_shape", "recordings", "label_mapping"}
    return {
        "class_names": list(dataset.class_names),
        "image_shape": list(dataset.image_shape),
        "input": {"dtype": "float32", "low": 0, "high": 1, "from_uint8": "x / 255"},
        "roi": dataset.info.get("roi"),
        "contrast": dataset.info.get("contrast"),
        "conversion": {key: value for key, value in dataset.info.items() if key not in known},
        "label_mapping": dataset.info.get("label_mapping"),
        "decision_threshold": 0.5,
        "split": {
            "validation_fraction": report["settings"]["validation_fraction"],
            "test_fraction": report["settings"]["test_fraction"],
            **report["split"],
        },
        "seed": report["settings"]["seed"],
        "settings": report["settings"],
        "versions": report["versions"],
        "dataset_hash": dataset.hash,
        "metrics": report["metrics"],
        "best_epoch": report["best_epoch"],
        "precision": report["precision"],
        "warnings": report["warnings"],
    }
