"""Errors say what, and carry the identifier that MATLAB shows."""

from __future__ import annotations

import errno
import os
import pickle
import re
import shlex
from pathlib import Path

import pytest

from pyside import errors, version
from tests.conftest import raises_with


def test_every_error_has_its_identifier_in_front_of_its_text() -> None:
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, Exception)]
    assert len(kinds) > 20
    for kind in kinds:
        assert str(kind("what is wrong")) == f"TouchTrain:{kind.__name__}: what is wrong"
        assert kind.__doc__


@pytest.mark.parametrize(
    ("path", "posix", "windows"),
    [
        ("/lab/python3.12", "/lab/python3.12", "/lab/python3.12"),
        ("it's mine", "'it'\"'\"'s mine'", '"it\'s mine"'),
        (r"C:\lab\a&b", r"'C:\lab\a&b'", r'"C:\lab\a&b"'),
        ("", "''", '""'),
    ],
)
def test_a_path_is_a_word_of_each_shell(path: str, posix: str, windows: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, word in (("posix", posix), ("nt", windows)):
        with monkeypatch.context() as patch:
            patch.setattr(errors.os, "name", name)
            assert errors.for_shell(path) == word


@pytest.mark.parametrize(
    ("python", "system", "command"),
    [
        ("/lab/python3.12", "posix", "/lab/python3.12 -m pip install av"),
        ("/my lab/python", "posix", "'/my lab/python' -m pip install av"),
        (r"C:\lab\python.exe", "nt", r"C:\lab\python.exe -m pip install av"),
        (
            r"C:\my lab\python.exe",
            "nt",
            r'"C:\my lab\python.exe" -m pip install av (in PowerShell, write & and a space in front)',
        ),
    ],
)
def test_a_command_that_begins_with_quotes_is_none_in_powershell(
    python: str, system: str, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(errors.os, "name", system)
        assert errors.by_pip("install av", python) == command


@pytest.mark.parametrize(
    ("system", "length", "is_told"), [("nt", 260, True), ("nt", 200, False), ("posix", 260, False)]
)
def test_a_path_that_is_too_long_for_windows_is_told(
    system: str, length: int, is_told: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = "/" + "a" * (length - 1)
    with monkeypatch.context() as patch:
        patch.setattr(errors.os, "name", system)
        text = errors.of_system(FileNotFoundError(errno.ENOENT, "No such file or directory", path)).text
    assert (f"{length} characters" in text) == is_told


@pytest.mark.parametrize("extra", ["", "nwb"])
def test_what_installs_touchtrain_names_what_there_is_and_no_package_index(
    extra: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = f"{version.ROOT}[{extra}]" if extra else str(version.ROOT)
    assert shlex.split(errors.to_install(extra, "/my python")) == ["/my python", "-m", "pip", "install", "-e", wanted]
    monkeypatch.setattr(version, "IS_CHECKOUT", False)
    assert f"touchtrain-{version.__version__}-py3-none-any.whl" in errors.to_install(extra)
    assert extra in errors.to_install(extra)


def test_no_message_names_a_package_index_that_does_not_have_touchtrain() -> None:
    on_index = re.compile(r"pip install (-\S+ )*[\"'`]*touchtrain(?!-%s)", re.IGNORECASE)
    files = [
        file for folder in ("pyside", "matlab", "examples", "docs") for file in (version.ROOT / folder).rglob("*.*")
    ]
    texts = {file: file.read_text("utf-8") for file in files if file.suffix in (".py", ".m", ".md", ".html", ".js")}
    assert len(texts) > 300
    assert [file for file, text in texts.items() if on_index.search(text)] == []


def test_several_faults_are_told_in_one_error() -> None:
    faults = errors.Faults()
    faults.raise_any()
    faults.add(errors.BadLabels, "first")
    faults.include(errors.BadFrames("second"))
    with raises_with(errors.BadLabels, 2, "1. first", "2. second"):
        faults.raise_any()


def test_a_list_of_faults_joins_another_list() -> None:
    inner, outer = errors.Faults(), errors.Faults()
    inner.add(errors.BadLabels, "second")
    inner.add(errors.BadLabels, "third")
    outer.add(errors.BadFrames, "first")
    try:
        inner.raise_any()
    except errors.TouchTrainError as error:
        outer.include(error)
    with raises_with(errors.BadFrames, 3, "1. first", "2. second", "3. third"):
        outer.raise_any()


def test_the_same_fault_of_several_files_is_told_once() -> None:
    faults = errors.Faults("videos", total=8)
    for number in range(7):
        faults.add(errors.BadVideo, f"/data/v{number}.mp4 is empty (0 bytes).", of=f"/data/v{number}.mp4")
    with pytest.raises(errors.BadVideo) as caught:
        faults.raise_any()
    for fact in ("7 of 8 videos", "v0.mp4, v1.mp4, v2.mp4, v3.mp4, v4.mp4", "2 more", "/data", "is empty (0 bytes)."):
        assert caught.value.text.count(fact) == 1
    assert [fault.of for fault in caught.value.faults] == [f"/data/v{number}.mp4" for number in range(7)]
    assert caught.value.faults[6].text == "/data/v6.mp4 is empty (0 bytes)."
    faults.add(errors.BadVideo, "/data/v7.mp4 is empty (0 bytes).", of="/data/v7.mp4")
    faults.add(errors.BadLabels, "labels.mat is no .mat file.")
    with raises_with(errors.BadVideo, 2, "8 videos", "is empty", "labels.mat") as caught:
        faults.raise_any()
    assert len(caught.value.faults) == 9


def test_faults_with_other_numbers_are_one_where_they_say_what_is_alike() -> None:
    faults = errors.Faults("videos", total=3)
    for name, n in (("a", 100), ("b", 50), ("c", 50)):
        faults.add(errors.LengthMismatch, f"{name}: {n} frames, {n + 1} labels.", of=name, alike="1 label too many.")
    with raises_with(errors.LengthMismatch, "3 videos", "1 label too many"):
        faults.raise_any()


def test_a_name_with_braces_or_letters_of_the_text_is_only_parted_from_its_beginning() -> None:
    faults = errors.Faults()
    for name in ("a", "{0}"):
        faults.add(errors.BadFrames, f"{name} has a fault {{a}}", of=name)
    with raises_with(errors.BadFrames, "2 files", "a, {0}", "has a fault {a}"):
        faults.raise_any()


def test_a_long_list_of_faults_is_cut_and_complete_for_programs() -> None:
    faults = errors.Faults()
    for number in range(30):
        faults.add(errors.BadLabels, f"fault {number}")
    with raises_with(errors.BadLabels, 30, "20. fault 19", "10 more") as caught:
        faults.raise_any()
    assert len(caught.value.faults) == 30 and "fault 20" not in str(caught.value)


def test_errors_keep_of_what_they_are_when_they_come_from_another_process() -> None:
    error = pickle.loads(pickle.dumps(errors.BadImage("x.png is damaged", of="x.png")))
    assert (error.text, error.of, error.identifier) == ("x.png is damaged", "x.png", "TouchTrain:BadImage")


def test_the_text_of_an_error_can_be_printed_whatever_the_names_in_it() -> None:
    assert str(errors.BadVideo("ma\udcdfe.mp4 is empty")).encode() == b"TouchTrain:BadVideo: ma%DFe.mp4 is empty"


def test_what_a_terminal_would_obey_is_written_out_and_the_rest_stays() -> None:
    assert errors.visible("a\x1b[2Jb\r\x07\x9b1m\x7f") == r"a\x1b[2Jb\x0d\x07\x9b1m\x7f"
    assert errors.visible("\u202egnp.exe \udcff") == r"\u202egnp.exe \udcff"
    assert errors.visible("one\n\ttwo äß 漢 😀 e\u0301") == "one\n\ttwo äß 漢 😀 e\u0301"


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (errno.ENOENT, errors.PathMissing),
        (errno.ENAMETOOLONG, errors.PathMissing),
        (errno.ENOSPC, errors.DiskFull),
        (errno.EROFS, errors.NotWritable),
        (errno.EIO, errors.NotReadable),
    ],
)
def test_what_the_system_refuses_is_an_error_of_ours(code: int, kind: type[errors.TouchTrainError]) -> None:
    found = errors.of_system(OSError(code, os.strerror(code), "/lab/x.npy"))
    assert type(found) is kind
    assert "/lab/x.npy" in found.text
    assert type(errors.of_system(OSError("no number, no name"))) is errors.NotReadable


def test_what_may_not_be_read_and_what_may_not_be_written_are_told_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = PermissionError(errno.EACCES, "Permission denied", str(tmp_path / "x"))
    assert type(errors.of_system(refused)) is errors.NotWritable  # its folder may be read
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    assert type(errors.of_system(refused)) is errors.NotReadable
