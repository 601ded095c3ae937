"""Settings of `curate` and the other commands that use a trained model."""

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
    odd,
    optional,
    pattern,
    pixel_range,
    several,
    side_or_sides,
    text,
    whole,
    yes_or_no,
)
from pyside.settings.cluster import SchedulerSettings
from pyside.settings.conversion import (
    CENTERS,
    CONTRASTS,
    DEEP_PIXEL_RANGE_DOC,
    FRAME_ORDER_DOC,
    FRAME_ORDERS,
    GREYS,
    LABEL_VARIABLE_DOC,
    OUT_OF_FRAME,
    PAIRINGS,
    STREAM_DOC,
    TRIAL_PATTERN_DOC,
)
from pyside.settings.core import Settings, setting
from pyside.settings.training import BACKENDS, RUNTIMES

FORMATS = ("mat", "csv", "npy", "boris", "deepethogram", "whacc", "nwb")


@dataclasses.dataclass(frozen=True)
class LookSettings(Settings):
    """Settings of where a model looks in videos. Without a value, all is as in the training of the model."""

    pairing: str = setting(
        "auto",
        choice(*PAIRINGS),
        "How videos are paired with centres, values and labels; as in convert.",
    )
    trial_pattern: str | None = setting(
        None,
        optional(pattern),
        TRIAL_PATTERN_DOC,
    )
    roi: tuple[int, int] | None = setting(
        None, optional(side_or_sides), "Side, or height and width, of the ROI in pixels. Default: as in the training."
    )
    image_size: tuple[int, int] | None = setting(
        None,
        optional(side_or_sides),
        "Side, or height and width, to resize the ROI to. Default: as in the training.",
    )
    centers: Any = setting(
        None,
        anything,
        "Centre (x, y) of the ROI in pixels counted from {first}: one for all, one per frame, one of these per video, "
        "or a file. Default: as in the training.",
        names_file=True,
        kind="centers",
    )
    template: str | None = setting(
        None,
        optional(file_name),
        "Image of the object to centre the ROI on. Default: that of the training, if it had one.",
        names_file=True,
        kind="image",
    )
    no_center: str | None = setting(
        None,
        optional(choice("non-touch", "leave-out")),
        "Frames without a centre in a .bar file or a list of centres: no touch, because the pole is away, or left out. "
        "Required where there are any.",
        None,
        {"NonTouch": "non-touch", "leave-out": "leave-out"},
    )
    out_of_frame: str | None = setting(
        None,
        optional(choice(*OUT_OF_FRAME)),
        "If the ROI extends beyond the frame: shift it inside, pad it with black, skip the frame, or raise an error. "
        "Default: as in the training.",
    )
    contrast: str | None = setting(
        None, optional(choice(*CONTRASTS)), "Contrast adjustment of each frame. Default: as in the training."
    )
    grey: str | None = setting(
        None,
        optional(choice(*GREYS)),
        "Grey levels of a video: scaled to 0 to 255, or the luma as it is stored. Default: as in the training.",
    )
    pixel_range: tuple[float, float] | None = setting(
        None, optional(pixel_range), DEEP_PIXEL_RANGE_DOC.replace("Default: all bits.", "Default: as in the training.")
    )
    on_damage: str = setting(
        "error",
        choice("error", "skip"),
        "Whether a damaged frame fails its video, or is left out and counted.",
    )
    on_empty: str | None = setting(
        None,
        optional(choice("repeat", "leave-out")),
        "Frames that a file counts but that hold no picture repeat the one before, or are left out and have no number. "
        "Default: as the labels or centres count, else leave-out.",
    )
    stream: int | None = setting(
        None,
        optional(whole(1)),
        STREAM_DOC,
    )
    frame_span: tuple[int, int] | None = setting(
        None, optional(first_and_last), "First and last frame to look at, counted from {first}. Default: all."
    )
    frame_values: Any = setting(
        None,
        anything,
        "One number per frame by which frames cannot be a touch, such as the distance to the pole.",
        names_file=True,
        kind="frame values",
    )
    exclude_above: float | None = setting(
        None, optional(number()), "Frames with a larger frame value are no touch, and are not looked at."
    )
    exclude_below: float | None = setting(
        None, optional(number()), "Frames with a smaller frame value are no touch, and are not looked at."
    )


