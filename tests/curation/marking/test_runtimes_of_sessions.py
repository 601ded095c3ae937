"""Sessions in other runtimes: how they are said, recorded and resumed."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import pyside
from pyside.curation.marking import curate as marking
from pyside.curation.marking.session import read_session
from pyside.curation.marks import load_marks
from pyside.errors import BadOption, ExtraMissing, ModelNotProven
from pyside.runtimes import choice
from pyside.runtimes.choice import TIMED_FROM
from pyside.settings.curation import CurateSettings
from tests.conftest import raises_with
from tests.curation.known_model import flip_a_bit, proven_model
from tests.curation.marking.conftest import Lab, levels


def curate(root: Path, **options: Any) -> dict[str, Any]:
    return pyside.curate(root / "model.h5", root / "videos", **{"precision": "float32", **options})


@pytest.fixture
def onnxruntime_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choice, "_rate", lambda step, *given: 4321.0 if step.runtime == "onnxruntime" else 20.0)


@pytest.mark.parametrize("runtime", ["openvino", "onnxruntime"])
def test_the_command_line_marks_in_a_runtime(lab: Lab, runtime: str) -> None:
    root = lab(70)
    line = [sys.executable, "-m", "pyside", "curate", str(root / "model.h5"), str(root / "videos")]
    done = subprocess.run(
        [*line, "--runtime", runtime, "--json"], capture_output=True, text=True, check=False, cwd=root
    )
    found = json.loads(done.stdout.strip().splitlines()[-1])
    assert (found["runtime"], found["backend"], found["device"]) == (runtime, None, "cpu"), done.stderr
    (video,) = read_session(Path(found["path"]))["videos"]
    assert (video["runtime"], video["backend"]) == (runtime, None)
    marks = load_marks(Path(found["path"]) / "marks" / "clip0.npz")
    assert marks.labels.tolist() == (levels(70) > 127).astype(int).tolist()


def test_auto_says_what_it_took_and_a_resumed_session_keeps_it(
    lab: Lab, onnxruntime_wins: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = lab(40, 30)
    last = root / "videos" / "clip1.avi"
    last.rename(root / "clip1.avi")
    said: list[str] = []
    options = {"precision": "float32", "runtime": "auto"}

    def noted(record: dict[str, Any]) -> None:
        said.extend(record.get("said", ()))

    found = marking.curate(root / "model.h5", root / "videos", None, options, progress=noted)
    assert found["runtime"] == "onnxruntime" and {one["runtime"] for one in found["timings"]} == set(choice._PACKAGES)
    assert "4,321" in found["about_runtime"] and found["about_runtime"] in said
    assert read_session(Path(found["path"]))["timings"] == found["timings"]
    (root / "clip1.avi").rename(last)
    monkeypatch.setattr(choice, "_rate", lambda step, *given: 4321.0 if step.runtime == "keras" else 20.0)
    again = curate(root, runtime="auto")
    assert (again["kept"], again["done"], again["runtime"], again["timings"]) == (1, 2, "onnxruntime", [])
    assert "ONNX Runtime" in again["about_runtime"]


def test_a_session_of_an_earlier_version_stays_finished(lab: Lab) -> None:
    root = lab(30)
    folder = Path(curate(root)["path"])
    session = json.loads((folder / "session.json").read_text())
    session["settings"].pop("runtime")
    session["videos"][0].pop("runtime")
    (folder / "session.json").write_text(json.dumps(session))
    assert curate(root)["kept"] == 1 and curate(root, runtime="auto")["kept"] == 1
    assert curate(root, runtime="openvino")["kept"] == 0


def test_a_runtime_that_was_removed_is_chosen_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pyside.curation.marking.curate.is_installed", lambda name: name != "openvino")
    done = [{"state": "done", "runtime": "openvino"}, {"state": "failed"}]
    settings, text = marking.in_the_runtime_of(done, CurateSettings.from_options({"runtime": "auto"}))
    assert settings.runtime == "auto" and "OpenVINO" in text


def test_what_cannot_be_is_said_before_anything_is_written(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    root = lab(5)
    with raises_with(BadOption, "mixed_bfloat16", "float32"):
        curate(root, runtime="onnxruntime", precision="mixed_bfloat16")
    monkeypatch.setattr(choice, "_lacking", lambda runtime: ["openvino"])
    for more in ({}, {"check": True}):
        with raises_with(ExtraMissing, "runtime", "openvino", "pip install"):
            curate(root, runtime="openvino", **more)
    assert not (root / "videos_curated").exists()


def test_a_model_whose_weights_have_changed_is_refused_before_a_video_is_opened(lab: Lab) -> None:
    root = lab(5)
    proven_model(root / "model.h5")
    flip_a_bit(root / "model.h5")
    for more in ({}, {"check": True}, {"scheduler": "tcp://nowhere:1"}):
        with raises_with(ModelNotProven, root / "model.h5"):
            curate(root, **more)
    assert not (root / "videos_curated").exists() and not list(root.glob("*_check.png"))


def test_a_check_measures_in_the_runtime(lab: Lab, onnxruntime_wins: None) -> None:
    found = curate(lab(30), runtime="auto", check=True)
    assert found["runtime"] == "onnxruntime" and "4,321" in found["about_runtime"]


def test_frames_from_memory_say_what_computed(lab: Lab, onnxruntime_wins: None) -> None:
    root, frames = lab(5), np.full((20, 20, TIMED_FROM), 200, np.uint8)
    found = pyside.predict(root / "model.h5", frames, runtime="auto")
    assert (found.runtime, found.precision, found.device) == ("onnxruntime", "float32", "cpu")
    assert "4,321" in found.said and found.said in found.summary() and found.label_names == ["Touch"] * TIMED_FROM
    assert pyside.predict(root / "model.h5", frames, precision="float32").said == ""
