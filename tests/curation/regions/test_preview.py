"""A picture shows where the region lies in a frame of each of a few videos."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

import pyside
from pyside.curation.model.facts import Center
from pyside.curation.regions.preview import preview_region
from pyside.curation.requests import region_preview
from pyside.errors import BadModel, BadOption, BadVideo, PathMissing, UnknownOption
from pyside.settings.curation import RegionSettings
from tests.conftest import holds, raises_with
from tests.curation.known_model import known_model
from tests.data.conftest import WriteVideo


def preview(videos: Any, path: Path, first: int = 0, **options: Any) -> dict[str, Any]:
    return dict(preview_region(videos, path, RegionSettings.from_options(options), first))


def test_options_alone_place_the_region_as_a_conversion_does(write_video: WriteVideo, tmp_path: Path) -> None:
    video = write_video("a.avi")
    for first in (0, 1):
        (row,) = preview(video, tmp_path / "p", first, centers=(30 + first, 20 + first), roi=(10, 12))["rows"]
        assert row["box"] == [24 + first, 15 + first, 12, 10] and row["score"] is None
    (row,) = preview(video, tmp_path / "p")["rows"]
    assert row["box"] == [0, 0, 64, 48]  # the whole frame


def test_a_model_looks_as_in_its_training(write_video: WriteVideo, tmp_path: Path) -> None:
    model = known_model(tmp_path / "m.h5", (20, 20, 1), roi=(20, 20), center=Center("fixed", (30.0, 20.0)))
    (row,) = preview(write_video("a.avi"), tmp_path / "p.png", model=model)["rows"]
    assert row["box"] == [20, 10, 20, 20]
    (row,) = preview(write_video("a.avi"), tmp_path / "p.png", model=model, centers=(40, 30))["rows"]
    assert row["box"] == [30, 20, 20, 20]


def test_the_place_of_the_frame_in_the_picture_leads_back_to_its_pixels(
    write_video: WriteVideo, tmp_path: Path
) -> None:
    frames = np.full((3, 48, 64), 60, np.uint8)
    frames[1, 13, 21] = 255
    record = preview(write_video("a.avi", frames), tmp_path / "p.png", frame=1)
    (row,) = record["rows"]
    picture = np.asarray(Image.open(record["path"]).convert("L"))
    inside = picture[row["top"] :, row["left"] :][: int(48 * row["scale"]), : int(64 * row["scale"])]
    spot = (inside[3:-3, 3:-3] == 255).nonzero()
    middle = [(float(np.mean(place)) + 3.5) / row["scale"] - 0.5 for place in spot]
    assert row["frame"] == 1 and np.allclose(middle, [13, 21], atol=0.3)


def test_the_chart_shows_how_well_the_object_is_found(write_video: WriteVideo, tmp_path: Path) -> None:
    frames = np.random.default_rng(0).integers(60, 120, (10, 48, 64), dtype=np.uint8)
    pole = np.full((9, 9), 40, np.uint8)
    pole[2:7, 2:7] = 230
    frames[5:, 20:29, 30:39] = pole
    Image.fromarray(pole).save(tmp_path / "pole.png")
    video = write_video("a.avi", frames)
    record = preview(video, tmp_path / "p.png", template=str(tmp_path / "pole.png"), roi=21)
    (row,) = record["rows"]
    assert row["box"] == [24, 14, 21, 21] and row["scored"] == list(range(10))
    assert max(row["scores"][:5]) < 0.7 < 0.95 < min(row["scores"][5:])
    without = preview(video, tmp_path / "q.png", roi=21)
    assert Image.open(record["path"]).height > Image.open(without["path"]).height


def test_few_of_many_videos_are_shown_and_a_damaged_one_says_so(write_video: WriteVideo, tmp_path: Path) -> None:
    for name in "abcdef":
        write_video(f"in/{name}.avi", np.zeros((2, 48, 64), np.uint8))
    (tmp_path / "in" / "g.avi").write_bytes(b"no video")
    record = preview(tmp_path / "in", tmp_path / "p.png", examples=3)
    assert record["videos"] == 7 and [row["recording"] for row in record["rows"]] == ["a", "d", "g"]
    assert holds(record["rows"][2]["fault"], "g.avi") and record["rows"][2]["box"] is None


def test_what_cannot_be_shown_is_told(write_video: WriteVideo, tmp_path: Path) -> None:
    video = write_video("a.avi")
    (row,) = preview(video, tmp_path / "p.png", frame=99)["rows"]
    assert holds(row["fault"], 30) and row["frame"] is None
    with raises_with(BadOption, "frame", 0, 1):
        region_preview(video, tmp_path / "p.png", {"frame": 0}, first=1)
    for given, kind in ((3, BadOption), ([3], BadOption), (None, BadOption), ([], PathMissing)):
        with raises_with(kind, "videos"):
            pyside.preview_region(given, tmp_path / "p.png")  # type: ignore[arg-type]
        with raises_with(kind, "videos"):
            pyside.curate(known_model(tmp_path / "known.h5"), given)  # type: ignore[arg-type]
    with raises_with(UnknownOption, "centers"):
        pyside.preview_region(video, tmp_path / "p.png", centres=(3, 4))
    with raises_with(PathMissing, "nowhere", "none.h5") as caught:
        pyside.preview_region(video, tmp_path / "nowhere" / "p.png", model=tmp_path / "none.h5")
    assert len(caught.value.faults) == 2
    (tmp_path / "m.h5").write_bytes(b"no model")
    with raises_with(BadModel, "m.h5"):
        preview(video, tmp_path / "p.png", model=str(tmp_path / "m.h5"))
    (tmp_path / "b.avi").write_bytes(b"no video")
    with raises_with(BadVideo, "b.avi"):
        preview(tmp_path / "b.avi", tmp_path / "p.png")
