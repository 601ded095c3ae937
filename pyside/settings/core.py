"""All settings: what they are called in Python, on the command line and in MATLAB, their defaults and checks.

A command's settings are one frozen dataclass, and a field is the one place where a setting is described. Python
spells it ``batch_size``, the command line ``--batch-size``, MATLAB ``MiniBatchSize``: Keras's words on this side, the
Deep Learning Toolbox's on that side where it has the thing, else the same words in CamelCase.
"""

from __future__ import annotations

import dataclasses
import difflib
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, TypeVar

from pyside.errors import BadOption, Faults, UnknownOption
from pyside.settings.checks import (
    AUGMENTATIONS,
    Check,
    anything,
    augmentation,
    augmentation_words,
    choice,
    class_names,
    class_weight,
    first_and_last,
    label_values,
    named,
    network,
    number,
    odd,
    optional,
    pattern,
    pixel_range,
    positive_or_infinite,
    several,
    side_or_sides,
    text,
    whole,
    whole_signed,
    yes_or_no,
)

Spelling = Literal["python", "matlab"]
SettingsType = TypeVar("SettingsType", bound="Settings")


def setting(
    default: Any,
    check: Check,
    doc: str,
    matlab: str | None = None,
    matlab_values: Mapping[str, Any] | None = None,
    written: Check | None = None,
) -> Any:
    """Describe one setting, as a dataclass field.

    Args:
        default: the value when nothing is said.
        check: turns what the user passed into the value meant.
        doc: one sentence for the help of all three faces.
        matlab: the MATLAB spelling where it is not the CamelCase of the field's name.
        matlab_values: MATLAB's words for values, where they differ: its word to our value.
        written: turns the value meant into what is written down and shown, which `check` takes too.
    """
    metadata = {"check": check, "doc": doc, "matlab": matlab, "matlab_values": matlab_values, "written": written}
    return dataclasses.field(default=default, metadata=metadata)


def _camel(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))


def spelled(field: dataclasses.Field[Any], spelling: Spelling) -> str:
    """Return the name of a setting in one spelling."""
    return field.name if spelling == "python" else field.metadata["matlab"] or _camel(field.name)


@dataclasses.dataclass(frozen=True)
class Settings:
    """The settings of one command, checked when they are made from a user's options."""

    @classmethod
    def from_options(
        cls: type[SettingsType], options: Mapping[str, Any], spelling: Spelling = "python"
    ) -> SettingsType:
        """Check a user's options and fill in the defaults.

        Args:
            options: name to value; MATLAB's names in any case, as MATLAB takes its own.
            spelling: whose names they are.

        Raises:
            UnknownOption: a name that this command does not have; the message names the nearest ones.
            BadOption: a value that a setting cannot take. All faults are told at once.
        """
        fields = {spelled(field, spelling): field for field in dataclasses.fields(cls)}
        by_lower_case = {name.lower(): name for name in fields}
        faults = Faults()
        values: dict[str, Any] = {}
        for given, value in options.items():
            name = by_lower_case.get(given.lower(), given) if spelling == "matlab" else given
            if name not in fields:
                faults.add(UnknownOption, unknown_option(given, list(fields)))
                continue
            try:
                values[fields[name].name] = checked(fields[name], value, spelling)
            except ValueError as error:
                faults.add(BadOption, f"{name} must be {error}. It is {_shown(value, spelling)}.")
        faults.raise_any()
        return cls(**values)

    @classmethod
    def help(cls, spelling: Spelling = "python") -> list[dict[str, Any]]:
        """Return one record a setting: name, default and what it does."""
        rows = []
        for field in dataclasses.fields(cls):
            default = written(field, field.default)
            for word, value in (field.metadata["matlab_values"] or {}).items():
                if spelling == "matlab" and value == default:
                    default = word
            rows.append({"name": spelled(field, spelling), "default": default, "doc": field.metadata["doc"]})
        return rows

    def as_dict(self) -> dict[str, Any]:
        """Return the settings in Python's spelling, as plain values that JSON can hold."""
        return {field.name: written(field, getattr(self, field.name)) for field in dataclasses.fields(self)}


def written(field: dataclasses.Field[Any], value: Any) -> Any:
    """Return the value of a setting as it is written down and shown."""
    return field.metadata["written"](value) if field.metadata["written"] else value


