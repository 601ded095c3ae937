"""Settings: three spellings, one table, readable faults."""

from __future__ import annotations

import dataclasses
import json
import math
from pathlib import Path
from typing import Any

import pytest

from pyside import settings as every
from pyside.errors import BadOption, TouchTrainError, UnknownOption
from pyside.settings import (
    ArraySettings,
    CurateSettings,
    MatlabTrainSettings,
    Spelling,
    TrainSettings,
    TuneSettings,
    VideoSettings,
    part_options,
    spelled,
)
from pyside.settings.checks import names_of
from pyside.settings.core import in_full, nearest
from tests.conftest import raises_with


def test_matlabs_names_are_the_deep_learning_toolboxs() -> None:
    settings = TrainSettings.from_options(
        {"MaxEpochs": 20, "MiniBatchSize": 10.0, "InitialLearnRate": 0.01, "ValidationPatience": "Inf"}, "matlab"
    )
    assert (settings.epochs, settings.batch_size, settings.learning_rate, settings.patience) == (20, 10, 0.01, None)


def test_matlab_takes_names_in_any_case_and_its_own_words_for_values() -> None:
    settings = TrainSettings.from_options(
        {"maxepochs": 3, "outputnetwork": "last-iteration", "Shuffle": "never"}, "matlab"
    )
    assert (settings.epochs, settings.restore_best_weights, settings.shuffle) == (3, False, False)


@pytest.mark.parametrize(
    ("given", "meant"), [("MaxEpocs", "MaxEpochs"), ("BatchSize", "MiniBatchSize"), ("sed", "Seed")]
)
def test_an_unknown_option_names_the_nearest_ones(given: str, meant: str) -> None:
    with raises_with(UnknownOption, given, meant):
        TrainSettings.from_options({given: 1}, "matlab")


def test_names_that_resemble_much_less_than_the_nearest_are_not_named() -> None:
    assert nearest("Epochs", ["MaxEpochs", "Plots", "Report"]) == ["MaxEpochs"]
    assert nearest("Recursive", ["Workers", "Roi"]) == []


@pytest.mark.parametrize("given", ["MaxEp", "maxep", "MaxEpoch", "MAXEPOCHS"])
def test_matlab_takes_a_unique_beginning_of_a_name(given: str) -> None:
    assert TrainSettings.from_options({given: 3}, "matlab").epochs == 3
    with pytest.raises(UnknownOption):  # in Python a name is a whole one
        TrainSettings.from_options({"epoch": 3})


def test_a_beginning_of_several_names_lists_them_and_a_whole_name_wins() -> None:
    with raises_with(UnknownOption, "val", "ValidationFraction", "ValidationPatience") as caught:
        TrainSettings.from_options({"InitialL": 1, "val": 1}, "matlab")
    assert "InitialL" not in str(caught.value) and "Did you mean" not in str(caught.value)
    with raises_with(UnknownOption, "LearnRateSchedule", "Or did you mean InitialLearnRate?"):
        TrainSettings.from_options({"LearnRate": 1}, "matlab")
    known = ["Plot", "Plots", "Precision"]
    assert [in_full(name, known) for name in ("plot", "plots", "pl", "pr", "x", "")] == [
        "Plot",
        "Plots",
        "pl",
        "Precision",
        "x",
        "",
    ]


@pytest.mark.parametrize("names", [["a", None], ["a", math.nan], ["a", ["b"]], ["a", {}]])
def test_a_missing_value_is_no_name_of_a_class(names: list[Any]) -> None:
    with raises_with(BadOption, "class_names"):
        ArraySettings.from_options({"class_names": names})
    assert ArraySettings.from_options({"class_names": [0, 1]}).class_names == ("0", "1")


def test_an_option_like_no_other_is_answered_with_all_of_them() -> None:
    with raises_with(UnknownOption, "batch_size", "seed"):
        TrainSettings.from_options({"qqqqqq": 1})


