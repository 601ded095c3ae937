"""Settings of the conversions to datasets, of `inspect` and of `export_tfrecords`."""

from __future__ import annotations

import dataclasses
from typing import Any

from pyside.settings.checks import (
    anything,
    choice,
    class_names,
    file_name,
    first_and_last,
    label_values,
    number,
    optional,
    pattern,
    pixel_range,
    side_or_sides,
    text,
    whole,
    whole_signed,
    yes_or_no,
)
from pyside.settings.cluster import SchedulerSettings
from pyside.settings.core import Settings, setting

FRAME_ORDERS = ("auto", "HWN", "HWCN", "NHW", "NHWC")
CONTRASTS = ("none", "stretch", "equalize")
CENTERS = ("none", "fixed", "video", "frame", "bar", "template", "unknown")  # what the region of a frame is placed at
OUT_OF_FRAME = ("shift", "pad", "skip", "error")  # what is done with one that extends beyond the frame
DEFAULT_CLASS_NAMES = ("NonTouch", "Touch")
FEW_CLASSES = 100  # with more, the record of a recording lists only the classes that occur in it
GREYS = ("full-range", "raw-y")
GREY_OF_ARRAYS_DOC = (
    "How the grey levels of the frames were made of a video: scaled to 0 to 255, as MATLAB and most readers do, or the "
    "luma as it is stored. The frames stay as they are; curation reads videos likewise."
)
FRAME_ORDER_DOC = "Order of the axes of frames: N frames, H rows, W columns, C channels."
PIXEL_RANGE_DOC = "The numbers that mean black and white. Required for single and double frames."
FILES_PIXEL_RANGE_DOC = (
    "The numbers that mean black and white. Required for floats, unless all of them are whole numbers up to 255."
)
DEEP_PIXEL_RANGE_DOC = (
    "The numbers that mean black and white in pixels of more than 8 bits, such as [0 4095] for a camera of 12 bits. "
    "Default: all bits."
)
PAIRINGS = ("auto", "name", "order", "natural", "trial-number")
TRIAL_PATTERN_DOC = (
    "Regular expression that finds the trial number in the name of a video. Default: the last number in it."
)
STREAM_DOC = "Number of the video stream of files with several, from 1. Default: the one marked as default."
LABEL_VARIABLE_DOC = (
    "Name of the variable in the label file. Default: the one called labels, else the only one that fits."
)
MACHINE_LABELS_DOC = (
    "Whether to use labels that a model wrote and nobody changed. Without it, they are an error: a model that learns "
    "from them learns the errors of the other."
)
CONTRAST_DOC = "Contrast adjustment of each frame: 'none', 'stretch' as imadjust does, or 'equalize' as histeq does."


@dataclasses.dataclass(frozen=True)
class LabelSettings(Settings):
    """Settings of how labels become classes."""

    class_names: tuple[str, ...] = setting(
        DEFAULT_CLASS_NAMES, class_names, "Names of the classes, in the order of their indices."
    )
    label_values: tuple[Any, ...] | None = setting(
        None,
        optional(label_values),
        "The value of each class in the labels, or a list of values, in the order of the class names.",
    )


@dataclasses.dataclass(frozen=True)
class ConversionSettings(Settings):
    """Settings of every conversion of files."""

    contrast: str = setting("none", choice(*CONTRASTS), CONTRAST_DOC)
    check: bool = setting(False, yes_or_no, "Whether only to report what the conversion would do, and write nothing.")


@dataclasses.dataclass(frozen=True)
class SharedWorkSettings(Settings):
    """Settings of a conversion that can run in several processes."""

    workers: int | None = setting(
        None, optional(whole(1)), "Number of worker processes. Default: one per core if that is faster."
    )


@dataclasses.dataclass(frozen=True)
class ArraySettings(LabelSettings):
    """Settings of `convert_arrays`."""

    recordings: Any = setting(
        None,
        anything,
        "Name of each recording, or for a single array one name or id per frame. Default: numbered.",
        kind="names",
    )
    frame_order: str = setting("auto", choice(*FRAME_ORDERS), FRAME_ORDER_DOC)
    pixel_range: tuple[float, float] | None = setting(None, optional(pixel_range), PIXEL_RANGE_DOC)
    contrast: str = setting("none", choice(*CONTRASTS), CONTRAST_DOC)
    grey: str = setting("full-range", choice(*GREYS), GREY_OF_ARRAYS_DOC)