def checked(field: dataclasses.Field[Any], value: Any, spelling: Spelling) -> Any:
    """Return what a user's value of a setting means.

    Raises:
        ValueError: it is none; the text goes on after "must be".
    """
    words = field.metadata["matlab_values"]
    if spelling == "matlab" and words:
        return words[choice(*words)(value)]
    return field.metadata["check"](value)


def _shown(value: Any, spelling: Spelling) -> str:
    try:
        shown = repr(value)
    except ValueError:  # a whole number of thousands of digits
        shown = "a huge number"
    if spelling == "matlab":
        shown = {"None": "NaN", "True": "true", "False": "false"}.get(shown, shown)
    return shown if len(shown) <= 80 else shown[:77] + "..."


def nearest(name: str, known: Sequence[str]) -> list[str]:
    """Return up to three of the `known` names that `name` may have been meant for, most alike first."""
    lower = {item.lower(): item for item in known}
    found = difflib.get_close_matches(name.lower(), list(lower), n=3, cutoff=0.5)
    return [lower[item] for item in found]


def unknown_option(given: str, known: Sequence[str]) -> str:
    """Return the sentence that tells of an unknown name, with those that it may have been meant for."""
    near = nearest(given, known)
    if near:
        return f"There is no option {given}. Did you mean {' or '.join(near)}?"
    return f"There is no option {given}. The options are: {', '.join(sorted(known))}."


def part_options(
    options: Mapping[str, Any], *kinds: type[Settings], spelling: Spelling = "python"
) -> list[dict[str, Any]]:
    """Part options that belong to several commands among them.

    Args:
        options: name to value.
        kinds: the commands' settings, in the order of the answer.
        spelling: whose names they are.

    Returns:
        One dict of options for each of `kinds`.

    Raises:
        UnknownOption: a name that none of them has.
    """
    parts: list[dict[str, Any]] = [{} for _ in kinds]
    faults = Faults()
    names = [{spelled(field, spelling).lower() for field in dataclasses.fields(kind)} for kind in kinds]
    everything = [spelled(field, spelling) for kind in kinds for field in dataclasses.fields(kind)]
    for given, value in options.items():
        owners = [part for part, known in zip(parts, names, strict=True) if given.lower() in known]
        for part in owners:
            part[given] = value
        if not owners:
            faults.add(UnknownOption, unknown_option(given, everything))
    faults.raise_any()
    return parts


FRAME_ORDERS = ("auto", "HWN", "HWCN", "NHW", "NHWC")
CONTRASTS = ("none", "stretch", "equalize")
DEFAULT_CLASS_NAMES = ("NonTouch", "Touch")
FRAME_ORDER_DOC = "Order of the axes of frames: N frames, H rows, W columns, C channels."
PIXEL_RANGE_DOC = "The numbers that mean black and white. Needed for single and double frames."
LABEL_VARIABLE_DOC = (
    "Which variable of the label file to take. Default: the one called labels, else the only one that fits."
)
CONTRAST_DOC = "What is done to each frame's contrast: nothing, a stretch as by imadjust, or equalized as by histeq."
BACKENDS = ("tensorflow", "jax", "torch")
MONITORS = ("loss", "accuracy", "balanced-accuracy", "f1", "average-precision", "event-error")
LOWER_IS_BETTER = ("loss", "event-error")  # of MONITORS
SMALLEST_SIDE = 18  # pixels: below it the last convolution of the legacy network has nothing left to see


@dataclasses.dataclass(frozen=True)
class LabelSettings(Settings):
    """How labels become classes, wherever they come from."""

    class_names: tuple[str, ...] = setting(
        DEFAULT_CLASS_NAMES, class_names, "Names of the classes; a class's place in the list is its index."
    )
    label_values: tuple[Any, ...] | None = setting(
        None,
        optional(label_values),
        "What stands in the labels for each class, in the order of the class names: a value, or a list of several.",
    )


@dataclasses.dataclass(frozen=True)
class ConversionSettings(Settings):
    """What every conversion of files can be told."""

    contrast: str = setting("none", choice(*CONTRASTS), CONTRAST_DOC)
    check: bool = setting(False, yes_or_no, "Whether it is only told what would come of it; nothing is written then.")


@dataclasses.dataclass(frozen=True)
class SharedWorkSettings(Settings):
    """What a conversion that several processes can share can be told."""

    workers: int | None = setting(
        None, optional(whole(1)), "How many processes share the work. Default: one a core where it pays."
    )