@dataclasses.dataclass(frozen=True)
class RegionSettings(LookSettings):
    """Settings of `preview_region`. Without a model, values are as `convert` has them."""

    model: str | None = setting(
        None,
        optional(file_name),
        "Model that looks: options without a value are as in its training. Default: no model; all as in convert.",
        names_file=True,
        kind="model",
    )
    frame: int | None = setting(
        None,
        optional(whole(0)),
        "Frame to show, counted from {first}. Default: one in the middle of those that are looked at.",
    )
    examples: int = setting(6, whole(1), "Number of videos to show, from all over the list.")


@dataclasses.dataclass(frozen=True)
class ThresholdSettings(Settings):
    """Settings of how probabilities become labels."""

    threshold: float | None = setting(
        None,
        optional(number(0, 1)),
        "Probability at and above which a frame is a touch. Default: the model's own.",
    )
    min_duration: int | None = setting(
        None,
        optional(whole(1)),
        "Shortest touch in frames; shorter ones are dropped. Default: the model's own.",
    )


@dataclasses.dataclass(frozen=True)
class DecisionSettings(ThresholdSettings):
    """Settings of how probabilities become labels, and of the files that they are written to."""

    formats: tuple[str, ...] = setting(
        ("mat", "csv"),
        several(choice(*FORMATS), what="one or more formats"),
        "Formats of the results: 'mat', 'csv', 'npy'; for other programs 'boris', 'deepethogram', 'whacc', 'nwb'.",
    )


@dataclasses.dataclass(frozen=True)
class VerifySettings(Settings):
    """Settings of how a model computes the answers to its probe frames. A dataset has no settings."""

    runtime: str = setting(
        "keras",
        choice(*RUNTIMES),
        "Program that computes: 'keras', in the backend; 'openvino' or 'onnxruntime', which must be installed; or "
        "'auto', the fastest that is.",
    )
    backend: str = setting(
        "tensorflow",
        choice(*BACKENDS),
        "Library that computes with the runtime 'keras': 'tensorflow', 'jax' or 'torch'. Others have none.",
    )
    execution_environment: str = setting("auto", choice("auto", "cpu", "gpu"), "Where to compute: GPU if there is one.")
    precision: str = setting(
        "auto",
        choice("auto", "float32", "mixed_bfloat16", "mixed_float16", "int8"),
        "Number format of the network. Default: the fastest on the device but 'int8', which is faster and less exact: "
        "'openvino' or 'onnxruntime' computes in it on the CPU, the faster one unless one is named.",
    )

    def __post_init__(self) -> None:
        if self.precision == "int8" and self.runtime == "keras":
            object.__setattr__(self, "runtime", "auto")  # Keras has no int8, and its name is the default


@dataclasses.dataclass(frozen=True)
class ComputeSettings(VerifySettings):
    """Settings of how a trained model computes."""

    batch_size: int = setting(
        512, whole(1), "Frames per step of the network; fewer if they are large.", "MiniBatchSize"
    )


@dataclasses.dataclass(frozen=True)
class PredictSettings(ComputeSettings, ThresholdSettings):
    """Settings of `predict`."""

    frame_order: str = setting("auto", choice(*FRAME_ORDERS), FRAME_ORDER_DOC)
    pixel_range: tuple[float, float] | None = setting(
        None,
        optional(pixel_range),
        "The numbers that mean black and white. Required for single and double frames. Default: for whole numbers of "
        "more than 8 bits, as in the training, else all bits.",
    )
    contrast: str | None = setting(
        None, optional(choice(*CONTRASTS)), "Contrast adjustment of each frame. Default: as in the training."
    )
    frames_variable: str | None = setting(
        None, optional(text), "Name of the array of frames in a .mat, .npz or .h5 file. Default: frames."
    )
    sequence: bool | None = setting(
        None,
        optional(yes_or_no),
        "Whether neighbouring frames follow each other in time: only then touches have a minimum duration, and a model "
        "with context frames sees the neighbours. Default: true, but false for single image files.",
    )


@dataclasses.dataclass(frozen=True)
class TrialSettings(Settings):
    """Settings of how the trials of a contact array are written."""

    contact_class: str | None = setting(
        None,
        optional(text),
        "Class whose frames become contacts in a contact array. Required if the model has more than two classes. "
        "Default: the one that is no NonTouch.",
    )
    overwrite_manual: tuple[int, ...] | None = setting(
        None,
        optional(several(whole(0), what="one or more trial numbers")),
        "Numbers of trials of a contact array that are written although a person edited them. Default: none, they are "
        "left as they are.",
    )
    frame_map: Any = setting(
        None,
        anything,
        "Frames of the video, counted from {first}, to which the samples of the trials of a contact array belong: a "
        "list with a vector of frame numbers, or of times in seconds, for each cell; structs with trialNum and frames; "
        "or a .mat file with one of these, or with an array of trials that has time vectors. Default: sample n is "
        "frame n.",
        names_file=True,
        kind="frame map",
    )


