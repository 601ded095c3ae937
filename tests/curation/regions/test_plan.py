"""A session is planned: where a model looks in each video, which frames it does not look at, and why."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pyside.curation.marks import WHY
from pyside.curation.model.facts import Center, ModelFacts
from pyside.curation.regions.plan import SessionPlan, VideoPlan, Watcher, plan_session
from pyside.data.labels.machine_made import origin_of_frames
from pyside.errors import (
    BadModel,
    BadOption,
    BadVideo,
    Interrupted,
    LengthMismatch,
    PathMissing,
    TouchTrainError,
    Unpaired,
)
from pyside.settings.curation import CurateSettings
from tests.conftest import holds, raises_with
from tests.data.conftest import COMPOSED, WriteVideo

HEIGHT, WIDTH, FRAMES = 48, 64, 6


@pytest.fixture
def write(write_video: WriteVideo) -> WriteVideo:
    """A function that writes a short video of noise."""

    def write_noise(name: str, n: int = FRAMES, size: tuple[int, int] = (HEIGHT, WIDTH)) -> Path:
        frames = np.random.default_rng(n).integers(0, 255, (n, *size), dtype=np.uint8)
        return write_video(name, frames)

    return write_noise


def facts(center: Center | None = None, side: int = 20, roi: bool = True, **more: Any) -> ModelFacts:
    """Facts of a model that takes squares, by default around one fixed centre."""
    center = center or Center("fixed", (30.0, 20.0))
    found = ModelFacts(
        Path("model.h5"), "0" * 64, ("NonTouch", "Touch"), (side, side, 1), (side, side) if roi else None, center
    )
    return dataclasses.replace(found, **more)


def plan(videos: Any, model: ModelFacts | None = None, first: int = 0, **options: Any) -> SessionPlan:
    return plan_session(videos, model or facts(), CurateSettings.from_options(options), first)


def one(videos: Any, model: ModelFacts | None = None, first: int = 0, **options: Any) -> VideoPlan:
    (found,) = plan(videos, model, first, **options).videos
    assert not found.fault
    return found


def corner(found: VideoPlan) -> tuple[int, int]:
    """(left, top) of the region in the first frame."""
    assert found.regions is not None
    return int(found.regions.left[0]), int(found.regions.top[0])


def reasons(found: VideoPlan) -> list[str]:
    assert found.why is not None
    return [WHY[code] for code in found.why]


def bars(folder: Path, **gaps: list[int]) -> Path:
    """A folder with one .bar file per video, which has no row for some frames."""
    folder.mkdir()
    for name, missing in gaps.items():
        rows = [f"{frame} {30 + frame} 20" for frame in range(FRAMES) if frame not in missing]
        (folder / f"{name}.bar").write_text("\n".join(rows))
    return folder


# --- the model's own way -------------------------------------------------------------------------------------------


def test_a_fixed_centre_is_that_of_the_training_in_pixels_from_0(write: WriteVideo) -> None:
    for first in (0, 1):
        assert corner(one(write("a.avi"), first=first)) == (20, 10)


def test_without_a_centre_the_middle_is_looked_at_or_the_whole_frame(write: WriteVideo) -> None:
    assert corner(one(write("a.avi"), facts(Center("none")))) == (22, 14)
    whole = facts(Center("none"), roi=False, image_shape=(HEIGHT, WIDTH, 1))
    found = one(write("a.avi"), whole)
    assert found.regions is not None and found.regions.size == (HEIGHT, WIDTH)


def test_the_object_of_the_training_is_searched_for_in_each_video(write_video: WriteVideo, tmp_path: Path) -> None:
    pole = np.full((7, 7), 40, np.uint8)
    pole[1:6, 1:6] = 220
    for name, x in (("a", 10), ("b", 40)):
        frames = np.random.default_rng(x).integers(60, 120, (4, HEIGHT, WIDTH), dtype=np.uint8)
        frames[:, 20:27, x : x + 7] = pole
        write_video(f"in/{name}.avi", frames)
    write_video("in/c.avi", np.random.default_rng(0).integers(60, 120, (4, HEIGHT, WIDTH), dtype=np.uint8))
    model = facts(Center("template", template=pole, scores=(0.9, 1.0)))
    found = plan(tmp_path / "in", model)
    assert [corner(video) for video in found.videos[:2]] == [(3, 13), (33, 13)]
    scores = [video.score for video in found.videos]
    assert all(score is not None for score in scores) and min(scores[:2]) > 0.9 > scores[2]  # type: ignore[type-var]
    (warning,) = found.warnings
    assert holds(warning, "c", f"{scores[2]:.2f}")


@pytest.mark.parametrize("kind", ["video", "frame", "bar"])
def test_a_model_with_centres_of_each_video_needs_them_for_new_ones(kind: str, write: WriteVideo) -> None:
    with raises_with(BadOption, "centers", "model.h5"):
        plan(write("a.avi"), facts(Center(kind)))
    assert corner(one(write("a.avi"), facts(Center(kind)), centers=(40, 30))) == (30, 20)


def test_frames_that_came_cut_out_need_a_place_unless_the_videos_have_their_size(write: WriteVideo) -> None:
    unknown = facts(Center("unknown"), roi=False)
    with raises_with(BadVideo, "48 x 64", "20 x 20", "centers", "template"):
        plan(write("a.avi"), unknown)
    assert corner(one(write("a.avi"), unknown, centers=(40, 30))) == (30, 20)
    small = write("small.avi", 4, (20, 20))
    assert corner(one(small, unknown)) == (0, 0)
    found = plan([write("a.avi"), small], unknown)  # one video of another size does not stop the others
    assert [bool(video.fault) for video in found.videos] == [True, False]


def test_what_does_not_fit_the_network_is_an_error_that_says_what_would(write: WriteVideo) -> None:
    with raises_with(BadOption, "30 x 30", "20 x 20", "image_size", "roi"):
        plan(write("a.avi"), roi=30)
    assert one(write("a.avi"), roi=30, image_size=20).regions.size == (30, 30)  # type: ignore[union-attr]
    with raises_with(BadOption, "25 x 25", "20 x 20"):
        plan(write("a.avi"), image_size=25)
    whole = facts(Center("none"), roi=False, image_shape=(40, 40, 1))
    with raises_with(BadVideo, "48 x 64", "40 x 40", "image_size"):
        plan(write("a.avi"), whole)
    with raises_with(BadModel, 3):
        plan(write("a.avi"), facts(image_shape=(20, 20, 3)))
    with raises_with(BadOption, "roi", "centers"):
        plan(write("a.avi"), dataclasses.replace(whole, image_size=(40, 40)), centers=(3, 4))


def test_the_look_of_frames_is_that_of_the_training_or_of_the_options(write: WriteVideo) -> None:
    model = facts(contrast="stretch", grey="raw-y", out_of_frame="pad")
    found = one(write("a.avi"), model)
    assert (found.contrast, found.grey) == ("stretch", "raw-y")
    assert found.regions is not None and found.regions.out_of_frame == "pad"
    assert one(write("a.avi"), model, contrast="none").contrast == "none"
    with raises_with(BadOption, "pixel_range"):
        plan(write("a.avi"), pixel_range=(0, 4095))
    assert one(write("a.avi"), facts(pixel_range=(0, 4095))).pixel_range == (0, 4095)


# --- frames that are not looked at ---------------------------------------------------------------------------------


def test_every_frame_that_is_not_looked_at_has_a_reason(write: WriteVideo) -> None:
    values = [0, 0, 0, 9, np.nan, 9]
    found = one(
        write("a.avi"),
        facts(out_of_frame="skip"),
        centers=[(30, 20), (30, 20), (np.nan, np.nan), (30, 20), (1, 1), (np.nan, 5)],
        no_center="leave-out",
        frame_span=(1, 5),
        frame_values=values,
        exclude_above=5,
    )
    assert reasons(found) == ["outside_span", "", "without_center", "by_value", "out_of_frame", "by_value"]
    assert found.look is not None and found.look.tolist() == [False, True, False, False, False, False]
    assert found.no_touch is not None and np.flatnonzero(found.no_touch).tolist() == [3, 5]
    assert found.counts() == {"outside_span": 1, "without_center": 1, "out_of_frame": 1, "by_value": 2}


def test_a_span_counts_as_the_caller_does(write: WriteVideo) -> None:
    path = write("a.avi")
    for first in (0, 1):
        found = one(path, first=first, frame_span=(first, first + 1))
        assert found.look is not None and np.flatnonzero(found.look).tolist() == [0, 1]


def test_gaps_in_bar_files_are_no_touch_or_left_out_and_otherwise_an_error(write: WriteVideo, tmp_path: Path) -> None:
    videos = [write("a.avi"), write("b.avi")]
    folder = bars(tmp_path / "bars", a=[1, 2], b=[])
    with raises_with(BadOption, "no_center", "non-touch", "leave-out", "a", 2):
        plan(videos, centers=folder)
    a, b = plan(videos, centers=folder, no_center="non-touch").videos
    assert a.no_touch is not None and np.flatnonzero(a.no_touch).tolist() == [1, 2] and not b.counts()
    a, _ = plan(videos, centers=folder, no_center="leave-out").videos
    assert a.no_touch is not None and not a.no_touch.any() and a.counts() == {"without_center": 2}
    assert a.regions is not None and (a.regions.left[[0, 3]] == [20, 23]).all() and a.centers_from == "a.bar"
    spans = plan(videos, centers=folder, frame_span=(3, 5))  # gaps that no one looks at need no option
    assert [video.look is not None and video.look.sum() for video in spans.videos] == [3, 3]


def test_the_neighbours_of_frames_are_decoded_for_a_network_that_sees_them(write: WriteVideo) -> None:
    centers = [(30, 20)] * 3 + [(np.nan, np.nan)] + [(30, 20)] * 2
    given = {"centers": centers, "no_center": "leave-out", "frame_span": (2, 2)}
    for context, expected in ((1, [2]), (3, [1, 2]), (5, [0, 1, 2, 4]), (31, [0, 1, 2, 4, 5])):
        found = one(write("a.avi"), facts(context_frames=context), **given)
        assert found.decode is not None and np.flatnonzero(found.decode).tolist() == expected


def test_a_session_in_which_nothing_is_looked_at_says_so(write: WriteVideo) -> None:
    found = plan(write("a.avi"), frame_span=(50, 60))
    assert found.videos[0].counts() == {"outside_span": FRAMES}
    assert any(holds(warning, "a") for warning in found.warnings)


# --- faults --------------------------------------------------------------------------------------------------------


def test_a_fault_of_one_video_leaves_the_others(write: WriteVideo, tmp_path: Path) -> None:
    for name in ("a", "b", "c", "d"):
        write(f"in/{name}.avi")
    (tmp_path / "in" / "e.avi").write_bytes(b"no video")
    (tmp_path / "in" / "notes.txt").write_text("of another person")
    folder = bars(tmp_path / "bars", a=[], b=[], e=[], other=[])
    (folder / "c.bar").write_text("0 1\n")
    (folder / "b.bar").write_text("7 30 20\n")
    found = plan(tmp_path / "in", centers=folder)
    assert [video.name for video in found.videos] == ["a", "b", "c", "d", "e"]
    facts_of = {video.name: video.fault for video in found.videos}
    assert not facts_of["a"] and found.videos[0].look is not None
    assert (
        holds(facts_of["b"], FRAMES)
        and holds(facts_of["c"], "c.bar", "0 1")
        and holds(facts_of["d"], "centres", "other")
    )
    assert holds(facts_of["e"], "e.avi")


def test_values_of_another_length_are_a_fault_of_their_video(write: WriteVideo) -> None:
    videos = [write("a.avi"), write("b.avi")]
    found = plan(videos, frame_values=[np.zeros(FRAMES), np.zeros(9)], exclude_above=1)
    assert not found.videos[0].fault and holds(found.videos[1].fault, "b", 9, FRAMES)
    with raises_with(LengthMismatch, 9, FRAMES):
        plan(videos[1], frame_values=np.zeros(9), exclude_above=1)


def test_faults_of_all_videos_are_raised_at_once(write: WriteVideo, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for name in "abc":
        (tmp_path / "in" / f"{name}.avi").write_bytes(b"no video")
    with pytest.raises(BadVideo) as caught:
        plan(tmp_path / "in")
    assert len(caught.value.faults) == 3


def test_faults_of_options_are_raised_at_once(write: WriteVideo, tmp_path: Path) -> None:
    with pytest.raises(TouchTrainError) as caught:
        plan(
            [write("a.avi"), tmp_path / "nowhere.avi"],
            facts(Center("bar")),
            roi=30,
            exclude_above=3,
            template=str(tmp_path / "no.png"),
        )
    kinds = [type(fault) for fault in caught.value.faults]
    assert kinds.count(BadOption) == 2 and kinds.count(PathMissing) == 2
    with raises_with(Unpaired, 2, 3):
        plan([write("a.avi"), write("b.avi")], centers=[np.zeros((4, 2))] * 3)
    with raises_with(PathMissing, "nowhere"):
        plan(tmp_path / "nowhere")


# --- names and labels ----------------------------------------------------------------------------------------------


def test_recordings_have_legal_and_different_names(write: WriteVideo, tmp_path: Path) -> None:
    for name in ("one/a.avi", "two/a.avi", f"two/{COMPOSED} 1.avi"):
        write(name)
    found = plan([tmp_path / "one", tmp_path / "two"])
    names = [video.name for video in found.videos]
    assert len(set(names)) == 3 and not any("/" in name for name in names) and f"{COMPOSED} 1" in names


def test_one_recording_in_two_formats_is_two_videos(write: WriteVideo, tmp_path: Path) -> None:
    write("in/a.avi")
    write("in/a.mkv")
    assert len({video.name for video in plan(tmp_path / "in").videos}) == 2
    assert len(plan([tmp_path / "in" / "a.avi"] * 2).videos) == 1


def test_labels_of_a_model_are_compared_with_a_warning(write: WriteVideo) -> None:
    labels = ["NonTouch"] * FRAMES
    by_a_model = {"class_names": ["NonTouch", "Touch"], "video": "a.avi", "labels": labels}
    by_a_model["origin"] = origin_of_frames(np.arange(1, FRAMES + 1), labels)
    (warning,) = plan(write("a.avi"), labels=by_a_model).warnings
    assert "model" in warning
    labels[0] = "Touch"
    assert not plan(write("a.avi"), labels=by_a_model).warnings


def test_labels_given_along_are_paired_and_never_required(write: WriteVideo) -> None:
    videos = [write("a.avi"), write("b.avi"), write("c.avi")]
    found = plan(videos, labels={"a": np.zeros(FRAMES), "b": np.zeros(9), "other": np.zeros(3)})
    assert found.pairing == "name" and not any(video.fault for video in found.videos)
    assert [video.labels is not None for video in found.videos] == [True, False, False]
    assert any(holds(warning, "b", 9, FRAMES) for warning in found.warnings)


# --- many videos ---------------------------------------------------------------------------------------------------


def test_the_plan_of_a_long_video_takes_no_memory_for_each_frame(write: WriteVideo) -> None:
    found = one(write("a.avi", 40), facts(context_frames=3))
    regions = found.regions
    assert regions is not None
    arrays = [regions.top, regions.left, regions.has_center, found.look, found.why, found.no_touch, found.decode]
    assert all(array is not None and len(array) == 40 and array.strides == (0,) for array in arrays)


def test_a_plan_says_how_far_it_is_and_can_be_stopped(write: WriteVideo) -> None:
    videos, told = [write("a.avi"), write("b.avi")], list[dict[str, Any]]()
    settings = CurateSettings()
    plan_session(videos, facts(), settings, 0, Watcher(told.append))
    assert told[0]["recording"] == 1 and told[0]["recordings"] == 2
    with pytest.raises(Interrupted):
        plan_session(videos, facts(), settings, 0, Watcher(told.append, lambda: True))


# --- the key -------------------------------------------------------------------------------------------------------


def test_the_key_is_equal_only_if_what_the_network_sees_is(write: WriteVideo) -> None:
    path = write("a.avi")
    key = one(path).key
    assert key == one(path, threshold=0.7, formats=["csv"], centers=(30, 20)).key
    changes: list[dict[str, Any]] = [
        {"centers": (31, 20)},
        {"contrast": "stretch"},
        {"grey": "raw-y"},
        {"frame_span": (0, 3)},
        {"on_damage": "skip"},
        {"out_of_frame": "pad"},
        {"roi": 30, "image_size": 20},
        {"frame_values": np.arange(FRAMES), "exclude_above": 2},
    ]
    keys = [one(path, **change).key for change in changes]
    assert len({key, *keys}) == len(changes) + 1