@dataclasses.dataclass(frozen=True)
class ArraySettings(LabelSettings):
    """What `convert_arrays` can be told."""

    recordings: Any = setting(
        None, anything, "Name of each recording, or for a single array one name or id a frame. Default: numbered."
    )
    frame_order: str = setting("auto", choice(*FRAME_ORDERS), FRAME_ORDER_DOC)
    pixel_range: tuple[float, float] | None = setting(None, optional(pixel_range), PIXEL_RANGE_DOC)
    contrast: str = setting("none", choice(*CONTRASTS), CONTRAST_DOC)


@dataclasses.dataclass(frozen=True)
class VideoSettings(SharedWorkSettings, ConversionSettings, LabelSettings):
    """What `convert_videos` can be told."""

    label_variable: str | None = setting(None, optional(text), LABEL_VARIABLE_DOC)
    pairing: str = setting(
        "auto",
        choice("auto", "name", "order", "trial-number"),
        "How videos find their labels; 'auto' goes by name, else by trial number, else by order, as the labels allow.",
    )
    trial_pattern: str | None = setting(
        None,
        optional(pattern),
        "Regular expression that finds the trial number in the name of a video. Default: the last number in it.",
    )
    on_unpaired: str = setting(
        "error",
        choice("error", "skip"),
        "Whether a video without labels, or labels without a video, are an error, or are left out and listed.",
    )
    frame_offset: int = setting(
        0,
        whole_signed,
        "Number that is added to the frame of each label: 1 if labels come a frame too early.",
    )
    tags: Any = setting(
        None,
        anything,
        "Tags of recordings, such as camera or animal: a CSV file with a column video.",
    )
    roi: tuple[int, int] | None = setting(
        None,
        optional(side_or_sides),
        "Side, or height and width, in pixels of the region cut out. Default: 61 around centers, else all.",
    )
    image_size: tuple[int, int] | None = setting(
        None, optional(side_or_sides), "Side, or height and width, to resize what was cut out to. Default: as it is."
    )
    centers: Any = setting(
        None,
        anything,
        "Centre (x, y) of the region: one, one a frame, one of these a video, or a file. NaN leaves a frame out.",
    )
    template: str | None = setting(
        None, optional(text), "Image of the object that the region is around; it is looked for in each video."
    )
    out_of_frame: str = setting(
        "shift",
        choice("shift", "pad", "skip", "error"),
        "What becomes of a region that sticks out: shifted inside, padded with black, left out, or an error.",
    )
    grey: str = setting(
        "full-range",
        choice("full-range", "raw-y"),
        "Grey of a video: brought to 0 to 255, or the luma as it is stored.",
    )
    on_damage: str = setting(
        "error", choice("error", "skip"), "Whether a damaged frame is an error, or is left out and counted."
    )
    frame_span: tuple[int, int] | None = setting(
        None, optional(first_and_last), "First and last frame that is taken of each video. Default: all."
    )
    negative_window: int | None = setting(
        None,
        optional(whole(0)),
        "Frames of the first class are taken only so many frames around the others. Default: all are taken.",
    )
    negative_share: float = setting(
        0.0, number(0, 1), "Share of the frames farther away than the negative window that is taken all the same."
    )
    frame_values: Any = setting(
        None,
        anything,
        "One number a frame by which frames are left out, such as the distance to the pole.",
    )
    exclude_above: float | None = setting(None, optional(number()), "Frames with a larger frame value are left out.")
    exclude_below: float | None = setting(None, optional(number()), "Frames with a smaller frame value are left out.")


@dataclasses.dataclass(frozen=True)
class FolderSettings(SharedWorkSettings, ConversionSettings):
    """What `convert_folders` can be told."""

    class_names: tuple[str, ...] | None = setting(
        None, optional(class_names), "Names of the sub-folders, in the order of their indices. Default: all, in order."
    )
    image_size: tuple[int, int] | None = setting(
        None, optional(side_or_sides), "Side, or height and width, to bring images to. Default: that of most of them."
    )
    color: bool = setting(False, yes_or_no, "Whether images keep their colours; else they become grey.")
    group_pattern: str | None = setting(
        None,
        optional(pattern),
        "Regular expression on the file name: images with the same match stay on one side. Default: sub-folders do.",
    )
    on_damage: str = setting(
        "error", choice("error", "skip"), "Whether a damaged image is an error, or is left out and counted."
    )
    on_conflict: str = setting(
        "error",
        choice("error", "skip", "keep"),
        "Whether an image that lies in two classes is an error, left out of both, or kept in both.",
    )


