"""Tags of recordings are read from CSV files and dicts, and found by the name of the video."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pyside.data.recordings.tags import read_tags, tags_of, unknown_videos
from pyside.errors import BadLabels, BadOption, PathMissing
from tests.conftest import raises_with
from tests.data.conftest import COMPOSED, DECOMPOSED

TAGS = {"trial1": {"camera": "left", "animal": "12"}, "trial2": {"camera": "right"}}


def write(folder: Path, text: str) -> Path:
    (folder / "tags.csv").write_text(text)
    return folder / "tags.csv"


@pytest.mark.parametrize(
    "text",
    [
        "video,camera,animal\ntrial1,left,12\ntrial2,right,\n",
        "animal;Recording Name;camera\n12;trial1;left\n\n;trial2;right\n",
        "camera\tname\tanimal\nleft\ttrial1\t12\nright\ttrial2\t\n",
        '\ufefffile,camera,animal\r\n"trial1", left ,12\r\ntrial2,"right",\r\n',
    ],
)
def test_a_csv_file_names_the_video_and_one_tag_a_column(tmp_path: Path, text: str) -> None:
    assert read_tags(str(write(tmp_path, text))) == TAGS


def test_tags_come_as_a_dict_too_and_numbers_become_texts() -> None:
    given = {"trial1": {"camera": "left", "animal": 12.0}, "trial2": {"camera": "right", "animal": np.empty((0, 0))}}
    assert read_tags(given) == TAGS
    assert read_tags(None) == {}


@pytest.mark.parametrize(
    ("name", "path"), [("trial1", "/v/trial1.mp4"), ("x", "/v/TRIAL1.MP4"), ("a/trial1.mp4", "/a/trial1.mp4")]
)
def test_the_tags_of_a_video_are_found_by_recording_file_or_stem_in_any_case(name: str, path: str) -> None:
    assert tags_of(TAGS, [Path(path)], [name]) == [TAGS["trial1"]]
    assert tags_of({"D:\\data\\trial1.mp4": {"camera": "left"}}, [Path(path)], [name]) == [{"camera": "left"}]


def test_a_video_without_tags_has_none_and_tags_without_a_video_are_listed() -> None:
    assert tags_of(TAGS, [Path("/v/trial3.mp4")], ["trial3"]) == [{}]
    assert unknown_videos(TAGS, [Path("/v/trial1.mp4"), Path("/v/trial3.mp4")]) == ["trial2"]


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("camera,animal\nleft,12\n", ("camera", "animal")),
        ("video,camera\n,left\n", (2,)),
        ("video,camera\na,left\nb,left\na,right\n", (4, 2)),
    ],
)
def test_a_csv_file_without_videos_or_with_one_twice_is_an_error(
    tmp_path: Path, text: str, facts: tuple[Any, ...]
) -> None:
    with raises_with(BadOption, *facts):
        read_tags(write(tmp_path, text))


def test_names_of_rows_and_missing_values_of_r_are_no_tags(tmp_path: Path) -> None:
    path = write(tmp_path, '"","video","camera","animal"\n"1","a","left",NA\n"2","b",NA,"m1"\n')
    assert read_tags(path) == {"a": {"camera": "left"}, "b": {"animal": "m1"}}
    with raises_with(BadOption, 3, "video"):
        read_tags(write(tmp_path, "video,camera\na,left\nNA,left\n"))


@pytest.mark.parametrize("value", [5, ["a"], {"trial1": "left"}, {"trial1": {"camera": ["a", "b"]}}])
def test_what_is_no_tags_is_an_error_that_says_what_is(value: Any) -> None:
    with raises_with(BadOption, "video"):
        read_tags(value)


def test_a_missing_or_damaged_file_is_named(tmp_path: Path) -> None:
    with raises_with(PathMissing, "nowhere.csv"):
        read_tags(tmp_path / "nowhere.csv")
    with raises_with(BadLabels, 3, 1, 2):
        read_tags(write(tmp_path, "video,camera\na,left\nb\n"))


def test_tags_are_found_and_told_twice_in_whichever_way_a_name_is_written(tmp_path: Path) -> None:
    tags = read_tags({COMPOSED: {"käfig": "grün"}})
    assert tags_of(tags, [Path(f"/v/{DECOMPOSED}.mp4")], [DECOMPOSED]) == [{"käfig": "grün"}]
    assert unknown_videos(tags, [Path(f"/v/{DECOMPOSED}.mp4")]) == []
    decomposed = unicodedata.normalize("NFD", "grün"), unicodedata.normalize("NFD", "käfig")
    assert read_tags({COMPOSED: {decomposed[1]: decomposed[0]}}) == tags  # one tag, one value
    with raises_with(BadOption, ascii(COMPOSED), ascii(DECOMPOSED)):
        read_tags({COMPOSED: {"a": "b"}, DECOMPOSED: {"a": "b"}})
    (tmp_path / "tags.csv").write_text(f"video,a\n{COMPOSED},1\n{DECOMPOSED},2\n", encoding="utf-8")
    with raises_with(BadOption, 3, 2):
        read_tags(tmp_path / "tags.csv")
