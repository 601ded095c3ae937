"""One HDF5 file for a session with the keys of WhACC, read again, and at the end of each kind of run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

import pyside
from pyside.curation.marking.session import read_session, stored_marks
from pyside.curation.marks import Marks
from pyside.curation.writers.whacc import write_whacc
from pyside.data.labels.class_indices import read_labels
from pyside.data.labels.files import describe_label_file, read_label_file
from tests.conftest import holds
from tests.curation.marking.conftest import Lab, frames_of, levels
from tests.curation.marking.conftest import lab as lab
from tests.curation.writers.test_other_programs import several
from tests.curation.writers.test_results import marked
from tests.data.conftest import WriteVideo
from tests.data.conftest import write_video as write_video


def write(path: Path, *marks: Marks, videos: tuple[str, ...] = ("Mäuse, 7.mp4", "b9.avi")) -> dict[str, Any]:
    write_whacc(path, [Path("/v", name) for name in videos], [one.n_frames for one in marks], marks)
    with h5py.File(path) as file:
        return {name: file[name][()] for name in file}


def read_again(path: Path, class_names: tuple[str, ...]) -> list[list[int]]:
    entries = read_label_file(path).entries
    vectors = [entry.for_video(len(entry.labels), 0, "it", "it.mp4") for entry in entries]
    return [one.tolist() for one in read_labels(vectors, class_names, None, [*map(str, range(len(vectors)))]).vectors]


def test_the_file_has_the_keys_of_whacc_with_a_column_for_each_video(tmp_path: Path) -> None:
    found = write(tmp_path / "a.h5", marked(), marked(names=("Touch", "NonTouch")))
    labels = [0, 1, 1, 1, 0, -1, 1, 0, 0]
    assert found["yhat"].tolist() == labels * 2 and set(found["labels"]) == {-1}
    assert found["frame_nums"].tolist() == [9, 9]
    assert found["trial_nums_and_frame_nums"].tolist() == [[7, 9], [9, 9]]
    assert found["file_name_nums"].tolist() == [7] * 9 + [9] * 9
    assert found["full_file_names"].tolist() == ["Mäuse, 7.mp4".encode(), b"b9.avi"]
    assert found["in_range"][:9].tolist() == [1, 1, 1, 1, 1, 0, 1, 1, 0]
    assert np.allclose(found["yhat_proba"][:9], marked().probabilities[:, 1], equal_nan=True)
    assert found["class_names"].tolist() == [b"NonTouch", b"Touch"]


def test_equal_marks_are_equal_bytes(tmp_path: Path) -> None:
    for name in ("a.h5", "b.h5"):
        write(tmp_path / name, marked(), marked())
    assert (tmp_path / "a.h5").read_bytes() == (tmp_path / "b.h5").read_bytes()


def test_labels_of_a_model_are_the_same_when_read_again(tmp_path: Path) -> None:
    labels = [[0, 0, 1, 2, -1, 1], [1, 1], [2]]
    found = write(tmp_path / "a.h5", *map(several, labels), videos=("x/1.mp4", "y/1.mp4", "2.mp4"))
    assert read_again(tmp_path / "a.h5", several([1]).class_names) == labels
    assert found["yhat_proba"].shape == (9, 4) and found["trial_nums_and_frame_nums"][0].tolist() == [1, 2, 3]
    entries = read_label_file(tmp_path / "a.h5").entries
    assert [one.name for one in entries] == ["/v/x/1.mp4", "/v/y/1.mp4", "/v/2.mp4"]
    assert all(one.machine for one in entries)
    described = describe_label_file(tmp_path / "a.h5")
    assert described["form"] == "labels of WhACC" and described["recordings"][0]["by"] == "a model"
    assert pyside.inspect(tmp_path / "a.h5")["kind"] == "labels"


def test_a_session_has_it_at_its_end_and_a_resumed_one_too(lab: Lab, write_video: WriteVideo) -> None:
    root = lab(12, 20)

    def curate(**options: Any) -> dict[str, Any]:
        return pyside.curate(
            root / "model.h5", root / "videos", root / "out", precision="float32", isolated=False, **options
        )

    def read() -> list[list[int]]:
        return read_again(root / "out" / "whacc.h5", ("NonTouch", "Touch"))

    def stored() -> list[list[int]]:
        videos = [one for one in read_session(root / "out")["videos"] if one["state"] == "done"]
        return [stored_marks(root / "out", one).labels.tolist() for one in videos]

    curate()
    assert not (root / "out" / "whacc.h5").exists()
    curate(formats=("whacc",))
    assert read() == stored() and [*map(len, read())] == [12, 20]
    write_video("videos/clip2.avi", frames_of(levels(7, 2)))
    (root / "videos" / "bad3.avi").write_bytes(b"no video")
    assert curate()["failed"] == 1
    assert read() == stored() and [*map(len, read())] == [12, 20, 7]
    pyside.redecide(root / "out", min_duration=3, isolated=False)
    assert read() == stored()
    with h5py.File(root / "out" / "whacc.h5", "r+") as file:  # as the window of WhACC does
        file["labels"][5] = 1
    found = pyside.redecide(root / "out", min_duration=1, isolated=False)
    assert holds(found["warnings"][0], "whacc.h5", "changed") and read() != stored()
    assert [one.machine for one in read_label_file(root / "out" / "whacc.h5").entries] == [False] * 3


def test_where_marks_are_damaged_a_warning_says_so_and_the_earlier_file_stays(lab: Lab) -> None:
    root = lab(12, 20)
    options: dict[str, Any] = {"precision": "float32", "formats": ("whacc",), "isolated": False}
    pyside.curate(root / "model.h5", root / "videos", root / "out", **options)
    before = (root / "out" / "whacc.h5").read_bytes()
    (root / "out" / "marks" / "clip1.npz").write_bytes(b"")
    found = pyside.curate(root / "model.h5", root / "videos" / "clip0.avi", root / "out", **options)
    assert holds(found["warnings"][0], "whacc.h5", "clip1") and (root / "out" / "whacc.h5").read_bytes() == before
    assert sorted(file.name for file in (root / "out").iterdir()) == [
        "marks",
        "session.csv",
        "session.json",
        "whacc.h5",
    ]


@pytest.mark.parametrize("pattern", [None, r"of(\d+)"])
def test_trial_numbers_are_those_in_the_names(tmp_path: Path, pattern: str | None) -> None:
    videos = [Path("a1of5.mp4"), Path("a1of7.mp4")]
    write_whacc(tmp_path / "a.h5", videos, [9, 9], [marked(), marked()], pattern)
    assert [entry.trial for entry in read_label_file(tmp_path / "a.h5").entries] == [5, 7]
