"""Facts that a model file does not hold are written into a copy of it, which predicts the same."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from PIL import Image

from pyside.curation.model.describe import describe
from pyside.curation.model.facts import ModelFacts, model_facts
from pyside.curation.requests import description
from pyside.errors import BadModel, BadOption, ModelNotDescribed, NotWritable, PathMissing
from pyside.models.load import load_model
from pyside.models.metadata import read_metadata
from pyside.settings import DescribeSettings, speaking
from tests.conftest import raises_with
from tests.curation.known_model import known_model, known_probabilities

NEEDED = {"class_names": ("NonTouch", "Touch"), "input_range": (0, 1), "roi": 20}


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """A model file as plain Keras writes it."""
    return known_model(tmp_path / "bare.h5", bare=True)


def told(model: Path, first: int = 0, **facts: Any) -> ModelFacts:
    """What the copy says that is described so."""
    output = model.with_name("told.h5")
    describe(model, output, DescribeSettings.from_options(facts), first)
    return model_facts(output)


def with_head(path: Path, activation: str, units: int, first_layer: dict[str, Any] | None = None) -> Path:
    """Give the model another last layer, with the weights for Touch alone if it has one unit."""
    with h5py.File(path, "r+") as file:
        config = json.loads(file.attrs["model_config"])
        layers = config["config"]["layers"]
        layers[-1]["config"] |= {"activation": activation, "units": units}
        if first_layer:
            layers.insert(1, first_layer)
        file.attrs["model_config"] = json.dumps(config)
        group = file["model_weights/classes/classes"]
        for name in ("kernel:0", "bias:0"):
            values = group[name][..., -units:]
            del group[name]
            group[name] = values
    return path


def frames() -> np.ndarray:
    return np.random.default_rng(3).integers(90, 165, (20, 1, 1, 1)).repeat(20, 1).repeat(20, 2).astype(np.uint8)


def predicted(path: Path) -> np.ndarray:
    return np.asarray(load_model(path)(frames().astype(np.float32) / 255))


def test_a_bare_model_becomes_one_that_can_be_used(bare: Path) -> None:
    before = bare.read_bytes()
    with raises_with(ModelNotDescribed, "class_names", "input_range", "roi"):
        model_facts(bare)
    facts = told(bare, **NEEDED, centers=(31, 24), frame_rate=500, min_duration=3, threshold=0.4, out_of_frame="pad")
    assert bare.read_bytes() == before
    assert (facts.class_names, facts.roi, facts.center.kind, facts.center.at) == (
        *(("NonTouch", "Touch"), (20, 20)),
        *("fixed", (31, 24)),
    )
    assert (facts.decision.threshold, facts.decision.min_duration, facts.frame_rate) == (0.4, 3, 500)
    assert facts.decision.event_class == "Touch" and facts.out_of_frame == "pad"
    np.testing.assert_allclose(predicted(bare.with_name("told.h5")), known_probabilities(frames()), atol=1e-4)


def test_the_line_in_the_error_is_the_one_to_run(bare: Path) -> None:
    with pytest.raises(ModelNotDescribed) as caught:
        model_facts(bare)
    line = next(row for row in str(caught.value).splitlines() if "touchtrain describe" in row)
    assert f"{bare} bare_described.h5 --class-names NonTouch,Touch --input-range 0,1 --roi 20,20" in line
    assert "class_names=['NonTouch', 'Touch'], input_range=[0, 1], roi=[20, 20])" in line
    with speaking("matlab"), pytest.raises(ModelNotDescribed) as caught:
        model_facts(bare)
    assert "'ClassNames', {'NonTouch', 'Touch'}, 'InputRange', [0 1], 'Roi', [20 20])" in str(caught.value)


def test_pixels_of_matlab_are_counted_from_1(bare: Path) -> None:
    assert told(bare, 1, **NEEDED, centers=(31, 24)).center.at == (30, 23)


def test_one_sigmoid_output_becomes_two_columns(bare: Path) -> None:
    with_head(bare, "sigmoid", 1)
    assert told(bare, **NEEDED).class_names == ("NonTouch", "Touch")
    np.testing.assert_allclose(predicted(bare.with_name("told.h5")), known_probabilities(frames()), atol=1e-4)


@pytest.mark.parametrize(("units", "cure"), [(1, "sigmoid"), (2, "Softmax")])
def test_logits_are_refused_with_the_remedy(bare: Path, units: int, cure: str) -> None:
    with_head(bare, "linear", units)
    with raises_with(BadModel, cure, "bare.h5"):
        told(bare, **NEEDED)
    assert not bare.with_name("told.h5").exists()


def test_a_model_of_0_to_255_gets_such_frames(bare: Path) -> None:
    rescaling = {"class_name": "Rescaling", "config": {"name": "to_1", "scale": 1 / 255, "offset": 0.0}}
    with_head(bare, "softmax", 2, rescaling)
    with raises_with(ModelNotDescribed, "--input-range 0,255"):
        model_facts(bare)
    found = describe(bare, bare.with_name("told.h5"), DescribeSettings(class_names=("NonTouch", "Touch"), roi=(20, 20)))
    assert "to_1" in found["warnings"][0] and found["facts"]["input"].startswith("0 to 255")
    np.testing.assert_allclose(predicted(bare.with_name("told.h5")), known_probabilities(frames()), atol=1e-4)


def test_all_that_is_wrong_is_told_at_once(bare: Path) -> None:
    with raises_with(BadOption, "class_names", 3, 2, "roi", "61 x 61", "image_size", "center_kind", "input_range"):
        told(bare, class_names=("a", "b", "c"), roi=61, center_kind="fixed")
    with raises_with(BadOption, "template", "centers"):
        told(bare, **NEEDED, template="x.png", centers=(3, 4))


@pytest.mark.parametrize("centers", [(1, 2, 3), "here", (1, float("nan")), [[1, 2], [3, 4]], {"a": 1}])
def test_centres_that_differ_are_not_a_fact_of_the_model(bare: Path, centers: Any) -> None:
    with raises_with(BadOption, "centers", "center_kind"):
        told(bare, **NEEDED, centers=centers)


def test_an_object_is_taken_from_an_image(bare: Path) -> None:
    image = np.arange(30, dtype=np.uint8).reshape(5, 6)
    Image.fromarray(image).save(bare.with_name("pole.png"))
    center = told(bare, **NEEDED, template=str(bare.with_name("pole.png"))).center
    assert center.kind == "template" and center.template is not None and np.array_equal(center.template, image)


def test_what_a_training_recorded_is_not_contradicted(tmp_path: Path) -> None:
    known = known_model(tmp_path / "known.h5", roi=(20, 20), contrast="stretch")
    with raises_with(BadOption, "class_names", "roi", "30", "contrast", "equalize"):
        told(known, class_names=("Touch", "NonTouch"), roi=30, contrast="equalize", image_size=20)
    facts = told(known, threshold=0.7, frame_rate=1000, frame_size=(480, 640))
    assert (facts.decision.threshold, facts.frame_rate, facts.frame_size) == (0.7, 1000, (480, 640))
    assert (facts.contrast, facts.center.kind) == ("stretch", "none")


def test_a_copy_can_be_described_again_and_no_other_file_is_replaced(bare: Path) -> None:
    told(bare, **NEEDED)
    copy = bare.with_name("told.h5")
    again = bare.with_name("again.h5")
    describe(copy, again, DescribeSettings(center_kind="bar"))
    facts = read_metadata(again)
    assert facts is not None and set(facts["described"]["facts"]) == {*NEEDED, "center_kind"}
    assert told(bare, **{**NEEDED, "class_names": ("Touch", "NonTouch")}).class_names == ("Touch", "NonTouch")
    other = known_model(bare.with_name("other.h5"))
    before = other.read_bytes()
    with raises_with(NotWritable, "other.h5"):
        describe(bare, other, DescribeSettings.from_options(NEEDED))
    assert other.read_bytes() == before


def test_equal_facts_make_equal_files(bare: Path) -> None:
    told(bare, **NEEDED)
    first = bare.with_name("told.h5").read_bytes()
    told(bare, **NEEDED)
    assert bare.with_name("told.h5").read_bytes() == first


def test_frames_of_the_neighbourhood_are_channels(tmp_path: Path) -> None:
    model = known_model(tmp_path / "context.h5", context_frames=5, bare=True)
    with raises_with(BadOption, "context_frames", 5):
        told(model, **NEEDED)
    facts = told(model, **NEEDED, context_frames=5)
    assert (facts.image_shape, facts.context_frames) == ((20, 20, 1), 5)


def test_the_request_names_all_faults_before_the_model_is_read(bare: Path) -> None:
    with raises_with(PathMissing, "none.h5", "pole.png"):
        description(bare.with_name("none.h5"), bare.with_name("told.h5"), {"template": "pole.png"})
    with raises_with(NotWritable, "bare.h5"):
        description(bare, bare, {})
    with raises_with(BadOption, "centers"):
        description(bare, bare.with_name("told.h5"), {"centers": "centres.mat"})
    made = description(bare, bare.with_name("told"), {"centers": np.array([3.0, 4.0])}, 1)
    assert made["output"].endswith("told.h5") and made["settings"]["centers"] == [3, 4]


@pytest.mark.parametrize("suffix", [".h5", ".keras"])
def test_a_network_with_two_ways_for_frames_of_any_size(tmp_path: Path, suffix: str) -> None:
    import keras

    frames_in = keras.Input((None, None, 1))
    two = [keras.layers.Conv2D(2, 3)(keras.layers.Rescaling(1 / 255)(frames_in)), keras.layers.Conv2D(2, 3)(frames_in)]
    mean = keras.layers.GlobalAveragePooling2D()(keras.layers.Concatenate()(two))
    network = keras.Model(frames_in, keras.layers.Dense(1, activation="sigmoid")(mean))
    model, output = tmp_path / f"theirs{suffix}", tmp_path / f"told{suffix}"
    network.save(model)
    with raises_with(BadOption, "roi", "image_size"):
        describe(model, output, DescribeSettings.from_options({**NEEDED, "roi": None, "center_kind": "bar"}))
    describe(model, output, DescribeSettings.from_options({**NEEDED, "input_range": (0, 255), "roi": (24, 30)}))
    assert (model_facts(output).image_shape, model_facts(output).roi) == ((24, 30, 1), (24, 30))
    sample = np.random.default_rng(0).random((3, 24, 30, 1), np.float32)
    expected = np.asarray(network(255 * sample))
    np.testing.assert_allclose(np.asarray(load_model(output)(sample)), np.hstack([1 - expected, expected]), atol=1e-5)


def test_something_must_be_said(tmp_path: Path) -> None:
    with raises_with(BadOption, "known.h5"):
        told(known_model(tmp_path / "known.h5"))
