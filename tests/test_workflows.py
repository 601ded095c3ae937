"""The workflows of .github name only what is there, and the marks that they print are answered in Octave too."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

yaml = pytest.importorskip("yaml")

ROOT = Path(__file__).resolve().parents[1]
MARKS = ROOT / "tests" / "matlab" / "marks"
FILES = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
PATH = re.compile(r"(?<![\w$./-])(\.?[\w+-]+(?:/[\w.+-]+)+|[\w-]+\.(?:toml|py|m|sh|md|cfg))(?![\w/])")


def jobs() -> list[tuple[str, dict[str, Any]]]:
    """All jobs of all workflows, with a name for messages."""
    return [
        (f"{file.stem}.{name}", job)
        for file in FILES
        for name, job in yaml.safe_load(file.read_text(encoding="utf-8"))["jobs"].items()
    ]


each_job = pytest.mark.parametrize("job", [pytest.param(job, id=name) for name, job in jobs()])


def commands(job: dict[str, Any]) -> list[str]:
    """What the steps of a job run, in a shell or in MATLAB."""
    return [text for step in job["steps"] if (text := step.get("run") or step.get("with", {}).get("command"))]


def test_there_are_tests_on_three_systems_and_in_matlab() -> None:
    systems = {
        name: [job["runs-on"], *job.get("strategy", {}).get("matrix", {}).get("system", [])] for name, job in jobs()
    }
    assert "ubuntu-latest" in systems["test.linux"]
    assert {"macos-latest", "windows-latest"} <= set(systems["test.elsewhere"])
    assert "matlab.matlab" in systems


@each_job
def test_every_file_that_a_job_names_exists(job: dict[str, Any]) -> None:
    inputs = [step.get("with", {}).get("cache-dependency-path", "") for step in job["steps"]]
    named = {path for text in [*commands(job), *inputs] for path in PATH.findall(text)}
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_files_are_found_in_commands() -> None:
    named = {path for _, job in jobs() for text in commands(job) for path in PATH.findall(text)}
    assert named == {".ci/run", "tests/matlab"}


def test_every_make_target_that_is_named_exists() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    texts = [(ROOT / ".ci" / "run").read_text(encoding="utf-8"), *(text for _, job in jobs() for text in commands(job))]
    named = {target for text in texts for target in re.findall(r"\bmake (?:--?[\w-]+ )*([a-z][\w-]*)", text)}
    assert "test" in named
    for target in named:
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


@each_job
def test_a_job_uses_only_what_its_matrix_and_its_steps_define(job: dict[str, Any]) -> None:
    matrix = job.get("strategy", {}).get("matrix", {})
    defined = set(matrix) - {"include"} | {name for entry in matrix.get("include", []) for name in entry}
    steps = {step.get("id") for step in job["steps"]}
    text = yaml.safe_dump(job)
    assert set(re.findall(r"\bmatrix\.(\w+)", text)) == defined
    assert set(re.findall(r"\bsteps\.(\w+)", text)) <= steps
    assert all(set(entry) == defined for entry in matrix.get("include", []))


@each_job
def test_every_action_is_pinned_to_a_major_version(job: dict[str, Any]) -> None:
    for step in job["steps"]:
        assert ("uses" in step) != ("run" in step)
        assert re.fullmatch(r"(actions|matlab-actions)/[\w-]+@v\d+", step.get("uses", "actions/none@v1"))


def matlab_job() -> dict[str, Any]:
    return dict(jobs())["matlab.matlab"]


def test_matlab_is_started_by_its_action_which_alone_has_a_licence() -> None:
    starts = [step for step in matlab_job()["steps"] if "run-command" in step.get("uses", "")]
    assert ["run_all" in step["with"]["command"] for step in starts] == [True, True, True]
    assert not any("matlab -" in step.get("run", "") for step in matlab_job()["steps"])
    assert (ROOT / "tests" / "matlab" / "run_all.m").is_file()


def test_each_release_of_matlab_gets_a_python_that_it_loads() -> None:
    table = (ROOT / "matlab" / "+touchtrain" / "+internal" / "+setup" / "pythonRange.m").read_text(encoding="ascii")
    rows = {release: (int(low), int(high)) for release, low, high in re.findall(r"'(20\d\d[ab])', (\d+), (\d+)", table)}
    entries = matlab_job()["strategy"]["matrix"]["include"]
    assert {"R2022b", "R2024b", "R2025a", "latest"} <= {entry["release"] for entry in entries}
    for entry in entries:
        low, high = rows[max(rows) if entry["release"] == "latest" else entry["release"][1:]]
        assert low <= int(entry["python"].split(".")[1]) <= high, entry


def test_the_answers_of_the_marks_reach_the_summary() -> None:
    text = (ROOT / ".github" / "workflows" / "matlab.yml").read_text(encoding="utf-8")
    files = re.findall(r"TOUCHTRAIN_MARKS: \$\{\{ runner\.temp }}/marks-(\w+)\.txt", text)
    assert files == ["inside", "outside"]
    assert f"for place in {' '.join(files)}; do" in text
    assert 'done >> "$GITHUB_STEP_SUMMARY"' in text


def mark_tests() -> set[str]:
    return {file.stem for file in MARKS.glob("test_mark_*.m")}


def test_each_mark_is_in_the_list_of_questions() -> None:
    listed = (MARKS / "Contents.m").read_text(encoding="ascii").split("% Not asked")[0]
    assert set(re.findall(r"^%   (test_mark_\w+) +- \w", listed, re.MULTILINE)) == mark_tests()


@pytest.mark.skipif(shutil.which("octave") is None or os.name != "posix", reason="there is no Octave with py. here")
def test_every_mark_is_answered_in_octave_and_written_down(tmp_path: Path) -> None:
    answers = tmp_path / "marks.txt"
    code = f"addpath('{ROOT / 'tests' / 'matlab'}'); run_all('^test_mark_')"
    done = subprocess.run(
        ["octave", "--no-gui", "--norc", "--quiet", "--eval", code],
        env={**os.environ, "TOUCHTRAIN_PYTHON": sys.executable, "TOUCHTRAIN_MARKS": str(answers)},
        cwd=tmp_path,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=300,
        check=False,
    )
    text = done.stdout.decode("utf-8", "replace")
    assert done.returncode == 0, text + done.stderr.decode("utf-8", "replace")
    told: dict[str, int] = {}
    printed: list[str] = []
    for line in text.splitlines():
        if line.startswith("mark: "):
            assert re.fullmatch(r"mark: .+ -> .+ \(stand-in in GNU Octave\)", line)
            printed.append(line)
        elif outcome := re.match(r"ok +(test_mark_\w+)", line):
            told[outcome[1]] = len(printed) - sum(told.values())
    assert set(told) == mark_tests()
    assert {name: n for name, n in told.items() if n == 0} == {}
    assert answers.read_text(encoding="utf-8").splitlines() == printed
    assert len(set(printed)) == len(printed)


@pytest.mark.skipif("PYTEST_XDIST_WORKER" not in os.environ, reason="there is one process only")
@pytest.mark.trains
def test_what_trains_is_kept_in_one_process(request: pytest.FixtureRequest) -> None:
    assert request.node.nodeid.endswith("@trainings")  # else pytest is too new for pytest-xdist


@pytest.mark.skipif(os.name != "posix", reason="the set-up of the Makefile is for Unix")
@pytest.mark.parametrize(
    ("there", "chosen"),
    [
        (["path/python3.13", "path/python3.12", "path/python3.11", "path/python3"], "path/python3.12"),
        (["path/python3.13", "path/python3.9", "path/python3"], "path/python3.13"),
        (
            ["path/python3.13", "home/.local/share/uv/python/cpython-3.12.9-macos-aarch64-none/bin/python3"],
            "home/.local",
        ),
        (["path/python3", "home/.pyenv/versions/3.11.9/bin/python3"], "home/.pyenv"),
        (["path/python3", "home/my stuff/python3"], "path/python3"),
        (["home/miniconda3/bin/python3"], "home/miniconda3"),
    ],
)
def test_the_makefile_finds_a_python_that_matlab_can_load_too(there: list[str], chosen: str, tmp_path: Path) -> None:
    (tmp_path / "path").mkdir()
    for name in there:
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f'#!/bin/sh\n[ "$1" = -c ] && exit {int(name.endswith("3.9"))}\n', encoding="ascii")
        file.chmod(0o755)
    script = (ROOT / ".ci" / "setup").read_text(encoding="utf-8").split("\nchoose_python")[0]
    for folder in ("/opt", "/usr/local", "/Library"):
        script = script.replace(f'"{folder}/', f'"{tmp_path}/none/').replace(f" {folder}/", f" {tmp_path}/none/")
    environment = {"PATH": str(tmp_path / "path"), "HOME": str(tmp_path / "home")}
    shell = shutil.which("sh") or "sh"
    line = [shell, "-c", f"{script}\nfind_python"]
    found = subprocess.run(line, env=environment, capture_output=True, text=True, check=True).stdout
    assert found.startswith(f"{tmp_path}/{chosen}"), found