@dataclasses.dataclass(frozen=True)
class VideoSettings(SchedulerSettings, SharedWorkSettings, ConversionSettings, LabelSettings):
    """Settings of `convert_videos`."""

    label_variable: str | None = setting(None, optional(text), LABEL_VARIABLE_DOC)
    include_machine_labels: bool = setting(False, yes_or_no, MACHINE_LABELS_DOC)
    pairing: str = setting(
        "auto",
        choice(*PAIRINGS),
        "How videos are paired with labels. 'auto': by name, else trial number, else in order, as the labels allow; "
        "'order': a folder's videos in the order of dir; 'natural': sorted by numbers, trial2 before trial10.",
    )
    trial_pattern: str | None = setting(
        None,
        optional(pattern),
        TRIAL_PATTERN_DOC,
    )
    on_unpaired: str = setting(
        "error",
        choice("error", "skip"),
        "Whether a video without labels, or labels without a video, is an error, or is skipped and listed.",
    )
    frame_offset: int = setting(
        0,
        whole_signed,
        "Number added to the frame number of each label: 1 if labels are one frame too early.",
    )
    tags: Any = setting(
        None,
        anything,
        "Tags of recordings, such as camera or animal: a CSV file with a column video.",
        names_file=True,
        kind="table",
    )
    roi: tuple[int, int] | None = setting(
        None,
        optional(side_or_sides),
        "Side, or height and width, of the ROI in pixels. Default: 61 around centres, else the whole frame.",
    )
    image_size: tuple[int, int] | None = setting(
        None, optional(side_or_sides), "Side, or height and width, to resize the ROI to. Default: not resized."
    )
    centers: Any = setting(
        None,
        anything,
        "Centre (x, y) of the ROI in pixels counted from {first}: one for all, one per frame, one of these per video, "
        "or a file. NaN: skip the frame.",
        names_file=True,
        kind="centers",
    )
    template: str | None = setting(
        None,
        optional(file_name),
        "Image of the object to centre the ROI on; it is searched for in each video.",
        names_file=True,
        kind="image",
    )
    out_of_frame: str = setting(
        "shift",
        choice(*OUT_OF_FRAME),
        "If the ROI extends beyond the frame: shift it inside, pad it with black, skip the frame, or raise an error.",
    )
    grey: str = setting(
        "full-range",
        choice(*GREYS),
        "Grey levels of a video: scaled to 0 to 255, or the luma as it is stored.",
    )
    pixel_range: tuple[float, float] | None = setting(None, optional(pixel_range), DEEP_PIXEL_RANGE_DOC)
    on_damage: str = setting(
        "error", choice("error", "skip"), "Whether a damaged frame is an error, or is skipped and counted."
    )
    on_empty: str | None = setting(
        None,
        optional(choice("repeat", "leave-out")),
        "Frames that a file counts but that hold no picture repeat the one before, or are left out and have no number. "
        "Default: as the labels count.",
    )
    stream: int | None = setting(
        None,
        optional(whole(1)),
        STREAM_DOC,
    )
    frame_span: tuple[int, int] | None = setting(
        None, optional(first_and_last), "First and last frame to use of each video, counted from {first}. Default: all."
    )
    negative_window: int | None = setting(
        None,
        optional(whole(0)),
        "Use frames of the first class only within so many frames of the other classes. Default: all.",
    )
    negative_share: float = setting(
        0.0, number(0, 1), "Share of the frames outside the negative window to use nevertheless."
    )
    frame_values: Any = setting(
        None,
        anything,
        "One number per frame by which to exclude frames, such as the distance to the pole.",
        names_file=True,
        kind="frame values",
    )
    exclude_above: float | None = setting(None, optional(number()), "Exclude frames with a larger frame value.")
    exclude_below: float | None = setting(None, optional(number()), "Exclude frames with a smaller frame value.")


@dataclasses.dataclass(frozen=True)
class FolderSettings(SharedWorkSettings, ConversionSettings):
    """Settings of `convert_folders`."""

    class_names: tuple[str, ...] | None = setting(
        None,
        optional(class_names),
        "Names of the class folders, in the order of the class indices. Default: all, sorted.",
    )
    image_size: tuple[int, int] | None = setting(
        None,
        optional(side_or_sides),
        "Side, or height and width, to resize images to. Default: the most common size.",
    )
    color: bool = setting(False, yes_or_no, "Whether to keep colours, or convert images to grey.")
    pixel_range: tuple[float, float] | None = setting(None, optional(pixel_range), DEEP_PIXEL_RANGE_DOC)
    group_pattern: str | None = setting(
        None,
        optional(pattern),
        "Regular expression for file names: images with the same match stay on one side. Default: by sub-folder.",
    )
    on_damage: str = setting(
        "error", choice("error", "skip"), "Whether a damaged image is an error, or is skipped and counted."
    )
    on_conflict: str = setting(
        "error",
        choice("error", "skip", "keep"),
        "Whether an image that is in two classes is an error, is skipped in both, or is kept in both.",
    )


@dataclasses.dataclass(frozen=True)
class NumpySettings(ConversionSettings, LabelSettings):
    """Settings of `convert_numpy`."""

    frame_order: str = setting("auto", choice(*FRAME_ORDERS), FRAME_ORDER_DOC)
    pixel_range: tuple[float, float] | None = setting(None, optional(pixel_range), FILES_PIXEL_RANGE_DOC)
    grey: str = setting("full-range", choice(*GREYS), GREY_OF_ARRAYS_DOC)
    frames_variable: str | None = setting(
        None, optional(text), "Name of the array of frames in an .npz or .h5 file. Default: frames."
    )
    labels_variable: str | None = setting(
        None, optional(text), "Name of the array of labels in an .npz or .h5 file. Default: labels."
    )


@dataclasses.dataclass(frozen=True)
class TfrecordSettings(ConversionSettings):
    """Settings of `convert_tfrecords`."""

    class_names: tuple[str, ...] | None = setting(
        None, optional(class_names), "Names of the classes. Default: those in the records, else NonTouch and Touch."
    )
    label_values: tuple[Any, ...] | None = setting(
        None, optional(label_values), "The value of each class in the labels, in the order of the class names."
    )
    image_size: tuple[int, int] | None = setting(
        None, optional(side_or_sides), "Height and width of frames whose record has no size. Default: square."
    )


@dataclasses.dataclass(frozen=True)
class InspectSettings(Settings):
    """Settings of `inspect`."""

    label_variable: str | None = setting(None, optional(text), LABEL_VARIABLE_DOC)
    all: bool = setting(
        False, yes_or_no, "Whether to print everything: each recording, layer and figure, not one screen."
    )


@dataclasses.dataclass(frozen=True)
class ExportSettings(Settings):
    """Settings of `export_tfrecords`."""

    shard_frames: int = setting(10_000, whole(1), "Maximum number of frames in one file.")
    name: str | None = setting(None, optional(text), "Prefix of the file names. Default: the name of the dataset.")
