"""What is submitted to Slurm, and a scheduler whose jobs a stand-in for sbatch runs on this computer."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from pyside.__main__ import main
from pyside.cluster.cluster import Cluster
from pyside.cluster.work import Item
from tests.cluster import hands
from tests.cluster.conftest import ROOT
from tests.conftest import holds, until

SBATCH = """#!/bin/sh
cp "$1" "$0.script"
setsid sh "$0.script" >"$0.log" 2>&1 &
echo $! >"$0.pid"
echo "Submitted batch job 4711"
"""
SCANCEL = '#!/bin/sh\nkill -TERM -- -$(cat "$(dirname "$0")/sbatch.pid")\necho "$@" >"$0.called"\n'


def test_a_dry_run_prints_the_job_script(capsys: pytest.CaptureFixture[str]) -> None:
    line = "cluster slurm --partition gpu --cores 4 --memory 16GB --walltime 04:00:00 --jobs 8 --gpus 1 --dry-run"
    assert main([*line.split(), "--directives=--constraint=skylake", "--prologue", "module load ffmpeg"]) == 0
    script = capsys.readouterr().out
    for expected in ("-p gpu", "--cpus-per-task=4", "--mem=15G", "-t 04:00:00", "--gres=gpu:1", "--constraint=skylake"):
        assert f"#SBATCH {expected}\n" in script
    assert "\nmodule load ffmpeg\n" in script and sys.executable in script
    assert holds(script, "dask_worker", "--nworkers 4", "--nthreads 1")
    assert main([*line.split(), "--cores-per-worker", "2"]) == 0
    assert holds(capsys.readouterr().out, "--nworkers 2", "--nthreads 2", "--memory-limit 7.45GiB")
    assert main([*line.split(), "--cores-per-worker", "3"]) == 1
    assert holds(capsys.readouterr().err, "cores_per_worker is 3", "4")
    assert main(["cluster", "slurm", "--dry-run", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["kind"] == "job script"


def test_all_faults_of_the_options_are_told_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    assert main("cluster slurm --memory lots --walltime soon --jobs 0 --dry-run".split()) == 1
    assert holds(capsys.readouterr().err, "memory", "walltime", "jobs")


def test_without_sbatch_there_is_one_sentence(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert main("cluster slurm --partition gpu".split()) == 1
    assert holds(capsys.readouterr().err, "sbatch", "dry_run")


@pytest.mark.skipif(os.name == "nt", reason="there is no Slurm on Windows")
def test_jobs_that_are_submitted_work_until_ctrl_c(tmp_path: Path) -> None:
    for name, text in (("sbatch", SBATCH), ("scancel", SCANCEL)):
        (tmp_path / name).write_text(text)
        (tmp_path / name).chmod(0o755)
    around = {**os.environ, "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}
    line = [sys.executable, "-m", "pyside", "cluster", "slurm", "--memory", "1GB", "--interface", "lo"]
    said = tmp_path / "said.txt"
    with said.open("wb") as file:
        process = subprocess.Popen(line, env=around, stdout=file, stderr=file, cwd=tmp_path)
    try:
        until(lambda: re.search(r"tcp://[\d.]+:\d+", said.read_text()))
        found = re.search(r"tcp://[\d.]+:\d+", said.read_text())
        assert found
        with Cluster(found[0], tmp_path / "result") as cluster:
            cluster.check([], [])
            results = cluster.each(hands.dies_of, "", [Item("one", 1, "one")], lambda: None, lambda item, frames: None)
            assert [result for _, result in results] == ["one"]
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0
        assert (tmp_path / "scancel.called").read_text().strip() == "4711"
    finally:
        process.kill()
        process.wait()
        if (tmp_path / "sbatch.pid").exists():
            with contextlib.suppress(ProcessLookupError):
                os.killpg(int((tmp_path / "sbatch.pid").read_text()), signal.SIGKILL)


def test_ctrl_c_stays_what_it_was_when_jobs_can_be_submitted() -> None:
    program = (
        "import signal; from pyside.cluster import slurm; before = signal.getsignal(signal.SIGINT); "
        "slurm._slurm_cluster(); assert signal.getsignal(signal.SIGINT) is before"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
