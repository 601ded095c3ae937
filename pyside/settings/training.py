"""Settings of `train`, `tune` and `preview_augmentation`."""

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
    file_name,
    network,
    number,
    number_or_all,
    odd,
    optional,
    positive_or_infinite,
    several,
    whole,
    yes_or_no,
)
from pyside.settings.cluster import TrainingsSettings
from pyside.settings.core import Settings, setting

BACKENDS = ("tensorflow", "jax", "torch")
RUNTIMES = ("auto", "keras", "openvino", "onnxruntime")
MONITORS = ("loss", "accuracy", "balanced-accuracy", "f1", "average-precision", "event-error")
LOWER_IS_BETTER = ("loss", "event-error")  # among MONITORS
USUAL_RATE = 1e-3  # learning rate of Adam
WHERE = ("devices", *(field.name for field in dataclasses.fields(TrainingsSettings)))  # settings of who computes
SMALLEST_SIDE = 18  # pixels: with smaller frames, the last convolution of the legacy network has no input left


@dataclasses.dataclass(frozen=True)
class TrainSettings(TrainingsSettings):
    """Settings of `train`."""

    epochs: int = setting(100, whole(1), "Maximum number of passes over the training frames.", "MaxEpochs")
    batch_size: int = setting(64, whole(1), "Frames per step of the optimizer.", "MiniBatchSize")
    learning_rate: float = setting(USUAL_RATE, number(0, above=True), "Learning rate of Adam.", "InitialLearnRate")
    learning_rate_schedule: str = setting(
        "none",
        choice("none", "plateau", "piecewise", "cosine"),
        "How the learning rate falls: not, when validation stops improving, every few epochs, or as a cosine.",
        "LearnRateSchedule",
    )
    learning_rate_drop_factor: float = setting(
        0.3, number(0, 1, above=True, below=True), "Factor by which the learning rate falls.", "LearnRateDropFactor"
    )
    learning_rate_drop_period: int = setting(
        5,
        whole(1),
        "Epochs until the learning rate falls: all ('piecewise'), or those without improvement ('plateau').",
        "LearnRateDropPeriod",
    )
    l2: float = setting(
        0.0, number(0), "L2 penalty: factor of half the sum of squared weights in the loss.", "L2Regularization"
    )
    gradient_threshold: float | None = setting(
        None, positive_or_infinite, "Gradients are clipped at this threshold; Inf: never.", "GradientThreshold"
    )
    gradient_threshold_method: str = setting(
        "l2norm",
        choice("l2norm", "global-l2norm", "absolute-value"),
        "What is clipped: the norm of each gradient, the norm of all gradients, or each value.",
        "GradientThresholdMethod",
    )
    monitor: str = setting(
        "loss",
        choice(*MONITORS),
        "Validation metric that decides which epoch is best.",
        "ObjectiveMetricName",
    )
    patience: int | None = setting(
        10,
        whole(1, infinite=True),
        "Epochs without improvement in validation after which training stops; Inf: never.",
        "ValidationPatience",
    )
    restore_best_weights: bool = setting(
        True,
        yes_or_no,
        "Whether to keep the weights of the best epoch, or of the last.",
        "OutputNetwork",
        {"best-validation": True, "last-iteration": False},
    )
    shuffle: bool = setting(
        True,
        yes_or_no,
        "Whether to shuffle the training frames anew for each epoch.",
        None,
        {"every-epoch": True, "never": False},
    )
    validation_fraction: float = setting(
        0.2, number(0, 0.9, above=True), "Share of the frames held out for validation, as whole groups."
    )
    test_fraction: float = setting(0.0, number(0, 0.9), "Share of the frames held out for the test at the very end.")
    folds: int | None = setting(
        None,
        optional(whole(2)),
        "Folds of a cross-validation: as many additional trainings, each with another fold of recordings held out.",
    )
    on_duplicates: str = setting(
        "error",
        choice("error", "together"),
        "If groups on different sides share equal frames: raise an error, or keep these groups together on one side.",
    )
    augment: tuple[tuple[str, float], ...] = setting(
        AUGMENTATIONS["legacy"],
        augmentation,
        "Augmentation of training frames: 'none', 'legacy' (quarter turns), 'standard', 'strong', or operations.",
        written=augmentation_words,
    )
    class_weight: str | tuple[float, ...] = setting(
        "balanced", class_weight, "Weight of each class in the loss: 'balanced', 'none', or one number per class."
    )
    oversample: float | None = setting(
        None,
        optional(number(0, 1, above=True)),
        "Share of the rarest class in the frames of an epoch, reached by repeating its frames.",
    )
    hard_negatives: float | None = setting(
        None,
        optional(number(0, 1)),
        "Share of frames near a touch among the negative frames of an epoch. Default: as in the dataset.",
    )
    hard_negative_window: int = setting(20, whole(1), "Frames around a touch in which a negative frame is hard.")
    loss: str = setting(
        "cross-entropy",
        choice("cross-entropy", "focal"),
        "Loss function; 'focal' gives more weight to frames that are still wrong.",
    )
    focal_gamma: float = setting(2.0, number(0, 10), "Focusing parameter gamma of the focal loss.")
    network: str = setting(
        "legacy",
        network,
        "Network: 'legacy', 'small', 'context', or your own function as 'file.py:function'.",
        names_file=True,
        kind="python",
    )
    context_frames: int = setting(
        7, odd(3, 31), "Frames that the network 'context' takes: the classified frame and its neighbours."
    )
    initial_model: str | None = setting(
        None,
        optional(file_name),
        "Model file to start from instead of new weights; old models work, too.",
        names_file=True,
        kind="model",
    )
    freeze_convolutions: bool = setting(
        False, yes_or_no, "Whether to leave the convolutions of the initial model unchanged."
    )
    convolution_filters: tuple[int, ...] = setting(
        (32, 32, 64, 64, 64, 64), several(whole(1), 6, "whole numbers"), "Numbers of filters of the six convolutions."
    )
    dense_units: int = setting(512, whole(1), "Units of the dense layer.")
    dropout_rates: tuple[float, ...] = setting(
        (0.25, 0.25, 0.25, 0.4),
        several(number(0, 1, below=True), 4, "numbers"),
        "Dropout rates after each of the three blocks and after the dense layer.",
    )
    precision: str = setting(
        "auto",
        choice("auto", "float32", "mixed_bfloat16", "mixed_float16"),
        "Precision of the computation; 'auto': the fastest on the device.",
    )
    execution_environment: str = setting(
        "auto", choice("auto", "cpu", "gpu"), "Device to train on; 'auto' uses a GPU if there is one."
    )
    backend: str = setting(
        "tensorflow", choice(*BACKENDS), "Backend of Keras; jax and torch must be installed separately."
    )
    runtime: str = setting(
        "keras",
        choice(*RUNTIMES),
        "Program that evaluates the trained network: 'keras', which trains it; 'openvino' or 'onnxruntime', which must "
        "be installed, in float32; or 'auto', the fastest that is.",
    )
    devices: int | str = setting(
        1,
        number_or_all,
        "Devices of this machine, such as its GPUs, that share each batch: a number, or 'all'. More than 1 need the "
        "backend 'jax'.",
    )
    memory_limit: float | None = setting(
        None,
        optional(number(0, 1e6, above=True)),
        "Most gigabytes of frames held in memory; larger datasets are read from disk. Default: a quarter of memory.",
    )
    also_save: tuple[str, ...] = setting(
        (),
        several(choice("keras", "tensorflow", "onnx"), None, "a list of formats"),
        "Further formats of the model, beside the .h5: 'keras' (a file), 'tensorflow' (a SavedModel folder), 'onnx' (a "
        "file).",
    )
    frame_rate: float | None = setting(
        None, optional(number(0, above=True)), "Frames per second, to report times in ms as well as in frames."
    )
    annotations: Any = setting(
        None,
        anything,
        "Label files of the same recordings by other annotators, to measure their agreement.",
        names_file=True,
        kind="labels",
    )
    include_machine_labels: bool = setting(
        False, yes_or_no, "Whether annotations may be labels that a model wrote and nobody changed."
    )
    learning_curve: bool = setting(
        False, yes_or_no, "Whether to train on 1/8, 1/4 and 1/2 of the recordings, to see if more would help."
    )
    report: bool = setting(True, yes_or_no, "Whether to write a report with pictures beside the model.")
    store_probes: bool = setting(
        True,
        yes_or_no,
        "Whether the model file carries some frames, by which each load of it is checked and int8 is calibrated; false "
        "for confidential videos.",
    )
    keep_previous: bool = setting(
        True,
        yes_or_no,
        "Whether to keep one replaced model with its report, as name.previous.h5 beside name.h5.",
    )
    seed: int = setting(0, whole(0, 2**31 - 1), "Random seed: the same seed gives the same weights.")

    @property
    def context(self) -> int:
        """Number of frames that the network takes to classify one."""
        return self.context_frames if self.network == "context" else 1

    @property
    def lasting(self) -> dict[str, Any]:
        """The settings that models and reports record: all but those of the cluster, which change nothing."""
        return {name: value for name, value in self.record.items() if name not in WHERE[1:]}

    @property
    def identity(self) -> dict[str, Any]:
        """The settings that an interrupted training must have when it goes on: all but those of who computes."""
        return {name: value for name, value in self.record.items() if name not in WHERE}