@dataclasses.dataclass(frozen=True)
class NumpySettings(ConversionSettings, LabelSettings):
    """What `convert_numpy` can be told."""

    frame_order: str = setting("auto", choice(*FRAME_ORDERS), FRAME_ORDER_DOC)
    pixel_range: tuple[float, float] | None = setting(None, optional(pixel_range), PIXEL_RANGE_DOC)
    frames_variable: str | None = setting(
        None, optional(text), "Which array of an .npz or .h5 file holds the frames. Default: the one called frames."
    )
    labels_variable: str | None = setting(
        None, optional(text), "Which array of an .npz or .h5 file holds the labels. Default: the one called labels."
    )


@dataclasses.dataclass(frozen=True)
class TfrecordSettings(ConversionSettings):
    """What `convert_tfrecords` can be told."""

    class_names: tuple[str, ...] | None = setting(
        None, optional(class_names), "Names of the classes. Default: those in the records, else NonTouch and Touch."
    )
    label_values: tuple[Any, ...] | None = setting(
        None, optional(label_values), "What stands in the labels for each class, in the order of the class names."
    )
    image_size: tuple[int, int] | None = setting(
        None, optional(side_or_sides), "Height and width of frames whose record does not tell them. Default: square."
    )


@dataclasses.dataclass(frozen=True)
class InspectSettings(Settings):
    """What `inspect` can be told."""

    label_variable: str | None = setting(None, optional(text), LABEL_VARIABLE_DOC)
    all: bool = setting(False, yes_or_no, "Whether all is printed: every recording, layer and figure, not one screen.")


@dataclasses.dataclass(frozen=True)
class ExportSettings(Settings):
    """What `export_tfrecords` can be told."""

    shard_frames: int = setting(10_000, whole(1), "Most frames in one file.")
    name: str | None = setting(None, optional(text), "What the names of the files begin with. Default: the dataset's.")


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


_REGION = named(r"[a-z]+-[a-z]+[0-9]+", "a region of Google Cloud, as 'us-central1'")
_BUCKET = named(r"[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]", "the name of a bucket, as 'my-lab' or 'gs://my-lab'", "gs://")
_FOLDER = named(
    r"[A-Za-z0-9][A-Za-z0-9_. -]*(/[A-Za-z0-9][A-Za-z0-9_. -]*)*",
    "a folder in the bucket, as 'models' or 'whisker/models': letters, digits, _, -, . and blanks",
)


@dataclasses.dataclass(frozen=True, repr=False, eq=False)  # half the time of importing
class BucketSettings(Settings):
    """Where in Google Cloud things lie."""

    project: str | None = setting(
        None,
        optional(
            named(
                r"[a-z][a-z0-9.:-]{4,61}[a-z0-9]|\d+", "the id of a project, as 'my-lab-123456', which is not its name"
            )
        ),
        "Id of the project of Google Cloud. Needed.",
        "ProjectID",
    )
    bucket: str | None = setting(None, optional(_BUCKET), "Bucket for jobs, code and models. Needed.", "MainBucket")
    data_bucket: str | None = setting(None, optional(_BUCKET), "Bucket for datasets. Default: that of the jobs.")
    data_name: str | None = setting(
        None, optional(_FOLDER), "Folder of the dataset in the bucket. Default: datasets/FOLDER-DATASET, as it is here."
    )

    @property
    def of_data(self) -> str:
        """The bucket for datasets."""
        return str(self.data_bucket or self.bucket)