@dataclasses.dataclass(frozen=True)
class PairedTrialSettings(TrialSettings):
    """Settings of how the trials of a contact array are written, and paired with the recordings of a session."""

    pairing: str = setting(
        "auto",
        choice(*PAIRINGS),
        "How the trials are paired with the recordings of the session: 'auto', by the names of videos in them, else by "
        "trial number, else in order.",
    )
    trial_pattern: str | None = setting(None, optional(pattern), TRIAL_PATTERN_DOC)
    label_variable: str | None = setting(
        None,
        optional(text),
        "Name of the variable with the contact array. Default: contacts, else the only one that is one.",
    )
    frame_rate: float | None = setting(
        None,
        optional(number(0, above=True)),
        "Frames per second at which the videos were recorded, for a frame map in seconds. Default: as in the session.",
    )


@dataclasses.dataclass(frozen=True)
class ContactSettings(PairedTrialSettings):
    """Settings of `write_contacts`."""

    output: str | None = setting(
        None,
        optional(file_name),
        "The .mat file to write, a new one. Default: beside the folder of the session, with _contacts after its name.",
        kind="mat file",
    )


@dataclasses.dataclass(frozen=True)
class CurateSettings(SchedulerSettings, TrialSettings, ComputeSettings, DecisionSettings, LookSettings):
    """Settings of `curate`."""

    contact_array: str | None = setting(
        None,
        optional(file_name),
        "A .mat file with a contact array: once all videos are marked, it is written beside the folder of the results, "
        "with the touches of the session, as a new file.",
        names_file=True,
        kind="contact array",
    )
    labels: Any = setting(
        None,
        anything,
        "Labels of a person for some or all of the videos, to compare with; in every form that convert takes. They are "
        "never changed.",
        names_file=True,
        kind="labels",
    )
    label_variable: str | None = setting(None, optional(text), LABEL_VARIABLE_DOC)
    frame_rate: float | None = setting(
        None,
        optional(number(0, above=True)),
        "Frames per second at which the videos were recorded, for durations in ms. Default: as in the files.",
    )
    check: bool = setting(
        False, yes_or_no, "Whether only to report what would be done, with a sheet, and mark nothing."
    )


@dataclasses.dataclass(frozen=True)
class CompareSettings(Settings):
    """Settings of `compare`."""

    output: str | None = setting(
        None,
        optional(file_name),
        "Folder to write a page, pictures and figures to. Default: none, the figures are only returned.",
        kind="folder",
    )
    videos: Any = setting(
        None,
        anything,
        "Videos of the recordings: a folder, a file, or a list. Needed for labels in seconds or bouts without a number "
        "of frames, and for pictures of frames. Default: those that the results of curate name.",
        names_file=True,
        kind="videos",
    )
    pairing: str = setting(
        "auto",
        choice(*PAIRINGS),
        "How recordings are paired. 'auto': by name, else trial number, else in order, as the labels allow; 'natural': "
        "in order, too, but trial2 before trial10.",
    )
    trial_pattern: str | None = setting(
        None,
        optional(pattern),
        TRIAL_PATTERN_DOC,
    )
    on_unpaired: str = setting(
        "skip",
        choice("skip", "error"),
        "Whether a recording that only one of the two has is listed with a warning, or is an error.",
    )
    on_length: str = setting(
        "error",
        choice("error", "shorter"),
        "Whether two numbers of frames of one recording are an error, or the frames that both have are compared.",
    )
    class_names: tuple[str, ...] | None = setting(
        None,
        optional(class_names),
        "Names of the classes, in the order of their indices in the labels. Default: those that the results or a "
        "dataset name, else 'NonTouch', 'Touch'.",
    )
    label_values: tuple[Any, ...] | None = setting(
        None,
        optional(label_values),
        "The value of each class in the label files, or a list of values, in the order of the class names.",
    )
    label_variable: str | None = setting(None, optional(text), LABEL_VARIABLE_DOC)
    frame_rate: float | None = setting(
        None,
        optional(number(0, above=True)),
        "Frames per second at which the videos were recorded, for errors in ms. Default: as in the results or videos.",
    )
    tags: Any = setting(
        None,
        anything,
        "Tags of recordings, such as camera or animal, to compare by: a CSV file with a column video.",
        names_file=True,
        kind="table",
    )
    examples: int = setting(24, whole(0), "Number of frames with the worst disagreements to show.")