def with_files(settings: Mapping[str, Any], replaced: Callable[[str], str]) -> dict[str, Any]:
    """Return the settings of a training, as plain values, with each file that they name replaced.

    Args:
        settings: result of `TrainSettings.as_dict`.
        replaced: returns the new name of a file of the network, the initial model or the annotations.
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
    """Settings of `tune`."""

    trials: int = setting(20, whole(1), "Maximum number of trainings, each with other values.")
    parallel_trials: int | None = setting(
        None,
        optional(whole(1, 1000)),
        "Trials that run at the same time on a cluster. The values that are tried depend on it, also on one computer: "
        "with 4, those of trial 9 are chosen by the results of trials 1 to 5. Default: 4 with a scheduler, else 1.",
    )

    @property
    def lag(self) -> int:
        """Number of a trial minus that of the last one by whose result its values are chosen."""
        return self.parallel_trials or (1 if self.scheduler is None else 4)

    @property
    def training(self) -> TrainSettings:
        """The settings of one training."""
        return TrainSettings(**{field.name: getattr(self, field.name) for field in dataclasses.fields(TrainSettings)})


@dataclasses.dataclass(frozen=True)
class PreviewSettings(Settings):
    """Settings of `preview_augmentation`."""

    augment: tuple[tuple[str, float], ...] = setting(
        AUGMENTATIONS["legacy"],
        augmentation,
        "Augmentation, as for training.",
        written=augmentation_words,
    )
    examples: int = setting(8, whole(1, 100), "Number of frames to show, one per row.")
    variants: int = setting(6, whole(1, 50), "Number of variants of each frame.")
    seed: int = setting(0, whole(0, 2**31 - 1), "Random seed: the same seed gives the same picture.")
