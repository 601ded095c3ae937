"""The examples in Python alone run, twice, and end in pages to look at."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import pyside
from tests.examples.test_engine_examples import run

pytestmark = pytest.mark.trains
SMALL = ("--recordings", "4", "--epochs", "1", "--network", f"{Path(__file__).parents[1] / 'quick_network.py'}:build")


@pytest.mark.slow
def test_from_videos_to_marks_with_python_only(tmp_path: Path) -> None:
    text = run("from_videos_to_marks.py", *SMALL, folder=tmp_path)
    pages = [tmp_path / line.split()[1] for line in text.splitlines()[-2:]]
    assert [page.name for page in pages] == ["report.html", "comparison.html"] and all(map(Path.is_file, pages))
    assert pyside.inspect(tmp_path / "example-python" / "marked")["kind"] == "session"


@pytest.mark.slow
def test_a_review_mends_labels_and_the_next_model_learns_from_it(tmp_path: Path) -> None:
    for _ in range(2):
        text = run("review_and_corrections.py", *SMALL, folder=tmp_path)
    page = tmp_path / text.splitlines()[-1].split()[1]
    assert page.is_file()
    corrections = (tmp_path / "example-review" / "marked" / "corrections.jsonl").read_text(encoding="utf-8")
    assert json.loads(corrections.splitlines()[0])
    assert pyside.inspect(tmp_path / "example-review" / "more")["recordings"]
