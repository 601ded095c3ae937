"""Settings of training, of the search for settings, and of the preview of augmentation."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

from pyside.settings.checks import (
    AUGMENTATIONS,
    anything,
    augmentation,
    augmentation_words,
    choice,
    class_weight,
    network,
    number,
    odd,
    optional,
    positive_or_infinite,
    several,
    text,
    whole,
    yes_or_no,
)
from pyside.settings.core import Settings, setting

BACKENDS = ("tensorflow", "jax", "torch")
MONITORS = ("loss", "accuracy", "balanced-accuracy", "f1", "average-precision", "event-error")
LOWER_IS_BETTER = ("loss", "event-error")  # of MONITORS
SMALLEST_SIDE = 18  # pixels: below it the last convolution of the legacy network has nothing left to see


@dataclasses.dataclass(frozen=True)
class TrainSettings(Settings):
    """What `train` can be told."""

    epochs: int = setting(100, whole(1), "Most passes over the training frames.", "MaxEpochs")
    batch_size: int = setting(64, whole(1), "Frames in one step of the optimizer.", "MiniBatchSize")
    learning_rate: float = setting(1e-3, number(0, above=True), "Step length of Adam.", "InitialLearnRate")
    learning_rate_schedule: str = setting(
        "none",
        choice("none", "plateau", "piecewise", "cosine"),
        "How the learning rate falls: not, when validation gets no better, every so many epochs, or as a cosine.",
        "LearnRateSchedule",
    )
    learning_rate_drop_factor: float = setting(
        0.3, number(0, 1, above=True, below=True), "What the learning rate is multiplied with.", "LearnRateDropFactor"
    )
    learning_rate_drop_period: int = setting(
        5,
        whole(1),
        "Epochs after which it is: all ('piecewise'), or without a better one ('plateau').",
        "LearnRateDropPeriod",
    )
    l2: float = setting(0.0, number(0), "Factor of half the weights' squares in the loss.", "L2Regularization")
    gradient_threshold: float | None = setting(
        None, positive_or_infinite, "Most that a gradient may be; Inf for any.", "GradientThreshold"
    )
    gradient_threshold_method: str = setting(
        "l2norm",
        choice("l2norm", "global-l2norm", "absolute-value"),
        "What of a gradient is kept below the threshold: the norm of each, the norm of all, or each value.",
        "GradientThresholdMethod",
    )
    monitor: str = setting(
        "loss",
        choice(*MONITORS),
        "Figure of the validation side that tells which epoch is best.",
        "ObjectiveMetricName",
    )
    patience: int | None = setting(
        10,
        whole(1, infinite=True),
        "Epochs without a better validation figure after which training stops; Inf for never.",
        "ValidationPatience",
    )
    restore_best_weights: bool = setting(
        True,
        yes_or_no,
        "Whether the model is that of the best epoch, or of the last.",
        "OutputNetwork",
        {"best-validation": True, "last-iteration": False},
    )
    shuffle: bool = setting(
        True,
        yes_or_no,
        "Whether each epoch sees the training frames in a new order.",
        None,
        {"every-epoch": True, "never": False},
    )
    validation_fraction: float = setting(
        0.2, number(0, 0.9, above=True), "Share of the frames held out to validate on, as whole groups."
    )
    test_fraction: float = setting(
        0.0, number(0, 0.9), "Share of the frames held out wholly, for figures at the very end."
    )
    folds: int | None = setting(
        None,
        optional(whole(2)),
        "Number of parts for cross-validation: as many trainings more, each held out one part of the recordings.",
    )
    on_duplicates: str = setting(
        "error",
        choice("error", "together"),
        "Whether equal frames in two groups that would go to two sides are an error, or keep the two on one side.",
    )
    augment: tuple[tuple[str, float], ...] = setting(
        AUGMENTATIONS["legacy"],
        augmentation,
        "How training frames are varied: 'none', 'legacy' (quarter turns), 'standard', 'strong', or operations.",
        written=augmentation_words,
    )
    class_weight: str | tuple[float, ...] = setting(
        "balanced", class_weight, "Weight of each class in the loss: 'balanced', 'none', or one number a class."
    )
    oversample: float | None = setting(
        None,
        optional(number(0, 1, above=True)),
        "Share of the frames of an epoch that the rarest class is brought to by repeating its frames.",
    )
    hard_negatives: float | None = setting(
        None,
        optional(number(0, 1)),
        "Share of hard ones among the negative frames of an epoch: those near a touch. Default: as they come.",
    )
    hard_negative_window: int = setting(20, whole(1), "Frames around a touch in which a negative frame is hard.")
    loss: str = setting(
        "cross-entropy", choice("cross-entropy", "focal"), "Loss; 'focal' looks more at frames that are still wrong."
    )
    focal_gamma: float = setting(2.0, number(0, 10), "How much more the focal loss looks at wrong frames.")
    network: str = setting(
        "legacy", network, "Network: 'legacy', 'small', 'context', or a function of yours as 'file.py:function'."
    )
    context_frames: int = setting(
        7, odd(3, 31), "Frames that the network 'context' sees: the one asked for, those around."
    )
    initial_model: str | None = setting(
        None, optional(text), "Model file to go on training from, instead of new weights. Old ones will do."
    )
    freeze_convolutions: bool = setting(
        False, yes_or_no, "Whether the convolutions of the initial model stay as they are."
    )
    convolution_filters: tuple[int, ...] = setting(
        (32, 32, 64, 64, 64, 64), several(whole(1), 6, "whole numbers"), "Filters of the six convolutions."
    )
    dense_units: int = setting(512, whole(1), "Units of the dense layer.")
    dropout_rates: tuple[float, ...] = setting(
        (0.25, 0.25, 0.25, 0.4),
        several(number(0, 1, below=True), 4, "numbers"),
        "Dropout after each of the three blocks and after the dense layer.",
    )
    precision: str = setting(
        "auto",
        choice("auto", "float32", "mixed_bfloat16", "mixed_float16"),
        "Precision of the arithmetic; 'auto' takes what is fast on the device.",
    )
    execution_environment: str = setting(
        "auto", choice("auto", "cpu", "gpu"), "Where to compute; 'auto' takes a GPU if there is one."
    )
    backend: str = setting(
        "tensorflow", choice(*BACKENDS), "What Keras computes with; jax and torch have to be installed besides."
    )
    memory_limit: float | None = setting(
        None,
        optional(number(0, 1e6, above=True)),
        "Gigabytes of frames held in memory at most; larger sets are read from disk. Default: a quarter of the memory.",
    )
    also_save: tuple[str, ...] = setting(
        (),
        several(choice("keras", "tensorflow"), None, "a list of forms"),
        "Forms that the model is saved in beside the .h5: 'keras' (a file), 'tensorflow' (a SavedModel folder).",
    )
    frame_rate: float | None = setting(
        None, optional(number(0, above=True)), "Frames a second, for figures in ms beside those in frames."
    )
    annotations: Any = setting(
        None, anything, "Label files of other people on the same recordings, to tell how far people agree."
    )
    learning_curve: bool = setting(
        False, yes_or_no, "Whether trainings on 1/8, 1/4 and 1/2 of the recordings tell if more would help."
    )
    report: bool = setting(True, yes_or_no, "Whether a report with pictures is written beside the model.")
    keep_previous: bool = setting(
        True,
        yes_or_no,
        "Whether a model that is replaced is kept, once and with its report: name.previous.h5 beside name.h5.",
    )
    seed: int = setting(0, whole(0, 2**31 - 1), "Seed of everything random: the same seed gives the same weights.")

    @property
    def context(self) -> int:
        """How many frames the network sees at a time."""
        return self.context_frames if self.network == "context" else 1


def with_files(settings: Mapping[str, Any], replaced: Callable[[str], str]) -> dict[str, Any]:
    """Return the settings of a training, as plain values, with every file that they name replaced by another name.

    Args:
        settings: what `TrainSettings.as_dict` returned.
        replaced: called with each file of the network, the initial model and the annotations.
    """
    found = dict(settings)
    file, colon, function = str(found["network"]).rpartition(":")
    if colon:
        found["network"] = f"{replaced(file)}:{function}"
    if found["initial_model"]:
        found["initial_model"] = replaced(found["initial_model"])
    files = found["annotations"]
    if isinstance(files, Mapping):
        found["annotations"] = {str(name): replaced(str(one)) for name, one in files.items()}
    elif files:
        several = list(files) if isinstance(files, (list, tuple)) else [files]
        found["annotations"] = [replaced(str(one)) for one in several]
    return found


@dataclasses.dataclass(frozen=True)
class TuneSettings(TrainSettings):
    """What `tune` can be told."""

    trials: int = setting(20, whole(1), "Trainings that a search does at most, each with other values.")

    @property
    def training(self) -> TrainSettings:
        """The settings of one training."""
        return TrainSettings(**{field.name: getattr(self, field.name) for field in dataclasses.fields(TrainSettings)})


@dataclasses.dataclass(frozen=True)
class PreviewSettings(Settings):
    """What `preview_augmentation` can be told."""

    augment: tuple[tuple[str, float], ...] = setting(
        AUGMENTATIONS["legacy"],
        augmentation,
        "How frames are varied, as a training is told.",
        written=augmentation_words,
    )
    examples: int = setting(8, whole(1, 100), "How many frames are shown, a row each.")
    variants: int = setting(6, whole(1, 50), "How many variants of each.")
    seed: int = setting(0, whole(0, 2**31 - 1), "Seed of everything random: the same seed gives the same sheet.")
