"""Inside MATLAB nothing is loaded but NumPy and the standard library, from the first call to the last."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import NUMPY_ALONE, QUICK

pytestmark = pytest.mark.trains

PROGRAM = (
    NUMPY_ALONE
    + """
import array, json, time
import numpy as np
from pyside import matlab

folder, python, network = sys.argv[1:]
rng = np.random.default_rng(0)
frames = np.asfortranarray(rng.integers(0, 255, (20, 20, 90), dtype=np.uint8))
labels = array.array("d", (rng.random(90) < 0.5).tolist())
matlab.record_python(python)
matlab.about(), matlab.options("train"), matlab.options("convertArrays")
token = json.loads(matlab.convert_arrays_open(folder + "/set", "{}", labels, "[[20, 20, 90]]"))["token"]
matlab.convert_arrays_append(token, 1.0, memoryview(frames))
matlab.convert_arrays_close(token)
options = {"MaxEpochs": 1, "Network": network, "Report": False}
from pyside.jobs import requests
searched = {"InitialLearnRate": "1e-4..1e-2", "Network": ["legacy", "small"]}
requests.tuning(folder + "/set", folder + "/tuned", searched, {}, "matlab"), matlab.options("tune")
job = json.loads(matlab.start_job("train", folder + "/set", folder + "/model", json.dumps(options)))["folder"]
while json.loads(matlab.job_status(job))["state"] in ("waiting", "running"):
    time.sleep(0.1)
print(json.loads(matlab.job_result(job))["model_path"])
np.save(folder + "/frames.npy", frames)
np.save(folder + "/labels.npy", np.asarray(labels))
started = json.loads(matlab.start_job("convertNumpy", json.dumps(folder), folder + "/again", "{}"))
while json.loads(matlab.job_status(started["folder"], 0.0, True))["state"] in ("waiting", "running"):
    time.sleep(0.1)
print(json.loads(matlab.job_result(started["folder"]))["report"]["frames"])
print(json.loads(matlab.inspect(folder + "/labels.npy"))["kind"])
print(json.loads(matlab.inspect(folder + "/model.h5"))["class_names"])
print(json.loads(matlab.inspect(folder + "/set"))["frames"])
sides = [json.dumps(folder + "/labels.npy"), json.dumps([folder + "/labels.npy"])]
print(json.loads(matlab.do_job("compare", *sides, "{}"))["kappa"])
print(json.loads(matlab.doctor(folder))["version"] == json.loads(matlab.about())["version"])
print(json.loads(matlab.doctor_bundle(job, '[{"topic": "MATLAB", "state": "ok", "text": "", "remedy": ""}]'))["bundle"])
import pyside
print(pyside.train(folder + "/set", folder + "/direct", epochs=1, network=network, report=False).model_path)
token = json.loads(matlab.predict_open(folder + "/labels.npy", "{}", "[[20, 20, 90]]"))["token"]
matlab.predict_append(token, 1.0, memoryview(frames))
try:
    while not json.loads(matlab.predict_wait(token))["done"]:
        pass
except pyside.errors.BadModel as error:
    print(error.identifier)
"""
)


def test_a_whole_training_needs_nothing_but_numpy_in_the_host(tmp_path: Path) -> None:
    environment = {**os.environ, "TOUCHTRAIN_HOST": "matlab", "PYTHONPATH": str(Path(__file__).parents[1])}
    line = [sys.executable, "-c", PROGRAM, str(tmp_path), sys.executable, QUICK["network"]]
    answer = subprocess.run(line, env=environment, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr
    job = next((tmp_path / "touchtrain-jobs").glob("model-*[0-9]")).name
    assert answer.stdout.splitlines() == [
        str(tmp_path / "model.h5"),
        "90",
        "labels",
        "['NonTouch', 'Touch']",
        "90",
        "1.0",
        "True",
        str(tmp_path / "touchtrain-jobs" / f"{job}-logs.zip"),
        str(tmp_path / "direct.h5"),
        "TouchTrain:BadModel",
    ]