@dataclasses.dataclass(frozen=True)
class DescribeSettings(Settings):
    """Settings of `describe`: the facts that the file of a model does not hold."""

    class_names: tuple[str, ...] | None = setting(
        None,
        optional(class_names),
        "Names of the classes in the order of the outputs. A single output is the probability of the second.",
    )
    input_range: tuple[float, float] | None = setting(
        None,
        optional(pixel_range),
        "The numbers that the network takes for black and white: 0 and 1 if frames were divided by 255, 0 and 255 if "
        "not.",
    )
    roi: tuple[int, int] | None = setting(
        None, optional(side_or_sides), "Side, or height and width, of the ROI that was cut out, in pixels."
    )
    center_kind: str | None = setting(
        None,
        optional(choice(*CENTERS)),
        "What the ROI was centred on: 'none', the middle of the frame (without an ROI: the whole frame); 'fixed', one "
        "point for all videos; 'video', one a video; 'frame', one a frame; 'bar', a .bar file; 'template', an object; "
        "'unknown'. Default: as the other options say.",
    )
    centers: Any = setting(
        None,
        anything,
        "Centre (x, y) of the ROI in pixels counted from {first}, if it was one point for all videos.",
        names_file=True,
        kind="centers",
    )
    template: str | None = setting(
        None,
        optional(text),
        "Image of the object that the ROI was centred on.",
        names_file=True,
        kind="image",
    )
    image_size: tuple[int, int] | None = setting(
        None, optional(side_or_sides), "Side, or height and width, to which the ROI was resized."
    )
    out_of_frame: str | None = setting(
        None,
        optional(choice(*OUT_OF_FRAME)),
        "What was done where the ROI extended beyond the frame. Default: 'shift'.",
    )
    contrast: str | None = setting(
        None, optional(choice(*CONTRASTS)), "Contrast adjustment of the training frames. Default: 'none'."
    )
    grey: str | None = setting(
        None,
        optional(choice(*GREYS)),
        "Grey levels of the training frames: 0 to 255, or the luma as it is stored. Default: 'full-range'.",
    )
    pixel_range: tuple[float, float] | None = setting(
        None, optional(pixel_range), "The numbers that meant black and white in pixels of more than 8 bits."
    )
    frame_size: tuple[int, int] | None = setting(
        None, optional(side_or_sides), "Height and width of the whole frames of the training, in pixels."
    )
    context_frames: int | None = setting(
        None, optional(odd(1, 31)), "Number of frames that the network takes to classify one. Default: 1."
    )
    threshold: float | None = setting(
        None,
        optional(number(0, 1)),
        "Probability at and above which a frame is a touch, with two classes. Default: 0.5.",
    )
    min_duration: int | None = setting(
        None, optional(whole(1)), "Shortest touch in frames; shorter ones are dropped. Default: 1."
    )
    frame_rate: float | None = setting(
        None, optional(number(0, above=True)), "Frames per second of the videos that the minimum duration is meant for."
    )


@dataclasses.dataclass(frozen=True)
class RedecideSettings(Settings):
    """Settings of `redecide`."""

    threshold: float | None = setting(
        None,
        optional(number(0, 1)),
        "Probability at and above which a frame is a touch. Default: as before.",
    )
    min_duration: int | None = setting(
        None, optional(whole(1)), "Shortest touch in frames; shorter ones are dropped. Default: as before."
    )
    frame_rate: float | None = setting(
        None,
        optional(number(0, above=True)),
        "Frames per second at which the videos were recorded, for durations in ms. Default: as before.",
    )
    formats: tuple[str, ...] | None = setting(
        None,
        optional(several(choice(*FORMATS), what="one or more formats")),
        "Further formats of the results: 'mat', 'csv', 'npy', 'boris', 'deepethogram', 'whacc', 'nwb'.",
    )
    recordings: tuple[str, ...] | None = setting(
        None, optional(several(text)), "Names of the recordings, or of their videos, to decide about. Default: all."
    )
    output: str | None = setting(
        None,
        optional(file_name),
        "Folder for a copy of the session with the new decision. Default: none, the session itself is changed.",
        kind="folder",
    )
