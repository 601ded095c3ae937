"""HDF5 files as WhACC writes them, and damaged ones."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from pyside.data.labels.files import read_label_file
from pyside.errors import BadLabels
from tests.conftest import holds, raises_with


def whacc(path: Path, **keys: Any) -> Path:
    """A file of two videos of 3 and 2 frames, in which a person has labelled three frames."""
    usual: dict[str, Any] = {
        "labels": np.array([0.0, 1, -1, -1, 1]),
        "trial_nums_and_frame_nums": np.array([[4.0, 11], [3, 2]]),
        "file_name_nums": np.array([4.0, 4, 4, 11, 11]),
        "full_file_names": [b"m-4.mp4", b"m-11.mp4"],
        "in_range": np.full(5, np.nan),
        "images": np.zeros((5, 4, 4, 3), np.uint8),
    }
    with h5py.File(path, "w") as file:
        for name, value in {**usual, **keys}.items():
            if value is not None:
                file[name] = value
    return path


def vectors(path: Path) -> list[list[float | None]]:
    found = [entry.labels.tolist() for entry in read_label_file(path).entries]
    return [[None if label != label else label for label in one] for one in found]


def test_labels_of_a_person_are_read_and_other_frames_are_left_out(tmp_path: Path) -> None:
    path = whacc(tmp_path / "a.h5", yhat=np.array([1, 1, 1, 0, 0]))
    found = read_label_file(path)
    assert vectors(path) == [[0, 1, None], [None, 1]]
    assert [(one.name, one.trial, one.machine) for one in found.entries] == [
        ("m-4.mp4", 4, False),
        ("m-11.mp4", 11, False),
    ]
    assert holds(found.remarks[0], 3, 5, "left out")


def test_without_labels_of_a_person_those_of_the_model_are_read_as_a_machines(tmp_path: Path) -> None:
    path = whacc(tmp_path / "a.h5", labels=np.full(5, -1.0), yhat=np.array([1, 1, 1, 0, 0]))
    assert vectors(path) == [[1, 1, 1], [0, 0]] and all(one.machine for one in read_label_file(path).entries)


def test_a_file_that_only_counts_frames_has_no_names(tmp_path: Path) -> None:
    keys = {"trial_nums_and_frame_nums": None, "full_file_names": None, "frame_nums": np.array([2, 3])}
    path = whacc(tmp_path / "a.h5", **keys)
    assert vectors(path) == [[0, 1], [None, None, 1]] and read_label_file(path).entries[0].name is None


@pytest.mark.parametrize(
    ("keys", "facts"),
    [
        ({"labels": np.full(5, -1.0)}, ("nobody", "yhat")),
        ({"labels": np.zeros(6)}, (5, 6)),
        ({"trial_nums_and_frame_nums": np.ones((3, 2))}, ("2 rows",)),
        ({"trial_nums_and_frame_nums": np.array([[4.0, 11], [2.5, 2.5]])}, ("whole",)),
        ({"yhat": np.zeros(4)}, ("yhat", 4, 5)),
        ({"class_names": ["a"]}, ("class_names",)),
        ({"labels": None}, ("expected labels",)),
        ({"labels": h5py.ExternalLink("other.h5", "/labels")}, ("other.h5",)),
    ],
)
def test_what_does_not_fit_is_an_error(tmp_path: Path, keys: dict[str, Any], facts: tuple[Any, ...]) -> None:
    path = whacc(tmp_path / "a.h5", **keys)
    with raises_with(BadLabels, *facts):
        read_label_file(path)


def test_a_damaged_file_is_an_error_that_names_it(tmp_path: Path) -> None:
    content = whacc(tmp_path / "a.h5").read_bytes()
    rng = np.random.default_rng(0)
    path = tmp_path / "b.h5"
    for _ in range(60):
        damaged = bytearray(content[: rng.integers(1, len(content) + 1)])
        for place in rng.integers(0, len(damaged), 8):
            damaged[place] = rng.integers(256)
        path.write_bytes(damaged)
        try:
            read_label_file(path)
        except BadLabels as error:
            assert holds(error.text, "b.h5")
