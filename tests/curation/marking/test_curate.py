"""A session from videos to marks: a row for every frame, what is kept, what is made anew, and whose files are whose."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import pyside
from pyside.curation.marking.session import read_session
from pyside.curation.marks import WHY, Marks, load_marks, save_marks
from pyside.errors import BadOption, BadSession, NotWritable, PathMissing
from pyside.system.files import sha256_of
from tests.conftest import holds, raises_with
from tests.curation.known_model import known_model, known_probabilities
from tests.curation.marking.conftest import Lab, frames_of, levels
from tests.data.conftest import WriteVideo


def curate(root: Path, **options: Any) -> dict[str, Any]:
    return pyside.curate(root / "model.h5", root / "videos", **{"precision": "float32", **options})


def marks_in(found: dict[str, Any], name: str) -> Marks:
    return load_marks(Path(found["path"]) / "marks" / f"{name}.npz")


def content(folder: Path) -> dict[str, bytes]:
    files = [file for file in folder.rglob("*") if file.is_file()]
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in files}


def test_every_frame_of_every_video_has_a_row(lab: Lab) -> None:
    root = lab(30, 1, 700, 5)
    found = curate(root, batch_size=64)
    assert (found["videos"], found["done"], found["failed"], found["well"]) == (4, 4, 0, True)
    assert found["path"] == str(root / "videos_curated") and found["frames"] == 736
    for number, n in enumerate((30, 1, 700, 5)):
        marks, grey = marks_in(found, f"clip{number}"), levels(n, number)
        known = known_probabilities(frames_of(grey)[:, :20, :20, np.newaxis])
        np.testing.assert_allclose(marks.probabilities, known, atol=1e-4)
        assert marks.labels.tolist() == (grey > 127).astype(int).tolist()
        assert marks.why.tolist() == [0] * n and marks.frame_rate == 500


def test_the_tables_say_what_was_done(lab: Lab) -> None:
    root = lab(30, 20)
    found = curate(root)
    rows = (Path(found["path"]) / "session.csv").read_text().splitlines()
    assert rows[0].startswith("name,video,state") and len(rows) == 3
    session = json.loads((Path(found["path"]) / "session.json").read_text())
    first = session["videos"][0]
    assert (first["name"], first["state"], first["frames"]) == ("clip0", "done", 30)
    assert first["video_sha256"] == hashlib.sha256((root / "videos/clip0.avi").read_bytes()).hexdigest()
    assert first["model_sha256"] == hashlib.sha256((root / "model.h5").read_bytes()).hexdigest()
    for name, digest in first["files"].items():
        assert hashlib.sha256((Path(found["path"]) / name).read_bytes()).hexdigest() == digest
    assert first["touches"] == np.count_nonzero(np.diff((levels(30) > 127).astype(int), prepend=0) == 1)


def test_a_network_that_sees_its_neighbours_gets_them(lab: Lab) -> None:
    root = lab(40, context_frames=3, looks_at=-1)
    marks = marks_in(curate(root), "clip0")
    grey = levels(40)
    assert marks.labels.tolist() == (np.append(grey[:1], grey[:-1]) > 127).astype(int).tolist()


def test_frames_that_are_not_looked_at_say_why(lab: Lab) -> None:
    root = lab(12, 40)
    distance = np.arange(12.0)
    found = curate(root, frame_values=[distance, np.zeros(40)], exclude_above=8, frame_span=(2, 30))
    marks = marks_in(found, "clip0")
    reasons = [WHY[code] for code in marks.why]
    assert reasons == ["outside_span"] * 2 + [""] * 7 + ["by_value"] * 3
    assert np.isnan(marks.probabilities[:2]).all() and marks.labels[:2].tolist() == [-1, -1]
    assert marks.probabilities[9:].tolist() == [[1, 0]] * 3 and marks.labels[9:].tolist() == [0] * 3
    assert found["left_out"] == 2 + 2 + 9


def test_a_bad_video_is_named_and_the_others_are_written(lab: Lab, capsys: pytest.CaptureFixture[str]) -> None:
    from pyside.__main__ import main

    root = lab(10, 10, 10)
    whole = (root / "videos/clip1.avi").read_bytes()
    (root / "videos/clip1.avi").write_bytes(whole[: len(whole) // 2])
    (root / "videos/nothing.avi").write_bytes(b"")
    assert main(["curate", str(root / "model.h5"), str(root / "videos"), "--precision", "float32", "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert (found["done"], found["failed"]) == (2, 2)
    assert [one["name"] for one in found["failures"]] == ["clip1", "nothing"]
    (root / "videos/clip1.avi").write_bytes(whole)
    again = curate(root)
    assert (again["done"], again["kept"], again["failed"]) == (3, 2, 1)


def test_damaged_frames_are_left_out_if_wished(lab: Lab) -> None:
    root = lab(300)
    video = root / "videos/clip0.avi"
    data = bytearray(video.read_bytes())
    data[len(data) // 2 : len(data) // 2 + 40] = os.urandom(40)
    video.write_bytes(data)
    assert curate(root, output=root / "strict")["failed"] == 1 if not curate(root)["well"] else True
    found = curate(root, output=root / "lenient", on_damage="skip")
    marks = marks_in(found, "clip0")
    damaged = marks.why == WHY.index("damaged")
    assert marks.n_frames == 300 and 0 < damaged.sum() < 300
    assert np.isnan(marks.probabilities[damaged]).all() and set(marks.labels[damaged].tolist()) == {-1}


def test_a_finished_video_is_kept_and_a_changed_one_is_marked_again(lab: Lab, write_video: WriteVideo) -> None:
    root = lab(30, 20)
    first = curate(root)
    before = content(Path(first["path"]))
    again = curate(root)
    assert (again["kept"], again["done"], again["device"]) == (2, 2, None)
    assert content(Path(again["path"])) == before
    write_video("videos/clip1.avi", frames_of(levels(25, 9)))
    changed = curate(root)
    assert (changed["kept"], changed["done"], changed["frames"]) == (1, 2, 55)
    os.utime(root / "videos/clip0.avi")  # touched, but equal
    assert curate(root)["kept"] == 2
    assert curate(root, contrast="stretch")["kept"] == 0


def test_marks_of_an_earlier_version_are_kept_and_hold_what_the_model_saw_from_then_on(lab: Lab) -> None:
    root = lab(30)
    folder = Path(curate(root)["path"])
    path, before = folder / "marks" / "clip0.npz", load_marks(folder / "marks" / "clip0.npz")
    save_marks(path, dataclasses.replace(before, view=None))
    table = (folder / "session.json").read_text(encoding="utf-8")
    known = read_session(folder)["videos"][0]["marks_sha256"]
    (folder / "session.json").write_text(table.replace(known, sha256_of(path)), encoding="utf-8")
    assert (again := curate(root))["kept"] == 1 and again["device"] is None
    view = load_marks(path).view
    assert view is not None and before.view is not None and view.as_dict() == before.view.as_dict()
    assert (view.corners == before.view.corners).all()


def test_another_decision_makes_the_results_anew_without_the_network(lab: Lab) -> None:
    root = lab(60)
    first = curate(root)
    longer = curate(root, min_duration=4, formats=("npy",))
    assert longer["kept"] == 1 and longer["device"] is None and longer["touches"] < first["touches"]
    record = read_session(Path(longer["path"]))["videos"][0]
    assert record["decision"]["min_duration"] == 4 and set(record["formats"]) == {"mat", "csv", "npy"}
    fresh = curate(root, output=root / "fresh", min_duration=4, formats=("npy", "mat", "csv"))
    names = ["clip0.csv", "clip0.npy", "clip0.mat", "clip0_touches.csv", "marks/clip0.npz"]
    both = content(Path(longer["path"])), content(Path(fresh["path"]))
    assert {name: both[0][name] for name in names} == {name: both[1][name] for name in names}


def test_a_decision_that_is_taken_back_without_being_asked_for_is_told(lab: Lab) -> None:
    root = lab(30, 20)
    pyside.redecide(curate(root)["path"], threshold=0.9, min_duration=3, frame_rate=100)
    assert curate(root, threshold=0.9, min_duration=3, frame_rate=100)["warnings"] == []
    (warning,) = curate(root, frame_rate=100)["warnings"]
    assert holds(warning, "clip0", "clip1", "threshold", "0.9", "min_duration", "3") and "frame_rate" not in warning
    assert holds(*curate(root)["warnings"], "frame_rate", "100")
    assert curate(root)["warnings"] == []


def test_at_the_threshold_a_frame_is_a_touch(lab: Lab) -> None:
    root = lab(30)
    probability = float(marks_in(curate(root), "clip0").probabilities[:, 1].max())
    at = marks_in(curate(root, threshold=probability), "clip0")
    assert (at.labels == 1).sum() == (at.probabilities[:, 1] == np.float32(probability)).sum() > 0


def test_a_result_that_a_person_changed_is_the_persons(lab: Lab) -> None:
    root = lab(30, 20)
    folder = Path(curate(root)["path"])
    mine = folder / "clip0.csv"
    mine.write_text("my own labels\n")
    (folder / "clip1.csv").unlink()
    found = curate(root, threshold=0.9)
    assert mine.read_text() == "my own labels\n" and (folder / "clip1.csv").exists()
    assert any("clip0.csv" in text for text in found["warnings"])
    record = read_session(folder)["videos"][0]
    assert record["changed"] == ["clip0.csv"] and "clip0.csv" not in record["files"]
    curate(root, threshold=0.8)
    assert mine.read_text() == "my own labels\n"
    mine.unlink()
    curate(root, threshold=0.7)
    assert read_session(folder)["videos"][0]["changed"] == []


def test_videos_are_only_read(lab: Lab) -> None:
    root = lab(30)
    before = {file: (file.read_bytes(), file.stat().st_mtime_ns) for file in (root / "videos").iterdir()}
    curate(root)
    assert {file: (file.read_bytes(), file.stat().st_mtime_ns) for file in (root / "videos").iterdir()} == before


def test_a_video_that_changes_meanwhile_fails_and_one_that_is_only_linked_does_not(lab: Lab) -> None:
    from pyside.curation.marking.curate import curate as run

    root = lab(20, 20)

    def links(record: dict[str, Any]) -> None:
        if record["stage"] == "loading the model":
            os.link(root / "videos/clip0.avi", root / "link.avi")

    def changes() -> bool:
        if (root / "other/marks").exists():  # all is planned
            os.utime(root / "videos/clip1.avi", ns=(1, 1))
        return False

    options = {"precision": "float32"}
    assert run(root / "model.h5", root / "videos", root / "out", options, progress=links)["well"]
    found = run(root / "model.h5", root / "videos", root / "other", options, should_stop=changes)
    assert [one["name"] for one in found["failures"]] == ["clip1"] and found["done"] == 1


def test_a_folder_of_other_files_is_refused(lab: Lab) -> None:
    root = lab(10)
    for folder in (root / "videos", root):
        with raises_with(NotWritable, folder):
            curate(root, output=folder)
    with raises_with(PathMissing, root / "not"):
        curate(root, output=root / "not" / "there")


def test_the_session_of_another_model_is_refused(lab: Lab) -> None:
    root = lab(10)
    before = content(Path(curate(root)["path"]))
    known_model(root / "model.h5", roi=(20, 20), border=90.0)
    with raises_with(BadSession, root / "videos_curated", root / "model.h5"):
        curate(root)
    assert content(root / "videos_curated") == before


def test_videos_of_the_same_names_in_another_folder_are_refused(lab: Lab, write_video: WriteVideo) -> None:
    root = lab(10)
    curate(root, output=root / "out")
    write_video("others/clip0.avi", frames_of(levels(12, 5)))
    with raises_with(BadSession, "clip0"):
        pyside.curate(root / "model.h5", root / "others", root / "out")
    (root / "videos").rename(root / "moved")
    moved = pyside.curate(root / "model.h5", root / "moved", root / "out", precision="float32")
    assert moved["kept"] == 1 and read_session(root / "out")["videos"][0]["video"] == str(root / "moved/clip0.avi")


def test_names_of_results_do_not_clash(lab: Lab, write_video: WriteVideo) -> None:
    root = lab(10)
    for name in ("session", "clip0_touches"):
        write_video(f"videos/{name}.avi", frames_of(levels(10, 3)))
    found = curate(root)
    names = [one["name"] for one in read_session(Path(found["path"]))["videos"]]
    assert names == ["clip0", "clip0_touches-2", "session-2"]
    assert (Path(found["path"]) / "session.csv").read_text().startswith("name,video,state")


def test_a_video_keeps_its_name_when_others_of_that_name_join(lab: Lab, write_video: WriteVideo) -> None:
    root = lab(10)
    curate(root)
    write_video("videos/clip0.mkv", frames_of(levels(12, 5)))
    write_video("others/clip0.avi", frames_of(levels(14, 6)))
    found = pyside.curate(
        root / "model.h5", [root / "others", root / "videos"], root / "videos_curated", precision="float32"
    )
    rows = {one["name"]: one["frames"] for one in read_session(Path(found["path"]))["videos"]}
    assert (found["done"], found["kept"], rows.pop("clip0"), sorted(rows.values())) == (3, 1, 10, [12, 14])
    again = pyside.curate(root / "model.h5", root / "others", root / "videos_curated", precision="float32")
    assert (again["done"], again["kept"]) == (1, 1)
    write_video("others/clip0.avi", frames_of(levels(16, 7)))
    roundabout = pyside.curate(root / "model.h5", root / "videos/../others", root / "videos_curated")
    assert (roundabout["frames"], roundabout["names"]) == (16, again["names"])


def test_faults_of_the_request_come_together(lab: Lab) -> None:
    root = lab(10)
    with raises_with(BadOption, "threshold", "2") as caught:
        pyside.curate(root / "none.h5", [root / "missing.avi"], threshold=2)
    assert len(caught.value.faults) == 3


def test_more_than_two_classes_take_the_likeliest(lab: Lab) -> None:
    root = lab(30, class_names=("NonTouch", "Lick", "Touch"))
    marks = marks_in(curate(root), "clip0")
    assert np.array_equal(marks.labels, marks.probabilities.argmax(axis=1))
    with raises_with(BadOption, "threshold", 3):
        curate(root, threshold=0.5)


def test_a_stop_keeps_the_finished_videos(lab: Lab) -> None:
    from pyside.curation.marking.curate import curate as run

    root, asked = lab(40, 40, 40), []

    def stop() -> bool:
        done = root / "out/marks/clip0.npz"
        asked.append(done.exists())
        return asked[-1]

    options = {"batch_size": 8, "precision": "float32"}
    found = run(root / "model.h5", root / "videos", root / "out", options, should_stop=stop)
    assert found["stopped"] and 0 < found["done"] < 3 and found["well"]
    assert run(root / "model.h5", root / "videos", root / "out", options)["kept"] == found["done"]


def test_formats_in_seconds_need_a_frame_rate_before_a_video_is_marked(lab: Lab) -> None:
    root = lab(6)
    for number in range(3):
        Image.fromarray(frames_of(levels(1, number))[0]).save(root / "videos" / f"im{number}.png")
    (root / "videos" / "clip0.avi").unlink()
    with raises_with(BadOption, "boris", "frame_rate"):
        curate(root, formats=("boris",))
    found = curate(root, formats=("boris",), frame_rate=100)
    assert found["done"] == 1 and [*Path(found["path"]).glob("*_boris.csv")]
