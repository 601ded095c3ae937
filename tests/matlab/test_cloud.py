"""The cloud from Octave, over services that stand in: an emulator of storage, and our own stand-in for Vertex AI."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pyside.jobs import job
from tests.jobs.cloud.stand_ins import VertexStandIn, storage_emulator
from tests.matlab.test_matlab_face import HERE, REPOSITORY, Prompt, controls, needs_octave, run

PATHS = (
    f"addpath('{HERE}'); addpath('{HERE / 'cloud'}'); addpath('{REPOSITORY / 'matlab'}'); "
    "touchtrain.internal.setup.addOctaveFolder();"
)


@pytest.fixture
def vertex(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[VertexStandIn]:
    """The stand-in for Vertex AI, beside an emulator of storage with a bucket; both in the environment.

    Jobs that a session leaves at work, as one that fails does, are ended.
    """
    with storage_emulator(["touchtrain-lab"]) as storage:
        monkeypatch.setenv("STORAGE_EMULATOR_HOST", storage)
        with VertexStandIn(runs_jobs=True) as services:
            monkeypatch.setenv("TOUCHTRAIN_VERTEX_ENDPOINT", services.url)
            yield services
            for noted in tmp_path.rglob("process.json"):
                job.cancel(noted.parent)


@needs_octave
@pytest.mark.trains
def test_a_lab_s_session_with_the_cloud(vertex: VertexStandIn, tmp_path: Path) -> None:
    text = run(["octave", "--no-gui", "--norc", "--quiet", "--eval", f"{PATHS} cloud_session()"], "R2025a", tmp_path)
    assert "cloud session ended well" in text
    assert vertex.created == 3


@needs_octave
def test_ctrl_c_leaves_the_training_in_the_cloud_and_cancel_ends_it_there(
    vertex: VertexStandIn, tmp_path: Path
) -> None:
    vertex.stay_pending = True
    prompt = Prompt(tmp_path)
    try:
        prompt.type(f"{PATHS} tiny_set('set'); t = tiny_network(); disp(['re' 'ady'])\n")
        prompt.wait_for("ready")
        prompt.type("s = struct('projectID', 'my-lab-123456', 'mainBucket', 'touchtrain-lab');\n")
        prompt.type("job = touchtrain.trainOnCloud('set', 'model', s, t{:}, 'JobFolder', 'j'); wait(job)\n")
        prompt.wait_for("us-central1")
        prompt.type("\x03")
        _, cancelling, attaching = controls(prompt)
        assert [one["state"] for one in vertex.jobs.values()] == ["JOB_STATE_PENDING"]
        prompt.type(f"{attaching}; {cancelling}; disp(['it is ' job.State]); remove(job)\n")
        prompt.wait_for(r"Job 1 \(training, model\.h5\) is cancelled", seconds=30)
        prompt.wait_for("it is cancelled", seconds=30)
        prompt.type("x = 40 + 2\n")
        prompt.wait_for("x = 42", seconds=20)
    finally:
        prompt.close()
    assert [one["state"] for one in vertex.jobs.values()] == ["JOB_STATE_CANCELLED"]
    assert not (tmp_path / "j").exists() and not (tmp_path / "model.h5").exists()
