"""The workflows of .github name only what is there, and the marks that they print are answered in Octave too."""

from __future__ import annotations

import ast
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import pyside

yaml = pytest.importorskip("yaml")

ROOT = Path(__file__).resolve().parents[1]
MARKS = ROOT / "tests" / "matlab" / "marks"
FILES = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
MADE = ("build/", "dist/")  # what a job makes
PATH = re.compile(r"(?<![\w$./-])(\.?[\w+-]+(?:/[\w.+-]+)+|[\w-]+\.(?:toml|py|m|sh|md|cfg))(?![\w/])")


# The inputs of each action, by its documentation.
INPUTS = {
    "actions/checkout": {"fetch-depth", "ref"},
    "actions/setup-python": {"python-version", "cache", "cache-dependency-path"},
    "actions/upload-artifact": {"name", "path", "if-no-files-found", "retention-days"},
    "actions/download-artifact": {"name", "path", "pattern", "merge-multiple"},
    "matlab-actions/setup-matlab": {"release", "products", "cache", "install-system-dependencies"},
    "matlab-actions/run-build": {"tasks", "build-options", "startup-options"},
    "matlab-actions/run-command": {"command", "startup-options"},
}


def workflow(file: Path) -> dict[Any, Any]:
    """A workflow; its triggers are under True, which is what YAML makes of the word ``on``."""
    return yaml.safe_load(file.read_text(encoding="utf-8"))


def jobs() -> list[tuple[str, dict[str, Any]]]:
    """All jobs of all workflows, with a name for messages."""
    return [(f"{file.stem}.{name}", job) for file in FILES for name, job in workflow(file)["jobs"].items()]


each_job = pytest.mark.parametrize("job", [pytest.param(job, id=name) for name, job in jobs()])


def steps(job: dict[str, Any]) -> list[dict[str, Any]]:
    """The steps of a job; one that calls another workflow has none."""
    return job.get("steps", [])


def commands(job: dict[str, Any]) -> list[str]:
    """What the steps of a job run, in a shell or in MATLAB."""
    return [text for step in steps(job) if (text := step.get("run") or step.get("with", {}).get("command"))]


def test_there_are_tests_on_three_systems_and_in_matlab() -> None:
    systems = {
        name: [job.get("runs-on"), *job.get("strategy", {}).get("matrix", {}).get("system", [])] for name, job in jobs()
    }
    assert "ubuntu-latest" in systems["test.linux"]
    assert {"macos-latest", "windows-latest"} <= set(systems["test.elsewhere"])
    assert "matlab.matlab" in systems


@each_job
def test_every_file_that_a_job_names_exists(job: dict[str, Any]) -> None:
    inputs = [step.get("with", {}).get("cache-dependency-path", "") for step in steps(job)]
    named = {path for text in [*commands(job), *inputs] for path in PATH.findall(text)}
    assert [path for path in named if not path.startswith(MADE) and not (ROOT / path).exists()] == []


def test_files_are_found_in_commands() -> None:
    named = {path for _, job in jobs() for text in commands(job) for path in PATH.findall(text)}
    made = {"build/tests/outside.xml", "build/tests/tcsh.xml", "build/guide", "dist/touchtrain-guide.zip"}
    assert named == {".ci/run", ".ci/badges.py", "tests/matlab", "pyside/version.py", "CHANGELOG.md", *made}


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
    names = {step.get("id") for step in steps(job)}
    text = yaml.safe_dump(job)
    assert set(re.findall(r"\bmatrix\.(\w+)", text)) == defined
    assert set(re.findall(r"\bsteps\.(\w+)", text)) <= names
    assert all(set(entry) == defined for entry in matrix.get("include", []))


@each_job
def test_every_action_is_pinned_to_a_major_version(job: dict[str, Any]) -> None:
    for step in steps(job):
        assert ("uses" in step) != ("run" in step)
        assert re.fullmatch(r"(actions|matlab-actions)/[\w-]+@v\d+", step.get("uses", "actions/none@v1"))


@each_job
def test_every_action_has_the_inputs_that_it_is_given(job: dict[str, Any]) -> None:
    for step in steps(job):
        if "uses" in step:
            assert set(step.get("with", {})) <= INPUTS[step["uses"].partition("@")[0]], step


def test_one_major_version_of_each_action_is_used_everywhere() -> None:
    used = {step["uses"] for _, job in jobs() for step in steps(job) if "uses" in step}
    assert len({name.partition("@")[0] for name in used}) == len(used)


def test_workflows_that_others_call_can_be_called_and_do_not_cancel_each_other() -> None:
    called = {job["uses"] for _, job in jobs() if "uses" in job}
    assert called == {"./.github/workflows/test.yml", "./.github/workflows/matlab.yml"}
    groups = set()
    for path in called:
        found = workflow(ROOT / path)
        assert "workflow_call" in found[True]
        assert found[True]["push"] == {"branches": ["**"]}  # a tag starts the release, which calls them
        groups.add(found["concurrency"]["group"])
        assert "github.workflow" not in found["concurrency"]["group"]
    assert len(groups) == len(called)


