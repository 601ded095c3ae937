"""Messages name a setting as the person who reads them spells it: CamelCase in MATLAB, snake_case elsewhere."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
from pathlib import Path

import pytest

from pyside import matlab
from pyside.errors import BadOption, TouchTrainError
from pyside.jobs import interpreter
from pyside.settings import Settings, TrainSettings, named, set_to, speaking, spelled
from pyside.settings.core import _kinds, in_words


def test_a_setting_is_named_for_the_face_that_is_spoken_to() -> None:
    assert named("batch_size") == "batch_size"
    with speaking("matlab"):
        assert named("batch_size") == "MiniBatchSize"
    assert named("batch_size") == "batch_size"


def test_settings_of_one_name_are_spelled_alike_in_all_commands() -> None:
    spellings: dict[str, set[str]] = {}
    for kind in _kinds(Settings):
        for field in dataclasses.fields(kind):
            spellings.setdefault(field.name, set()).add(spelled(field, "matlab"))
    assert len(spellings) > 90 and all(len(found) == 1 for found in spellings.values())


@pytest.mark.parametrize(
    ("name", "value", "in_python", "in_matlab"),
    [
        ("epochs", 30, "30", "30"),
        ("report", False, "False", "false"),
        ("dropout_rates", (0.25, 0.4), "[0.25, 0.4]", "[0.25 0.4]"),
        ("augment", ["noise=0.03", "shift"], "['noise=0.03', 'shift']", "{'noise=0.03', 'shift'}"),
        ("restore_best_weights", True, "True", "'best-validation'"),
        ("network", "small", "'small'", "'small'"),
    ],
)
def test_values_are_written_as_at_that_prompt(name: str, value: object, in_python: str, in_matlab: str) -> None:
    assert in_words(name, value) == in_python
    assert set_to(name, value) == f"{name} to {in_python}"
    with speaking("matlab"):
        assert set_to(name, value) == f"{named(name)} to {in_matlab}"


def test_the_door_speaks_to_a_person_in_matlab(tmp_path: Path) -> None:
    with pytest.raises(TouchTrainError) as caught:
        matlab.start_job("convertVideos", json.dumps(str(tmp_path)), "", str(tmp_path / "s"), '{"LabelVariable": "a"}')
    assert "label_variable" not in str(caught.value)
    with pytest.raises(BadOption, match=r"(?<![A-Za-z])epochs"):
        TrainSettings.from_options({"epochs": -1})
    assert named("epochs") == "epochs"


def test_a_job_speaks_as_the_face_that_began_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TOUCHTRAIN_PYTHON", raising=False)
    program = "from pyside.settings import named; print(named('epochs'))"
    with speaking("matlab"):
        (python, *_), environment = interpreter.command()
    found = [
        subprocess.run([sys.executable, "-c", program], env=one, capture_output=True, text=True, check=True).stdout
        for one in (environment, interpreter.command()[1])
    ]
    assert found == ["MaxEpochs\n", "epochs\n"]
