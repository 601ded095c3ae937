"""Requests to mark videos are made with NumPy alone, in the process of MATLAB."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.conftest import NUMPY_ALONE
from tests.curation.known_model import known_model

PROGRAM = (
    NUMPY_ALONE
    + """
import json
from pyside.jobs import commands
root = sys.argv[1]
arguments = {"model_path": root + "/model.h5", "source": [root + "/videos/a.avi"], "output": ""}
options = {"centers": [[1.0, float("nan")]], "template": "object.png"}
print(json.dumps(commands.by_name("curate").request(arguments, options, from_matlab=True)))
"""
)


def test_a_request_is_made_with_numpy_alone(tmp_path: Path) -> None:
    known_model(tmp_path / "model.h5")
    (tmp_path / "videos").mkdir()
    (tmp_path / "videos/a.avi").touch()
    found = subprocess.run([sys.executable, "-c", PROGRAM, str(tmp_path)], stdout=subprocess.PIPE, check=True)
    request = json.loads(found.stdout)
    assert request["output"] == str(tmp_path / "videos_curated") and request["first"] == 1
    assert Path(request["settings"]["template"]).is_absolute() and "centers" in request["inputs"]