@pytest.mark.parametrize("nothing", [None, [], "none", "None"])
def test_the_word_none_means_none_where_it_is_no_value_of_its_own(nothing: Any) -> None:
    assert VideoSettings.from_options({"roi": nothing}).roi is None
    assert VideoSettings.from_options({"contrast": "none"}).contrast == "none"


@pytest.mark.parametrize("meant", [10, 10.0, [10.0], (10,)])
def test_a_float_is_fine_where_a_whole_number_is_meant(meant: Any) -> None:
    assert TrainSettings.from_options({"epochs": meant}).epochs == 10


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("epochs", 0),
        ("epochs", 2.5),
        ("epochs", True),
        ("epochs", "ten"),
        ("epochs", None),
        ("epochs", math.nan),
        ("epochs", [1, 2]),
        ("learning_rate", 0),
        ("learning_rate", math.inf),
        ("validation_fraction", 0),
        ("validation_fraction", 1),
        ("augment", "turns"),
        ("shuffle", "maybe"),
        ("dropout_rates", (0.1, 0.2)),
        ("dropout_rates", (0.1, 0.2, 0.3, 1.0)),
        ("convolution_filters", (32, 32, 64, 64, 64, 0)),
        ("class_weight", (1, -1)),
        ("seed", -1),
    ],
)
def test_a_value_that_cannot_be_is_an_error_that_says_what_can(name: str, value: Any) -> None:
    with raises_with(BadOption, name):
        TrainSettings.from_options({name: value})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("class_names", "Touch"),
        ("class_names", ("A", "A")),
        ("class_names", ("A",)),
        ("pixel_range", (1, 0)),
        ("pixel_range", 255),
        ("frame_order", "HNW"),
        ("label_values", (1, 1)),
    ],
)
def test_a_conversions_options_are_checked_too(name: str, value: Any) -> None:
    with raises_with(BadOption, name):
        ArraySettings.from_options({name: value})


def test_all_faults_are_told_at_once() -> None:
    with raises_with(BadOption, "epochs", "sed") as caught:
        TrainSettings.from_options({"epochs": 0, "sed": 1})
    assert len(caught.value.faults) == 2


def test_every_setting_has_a_help_text_and_a_name_of_its_own_in_each_spelling() -> None:
    for kind in (ArraySettings, MatlabTrainSettings):
        fields = dataclasses.fields(kind)
        for spelling in ("python", "matlab"):
            names = [spelled(field, spelling) for field in fields]  # type: ignore[arg-type]
            assert len({name.lower() for name in names}) == len(names)
        assert all(field.metadata["doc"].endswith(".") for field in fields)


def _rows(kind: type[every.Settings], spelling: Spelling) -> dict[str, Any]:
    """The help on settings, by Python's name."""
    return dict(zip((field.name for field in dataclasses.fields(kind)), kind.help(spelling), strict=True))


def test_the_help_lists_the_texts_that_a_setting_takes() -> None:
    in_python, in_matlab = _rows(MatlabTrainSettings, "python"), _rows(MatlabTrainSettings, "matlab")
    for rows in (in_python, in_matlab):
        assert rows["monitor"]["choices"] == [*every.MONITORS]
        assert rows["augment"]["choices"] == ["none", "legacy", "standard", "strong"]
        assert rows["also_save"]["choices"] == ["keras", "tensorflow", "onnx"]
        assert rows["epochs"]["choices"] == []
        for row in rows.values():
            assert all(repr(name) in row["doc"] for name in row["choices"]), row
    assert in_python["restore_best_weights"]["choices"] == []
    assert in_matlab["restore_best_weights"]["choices"] == ["best-validation", "last-iteration"]


def test_the_help_counts_frames_and_pixels_as_its_face_does() -> None:
    for name in ("centers", "frame_span"):
        assert "counted from 0" in _rows(VideoSettings, "python")[name]["doc"]
        assert "counted from 1" in _rows(VideoSettings, "matlab")[name]["doc"]


