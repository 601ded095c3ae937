"""What the doctor finds, how it tells it, and what is in the zip that it makes."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pyside import version
from pyside.diagnostics import doctor, machine_findings, python_findings
from pyside.diagnostics.probe import MARK
from pyside.diagnostics.python_findings import Probe
from pyside.jobs import interpreter
from pyside.system import machine
from pyside.system.machine import Cards

REPOSITORY = Path(__file__).resolve().parents[2]
PACKAGES = set(interpreter.NEEDED.values())
CARD = Cards(["NVIDIA A100-SXM4-40GB (40960 MiB, driver 550.54.15)"])


def one(findings: Any) -> dict[str, str]:
    (found,) = findings
    return found


def told(*records: dict[str, Any]) -> str:
    return "\n".join(["a library said something", *(MARK + json.dumps(record) for record in records)])


def test_one_page_of_all_that_is_there_and_nothing_is_written(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    environment = {**os.environ, "HOME": str(home), "PYTHONPATH": str(REPOSITORY), "TOUCHTRAIN_CONFIG": str(home)}
    environment["PYTHONDONTWRITEBYTECODE"] = "1"
    line = [sys.executable, "-m", "pyside", "doctor", "--json", "--folder", str(home)]
    done = subprocess.run(line, env=environment, cwd=home, capture_output=True, check=False, text=True)
    assert done.stderr == ""
    report = json.loads(done.stdout)
    assert done.returncode == (0 if report["well"] else 1)
    assert list(home.iterdir()) == []
    texts = {finding["topic"]: finding["text"] for finding in report["findings"]}
    assert sys.executable in texts["Python of jobs"]
    assert re.search(r"mixed_bfloat16|float32|mixed_float16", texts["precision"])
    assert "h264" in texts["video"]
    packages = [finding["text"] for finding in report["findings"] if finding["topic"] == "packages"]
    assert {text.split()[0] for text in packages} == PACKAGES
    page = doctor.page(report)
    assert len(page.splitlines()) < 50
    assert "numpy" in page and "tensorflow 2." in page


def test_without_a_python_for_jobs_it_answers_and_says_what_to_do(no_python: None, tmp_path: Path) -> None:
    report = doctor.examine(tmp_path)
    wrong = one(finding for finding in report["findings"] if finding["state"] == "wrong")
    assert "/nowhere/python" in wrong["text"]
    assert "touchtrain.setup" in wrong["remedy"]
    assert not report["well"]
    assert "WRONG Python of jobs" in doctor.page(report)


def test_a_check_that_breaks_is_a_finding_and_the_others_go_on(
    no_python: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def broken() -> None:
        raise RuntimeError("no such counter")

    monkeypatch.setattr(machine, "memory", broken)
    findings = {finding["topic"]: finding for finding in doctor.examine(tmp_path)["findings"]}
    assert findings["memory"]["state"] == "note"
    assert "RuntimeError: no such counter" in findings["memory"]["text"]
    assert findings["environment"]["text"]


def test_a_folder_that_is_not_there_is_a_finding(no_python: None, tmp_path: Path) -> None:
    findings = doctor.examine(tmp_path / "nowhere")["findings"]
    found = one(finding for finding in findings if finding["topic"] == "write access")
    assert found["state"] == "wrong"
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.skipif(os.name != "posix", reason="its stand-in for a Python is a program of the shell")
def test_a_program_that_is_no_python_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = tmp_path / "python"
    program.write_text("#!/bin/sh\necho 'libpython3.11.so.1.0: cannot open shared object file' >&2\nexit 127\n")
    program.chmod(0o755)
    monkeypatch.setenv("TOUCHTRAIN_PYTHON", str(program))
    findings = doctor.examine(tmp_path)["findings"]
    found = one(finding for finding in findings if finding["topic"] == "Python of jobs")
    assert found["state"] == "wrong"
    assert str(program) in found["text"] and "libpython3.11.so.1.0" in found["text"]


def test_the_oldest_packages_are_those_of_the_project() -> None:
    text = (REPOSITORY / "pyproject.toml").read_text(encoding="utf-8")
    needed = re.search(r"^dependencies = \[(.*?)^\]", text, re.MULTILINE | re.DOTALL)
    assert needed
    stated = dict(re.findall(r'"([\w-]+)>=([\d.]+)', needed[1]))
    assert stated == python_findings._OLDEST_PACKAGES
    assert set(stated) == PACKAGES


@pytest.mark.parametrize(
    ("versions", "credentials", "states", "remedy"),
    [
        ({"gcsfs": "2026.1", "google-cloud-aiplatform": "2.7"}, True, ["ok"], ""),
        ({"gcsfs": "2026.1", "google-cloud-aiplatform": "2.7"}, False, ["ok", "note"], "gcloud auth"),
        ({"gcsfs": None, "google-cloud-aiplatform": "2.7"}, True, ["note"], f"{version.ROOT}[cloud]"),
        ({}, False, [], ""),
    ],
)
def test_what_trainings_in_the_cloud_need_is_told_and_never_wrong(
    versions: dict[str, str | None], credentials: bool, states: list[str], remedy: str
) -> None:
    probe = Probe(python="/p")
    python_findings.read_probe(
        probe, told({"python": "3.12.4", "bits": 64}, {"cloud": versions, "credentials": credentials}), "", 0
    )
    findings = list(machine_findings.judge_cloud(probe))
    assert [finding["state"] for finding in findings] == states
    assert remedy in "".join(finding["remedy"] for finding in findings)


# --- packages ------------------------------------------------------------------------------------------------------


def test_what_the_python_told_is_read_and_judged() -> None:
    probe = Probe(python="/p")
    records = [
        {"python": "3.12.4", "bits": 64},
        {"begun": "numpy"},
        {"package": "numpy", "version": "2.1.0", "error": None},
        {"package": "h5py", "version": None, "error": "ModuleNotFoundError: No module named 'h5py'"},
        {"package": "pillow", "version": None, "error": "ModuleNotFoundError: No module named 'PIL'"},
        {"package": "mat-io", "version": None, "error": "ImportError: cannot import name 'x' from 'y'"},
        {"package": "keras", "version": "3.1.0", "error": None},
        {"gpus": 2, "cuda": True},
        {"backend": "jax"},
        {"begun": "tensorflow"},
    ]
    python_findings.read_probe(probe, told(*records), "", -int(signal.SIGILL) if os.name == "posix" else 3)
    assert (probe.version, probe.gpus, probe.backend) == ("3.12.4", 2, "jax")
    found = {finding["text"].split()[0]: finding for finding in python_findings.packages_of_jobs(probe)}
    assert found["numpy"] == {"topic": "packages", "state": "ok", "text": "numpy 2.1.0", "remedy": ""}
    assert found["h5py,"]["text"].startswith("h5py, pillow")
    assert found["h5py,"]["remedy"] == "/p -m pip install h5py pillow"
    assert "cannot import name" in found["mat-io"]["text"]
    assert "3.15" in found["keras"]["text"]
    assert "SIGILL" in found["tensorflow"]["text"] or os.name != "posix"
    assert found["av"]["state"] == "note"
    assert "KERAS_BACKEND" in found["Keras"]["remedy"]
    assert one(python_findings.python_of_jobs(probe))["state"] == "ok"


def test_a_process_that_hangs_is_told() -> None:
    probe = Probe(python="/p")
    python_findings.read_probe(
        probe, told({"python": "3.12.4", "bits": 64}, {"begun": "tensorflow"}), "no answer", None
    )
    package, why = probe.ended_in
    assert package == "tensorflow" and "no answer" in why


@pytest.mark.parametrize(("version", "bits", "part"), [("3.9.1", 64, "3.11 to 3.13"), ("3.12.1", 32, "64-bit")])
def test_a_python_that_will_not_do_has_its_remedy(version: str, bits: int, part: str) -> None:
    found = one(python_findings.python_of_jobs(Probe(python="/p", version=version, bits=bits)))
    assert found["state"] == "wrong"
    assert part in found["remedy"]


@pytest.mark.parametrize(
    ("message", "system", "part"),
    [
        ("ImportError: /lib/libstdc++.so.6: version `GLIBCXX_3.4.30' not found", "linux", "libstdc++6"),
        ("ImportError: libstdc++.so.6: cannot open shared object file", "linux", "libstdcxx-ng"),
        ("ImportError: /lib/libc.so.6: version `GLIBC_2.34' not found", "linux", "glibc"),
        ("ImportError: DLL load failed while importing _pywrap_tensorflow_internal", "win32", "vc_redist.x64.exe"),
        ("Failed to load the native TensorFlow runtime.", "win32", "vc_redist.x64.exe"),
        ("ImportError: libffi.so.7: cannot open shared object file", "linux", "libffi8"),
        ("tensorflow ended the process (SIGILL)", "linux", "AVX"),
        ("ImportError: x.so: undefined symbol: _ZN10tensorflow", "linux", "--force-reinstall"),
        ("ValueError: numpy.dtype size changed, may indicate binary incompatibility", "linux", "--force-reinstall"),
        ("ImportError: libGL.so.1: cannot open shared object file", "linux", "library"),
        ("ModuleNotFoundError: No module named 'tensorflow'", "linux", "'/my python' -m pip install tensorflow"),
        ("ModuleNotFoundError: No module named 'pyside'", "linux", f"'/my python' -m pip install -e {version.ROOT}"),
        ("something else", "linux", "--force-reinstall"),
    ],
)
def test_errors_of_importing_are_explained(message: str, system: str, part: str) -> None:
    assert part in python_findings.explain(message, "tensorflow", system, "/my python")


# --- the machine ---------------------------------------------------------------------------------------------------


def test_nvidia_smi_is_read() -> None:
    answer = "NVIDIA A100-SXM4-40GB, 40960 MiB, 550.54.15\n"
    assert machine.read_nvidia_smi(0, answer) == CARD
    assert machine.read_nvidia_smi(6, "No devices were found") == Cards()
    assert machine.read_nvidia_smi(18, "Failed to initialize NVML: Driver/library version mismatch").fault


@pytest.mark.parametrize(
    ("cards", "gpus", "system", "state", "part"),
    [
        (Cards(), 0, "linux", "ok", "NVIDIA"),
        (CARD, 1, "linux", "ok", "A100"),
        (CARD, 0, "linux", "wrong", "tensorflow[and-cuda]"),
        (CARD, 0, "wsl", "wrong", "tensorflow[and-cuda]"),
        (CARD, 0, "win32", "note", "WSL2"),
        (Cards(), 0, "win32", "ok", "processor"),
        (Cards(), 0, "darwin", "note", "GPU"),
        (CARD, None, "linux", "note", "A100"),
        (Cards(fault="Driver/library version mismatch"), 0, "linux", "wrong", "Restart"),
    ],
)
def test_graphics_cards_are_judged(cards: Cards, gpus: int | None, system: str, state: str, part: str) -> None:
    found = one(machine_findings.judge_gpu(cards, Probe(python="/p", gpus=gpus), system))
    assert found["state"] == state
    assert part in found["text"] + found["remedy"]


def test_a_card_that_is_hidden_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "-1")
    assert "CUDA_VISIBLE_DEVICES" in one(machine_findings.judge_gpu(CARD, Probe(gpus=0), "linux"))["remedy"]


def test_memory_and_cores_are_read_with_the_limits_of_a_container() -> None:
    meminfo = "MemTotal:       16000000 kB\nMemFree:  100 kB\nMemAvailable:    8000000 kB\n"
    assert machine.memory(meminfo, "max") == (16_384_000_000, 8_192_000_000)
    assert machine.memory(meminfo, "2000000000") == (2_000_000_000, 2_000_000_000)
    assert machine.memory("", "") == (None, None)
    assert machine.cores("100000 100000")[1] == 1
    assert machine.cores("max 100000") == machine.cores("")
    assert machine.processor_name("vendor_id\t: x\nmodel name\t: Fast One\n") == "Fast One"


def test_the_release_of_a_matlab_is_known_by_its_folder(tmp_path: Path) -> None:
    program = tmp_path / "R2024b" / "bin" / "matlab"
    program.parent.mkdir(parents=True)
    program.touch()
    assert machine.matlab_release(str(program)) == "2024b"
    (tmp_path / "R2024b" / "VersionInfo.xml").write_text("<release>R2021a</release>")
    assert machine.matlab_release(str(program)) == "2021a"
    assert machine.matlab_release(str(tmp_path / "matlab")) is None


@pytest.mark.skipif(os.name != "posix", reason="its stand-in for MATLAB is a program of the shell")
def test_the_matlabengine_that_fits_the_matlab_found_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = tmp_path / "R2024b" / "bin" / "matlab"
    program.parent.mkdir(parents=True)
    program.touch(mode=0o755)
    monkeypatch.setenv("PATH", str(program.parent))
    assert 'pip install "matlabengine==24.2.*"' in one(machine_findings.matlab_and_octave())["text"]


def test_a_matlab_that_is_too_old_is_wrong(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = tmp_path / "R2021a" / "bin" / "matlab"
    program.parent.mkdir(parents=True)
    program.touch(mode=0o755)
    monkeypatch.setenv("PATH", str(program.parent))
    found = one(machine_findings.matlab_and_octave())
    assert (found["state"], "R2022b" in found["remedy"]) == ("wrong", True)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert one(machine_findings.matlab_and_octave())["state"] == "note"


def test_variables_that_mislead_are_named() -> None:
    found = one(
        machine_findings.judge_environment({"PYTHONHOME": "/x", "LD_LIBRARY_PATH": "/y", "DYLD_A": "z", "HOME": "/h"})
    )
    assert found["text"].startswith("DYLD_A, LD_LIBRARY_PATH, PYTHONHOME")
    assert "KERAS_MAX_EPOCHS" in one(machine_findings.judge_environment({"KERAS_MAX_EPOCHS": "1"}))["text"]
    assert (
        one(machine_findings.judge_environment({"KERAS_BACKEND": "tensorflow", "TOUCHTRAIN_HOST": "x"}))["state"]
        == "ok"
    )


def test_the_record_of_this_user_is_looked_at() -> None:
    assert one(python_findings.recorded_python())["state"] == "note"
    interpreter.record(sys.executable)
    assert one(python_findings.recorded_python())["state"] == "ok"
    interpreter.record("/nowhere/python")
    found = one(python_findings.recorded_python())
    assert found["state"] == "wrong" and "/nowhere/python" in found["text"]
    interpreter.record_file().write_text("{")
    assert one(python_findings.recorded_python())["state"] == "wrong"
