"""Errors say what, and carry the identifier that MATLAB shows."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from pyside import errors


def test_every_error_has_its_identifier_in_front_of_its_text() -> None:
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, Exception)]
    assert len(kinds) > 20
    for kind in kinds:
        assert str(kind("what is wrong")) == f"TouchTrain:{kind.__name__}: what is wrong"
        assert kind.__doc__


def test_several_faults_are_told_in_one_error() -> None:
    faults = errors.Faults()
    faults.raise_any()
    faults.add(errors.BadLabels, "first")
    faults.include(errors.BadFrames("second"))
    with pytest.raises(errors.BadLabels, match=r"(?s)2 things are wrong:\n  1\. first\n  2\. second"):
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
    with pytest.raises(errors.BadFrames, match=r"(?s)3 things.*1\. first\n  2\. second\n  3\. third"):
        outer.raise_any()


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
