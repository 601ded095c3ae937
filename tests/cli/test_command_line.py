"""The command line, and the script that users of the older tool know."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy.io

import pyside
from pyside import train_model_local
from pyside.__main__ import main
from pyside.cli import options
from pyside.data.dataset_writer import DatasetWriter
from pyside.evaluation.result import TrainingResult
from pyside.jobs import commands
from pyside.system.progress import ProgressLine
from tests.conftest import QUICK, holds, touch_frames

MakeDataset = Callable[..., Path]
SMALL = ["--epochs", "1", "--network", QUICK["network"], "--batch_size", "32"]


def test_inspect_tells_what_a_dataset_holds(make_dataset: MakeDataset, capsys: pytest.CaptureFixture[str]) -> None:
    folder = make_dataset()
    assert main(["inspect", str(folder), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == pyside.inspect(folder)
    assert main(["inspect", str(folder)]) == 0
    assert "class names: NonTouch, Touch" in capsys.readouterr().out


def test_inspect_tells_of_a_long_session_on_one_screen_and_of_all_of_it_on_demand(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names = [f"whisker_{number:03d}" for number in range(112)]
    target = DatasetWriter(tmp_path / "set", ("NonTouch", "Touch"), (2, 2, 1), {}, {"pixel_range": None})
    for number, name in enumerate(names):
        recording = target.begin(name)
        recording.append(np.zeros((number % 3 + 2, 2, 2, 1), np.uint8))
        labels = np.arange(number % 3 + 2) % 2 if number != 50 else np.full(4, -1)
        recording.close(labels, np.full(number % 3 + 2, number), {"kind": "test"})
    target.close()
    assert main(["inspect", str(tmp_path / "set")]) == 0
    shown = capsys.readouterr().out
    assert len(shown.splitlines()) < 40 and "102 more" in shown and "--all" in shown
    assert "recordings: 112" in shown and "2 to 4" in shown
    # left out wholly, without a frame of Touch, and without one of NonTouch
    assert sum("1 (whisker_050)" in line for line in shown.splitlines()) == 3
    assert names[0] in shown and names[-1] in shown and names[60] not in shown
    for flag in (["--all"], ["--json"]):
        assert main(["inspect", str(tmp_path / "set"), *flag]) == 0
        shown = capsys.readouterr().out
        assert all(name in shown for name in names)


@pytest.mark.parametrize("number", [1, 3000])
def test_inspect_tells_of_a_label_file_of_any_length_on_one_screen(
    number: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    labels = np.empty((1, number), object)
    for place in range(number):
        labels[0, place] = np.arange(6.0)[None] % 2
    scipy.io.savemat(tmp_path / "labels.mat", {"labels": labels})
    assert main(["inspect", str(tmp_path / "labels.mat")]) == 0
    rows = capsys.readouterr().out.splitlines()
    assert f"recordings: {number:,}" in rows and f"frames: {6 * number}" in rows and len(rows) < 40


def test_inspect_takes_the_variable_of_a_label_file_that_is_named(
    make_dataset: MakeDataset, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    scipy.io.savemat(tmp_path / "labels.mat", {"touches": [0, 1, 1], "licks": [1, 0, 0]})
    assert main(["inspect", str(tmp_path / "labels.mat")]) == 1
    assert "label_variable" in capsys.readouterr().err
    assert main(["inspect", str(tmp_path / "labels.mat"), "--label-variable", "licks", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["counts"] == {"0": 2, "1": 1}
    assert main(["inspect", str(make_dataset(1)), "--label-variable", "licks"]) == 1
    told = capsys.readouterr().err
    assert told.startswith("TouchTrain:") and "label_variable" in told


def test_an_error_is_one_line_for_a_person_and_json_for_a_machine(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["inspect", str(tmp_path / "nowhere"), "--json"]) == 1
    told = capsys.readouterr()
    assert json.loads(told.out)["error"]["identifier"] == "TouchTrain:PathMissing"
    assert told.err.startswith("TouchTrain:PathMissing:") and str(tmp_path / "nowhere") in told.err
    assert len(told.err.splitlines()) == 1


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux keeps to a limit of the address space")
def test_a_training_on_whole_frames_is_refused_where_there_is_too_little_memory(tmp_path: Path) -> None:
    target = DatasetWriter(tmp_path / "set", ("NonTouch", "Touch"), (480, 640, 1), {}, {"pixel_range": None})
    for number in range(4):
        recording = target.begin(f"r{number}")
        recording.append(np.zeros((4, 480, 640, 1), np.uint8))
        recording.close(np.arange(4) % 2, np.full(4, number), {"kind": "test"})
    target.close()
    train = f"'{sys.executable}' -m pyside train '{tmp_path / 'set'}' '{tmp_path / 'm.h5'}' --execution-environment cpu"
    done = subprocess.run(["bash", "-c", f"ulimit -v 9000000; {train}"], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "TouchTrain:NotEnoughMemory" in done.stderr and "GB" in done.stderr and "roi" in done.stderr


@pytest.mark.trains
def test_train_and_train_model_local_give_the_same_model(
    make_dataset: MakeDataset, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = str(make_dataset())
    assert main(["train", folder, str(tmp_path / "first"), *SMALL]) == 0
    assert str(tmp_path / "first.h5") in capsys.readouterr().out
    local = ["--data-path", folder, "--export_path", str(tmp_path), "--model_name", "second.h5", *SMALL]
    assert train_model_local.main(local) == 0
    one, other = pyside.load_model(tmp_path / "first.h5"), pyside.load_model(tmp_path / "second.h5")
    for weights, same in zip(one.get_weights(), other.get_weights(), strict=True):
        assert np.array_equal(weights, same)


def test_a_wrong_value_is_an_error_before_anything_is_written(
    make_dataset: MakeDataset, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["train", str(make_dataset()), str(tmp_path / "m"), "--epochs", "none"]) == 1
    told = capsys.readouterr().err
    assert told.startswith("TouchTrain:BadOption:") and "epochs" in told and "'none'" in told
    assert train_model_local.main(["--data-path", str(tmp_path / "nowhere")]) == 1


def test_python_m_pyside_answers_its_version_without_tensorflow() -> None:
    program = "import sys; from pyside.__main__ import main\ntry: main(['--version'])\nexcept SystemExit: pass\n"
    program += "assert not {'tensorflow', 'keras', 'h5py', 'scipy', 'sklearn'} & set(sys.modules)"
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert answer.stdout == f"TouchTrain {pyside.__version__}\n"


@pytest.mark.trains
def test_train_arrays_is_both_steps_in_one(tmp_path: Path) -> None:
    made = [touch_frames(40, seed) for seed in range(3)]
    outcome = pyside.train_arrays(
        [frames // 8 for frames, _ in made],
        [labels for _, labels in made],
        tmp_path / "model",
        class_names=("Touch", "NonTouch"),
        epochs=1,
        **QUICK,
    )
    assert pyside.inspect(outcome.model_path)["class_names"] == ["Touch", "NonTouch"]
    assert [file.name for file in tmp_path.iterdir()] == ["model.h5"]
    assert any(holds(text, "28 of 255", "3 of 3") for text in outcome.report["warnings"])


def test_train_arrays_tells_what_the_conversion_warns_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def train(dataset: Path, model_path: Path, **settings: Any) -> TrainingResult:
        return TrainingResult({}, str(model_path), {}, "", {"warnings": ["later"], "frames": pyside.inspect(dataset)})

    monkeypatch.setattr(pyside, "train", train)
    frames, labels = touch_frames(40, 0)
    first, last = pyside.train_arrays(list(frames.transpose(2, 0, 1)), labels, tmp_path / "m").report["warnings"]
    assert holds(first, 40, "recordings") and last == "later"


def test_convert_prints_each_label_with_its_class_and_its_frames(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    frames, labels = touch_frames(40, 0)
    labels = np.where(np.arange(40) < 3, np.nan, labels)
    (tmp_path / "arrays").mkdir()
    np.save(tmp_path / "arrays" / "frames.npy", frames)
    np.save(tmp_path / "arrays" / "labels.npy", labels)
    line = ["convert", "numpy", str(tmp_path / "arrays"), str(tmp_path / "set")]
    counts = [int(np.count_nonzero(labels == label)) for label in (0, 1)]
    for more in (["--check"], []):
        assert main([*line, *more]) == 0
        told = capsys.readouterr().out
        assert holds(
            told, f"0 = NonTouch ({counts[0]} frames", f"1 = Touch ({counts[1]} frames", "NaN = left out (3 frames"
        )
    assert main([*line, "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)["label_table"]
    assert [row["frames"] for row in rows] == [*counts, 3]


def test_convert_writes_a_dataset_and_tells_in_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    frames, labels = touch_frames(40, 0)
    (tmp_path / "arrays").mkdir()
    np.save(tmp_path / "arrays" / "frames.npy", frames)
    np.save(tmp_path / "arrays" / "labels.npy", labels)
    line = ["convert", "numpy", str(tmp_path / "arrays"), str(tmp_path / "set")]
    assert main([*line, "--class-names", "NonTouch,Touch", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    found = pyside.inspect(tmp_path / "set")
    assert found.pop("made_with") == {} and found.items() <= report.items()
    assert main([*line, "--check"]) == 0
    assert str(tmp_path / "set") in capsys.readouterr().out
    before = sorted((tmp_path / "set").iterdir())
    assert main(["convert", "numpy", "--check", *line[2:], "--pixel-range", "0,1"]) in (0, 1)
    assert sorted((tmp_path / "set").iterdir()) == before
    assert main(line) == 0
    told = capsys.readouterr()
    assert "frames: 40" in told.out
    assert "frames.npy" in told.err and "40 frames" in told.err
    assert main([*line[:3], str(tmp_path / "nowhere" / "set")]) == 1
    assert "TouchTrain:PathMissing" in capsys.readouterr().err


def test_convert_videos_takes_several_videos_then_labels_and_dataset(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["convert", "videos", "no1.mp4", "no2.mp4", "labels.mat", "set", "--centers", "10,20"]) == 1
    told = capsys.readouterr().err
    assert all(word in told for word in ("no1.mp4", "no2.mp4", "labels.mat", "3"))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (".2", 0.2),
        ("5.", 5.0),
        ("+1", 1.0),
        ("-.5e-3", -0.0005),
        ("1e-3", 0.001),
        ("7", 7),
        ("true", True),
        (".h5", ".h5"),
    ],
)
def test_numbers_are_read_as_people_write_them(text: str, value: object) -> None:
    assert options.parsed_value(text) == value and type(options.parsed_value(text)) is type(value)
    assert options.parsed_value(f"{text},x") == [value, "x"]


def test_an_option_that_does_not_exist_is_named_with_one_that_does(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["curate", "model.h5", "videos", "--thresold", ".2"])
    assert "--threshold" in capsys.readouterr().err.splitlines()[-1]


def test_several_values_that_are_not_one_word_are_told_of_commas(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["curate", "model.h5", "videos", "--formats", "mat", "csv"])
    assert holds(capsys.readouterr().err, "csv", '--formats "mat,csv"')


@pytest.mark.parametrize("text", ["0,4095", "[0,4095]", "[0 4095]", "[ 0  4095 ]"])
def test_lists_of_numbers_are_read_as_messages_and_help_write_them(text: str) -> None:
    assert options.parsed_value(text) == [0, 4095]


def test_the_doctor_prints_a_page_or_json_and_its_code_tells_whether_something_is_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TOUCHTRAIN_PYTHON", str(tmp_path / "python"))
    assert main(["doctor", "--folder", str(tmp_path)]) == 1
    assert "WRONG Python of jobs" in capsys.readouterr().out
    assert main(["doctor", "--json"]) == 1
    report = json.loads(capsys.readouterr().out)
    assert not report["well"]
    assert {"topic", "state", "text", "remedy"} == set(report["findings"][0])
    assert main(["doctor", "--bundle", str(tmp_path)]) == 1
    assert "TouchTrain:BadJob" in capsys.readouterr().err


# --- whatever becomes of what it prints ------------------------------------------------------------------------------


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only there is a disk that is always full")
def test_what_cannot_be_printed_is_an_error_of_one_line(make_dataset: MakeDataset) -> None:
    line = f"{sys.executable} -m pyside inspect {make_dataset(1)}"
    shells = {
        f"{line} > /dev/full": (1, "TouchTrain:NotWritable"),
        f"{line} > /dev/full 2>&1": (1, ""),
        f"({line}; echo $? >&3) 3>&2 2>&1 | true": (0, "1"),
        f"{line} >&- 2>&-": (0, ""),
        f"{line}x --json 2>/dev/full >&-": (1, ""),
    }
    root = Path(pyside.__file__).parents[1]
    for shell, (code, said) in shells.items():
        done = subprocess.run(["sh", "-c", shell], capture_output=True, text=True, check=False, cwd=root)
        assert done.returncode == code, shell
        assert done.stderr.startswith(said) and len(done.stderr.splitlines()) <= 1, shell + done.stderr


def test_names_that_a_terminal_would_obey_are_shown_and_json_stays_json(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "a\x1b[2J\x9b1mb"
    folder.mkdir()
    settings = {"command": "train", "model_path": str(folder / "m\x1b]0;x\x07.h5")}
    (folder / "settings.json").write_text(json.dumps(settings))
    (folder / "state.json").write_text('{"state": "failed"}')
    (folder / "error.json").write_text(json.dumps({"kind": "x", "identifier": "x", "text": "no\x1b[1Aname\n  two"}))
    (folder / "log.txt").write_text("red \x1b[31m\n")
    for command in (["job", "list", str(tmp_path)], ["job", "status", str(folder)], ["job", "log", str(folder)]):
        assert main(command) == 0
        told = capsys.readouterr().out
        assert not {"\x1b", "\x07", "\x9b"} & set(told)
        assert r"\x1b[" in told
    assert main(["job", "status", str(folder), "--json"]) == 0
    told = capsys.readouterr().out
    assert "\x9b" not in told
    assert json.loads(told)["folder"] == str(folder)
    assert main(["job", "wait", str(folder)]) == main(["inspect", str(folder / "\x1b[3m")]) == 1
    assert "\x1b" not in capsys.readouterr().err


def test_what_the_system_refuses_is_told_in_a_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied", str(tmp_path / "secret"))

    monkeypatch.setattr(pyside, "inspect", refuse)
    assert main(["inspect", "x", "--json"]) == 1
    told = capsys.readouterr()
    assert json.loads(told.out)["error"]["kind"] == "NotWritable"
    assert told.err.startswith("TouchTrain:NotWritable:") and len(told.err.splitlines()) == 1
    assert main(["train", "x", "y", "--epochs", "1e300"]) == 1
    assert main(["train", "x", "y", "--class-weight", "[" * 50_000]) == 1
    with pytest.raises(SystemExit):
        main(["job", "log", "x", "--lines", "-1"])


def test_after_ctrl_c_a_line_says_what_is_kept_and_how_to_go_on(
    make_dataset: MakeDataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def press(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(commands, "run", press)
    dataset = str(make_dataset())
    for line, fact in ((["verify", dataset], "verification"), (["convert", "numpy", dataset, dataset + "2"], "same")):
        assert main(line) == 130
        assert holds(capsys.readouterr().err, "Interrupted", fact), line


def test_a_training_goes_on_when_nobody_can_read_its_progress(monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken:
        def isatty(self) -> bool:
            return True

        def write(self, text: str) -> None:
            raise BrokenPipeError(32, "Broken pipe")

        flush = isatty

    monkeypatch.setattr(sys, "stderr", Broken())
    shown = ProgressLine()
    shown({"stage": "training", "epoch": 1})
    shown({"said": ["more"]})
    shown.end()


@pytest.mark.trains
def test_tune_tells_its_trials_and_keeps_the_model_of_the_best(
    make_dataset: MakeDataset, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    line = ["tune", str(make_dataset()), str(tmp_path / "model"), *SMALL, "--report", "false", "--trials", "1"]
    searches = ["--search", "learning-rate=1e-3..1e-2", "--search", "augment=none,[flips,noise=0.02]", "--json"]
    assert main([*line, *searches]) == 0
    record = json.loads(capsys.readouterr().out)
    assert [row["number"] for row in record["trials"]] == [1]
    assert record["model_path"] == str(tmp_path / "model.h5")
    assert all(row["values"]["augment"] in ("none", ["flips=1", "noise=0.02"]) for row in record["trials"])
    assert (
        pyside.inspect(record["model_path"])["metadata"]["settings"]["learning_rate"]
        == (record["best_settings"]["learning_rate"])
    )
    assert main([*line, "--search", "learning-rat=1e-3..1e-2", "--search", "shuffle=maybe"]) == 1
    told = capsys.readouterr().err
    assert all(fact in told for fact in ("learning_rat", "learning_rate", "shuffle", "'maybe'"))
