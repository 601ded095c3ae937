"""Requests to mark videos are made with NumPy alone, in the process of MATLAB."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np

from pyside.curation.contacts.mat5 import new_file
from tests.conftest import NUMPY_ALONE
from tests.curation.contacts.arrays import marks, session
from tests.curation.known_model import known_model

PROGRAM = (
    NUMPY_ALONE
    + """
import json
from pyside.jobs import commands
root = sys.argv[1]
arguments = {"model_path": root + "/model.h5", "source": [root + "/videos/a.avi"], "output": ""}
options = {"centers": [[1.0, float("nan")]], "template": "object.png", "contact_array": root + "/old.mat"}
print(json.dumps(commands.by_name("curate").request(arguments, options, from_matlab=True)))
"""
)

CONTACTS = (
    NUMPY_ALONE
    + """
import json
from pyside.jobs import commands
root = sys.argv[1]
arguments = {"session": root + "/session", "contacts": root + "/old.mat"}
options = {"frame_map": {3: [1, 2, float("nan")]}, "overwrite_manual": 3.0}
print(json.dumps(commands.by_name("contacts").request(arguments, options, from_matlab=True)))
"""
)


def test_a_request_for_a_contact_array_is_made_with_numpy_alone(tmp_path: Path) -> None:
    session(tmp_path / "session", [marks("a", np.zeros(3))])
    (tmp_path / "old.mat").write_bytes(new_file({"contacts": []}))
    found = subprocess.run([sys.executable, "-c", CONTACTS, str(tmp_path)], stdout=subprocess.PIPE, check=True)
    request = json.loads(found.stdout)
    assert request["output"] == str(tmp_path / "session_contacts.mat") and request["first"] == 1
    assert request["inputs"]["as_changes"] is True and request["settings"]["overwrite_manual"] == [3]


def test_a_request_is_made_with_numpy_alone(tmp_path: Path) -> None:
    known_model(tmp_path / "model.h5")
    (tmp_path / "videos").mkdir()
    (tmp_path / "videos/a.avi").touch()
    (tmp_path / "old.mat").write_bytes(new_file({"contacts": []}))
    found = subprocess.run([sys.executable, "-c", PROGRAM, str(tmp_path)], stdout=subprocess.PIPE, check=True)
    request = json.loads(found.stdout)
    assert request["output"] == str(tmp_path / "videos_curated") and request["first"] == 1
    assert request["settings"]["contact_array"] == str(tmp_path / "old.mat")
    assert Path(request["settings"]["template"]).is_absolute() and "centers" in request["inputs"]
