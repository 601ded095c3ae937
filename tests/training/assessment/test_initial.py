"""The new model beside the one it began from, on test recordings that the old one never saw."""

from __future__ import annotations

import dataclasses
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from pyside.data.dataset import Dataset
from pyside.data.dataset_writer import DatasetWriter
from pyside.evaluation.decision import Decision
from pyside.evaluation.predictions import Predictions
from pyside.evaluation.result import TrainingResult
from pyside.models.metadata import read_metadata, write_metadata
from pyside.settings import TrainSettings
from pyside.training import train
from pyside.training.assessment.evaluate import predict
from pyside.training.assessment.initial import Seen, compared
from tests.conftest import holds
from tests.training.conftest import noisy_frames

MakeSettings = Callable[..., TrainSettings]
HALF = Decision("Touch", 1, 0.5)
SIDES = ["training"] * 3 + ["validation"] * 2 + ["test"] * 6


def with_sides(folder: Path, sides: list[str], first: int = 0) -> Dataset:
    """One recording of 40 frames for each side."""
    writer = DatasetWriter(folder, ("NonTouch", "Touch"), (20, 20, 1), {"0": "NonTouch"}, {"pixel_range": [0, 255]})
    for number, side in enumerate(sides, start=first):
        labels = (np.arange(40) // 4 % 3 == 1).astype(np.int16)
        recording = writer.begin(f"{side}{number}")
        recording.append(noisy_frames(labels, (20, 20, 1), number))
        recording.close(labels, np.full(40, number, np.int32), {"kind": "test"}, {"side": side})
    return writer.close()


@dataclasses.dataclass(frozen=True)
class Continued:
    """A training from an initial model: all that is needed to compare the two again."""

    dataset: Dataset
    result: TrainingResult
    fitted: Any
    settings: TrainSettings
    test: Predictions

    def with_initial(self, path: Path, **info: Any) -> dict[str, Any]:
        """The comparison with another initial model, and with a dataset that says other things of itself."""
        settings = dataclasses.replace(self.settings, initial_model=str(path))
        dataset = dataclasses.replace(self.dataset, info={**self.dataset.info, **info})
        found = compared(self.fitted, dataset, settings, self.test, HALF)
        assert found is not None
        return found


@pytest.fixture(scope="module")
def continued(quick: MakeSettings, tmp_path_factory: pytest.TempPathFactory) -> Continued:
    """A model that learnt little, and one that goes on from it with two recordings more."""
    folder = tmp_path_factory.mktemp("continued")
    easy = {"learning_rate": 5e-3, "dropout_rates": (0, 0, 0, 0), "batch_size": 16}
    old = train.train(with_sides(folder / "first", SIDES), folder / "old", quick(**easy))
    dataset = with_sides(folder / "second", [*SIDES, "training", "training"])
    settings = quick(epochs=8, initial_model=old.model_path, **easy)
    kept: list[Any] = []
    result = train.train(dataset, folder / "new", settings, look=kept.append)
    test = predict(kept[0], dataset, np.flatnonzero(np.isin(dataset.table.recordings, np.arange(5, 11))))
    return Continued(dataset, result, kept[0], settings, test)


@pytest.fixture
def initial(continued: Continued, tmp_path: Path) -> Callable[..., Path]:
    """A function that makes a copy of the initial model that says other things of itself."""

    def made(change: Callable[[dict[str, Any]], Any] | None) -> Path:
        path = tmp_path / "old.h5"
        shutil.copy(str(continued.settings.initial_model), path)
        about = read_metadata(path) or {}
        with h5py.File(path, "a") as file:
            for name in [name for name in file.attrs if name.startswith("touchtrain")]:
                del file.attrs[name]
            if change is not None:
                change(about)
                write_metadata(file, about)
        return path

    return made


@pytest.mark.trains
def test_a_training_from_a_model_ends_with_a_table_of_both(continued: Continued) -> None:
    result = continued.result
    found = result.report["improvement"]
    assert (found["initial_model"], found["recordings"], found["frames"]) == ("old.h5", 6, 240)
    assert found["untouched"] and found["left_out"] == [] == found["remarks"]
    new = {row["figure"]: row["new"] for row in found["rows"]}
    figures = result.metrics["test"]
    assert new["accuracy"] == figures["accuracy"]
    assert new["errors_per_touch"] == figures["events"]["Touch"]["errors_per_touch"]
    assert found["outcome"] == "better" and found["rows"][0]["difference"] > 0
    table = result.summary().split("\n\n")[-2].splitlines()
    assert holds(table[0], 6, "old.h5", "new model", "difference") and len({len(line) for line in table}) == 1
    assert holds(table[1], "frames right", f"{100 * new['accuracy']:.2f} %")
    assert "better than the initial model" in [one["kind"] for one in result.report["verdict"]]
    assert json.loads(json.dumps(found)) == found


@pytest.mark.trains
def test_a_model_file_says_what_it_and_those_before_it_saw(continued: Continued) -> None:
    old, new = (
        read_metadata(str(path)) or {} for path in (continued.settings.initial_model, continued.result.model_path)
    )
    names = [f"{side}{number}" for number, side in enumerate(SIDES[:5])]
    assert old["seen"]["names"] == sorted(names) and old["seen"]["complete"]
    assert new["seen"]["names"] == sorted([*names, "training11", "training12"])
    assert len(new["seen"]["sha256"]) == 7 and {*old["seen"]["sha256"]} < {*new["seen"]["sha256"]}


@pytest.mark.trains
def test_recordings_that_the_old_model_saw_are_left_out(continued: Continued, initial: Callable[..., Path]) -> None:
    frames = continued.dataset.recordings[6].info["source"]["sha256"]
    seen = {"names": ["test5"], "sha256": [frames], "complete": True}
    found = continued.with_initial(initial(lambda about: about.update(seen=seen)))
    assert found["left_out"] == ["test5", "test6"] and found["recordings"] == 4 and found["outcome"] == "unknown"
    assert holds(found["remarks"][0], "test5, test6") and holds(found["advice"], 6, "side")
    every = {**seen, "names": [f"test{number}" for number in range(5, 11)]}
    found = continued.with_initial(initial(lambda about: about.update(seen=every)))
    assert found["outcome"] == "not compared" and found["rows"] == [] and len(found["left_out"]) == 6


@pytest.mark.trains
def test_test_recordings_with_labels_of_a_model_are_named(continued: Continued, initial: Callable[..., Path]) -> None:
    model = initial(lambda about: None)
    assert continued.with_initial(model)["remarks"] == []
    source = continued.dataset.recordings[7].info["source"]
    source["corrections"] = {"machine": 12}
    try:
        (remark,) = continued.with_initial(model)["remarks"]
    finally:
        del source["corrections"]
    assert holds(remark, "test7", "reviewed")


@pytest.mark.trains
def test_of_a_model_that_does_not_say_what_it_saw_both_readings_are_told(
    continued: Continued, initial: Callable[..., Path]
) -> None:
    found = continued.with_initial(initial(None))
    assert found["untouched"] is False and found["recordings"] == 6
    assert holds(found["remarks"][0], "old.h5", "table holds", "too good") and "untouched" not in found["sentence"]


@pytest.mark.trains
def test_the_old_model_is_judged_by_its_own_decision_and_the_names_of_its_classes(
    continued: Continued, initial: Callable[..., Path]
) -> None:
    def right(change: Callable[[dict[str, Any]], Any]) -> float:
        return float(continued.with_initial(initial(change))["rows"][0]["old"])

    def decide(threshold: float, duration: int, names: tuple[str, str] = ("NonTouch", "Touch")) -> Callable[..., Any]:
        decision = {"event_class": "Touch", "threshold": threshold, "min_duration": duration}
        return lambda about: about.update(decision=decision, class_names=list(names))

    as_it_is = right(decide(0.5, 1))
    assert right(decide(0.5, 1, ("Touch", "NonTouch"))) == pytest.approx(1 - as_it_is)
    share_of_touches = float(np.mean(continued.test.labels))
    assert right(decide(0.0, 1)) == pytest.approx(share_of_touches)
    assert right(decide(0.5, 39)) == pytest.approx(1 - share_of_touches)


@pytest.mark.trains
@pytest.mark.parametrize(
    ("change", "info", "facts"),
    [
        ({"contrast": "stretch"}, {"region": {"center": "none"}}, ("contrast", "stretch", "none")),
        ({"contrast": "stretch"}, {"contrast": "equalize"}, ("contrast", "stretch", "equalize")),
        ({"roi": [61, 61]}, {"roi": [31, 31]}, ("roi", "61 x 61", "31 x 31")),
        ({"class_names": ["NonTouch", "Lick"]}, {}, ("Lick",)),
        ({"contrast": "stretch", "roi": [61, 61]}, {}, ()),  # of frames that came cut out it is not known
    ],
)
def test_a_model_for_other_frames_is_not_compared_and_it_says_why(
    change: dict[str, Any],
    info: dict[str, Any],
    facts: tuple[str, ...],
    continued: Continued,
    initial: Callable[..., Path],
) -> None:
    found = continued.with_initial(initial(lambda about: about.update(change)), **info)
    assert (found["outcome"] == "not compared") == bool(facts) and holds(found["sentence"], "old.h5", *facts)


@pytest.mark.trains
def test_a_model_that_has_gone_meanwhile_costs_the_table_only(continued: Continued, tmp_path: Path) -> None:
    found = continued.with_initial(tmp_path / "gone.h5")
    assert found["outcome"] == "not compared" and holds(found["sentence"], "gone.h5")


def test_without_a_test_side_it_says_what_to_do(dataset: Dataset) -> None:
    settings = TrainSettings(initial_model="models/old.h5")
    found = compared(None, dataset, settings, None, HALF)  # type: ignore[arg-type]
    assert found is not None and found["outcome"] == "not compared"
    assert holds(found["sentence"], "old.h5", "no test side") and holds(found["advice"], "side", "test_fraction", "0.2")
    assert compared(None, dataset, TrainSettings(), None, HALF) is None  # type: ignore[arg-type]


def about(trained: list[str], total: int, validated: list[str], initial_model: str | None = None) -> dict[str, Any]:
    """What a model file of an earlier version says of its recordings."""
    return {
        "statistics": {"names": trained, "recordings": total},
        "metrics": {"validation": {"recordings": [{"recording": name} for name in validated]}},
        "settings": {"initial_model": initial_model},
    }


@pytest.mark.parametrize(
    ("said", "names", "complete"),
    [
        (about(["a", "b"], 2, ["c"]), {"a", "b", "c"}, True),
        (about(["a", "b"], 400, ["c"]), {"a", "b", "c"}, False),
        (about(["a"], 1, ["c"], "before.h5"), {"a", "c"}, False),
        ({}, set(), False),
        (
            {"statistics": 3, "metrics": {"validation": {"recordings": [7, {"recording": 8}]}}, "settings": []},
            set(),
            False,
        ),
        ({"seen": {"names": ["a"], "sha256": 5, "complete": "yes"}}, {"a"}, False),
    ],
)
def test_a_model_of_an_earlier_version_says_it_in_other_places(
    said: dict[str, Any], names: set[str], complete: bool
) -> None:
    found = Seen.of(said)
    assert (found.names, found.complete) == (names, complete)
