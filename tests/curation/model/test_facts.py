"""What model files say of their frames: read with distrust, and shown on one screen."""

from __future__ import annotations

import copy
import random
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

import pyside
from pyside.curation.model.facts import Center, facts_from, model_facts
from pyside.curation.model.words import facts_in_words
from pyside.data.recordings.frame_statistics import frame_statistics, statistics_record
from pyside.diagnostics.inspection import screen
from pyside.errors import BadModel, ModelNotDescribed
from pyside.models.load import input_range
from pyside.models.metadata import checked_metadata, read_metadata, write_metadata
from tests.conftest import raises_with
from tests.curation.known_model import known_model
from tests.data.test_description import changed

TEMPLATE = np.arange(30, dtype=np.uint8).reshape(5, 6)
STATISTICS = statistics_record(
    ["a", "b"], [frame_statistics(np.full((2, 6, 6, 1), level, np.uint8)) for level in (50, 80)], 2
)
ALL = {
    "roi": (61, 61),
    "center": Center("template", None, TEMPLATE, (0.61, 0.98)),
    "out_of_frame": "pad",
    "image_size": (20, 20),
    "contrast": "stretch",
    "grey": "raw-y",
    "pixel_range": (0.0, 4095.0),
    "frame_size": (480, 640),
    "frame_rate": 500.0,
    "min_duration": 3,
    "context_frames": 5,
    "statistics": STATISTICS,
    "dataset_hash": "0123456789abcdef" * 4,
}


@pytest.fixture
def known(tmp_path: Path) -> Path:
    """A model that says everything."""
    return known_model(tmp_path / "Modell für Mäuse.h5", **ALL)


def test_everything_that_is_written_is_read_again(known: Path) -> None:
    facts = model_facts(known)
    for name, value in ALL.items():
        if name not in ("center", "min_duration"):
            assert getattr(facts, name) == value, name
    assert facts.decision.min_duration == 3
    assert facts.center.scores == (0.61, 0.98) and np.array_equal(facts.center.template, TEMPLATE)


def test_inspect_shows_it_on_one_screen(known: Path) -> None:
    text = screen(pyside.inspect(known))
    for said in (
        *("NonTouch, Touch", "61 x 61", "20 x 20 pixels", "5 x 6", "0.61 to 0.98", "pad", "stretch", "raw-y", "4095"),
        *("480 x 640", "5 frames: 2 before, 2 after", "for at least 3 frames (6 ms)", "500 frames/s", "0123456789ab"),
        *("brightness 50.0 to 80.0", "2 recordings"),
    ):
        assert said in text, f"{said} not in:\n{text}"
    assert len(text.splitlines()) < 30 and max(map(len, text.splitlines())) < 200


def test_inspect_says_what_to_do_with_a_bare_model(tmp_path: Path) -> None:
    text = screen(pyside.inspect(known_model(tmp_path / "old.h5", bare=True)))
    assert "touchtrain describe" in text and "--class-names NonTouch,Touch" in text


def test_a_model_of_an_earlier_version_says_what_its_options_were(tmp_path: Path) -> None:
    made_by = {"command": "convert videos", "options": {"centers": [10, 12], "out_of_frame": "skip"}}
    about = {"region": None, "conversion": {"roi": [20, 20], "made_by": made_by}, "statistics": None}
    facts = model_facts(known_model(tmp_path / "model.h5", roi=(20, 20), metadata=about))
    assert (facts.center.kind, facts.center.at, facts.out_of_frame) == ("fixed", (10, 12), "skip")
    about = {"region": None, "conversion": {}}
    assert model_facts(known_model(tmp_path / "arrays.h5", metadata=about)).center.kind == "unknown"


def test_odd_values_in_the_file_of_a_stranger_are_errors_of_ours(known: Path) -> None:
    whole = read_metadata(known)
    assert whole is not None
    del whole["format"]
    side = {"frames": 60, "recordings": 2, "accuracy": 0.9}
    whole |= {"split": {"training": side}, "metrics": {"validation": side}}
    rng, refused = random.Random(3), 0
    for _ in range(600):
        about = changed(whole, rng)
        try:
            found = checked_metadata(about) or {}
            if not found.get("class_names") or not found.get("image_shape"):
                continue
            words = facts_in_words(facts_from(found, known), input_range(found), {})
            screen({"kind": "model", "facts": words, "metadata": found})
        except BadModel:
            refused += 1
    assert 200 < refused < 500


def test_odd_values_are_told_with_the_name_of_the_file(known: Path) -> None:
    about = copy.deepcopy(read_metadata(known)) or {}
    about["region"]["scores"] = ["high", "low"]
    with h5py.File(known, "r+") as file:
        for name in [name for name in file.attrs if name.startswith("touchtrain")]:
            del file.attrs[name]
        write_metadata(file, about)
    with raises_with(BadModel, known.name, "region.scores"):
        model_facts(known)


@pytest.mark.parametrize("data", ["[]", "{}", '{"class_names": []}', "null", "[" * 5000, '{"decision": 3}', "\xff"])
def test_metadata_that_is_no_record_is_an_error_of_ours(tmp_path: Path, data: str) -> None:
    path = known_model(tmp_path / "model.h5", bare=True)
    with h5py.File(path, "r+") as file:
        file.attrs["touchtrain"] = np.bytes_(data.encode("latin-1"))
    with pytest.raises((BadModel, ModelNotDescribed)):
        model_facts(path)


def test_a_folder_of_tensorflow_holds_no_facts(tmp_path: Path) -> None:
    (tmp_path / "saved_model.pb").write_bytes(b"")
    with raises_with(BadModel, "SavedModel"):
        model_facts(tmp_path)
    with raises_with(BadModel, "model.h5"):
        (tmp_path / "model.h5").write_bytes(b"\x89HDF\r\n\x1a\n" + b"\0" * 100)
        model_facts(tmp_path / "model.h5")


def test_blurred_frames_are_less_sharp_and_darker_ones_less_bright() -> None:
    rng = np.random.default_rng(0)
    frames: Any = rng.integers(0, 200, (5, 30, 30, 1), np.uint8)
    blurred = np.stack([frames[:, :, column : column + 20] for column in range(10)]).mean(axis=0).astype(np.uint8)
    sharp, soft = frame_statistics(frames), frame_statistics(blurred)
    assert soft["sharpness"] < sharp["sharpness"] / 2
    assert frame_statistics(frames // 2)["brightness"] < sharp["brightness"] - 40
    assert frame_statistics(frames[:, :2, :2])["sharpness"] == 0


@pytest.mark.parametrize("lie", [{"class_names": ["a", "b", "c"]}, {"image_shape": [20, 30, 1]}, {"context_frames": 3}])
def test_a_file_whose_network_does_not_fit_what_it_says_is_refused(tmp_path: Path, lie: dict[str, Any]) -> None:
    with raises_with(BadModel, "model.h5"):
        model_facts(known_model(tmp_path / "model.h5", metadata=lie))
