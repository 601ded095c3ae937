"""Settings of everything that makes or reads a dataset."""

from __future__ import annotations

import dataclasses
from typing import Any

from pyside.settings.checks import (
    anything,
    choice,
    class_names,
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
from pyside.settings.core import Settings, setting

FRAME_ORDERS = ("auto", "HWN", "HWCN", "NHW", "NHWC")
CONTRASTS = ("none", "stretch", "equalize")
DEFAULT_CLASS_NAMES = ("NonTouch", "Touch")
FEW_CLASSES = 100  # with more, a record for each recording names only the classes that occur in it
FRAME_ORDER_DOC = "Order of the axes of frames: N frames, H rows, W columns, C channels."
PIXEL_RANGE_DOC = "The numbers that mean black and white. Needed for single and double frames."
LABEL_VARIABLE_DOC = (
    "Which variable of the label file to take. Default: the one called labels, else the only one that fits."
)
CONTRAST_DOC = "What is done to each frame's contrast: nothing, a stretch as by imadjust, or equalized as by histeq."


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
