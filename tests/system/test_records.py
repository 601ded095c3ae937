"""Records as JSON."""

from __future__ import annotations

import dataclasses
import json
import math
from pathlib import Path

import numpy as np
import pytest

from pyside.errors import printable
from pyside.evaluation.result import TrainingResult
from pyside.system.records import from_json, printable_json, same_name, to_json, with_lists, write_json


def test_numpy_values_tuples_and_paths_become_plain_json() -> None:
    record = {"a": np.float32(1.5), "b": np.arange(2), "c": (1, True), "d": Path("x"), "e": np.int64(3), 4: None}
    assert json.loads(to_json(record)) == {"a": 1.5, "b": [0, 1], "c": [1, True], "d": "x", "e": 3, "4": None}


def test_what_is_no_number_is_null() -> None:
    assert to_json([math.nan, math.inf, np.float64("nan")]) == "[null, null, null]"


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a":' * 200 + "1" + "}" * 200, "[" * 150 + "]" * 150, "[1", b"\xff"])
def test_json_of_others_that_is_none_or_nested_too_deeply_is_a_value_error(text: str | bytes) -> None:
    with pytest.raises(ValueError):
        from_json(text)
    assert from_json('{"a": [1, {"b": null}]}') == {"a": [1, {"b": None}]}


def test_a_file_is_complete_or_as_it_was(tmp_path: Path) -> None:
    write_json(tmp_path / "a.json", {"a": 1})
    with pytest.raises(OSError):
        write_json(tmp_path / "no folder" / "a.json", {})
    assert json.loads((tmp_path / "a.json").read_text()) == {"a": 1}
    assert [file.name for file in tmp_path.iterdir()] == ["a.json"]


def test_a_training_result_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    written = TrainingResult({"loss": [1.0, math.nan]}, "/m.h5", {"validation": {}}, "well", {"epochs": 2})
    write_json(tmp_path / "result.json", dataclasses.asdict(written))
    read = TrainingResult.from_record(json.loads((tmp_path / "result.json").read_text()))
    assert math.isnan(read.history["loss"][1])
    assert (read.model_path, read.metrics, read.report) == (written.model_path, written.metrics, written.report)


ODD = "ma\udcdfe \ud800 Mäuse"  # a byte that is no UTF-8, as Python keeps it, and half a character of Windows's


def test_names_that_are_no_utf_8_come_back_from_a_file_as_they_were(tmp_path: Path) -> None:
    write_json(tmp_path / "a.json", {"video": ODD})
    text = (tmp_path / "a.json").read_bytes().decode("utf-8")
    assert json.loads(text) == {"video": ODD} and "Mäuse" in text
    assert json.loads(to_json([ODD]).encode("utf-8")) == [ODD]
    assert to_json("Mäuse") == '"Mäuse"'


def test_names_that_are_no_utf_8_are_shown_in_letters_that_are() -> None:
    assert printable(ODD) == "ma%DFe � Mäuse" and printable("Mäuse") == "Mäuse"
    assert json.loads(printable_json({"video": ODD}).encode("utf-8")) == {"video": printable(ODD)}


def test_one_name_written_in_two_ways_is_one_name() -> None:
    assert same_name("Ma\u0308use") == same_name("M\u00e4use") == "M\u00e4use"
    assert same_name("Mause") != same_name("Mäuse") and same_name("ma\udcdfe") == "ma%DFe"


def test_names_that_people_chose_are_in_lists_beside_the_objects() -> None:
    figures = {"frames": 5, "accuracy": 0.5, "classes": {"A-B": {"f1": None}, "counts": {"f1": 1.0}}}
    record = {
        "counts": {"A-B": 1, "A+B": 2},
        "label_mapping": {"0": "鼠", "1": "貓"},
        "metrics": {"validation": {**figures, "tags": {"ear tag": {"m-1": figures, "m+1": figures}}, "events": {}}},
        "split": {"training": {"tags": {"ear tag": {"m-1": {"A-B": 1}}}}},
        "recordings": [{"name": "r", "tags": {"ear tag": "m-1"}, "counts": {"A-B": 1}, "left_out": 3}],
        "epoch": 4,
        "classes": 2,
    }
    found = with_lists(record)
    assert found["counts_list"] == [{"name": "A-B", "value": 1}, {"name": "A+B", "value": 2}]
    assert found["label_mapping_list"][1] == {"name": "1", "value": "貓"}
    side = found["metrics"]["validation"]
    assert side["classes_list"] == [{"name": "A-B", "f1": None}, {"name": "counts", "f1": 1.0}]
    assert side["events_list"] == [] and set(side["classes"]) == {"A-B", "counts"}
    (tag,) = side["tags_list"]
    assert tag["name"] == "ear tag" and [one["name"] for one in tag["values"]] == ["m-1", "m+1"]
    assert tag["values"][1]["classes_list"] == side["classes_list"] and tag["values"][1]["accuracy"] == 0.5
    counted = found["split"]["training"]["tags_list"][0]["values"]
    assert counted == [{"name": "m-1", "counts_list": [{"name": "A-B", "value": 1}]}]
    assert found["recordings"][0]["tags_list"] == [{"name": "ear tag", "value": "m-1"}]
    assert not {"left_out_list", "epoch_list", "classes_list"} & {*found, *found["recordings"][0]}

    def without_lists(value: object) -> object:
        if isinstance(value, list):
            return [without_lists(item) for item in value]
        if isinstance(value, dict):
            return {key: without_lists(item) for key, item in value.items() if not key.endswith("_list")}
        return value

    assert without_lists(found) == record