def test_a_span_of_frames_may_end_with_the_last_frame_of_each_video() -> None:
    for last in (math.inf, "Inf"):
        start, end = VideoSettings.from_options({"frame_span": [5, last]}).frame_span or (0, 0)
        assert start == 5 and end > 10**12
    for span in ([5, 4], [math.inf, math.inf], [1.5, 3], [-1, 3], 7):
        with raises_with(BadOption, "frame_span", "Inf"):
            VideoSettings.from_options({"frame_span": span})


def test_every_default_is_a_value_that_the_setting_takes() -> None:
    for kind in (ArraySettings, MatlabTrainSettings):
        defaults = {row["name"]: row["default"] for row in kind.help("matlab")}
        assert kind.from_options({name: value for name, value in defaults.items()}, "matlab") == kind()


def test_options_of_several_commands_are_parted() -> None:
    converting, training = part_options({"epochs": 1, "pixel_range": (0, 1)}, ArraySettings, TrainSettings)
    assert (converting, training) == ({"pixel_range": (0, 1)}, {"epochs": 1})
    with pytest.raises(UnknownOption):
        part_options({"epoch": 1}, ArraySettings, TrainSettings)


EXTREME = [1e300, -1e300, math.nan, math.inf, -math.inf, 10**400, -(10**5000), 2**63, 2**53 + 2, -1, 1e-320, "nan"]
KINDS = [kind for kind in vars(every).values() if isinstance(kind, type) and issubclass(kind, every.Settings)]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_no_number_breaks_the_check_of_an_option(kind: type[every.Settings]) -> None:
    for field in dataclasses.fields(kind):
        for value in EXTREME:
            for given in (value, [value], [value, value], [[value]], {"a": value}):
                try:
                    kind.from_options({field.name: given}).as_dict()
                except TouchTrainError as error:
                    assert type(error) is BadOption


def test_a_whole_number_is_no_larger_than_matlab_can_count() -> None:
    for value in (1e300, 2**53 + 2, 10**400):
        with raises_with(BadOption, "epochs"):
            TrainSettings.from_options({"epochs": value})
    with raises_with(BadOption, "roi", 65536):
        VideoSettings.from_options({"roi": 1e9})


def test_changed_settings_are_checked_alone_and_written_down_as_json_has_them() -> None:
    settings = TuneSettings.from_options({"trials": 3, "epochs": 7})
    changed = settings.training.changed({"augment": "standard", "batch_size": 8})
    assert type(changed) is TrainSettings and (changed.epochs, changed.batch_size) == (7, 8)
    assert changed == TrainSettings.from_options({"epochs": 7, "augment": "standard", "batch_size": 8})
    assert changed.record == json.loads(json.dumps(changed.record)) and "trials" not in changed.record
    with raises_with(BadOption, "batch_size"):
        settings.changed({"batch_size": 0})


def test_a_file_may_be_named_by_a_text_or_a_path() -> None:
    for given in ("pole.png", Path("pole.png")):
        assert VideoSettings.from_options({"template": given}).template == "pole.png"
        assert TrainSettings.from_options({"initial_model": given}).initial_model == "pole.png"
    with raises_with(BadOption, "template"):
        VideoSettings.from_options({"template": 3})


def test_a_setting_with_words_of_matlab_takes_all_of_them_and_none() -> None:
    for word, meant in (("NonTouch", "non-touch"), ("leave-out", "leave-out"), (None, None)):
        assert CurateSettings.from_options({"NoCenter": word}, "matlab").no_center == meant
    for kind in (CurateSettings, TrainSettings):
        for field in dataclasses.fields(kind):
            choices = names_of(field.metadata["check"])
            assert not field.metadata["matlab_values"] or set(field.metadata["matlab_values"].values()) >= {*choices}
