"""The cloud from Octave, over services that stand in: an emulator of storage, and our own stand-in for Vertex AI."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.jobs.stand_ins import VertexStandIn, storage_emulator
from tests.matlab.test_matlab_face import HERE, REPOSITORY, needs_octave, run

SESSION = (
    f"addpath('{HERE}'); addpath('{HERE / 'cloud'}'); addpath('{REPOSITORY / 'matlab'}'); "
    "touchtrain.internal.addOctaveFolder(); cloud_session()"
)


@needs_octave
def test_a_lab_s_session_with_the_cloud(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert shutil.which("octave")
    with storage_emulator(["touchtrain-lab"]) as storage:
        monkeypatch.setenv("STORAGE_EMULATOR_HOST", storage)
        with VertexStandIn(runs_jobs=True) as vertex:
            monkeypatch.setenv("TOUCHTRAIN_VERTEX_ENDPOINT", vertex.url)
            text = run(["octave", "--no-gui", "--norc", "--quiet", "--eval", SESSION], "R2025a", tmp_path)
    assert "cloud session ended well" in text
    assert vertex.created in (2, 3)  # the last one is cancelled, perhaps before it is made
