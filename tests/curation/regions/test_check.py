"""A check says what a session would do, and draws a sheet; it writes nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from pyside.curation.model.facts import Center, ModelFacts, model_facts
from pyside.curation.regions.check import ON_A_SHEET, check_session, page, sheet_of
from pyside.errors import PathMissing
from pyside.settings.curation import CurateSettings
from tests.conftest import holds, raises_with
from tests.curation.known_model import known_model
from tests.data.conftest import COMPOSED, WriteVideo

AMBER = (255, 176, 0)


@pytest.fixture
def facts(tmp_path: Path) -> ModelFacts:
    center = Center("fixed", (30.0, 20.0))
    return model_facts(known_model(tmp_path / "model.h5", (20, 20, 1), roi=(20, 20), center=center))


def check(videos: Any, facts: ModelFacts, sheet: Path, measured: bool = False, **options: Any) -> dict[str, Any]:
    settings = CurateSettings.from_options(options)
    return dict(check_session(videos, facts, settings, 0, sheet, measured=measured))


def everything_in(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


def test_the_report_counts_frames_by_reason_and_names_what_pairs_with_what(
    write_video: WriteVideo, facts: ModelFacts, tmp_path: Path
) -> None:
    for name in ("a", "b"):
        write_video(f"in {COMPOSED}/{name}.avi", np.zeros((8, 48, 64), np.uint8))
    (tmp_path / f"in {COMPOSED}" / "c.avi").write_bytes(b"no video")
    before = everything_in(tmp_path)
    sheet = sheet_of(tmp_path / "marks")
    found = check(
        tmp_path / f"in {COMPOSED}",
        facts,
        sheet,
        labels={"b": np.zeros(8)},
        frame_span=(1, 6),
        frame_values=[np.arange(8), np.zeros(8), np.zeros(8)],
        exclude_above=4,
    )
    assert everything_in(tmp_path) - before == {sheet.name}
    counts = {name: found[name] for name in ("videos", "ready", "frames", "looked_at", "no_touch", "left_out")}
    assert counts == {"videos": 3, "ready": 2, "frames": 16, "looked_at": 10, "no_touch": 3, "left_out": 3}
    assert found["not_looked_at"] == {"outside_span": 3, "by_value": 3} and not found["well"]
    a, b, c = found["pairs"]
    assert a["labels"] is None and holds(b["labels"], "b") and a["region"] == [20, 20]
    assert holds(c["fault"], "c.avi")
    text = "\n".join(page(found))
    assert holds(text, "2 of 3", "10 of 16", str(sheet), "c.avi")


def test_faults_of_the_options_are_reported_not_raised(
    write_video: WriteVideo, facts: ModelFacts, tmp_path: Path
) -> None:
    found = check(write_video("a.avi"), facts, tmp_path / "s.png", roi=30, exclude_above=3)
    assert {fault["identifier"] for fault in found["faults"]} == {"TouchTrain:BadOption"}
    assert len(found["faults"]) == 2 and not found["well"] and found["sheet"] is None
    assert not (tmp_path / "s.png").exists()
    with raises_with(PathMissing, "nowhere"):
        check(tmp_path / "a.avi", facts, tmp_path / "nowhere" / "s.png")


def test_the_time_is_estimated_from_the_speeds_of_decoding_and_of_the_network(
    write_video: WriteVideo, facts: ModelFacts, tmp_path: Path
) -> None:
    found = check(write_video("a.avi"), facts, tmp_path / "s.png", measured=True, batch_size=8)
    assert found["well"] and found["seconds"] > 0
    assert any("about" in row for row in page(found))


def test_the_box_on_the_sheet_lies_around_the_region(
    write_video: WriteVideo, facts: ModelFacts, tmp_path: Path
) -> None:
    frames = np.full((4, 60, 120), 100, np.uint8)
    frames[:, 10:30, 20:40] = 200  # the region, exactly
    check(write_video("a.avi", frames), facts, tmp_path / "s.png")
    sheet = np.asarray(Image.open(tmp_path / "s.png").convert("RGB")).astype(int)
    amber = (np.abs(sheet - AMBER).sum(axis=2) < 10).nonzero()
    top, left, bottom, right = amber[0].min(), amber[1].min(), amber[0].max(), amber[1].max()
    assert (bottom - top + 1, right - left + 1) == (44, 44)  # enlarged twice, with a line of two pixels
    assert (sheet[top + 2 : bottom - 1, left + 2 : right - 1] == 200).all()  # no pixel of it is covered


def test_a_sheet_of_very_many_videos_shows_some_from_all_over(
    write_video: WriteVideo, facts: ModelFacts, tmp_path: Path
) -> None:
    first = write_video("in/000.avi", np.zeros((2, 48, 64), np.uint8))
    for number in range(1, ON_A_SHEET + 3):
        (tmp_path / "in" / f"{number:03}.avi").write_bytes(first.read_bytes())
    found = check(tmp_path / "in", facts, tmp_path / "s.png")
    assert (found["videos"], found["on_sheet"]) == (ON_A_SHEET + 3, ON_A_SHEET)
    assert len(page(found)) < 40