def test_a_release_needs_all_tests_and_holds_all_packages() -> None:
    found = workflow(ROOT / ".github" / "workflows" / "release.yml")
    assert found[True] == {"push": {"tags": ["v*"]}}
    needs = {
        name: set(job.get("needs", []) if isinstance(job.get("needs"), list) else [job.get("needs")])
        for name, job in found["jobs"].items()
    }
    assert needs["release"] == {"packages"} and needs["packages"] == {"tests", "matlab"}
    assert found["jobs"]["release"]["permissions"] == {"contents": "write"} and found["permissions"] == {
        "contents": "read"
    }
    [kept] = [step for step in found["jobs"]["packages"]["steps"] if "upload-artifact" in step.get("uses", "")]
    assert kept["with"]["path"].split() == ["dist/*.whl", "dist/*.tar.gz", "dist/*.mltbx", "dist/*.zip"]


def test_the_release_says_no_version_but_the_one_of_the_package() -> None:
    found = workflow(ROOT / ".github" / "workflows" / "release.yml")
    [check] = [step["run"] for step in found["jobs"]["packages"]["steps"] if "version.py" in step.get("run", "")]
    shell = shutil.which("bash")
    if shell is None or os.name != "posix":
        pytest.skip("there is no bash here")
    for tag, code in ((f"v{pyside.__version__}", 0), (f"v{pyside.__version__}1", 1), (pyside.__version__[:-1], 1)):
        environment = {**os.environ, "GITHUB_REF_NAME": tag}
        assert subprocess.run([shell, "-c", check], cwd=ROOT, env=environment, check=False).returncode == code, tag


def matlab_job() -> dict[str, Any]:
    return dict(jobs())["matlab.matlab"]


def test_matlab_is_started_by_its_action_which_alone_has_a_licence() -> None:
    starts = [step["uses"] for _, job in jobs() for step in steps(job) if "matlab-actions/run" in step.get("uses", "")]
    assert [start.split("/")[1].partition("@")[0] for start in starts] == [
        *("run-build", "run-build", "run-command", "run-command"),
        "run-build",
    ]
    assert not any(re.search(r"\bmatlab -", step.get("run", "")) for _, job in jobs() for step in steps(job))


def test_matlab_is_asked_for_tasks_and_tests_that_exist() -> None:
    tasks = set(re.findall(r"^function (\w+)Task\(", (ROOT / "buildfile.m").read_text(encoding="ascii"), re.MULTILINE))
    asked = [name for _, job in jobs() for step in steps(job) for name in step.get("with", {}).get("tasks", "").split()]
    assert sorted(asked) == ["check", "package", "test"] == sorted(tasks)
    folder = ROOT / "tests" / "matlab"
    tests = [file.stem for file in (*folder.glob("test_*.m"), *folder.glob("marks/test_*.m"))]
    calls = [text for text in commands(matlab_job()) if "run_unittest(" in text]
    assert len(calls) == 2 and (folder / "run_unittest.m").is_file()
    for call in calls:
        file, *patterns = re.findall(r"'([^']*)'", call[call.index("run_unittest(") :])
        assert file.startswith("build/tests/") and file.endswith(".xml") and patterns
        assert [pattern for pattern in patterns if not any(re.search(pattern, name) for name in tests)] == []


def test_the_results_of_all_tests_are_kept() -> None:
    [kept] = [step for step in matlab_job()["steps"] if "upload-artifact" in step.get("uses", "")]
    assert kept["with"]["path"] == "build/tests/*.xml" and "matrix.system" in kept["with"]["name"]
    assert "fullfile(root, 'build', 'tests', 'matlab.xml')" in (ROOT / "buildfile.m").read_text(encoding="ascii")


def test_no_test_needs_a_module_of_unix_to_be_collected() -> None:
    of_unix = {"pty", "tty", "termios", "fcntl", "resource", "grp", "pwd"}
    for file in (ROOT / "tests").rglob("test_*.py"):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        imported = {alias.name for node in tree.body if isinstance(node, ast.Import) for alias in node.names}
        assert imported & of_unix == set(), file


def badges() -> Any:
    """The module .ci/badges.py."""
    spec = importlib.util.spec_from_file_location("badges", ROOT / ".ci" / "badges.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_readme_has_badges_only_once_they_are_asked_for() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "mathworks.com" not in text.split("\n\n")[1]
    once = badges().with_badges(text, "lab/touchtrain")
    assert once.splitlines()[0] == text.splitlines()[0] and once.endswith(text.split("\n", 2)[2])
    assert (ROOT / badges().GUIDE).is_file()
    assert (
        f"open/github/v1?repo=lab/touchtrain&file={badges().GUIDE})" in once.splitlines()[2]
        and "fileexchange" not in once
    )
    both = badges().with_badges(once, "lab/touchtrain", "12345")
    assert "fileexchange/12345" in both.splitlines()[3]
    assert badges().with_badges(both, "lab/touchtrain") == once
    for wrong in (("touchtrain", ""), ("lab/touchtrain", "12a"), ("lab/touchtrain)", "")):
        with pytest.raises(ValueError):
            badges().with_badges(text, *wrong)


def test_each_release_of_matlab_gets_a_python_that_it_loads() -> None:
    table = (ROOT / "matlab" / "+touchtrain" / "+internal" / "+setup" / "pythonRange.m").read_text(encoding="ascii")
    rows = {release: (int(low), int(high)) for release, low, high in re.findall(r"'(20\d\d[ab])', (\d+), (\d+)", table)}
    entries = matlab_job()["strategy"]["matrix"]["include"]
    assert {"R2022b", "R2024b", "R2025a", "R2025b", "latest"} <= {entry["release"] for entry in entries}
    assert {entry["system"].partition("-")[0] for entry in entries} == {"ubuntu", "windows", "macos"}
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