@dataclasses.dataclass(frozen=True, repr=False, eq=False)
class CloudSettings(BucketSettings):
    """What a training on Vertex AI of Google Cloud can be told besides what a training can."""

    region: str = setting("us-central1", _REGION, "Region to train in.")
    fallback_regions: tuple[str, ...] = setting(
        (), several(_REGION, None, "regions"), "Regions to try, in this order, where one has no machine left."
    )
    log_dir: str = setting("jobs", _FOLDER, "Folder in the bucket for jobs: settings, progress, checkpoints.")
    models: str = setting("models", _FOLDER, "Folder in the bucket for models.")
    machine_type: str = setting(
        "n1-standard-8", named(r"[a-z][a-z0-9]*(-[a-z0-9]+)+", "a machine type, as 'n1-standard-8'"), "Machine."
    )
    accelerator: str | None = setting(
        None,
        optional(named(r"[A-Z][A-Z0-9_]+", "an accelerator, as 'NVIDIA_TESLA_T4'")),
        "Accelerator, as 'NVIDIA_TESLA_T4'. Default: none, the processors compute.",
    )
    accelerator_count: int = setting(1, whole(1, 16), "How many accelerators, where there are any.")
    spot: bool = setting(
        False, yes_or_no, "Whether to take a cheap machine that may be taken away; the training goes on on the next."
    )
    container_image: str = setting(
        "python:3.12",
        named(r"[a-z0-9][\w./:@-]*", "the name of a container image, as 'python:3.12'"),
        "Container image with Python 3.11 to 3.13; TouchTrain is installed into it when the job starts.",
    )
    run_version: str | None = setting(
        None,
        optional(named(r"\d+\.\d+(\.\d+)?", "a version of TensorFlow, as '2.21'")),
        "Version of TensorFlow to train with. Default: the newest that suits.",
    )
    service_account: str | None = setting(
        None,
        optional(named(r"[\w.-]+@[\w.-]+", "the e-mail address of a service account")),
        "Service account that the job runs as. Default: that of Vertex AI.",
    )
    max_wait_hours: float = setting(
        2.0, number(0, above=True), "Hours that a job may wait for a machine before the next region, or an error."
    )
    max_run_hours: float = setting(24.0, number(0, 168, above=True), "Hours after which the service ends the job.")
    price_per_hour: float | None = setting(
        None,
        optional(number(0)),
        "What the machine with its accelerators costs an hour, for the estimate of a dry run.",
    )
    cloud_speed: float | None = setting(
        None, optional(number(0, above=True)), "Frames a second that the machine trains, for the estimate of a dry run."
    )
    upload: bool = setting(True, yes_or_no, "Whether the dataset is sent first, or is the one that is in the bucket.")
    fetch: bool = setting(True, yes_or_no, "Whether the model is fetched at the end, or stays in the bucket.")
    dry_run: bool = setting(False, yes_or_no, "Whether only to tell what would be sent and started.")


@dataclasses.dataclass(frozen=True, repr=False, eq=False)
class CloudTrainSettings(CloudSettings, TrainSettings):
    """What `train_on_cloud` can be told."""


@dataclasses.dataclass(frozen=True, repr=False, eq=False)
class ShownJob(Settings):
    """What every command of MATLAB that starts a job can be told besides: where the job is and what is shown of it."""

    job_folder: str | None = setting(
        None, optional(text), "Folder of the job: settings, progress, log, result. Default: one beside what it makes."
    )
    verbose: bool = setting(True, yes_or_no, "Whether progress is shown.")


@dataclasses.dataclass(frozen=True, repr=False, eq=False)
class MatlabTrainSettings(ShownJob, TrainSettings):
    """What ``touchtrain.train`` can be told."""

    plots: str = setting(
        "none", choice("none", "training-progress"), "Whether the curves are drawn while the training runs."
    )


@dataclasses.dataclass(frozen=True, repr=False, eq=False)
class MatlabCloudTrainSettings(MatlabTrainSettings, CloudSettings):
    """What ``touchtrain.trainOnCloud`` can be told."""


@dataclasses.dataclass(frozen=True, repr=False, eq=False)
class MatlabUploadSettings(ShownJob, BucketSettings):
    """What ``touchtrain.uploadDataset`` can be told."""


@dataclasses.dataclass(frozen=True, repr=False, eq=False)
class MatlabVerifySettings(ShownJob):
    """What ``touchtrain.verify`` can be told."""


@dataclasses.dataclass(frozen=True, repr=False, eq=False)
class MatlabTuneSettings(ShownJob, TuneSettings):
    """What ``touchtrain.tune`` can be told."""


@dataclasses.dataclass(frozen=True, repr=False, eq=False)
class MatlabVideoSettings(ShownJob, VideoSettings):
    """What ``touchtrain.convertVideos`` can be told."""


@dataclasses.dataclass(frozen=True, repr=False, eq=False)
class MatlabFolderSettings(ShownJob, FolderSettings):
    """What ``touchtrain.convertFolders`` can be told."""


@dataclasses.dataclass(frozen=True, repr=False, eq=False)
class MatlabNumpySettings(ShownJob, NumpySettings):
    """What ``touchtrain.convertNumpy`` can be told."""


@dataclasses.dataclass(frozen=True, repr=False, eq=False)
class MatlabTfrecordSettings(ShownJob, TfrecordSettings):
    """What ``touchtrain.convertTfrecords`` can be told."""
