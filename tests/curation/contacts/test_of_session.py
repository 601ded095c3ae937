"""A session writes its contact array when all is marked, makes it anew with its marks, and keeps a changed one."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy.io

import pyside
from pyside.__main__ import main
from pyside.curation.marking.session import read_session
from pyside.errors import BadLabels, BadOption, LengthMismatch, NotWritable, OnlyMatlab, PathMissing
from tests.conftest import holds, raises_with
from tests.curation.contacts.arrays import NOTHING, cell, edited, loaded, row, saved, trial
from tests.curation.marking.conftest import Lab, levels


def unjudged(number: int) -> dict[str, Any]:
    return {"contactInds": cell(NOTHING), "trialNum": row([number])}


def curate(root: Path, **options: Any) -> dict[str, Any]:
    given = {"precision": "float32", "formats": "npy", "contact_array": root / "old.mat", **options}
    return pyside.curate(root / "model.h5", root / "videos", **given)


def contacts(root: Path, place: int) -> list[int]:
    found = loaded(root / "videos_curated_contacts.mat")[0, place][0, 0]["contactInds"][0, 0]
    frames: list[int] = found.ravel().astype(int).tolist()
    return frames


def bright(n: int, seed: int) -> list[int]:
    found: list[int] = (np.flatnonzero(levels(n, seed) > 127) + 1).tolist()
    return found


def content(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_the_contact_array_is_written_beside_the_session_and_follows_it(lab: Lab) -> None:
    root = lab(30, 20)
    saved(root / "old.mat", [unjudged(0), unjudged(1), edited(7, np.full(9, 0.1))])
    found = curate(root)
    target = root / "videos_curated_contacts.mat"
    assert found["contacts"]["path"] == str(target) and found["contacts"]["changed"] == 2
    assert [contacts(root, place) for place in (0, 1)] == [bright(30, 0), bright(20, 1)]
    assert any(holds(text, target.name, "trial 7") for text in found["warnings"])
    record = read_session(root / "videos_curated")["contacts"]
    assert record["sha256"] == content(target) and record["file"] == str(target)
    assert pyside.inspect(root / "videos_curated")["contacts"] == str(target)
    before = target.stat().st_mtime_ns
    assert curate(root)["kept"] == 2 and target.stat().st_mtime_ns == before

    pyside.redecide(root / "videos_curated", min_duration=99)
    assert contacts(root, 0) == [] and read_session(root / "videos_curated")["contacts"]["sha256"] == content(target)
    curate(root, contact_array=None)
    assert contacts(root, 0) == bright(30, 0)

    target.write_bytes(target.read_bytes() + b"\0" * 8)  # a person changes it
    changed = content(target)
    report = pyside.redecide(root / "videos_curated", min_duration=99)
    assert content(target) == changed and any(holds(text, target) for text in report["warnings"])
    found = curate(root)
    assert content(target) == changed and found["contacts"] is None
    target.unlink()
    assert curate(root)["contacts"]["changed"] == 2


def test_a_session_does_not_make_its_contact_array_of_itself(lab: Lab) -> None:
    root = lab(30)
    saved(root / "old.mat", [unjudged(0)])
    curate(root)
    target = root / "videos_curated_contacts.mat"
    before = content(target)
    with raises_with(NotWritable, target, "contact_array"):
        curate(root, contact_array=target, threshold=0.9)
    assert content(target) == before


def test_one_that_cannot_be_made_anew_is_left_with_a_warning(lab: Lab) -> None:
    root = lab(30)
    saved(root / "old.mat", [trial(0, np.zeros(30))])
    curate(root, frame_map={0: [*range(30)]})
    before = contacts(root, 0)
    report = pyside.redecide(root / "videos_curated", min_duration=99)
    assert contacts(root, 0) == before == bright(30, 0)
    assert any(holds(text, root / "videos_curated_contacts.mat") for text in report["warnings"])


def test_a_copy_of_a_session_has_no_contact_array_of_its_own(lab: Lab) -> None:
    root = lab(30)
    saved(root / "old.mat", [unjudged(0)])
    curate(root)
    before = content(root / "videos_curated_contacts.mat")
    pyside.redecide(root / "videos_curated", root / "copy", min_duration=99)
    assert content(root / "videos_curated_contacts.mat") == before and not (root / "copy_contacts.mat").exists()
    assert "contacts" not in read_session(root / "copy")


def test_a_session_that_was_moved_or_copied_writes_the_contact_array_beside_it_alone(lab: Lab) -> None:
    root = lab(30)
    saved(root / "old.mat", [unjudged(0)])
    curate(root)
    target = root / "videos_curated_contacts.mat"
    before = content(target)
    shutil.copytree(root / "videos_curated", root / "again")
    pyside.redecide(root / "again", min_duration=99)
    assert content(target) == before and not (root / "again_contacts.mat").exists()
    shutil.copy(target, root / "again_contacts.mat")
    pyside.redecide(root / "again", min_duration=98)
    assert content(target) == before != content(root / "again_contacts.mat")
    assert read_session(root / "again")["contacts"]["file"] == str(root / "again_contacts.mat")


def test_one_that_was_written_when_the_session_was_killed_is_kept_with_a_warning(lab: Lab) -> None:
    root = lab(30)
    saved(root / "old.mat", [unjudged(0)])
    curate(root)
    target, table = root / "videos_curated_contacts.mat", root / "videos_curated" / "session.json"
    before = content(target)
    table.write_text(table.read_text().replace(before, ""))  # it was killed before it noted this
    report = pyside.redecide(root / "videos_curated", min_duration=99)
    assert content(target) == before and any(holds(text, target) for text in report["warnings"])


def test_what_does_not_fit_is_said_before_a_video_is_marked(lab: Lab, capsys: pytest.CaptureFixture[str]) -> None:
    root = lab(30, 20)
    saved(root / "old.mat", [trial(0, np.zeros(31)), unjudged(1)])
    with raises_with(LengthMismatch, 31, 30):
        curate(root)
    assert not (root / "videos_curated").exists()
    arguments = [str(root / "model.h5"), str(root / "videos"), "--contact-array", str(root / "old.mat"), "--check"]
    assert main(["curate", *arguments, "--json"]) == 1
    assert "LengthMismatch" in json.loads(capsys.readouterr().out)["faults"][0]["identifier"]
    with raises_with(BadOption, "overwrite_manual", 5):
        curate(root, overwrite_manual=5)
    (root / "bad.mat").write_bytes((root / "old.mat").read_bytes()[:200])
    scipy.io.savemat(root / "odd.mat", {"contacts": cell({**unjudged(0), "odd": 1j})})
    for name, error in (("bad", BadLabels), ("odd", OnlyMatlab), ("none", PathMissing)):
        with raises_with(error, root / f"{name}.mat"):
            curate(root, contact_array=root / f"{name}.mat")
    (root / "videos_curated_contacts.mat").write_bytes(b"mine")
    with raises_with(NotWritable, root / "videos_curated_contacts.mat"):
        curate(root, contact_array=saved(root / "new.mat", [unjudged(0)]))
    assert (root / "videos_curated_contacts.mat").read_bytes() == b"mine" and not (root / "videos_curated").exists()
