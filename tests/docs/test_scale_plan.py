"""The page on very many frames: its figures come from benchmarks that exist, and what is not measured is marked."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from docs import scale_plan


def test_each_figure_has_its_title_and_day() -> None:
    known = json.loads(scale_plan.FIGURES.read_text(encoding="utf-8"))
    assert set(known["figures"]) == set(scale_plan.NEEDED)
    assert all(one["title"] and one["day"] and one["figure"] > 0 for one in known["figures"].values())


def test_nothing_of_the_largest_size_counts_as_measured() -> None:
    rows = [line for line in scale_plan.page().splitlines() if line.startswith("|")]
    largest = [row.split("|")[3:6] for row in rows if row.split("|")[2].strip() == "10^10"]
    assert len(largest) == 4
    assert all(re.fullmatch(r" \*.+\* ", cell) for row in largest for cell in row)


def test_a_figure_that_the_benchmarks_lack_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "bench.json").write_text('{"training: frames/s, float32": {"figure": 400, "day": "2026-11-30"}}')
    monkeypatch.setattr(scale_plan, "BENCH", tmp_path / "bench.json")
    with pytest.raises(SystemExit, match="converting"):
        scale_plan.take_over()
