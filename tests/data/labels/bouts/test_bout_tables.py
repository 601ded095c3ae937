"""Tables of bouts, events and behaviours, and the label files of JAABA, become one class per frame."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.io import savemat

from pyside.data.labels.class_indices import LabelSet, read_labels
from pyside.data.labels.files import LabelFile, describe_label_file, read_label_file
from pyside.data.labels.forms import read_label_values
from pyside.errors import BadLabels, LengthMismatch, TouchTrainError
from tests.conftest import holds, raises_with

N = 60
TOUCH = [21, 22, 23, 24, 25, 26, 27, 28, 29, 30]
BORIS = (
    "Observation id,Observation date,Description,Observation duration,Observation type,Source,Media duration (s),FPS,"
    "Subject,Behavior,Behavioral category,Behavior type,Time,Media file name,Image index,Image file path,Comment\n"
)
AGGREGATED = (
    "Observation id,Observation date,Description,Observation type,Source,Total duration,Media duration (s),"
    "FPS (frame/s),Subject,Observation duration by subject by observation,Behavior,Behavioral category,Modifiers,"
    "Behavior type,Start (s),Stop (s),Duration (s),Media file name,Image index start,Image index stop,"
    "Image file path start,Image file path stop,Comment start,Comment stop\n"
)


def event(time: float, kind: str, behaviour: str = "touch", video: str = "a.mp4", subject: str = "m1") -> str:
    """Return a row of BORIS's tabular events; the observation has the name of the video."""
    start = f"{video},2024-03-01 10:00:00,,2.4,Media file(s),player #1:{video},2.4,25,{subject}"
    return f"{start},{behaviour},,{kind},{time:.3f},{video},NA,NA,\n"


def aggregated(start: float, stop: float, behaviour: str = "touch", kind: str = "STATE") -> str:
    head = f"s1,2024-03-01 10:00:00,,Media file(s),player #1:a.mp4,2.4,2.4,25,m1,2.4,{behaviour},,,{kind}"
    return f"{head},{start},{stop},{stop - start:g},a.mp4,20,30,,,,\n"


def read(folder: Path, text: str, name: str = "labels.csv") -> LabelFile:
    (folder / name).write_text(text)
    return read_label_file(folder / name)


def classes(found: Any, names: tuple[str, ...] = ("NonTouch", "Touch"), values: Any = None, **options: Any) -> LabelSet:
    """Return the classes of all recordings: each has `N` frames, at 25 per second if `rate` is given."""
    rate = options.get("rate", 0)
    vectors = [one.for_video(N, options.get("offset", 0), "a", "a.mp4", rate) for one in found.entries]
    return read_labels(vectors, names, values, [f"recording {number}" for number in range(len(vectors))])


def touches(found: Any, **options: Any) -> list[int]:
    """Return the frames of Touch in the only recording, counted from 1; all others must be NonTouch."""
    (vector,) = classes(found, **options).vectors
    assert set(vector.tolist()) <= {0, 1}
    return (np.flatnonzero(vector == 1) + 1).tolist()


# --- bouts ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "video,start_frame,end_frame,label\na.mp4,1,20,NonTouch\na.mp4,21,30,Touch\na.mp4,31,60,NonTouch\n",
        "video,start_frame,end_frame,label\na.mp4,21,30,Touch\n",
        "video,Start,Stop,Behavior\na.mp4,21,25,touch\na.mp4,25,31,touch\n",  # a shared stop is the next start
        "video,frame,duration,label\na.mp4,1,20,NonTouch\na.mp4,21,10,Touch\na.mp4,31,30,NonTouch\n",
        "video,onset,offset,touch\na.mp4,21,30,1\n",
        "onset_frame;offset_frame\n21;25\n26;30\n",
        "FrameStart,FrameEnd,class,fps\n21,30,Touch,500\n",
        "first,last,label\n21,30,1\n1,20,0\n31,60,0\n",
        "video,start_s,stop_s,label,fps\na.mp4,0.8,1.2,touch,25\n",
        "video,Start time (ms),End time (ms),label\na.mp4,800,1200,touch\n",
        "start,stop,label\n0.8,1.2,touch\n",
        "video,start time,stop time,behaviour\na.mp4,0:00:00.800,0:00:01.200,touch\n",
        AGGREGATED + aggregated(0.8, 1.2),
        BORIS + event(0.8, "START") + event(1.2, "STOP"),
        BORIS + event(1.2, "STOP") + event(0.8, "START"),
        "time,event,fps\n0.8,START,25\n1.2,STOP,25\n",
        "frame,event\n21,START\n31,STOP\n",
        "Begin Time - ss.msec\tEnd Time - ss.msec\tAnnotation\n0.8\t1.2\ttouch\n",
        "Begin Time - hh:mm:ss.ms\tEnd Time - hh:mm:ss.ms\tlabel\n00:00:00.800\t00:00:01.200\ttouch\n",
        "Begin Time - msec\tEnd Time - msec\tlabel\n800\t1200\ttouch\n",
        "start_frame,end_frame,duration,label\n21,31,10,touch\n",
        "Start Frame,End Frame,Start Time (s),End Time (s),Event\n20,24,0.8,1,touch\n25,29,1,1.2,touch\n",
    ],
)
def test_a_table_of_bouts_in_frames_or_seconds_is_read(tmp_path: Path, text: str) -> None:
    found = read(tmp_path, text)
    assert found.form in ("table with one row a bout", "table with one row a start or stop")
    assert touches(found, rate=25) == TOUCH


def test_labels_of_audacity_are_seconds_without_a_header(tmp_path: Path) -> None:
    text = "0.800000\t1.200000\ttouch\n\\\t0.000000\t-1.000000\n"
    assert touches(read(tmp_path, text, "labels.txt"), rate=25) == TOUCH


def test_seconds_are_rounded_to_the_nearest_frame_and_a_bout_is_one_frame_at_least(tmp_path: Path) -> None:
    rows = "".join(f"{frame / 30:.3f},{(frame + 1) / 30:.3f},touch\n" for frame in range(1, 59, 2))
    assert touches(read(tmp_path, f"start,stop,label\n{rows}"), rate=30) == list(range(2, 60, 2))
    assert touches(read(tmp_path, "start_s,stop_s,label\n0.8,0.8,touch\n"), rate=25) == [21]
    assert touches(read(tmp_path, BORIS + event(0.8, "POINT") + event(1, "START") + event(1.04, "STOP"))) == [21, 26]
    assert touches(read(tmp_path, BORIS + event(0.8, "POINT"))) == [21]


def test_seconds_without_any_frame_rate_are_an_error_that_names_the_cure(tmp_path: Path) -> None:
    with raises_with(BadLabels, "labels.csv", "fps"):
        classes(read(tmp_path, "start,stop,label\n0.8,1.2,touch\n"))
    with raises_with(BadLabels, "30", "25"):
        read(tmp_path, "start,stop,label,fps\n0.8,1.2,touch,25\n0.9,1.2,touch,30\n")


def test_a_bout_up_to_the_end_may_be_rounded_up_but_not_go_beyond_it(tmp_path: Path) -> None:
    assert touches(read(tmp_path, "start,stop,label\n2.0,2.43,touch\n"), rate=25) == list(range(51, 61))
    with raises_with(LengthMismatch, "a.mp4", 60, "labels.csv"):
        classes(read(tmp_path, "start,stop,label\n2.0,2.6,touch\n"), rate=25)
    with raises_with(LengthMismatch, 60, 61, "frame_offset", "subtract"):
        classes(read(tmp_path, "start_frame,end_frame,label\n50,61,touch\n"))
    with raises_with(LengthMismatch, 0):
        classes(read(tmp_path, "start_frame,end_frame,label\n0,10,touch\n"))
    assert touches(read(tmp_path, "start_frame,end_frame,label\n20,29,touch\n"), offset=1) == TOUCH


def test_the_reading_of_the_last_frame_is_said_unless_the_bouts_show_it(tmp_path: Path) -> None:
    said = read(tmp_path, "start_frame,end_frame,label\n21,30,Touch\n").remarks
    assert len(said) == 1 and holds(said[0], "end_frame", 1)
    shown = "start_frame,end_frame,label\n1,20,NonTouch\n21,30,Touch\n"
    assert read(tmp_path, shown).remarks == []
    (shared,) = read(tmp_path, "start_frame,end_frame,label\n1,20,NonTouch\n20,30,Touch\n").remarks
    assert holds(shared, "end_frame")
    whole, last = read(tmp_path, "start,stop,label\n21,30,Touch\n").remarks
    assert holds(last, "start_s", "stop_s") and whole != last


def test_frames_in_no_bout_are_of_the_only_class_without_one_or_left_out(tmp_path: Path) -> None:
    found = read(tmp_path, "start_frame,end_frame,label\n21,30,Touch\n")
    for names in (("NonTouch", "Touch"), ("Touch", "NonTouch")):
        made = classes(found, names)
        assert made.mapping == {"Touch": "Touch", "none": "NonTouch"}
        assert np.count_nonzero(made.vectors[0] == names.index("NonTouch")) == 50
    both = "start_frame,end_frame,label\n1,20,NonTouch\n21,30,Touch\n"
    (vector,) = classes(read(tmp_path, both)).vectors
    assert np.bincount(vector + 1).tolist() == [30, 20, 10]
    numbers = "start_frame,end_frame,label\n21,30,1\n31,40,2\n"
    (vector,) = classes(read(tmp_path, numbers), ("rest", "lick", "groom")).vectors
    assert np.bincount(vector).tolist() == [40, 10, 10]


def test_frames_that_may_be_of_several_classes_are_asked_about(tmp_path: Path) -> None:
    found = read(tmp_path, "start_frame,end_frame,label\n21,30,lick\n")
    with raises_with(BadLabels, 50, "rest", "groom", "none", "label_values"):
        classes(found, ("rest", "lick", "groom"))
    (vector,) = classes(found, ("rest", "lick", "groom"), ["none", "lick", "groom"]).vectors
    assert np.bincount(vector).tolist() == [50, 10]


def test_bouts_of_no_class_are_an_error_and_may_be_put_to_one(tmp_path: Path) -> None:
    found = read(tmp_path, "start_frame,end_frame,label\n21,30,touch\n41,45,rear\n")
    with raises_with(BadLabels, 5, "rear", "label_values"):
        classes(found)
    (vector,) = classes(found, values=[("none", "rear"), "touch"]).vectors
    assert (np.flatnonzero(vector == 1) + 1).tolist() == TOUCH and not (vector == -1).any()


def test_two_behaviours_in_one_frame_are_an_error_that_names_them(tmp_path: Path) -> None:
    overlapping = "start_frame,end_frame,label\n21,30,touch\n28,32,lick\n"
    with raises_with(BadLabels, "touch", "lick", 28):
        classes(read(tmp_path, overlapping), ("rest", "touch", "lick"))
    twice = "start_frame,end_frame,label\n21,27,touch\n25,30,touch\n"
    assert touches(read(tmp_path, twice)) == TOUCH


def test_several_videos_are_told_apart_by_their_names(tmp_path: Path) -> None:
    text = "video,start_frame,end_frame,label,camera\na.mp4,21,30,Touch,left\nb.mp4,1,5,Touch,right\n"
    found = read(tmp_path, text)
    told = [(one.name, one.tags) for one in found.entries]
    assert told == [
        ("a.mp4", {"camera": "left"}),
        ("b.mp4", {"camera": "right"}),
    ]
    assert [np.count_nonzero(vector) for vector in classes(found).vectors] == [10, 5]
    with raises_with(BadLabels, "line 3", "video"):
        read(tmp_path, "video,start_frame,end_frame,label\na.mp4,21,30,Touch\n,1,5,Touch\n")


def test_every_row_that_is_wrong_is_told_with_its_line(tmp_path: Path) -> None:
    text = "start_frame,end_frame,label\n21,x,Touch\n31,30,Touch\n40,,Touch\n41,45,\n"
    with raises_with(BadLabels, "line 2", "'x'", "line 4", "line 5"):
        read(tmp_path, text)
    with raises_with(BadLabels, "line 3", "start_frame"):
        read(tmp_path, "start_frame,end_frame,label\n21,30,Touch\n41,40,Touch\n")
    with raises_with(BadLabels, "line 2", "start_frame"):
        read(tmp_path, "start_frame,end_frame,label\n21.5,30,Touch\n")


@pytest.mark.parametrize(
    "text",
    [
        "start_s,stop_s,trial\n0.8,1.2,1\n",  # a number names no behaviour
        "Start,End\n0.8 sec,1.2 sec\n",  # as MATLAB writes durations
        "start_us,stop_us,label\n800000,1200000,touch\n",
        "Start,End,label\n20 sec,30 sec,touch\n",
        "Start,End,label\n0:20,0:30,touch\n",
    ],
)
def test_times_with_a_unit_or_colons_are_seconds(tmp_path: Path, text: str) -> None:
    rate = 25 if "0.8" in text or "_us" in text else 1
    assert touches(read(tmp_path, text), rate=rate) == TOUCH


def test_a_column_of_texts_that_may_be_behaviours_is_asked_about(tmp_path: Path) -> None:
    names = ("rest", "groom", "lick")
    found = read(tmp_path, "onset\tduration\ttrial_type\n0.5\t0.5\tgroom\n1.5\t0.2\tlick\n", "events.tsv")
    (vector,) = classes(found, names, rate=30).vectors
    assert np.flatnonzero(vector == 2).tolist() == list(range(45, 51))
    for text in (
        "start_frame,end_frame,what\n16,30,groom\n41,50,lick\n",
        "Begin Time - ss.msec\tEnd Time - ss.msec\tgroom\twhat\n0.5\t1.0\tx\t\n1.5\t1.7\t\tx\n",
        "time,event,what\n0.5,START,groom\n0.6,STOP,groom\n0.7,START,lick\n0.8,STOP,lick\n",
    ):
        with raises_with(BadLabels, "what", "label"):
            read(tmp_path, text)
    found = read(tmp_path, "video,start_frame,end_frame,camera,notes\na,21,25,left,\na,26,30,left,sure\n")
    assert touches(found) == TOUCH and any(holds(remark, "camera") for remark in found.remarks)
    found = read(tmp_path, "start_frame,end_frame,animal_id,Experimenter\n21,25,m1,Ann\n26,30,m2,Bob\n")
    assert touches(found) == TOUCH and any(holds(remark, "Experimenter") for remark in found.remarks)


def test_a_row_without_a_bout_names_a_video_without_bouts(tmp_path: Path) -> None:
    found = read(tmp_path, "video,start_frame,end_frame,label\na,21,30,Touch\nb,,,\n")
    assert [entry.name for entry in found.entries] == ["a", "b"]
    assert [int((vector == 1).sum()) for vector in classes(found).vectors] == [10, 0]


def test_numbers_without_a_unit_that_do_not_fit_may_be_seconds(tmp_path: Path) -> None:
    with raises_with(LengthMismatch, "frame 0", "seconds"):
        classes(read(tmp_path, "start,stop,label\n0,1,touch\n"))
    found = read(tmp_path, "start;stop;label\n1.016;1.030;touch\n")
    assert any(holds(remark, "seconds", "thousands") for remark in found.remarks)
    assert not read(tmp_path, "start;stop;label\n0.5;1.0;touch\n").remarks


@pytest.mark.parametrize(
    "text",
    [
        "video,onset,label\na.mp4,21,Touch\na.mp4,41,Touch\n",
        "start_s,behavior\n0.8,touch\n1.6,touch\n",
    ],
)
def test_onsets_without_ends_are_refused_with_the_cure(tmp_path: Path, text: str) -> None:
    with raises_with(BadLabels, "labels.csv", "stop", "duration"):
        read(tmp_path, text)


@pytest.mark.parametrize(
    "text",
    [
        "video,frame,label,start,stop\n" + "".join(f"a.mp4,{frame},{frame % 2},1,60\n" for frame in range(1, 61)),
        "video,label,start,stop\n" + "".join(f"a.mp4,{frame % 2},1,60\n" for frame in range(1, 61)),
        "video,frame,label,duration\n" + "".join(f"a.mp4,{frame},{frame % 2},60\n" for frame in range(1, 61)),
        "video,frame,label,onset\n" + "".join(f"a.mp4,{frame},{frame % 2},{frame % 2}\n" for frame in range(1, 61)),
        "video,label,start,stop\n" + "".join(f"a.mp4,{k % 2},{int(k == 1)},{int(k == 60)}\n" for k in range(1, 61)),
        "video,frame,label,last\n" + "".join(f"a.mp4,{k},{k % 2},60\n" for k in range(1, 61)),
        "video,frame,label,occluded\n" + "".join(f"a.mp4,{frame},{frame % 2},1\n" for frame in range(1, 61)),
    ],
)
def test_a_row_per_frame_stays_one_whatever_else_it_holds(tmp_path: Path, text: str) -> None:
    found = read(tmp_path, text)
    assert found.form == "table with one row a frame"
    assert touches(found) == list(range(1, 61, 2))


# --- events --------------------------------------------------------------------------------------------------------


def test_starts_and_stops_are_paired_by_behaviour_and_subject(tmp_path: Path) -> None:
    rows = [
        event(0.8, "START"), event(0.4, "START", "lick"), event(1.2, "STOP"), event(0.6, "STOP", "lick"),
        event(0.9, "START", subject="m2"), event(1.0, "STOP", subject="m2"), event(0.4, "START", video="b.mp4"),
        event(0.8, "STOP", video="b.mp4"),
    ]  # fmt: skip
    made = classes(read(tmp_path, BORIS + "".join(rows)), ("rest", "touch", "lick"))
    assert [np.bincount(vector).tolist() for vector in made.vectors] == [[45, 10, 5], [50, 10]]


def test_events_of_the_observer_are_states(tmp_path: Path) -> None:
    head = "Time_Relative_hms,Time_Relative_sf,Duration_sf,Behavior,Event_Type\n"
    text = f"{head}00:00:00,0.8,0.4,touch,State start\n00:00:01,1.2,0,touch,State stop\n"
    assert touches(read(tmp_path, text), rate=25) == TOUCH


def test_events_that_do_not_pair_are_told_with_their_lines(tmp_path: Path) -> None:
    rows = [event(0.2, "STOP"), event(0.8, "START"), event(0.9, "START"), event(1.2, "START", "lick")]
    with raises_with(BadLabels, "line 2", "line 4", "line 5", "line 3", "touch", "lick"):
        read(tmp_path, BORIS + "".join(rows))


def test_lines_above_the_header_of_older_files_of_boris_are_skipped(tmp_path: Path) -> None:
    head = "Observation id\tobs1\n\nMedia file(s)\nPlayer #1\ta.mp4\n\nTime offset (s)\t0\n\n"
    rows = ["Time\tMedia file path\tTotal length\tFPS\tSubject\tBehavior\tComment\tStatus"]
    rows += [f"{time}\t/lab/a.mp4\t2.4\t25\tm1\ttouch\t\t{kind}" for time, kind in ((0.8, "START"), (1.2, "STOP"))]
    found = read(tmp_path, head + "\n".join(rows) + "\n", "labels.tsv")
    assert touches(found) == TOUCH and found.entries[0].name == "/lab/a.mp4"


def test_videos_in_a_row_have_no_times_of_their_own(tmp_path: Path) -> None:
    rows = [event(0.8, "START"), event(1.2, "STOP"), event(3, "START", video="b.mp4"), event(4, "STOP", video="b.mp4")]
    with raises_with(BadLabels, "a.mp4", "b.mp4"):
        read(tmp_path, BORIS + "".join(rows).replace("b.mp4,2024", "a.mp4,2024"))


# --- one column a behaviour ----------------------------------------------------------------------------------------

THREE = [k // 5 % 3 for k in range(N)]


def columns(names: str, values: list[tuple[Any, ...]], first: str = "", start: int = 0) -> str:
    rows = [",".join(map(str, (place, *row))) for place, row in enumerate(values, start=start)]
    return "\n".join([f"{first},{names}", *rows]) + "\n"


def test_a_column_per_behaviour_becomes_the_class_of_its_name(tmp_path: Path) -> None:
    found = read(tmp_path, columns("background,touch,lick", [tuple(int(k == v) for k in range(3)) for v in THREE]))
    assert found.form == "table with one column a behaviour"
    names = ("background", "touch", "lick")
    assert classes(found, names).vectors[0].tolist() == THREE
    assert classes(found, ("Lick", "Touch", "Background")).vectors[0].tolist() == [2 - v for v in THREE]
    assert classes(found).vectors[0].tolist() == [int(v == 1) for v in THREE]
    assert classes(found, ("rest", "licking"), [("background", "touch"), "lick"]).vectors[0].tolist() == [
        int(v == 2) for v in THREE
    ]
    with raises_with(BadLabels, "background", "lick", "swim", "label_values"):
        classes(found, ("swim", "dive"))


@pytest.mark.parametrize("words", [(0, 1), ("FALSE", "TRUE"), ("False", "True"), ("0.0", "1.0")])
def test_two_columns_without_touch_and_a_single_one(tmp_path: Path, words: tuple[Any, Any]) -> None:
    values = [(words[int(v != 2)], words[int(v == 2)]) for v in THREE]
    lick = [int(v == 2) for v in THREE]
    assert (
        classes(read(tmp_path, columns("background,lick", values)), ("background", "lick")).vectors[0].tolist() == lick
    )
    single = columns("lick", [(row[1],) for row in values], "frame", 1)
    assert classes(read(tmp_path, single), ("rest", "lick")).vectors[0].tolist() == lick
    deg = columns("background,touch", values)
    assert classes(read(tmp_path, deg)).vectors[0].tolist() == lick
    assert classes(read(tmp_path, deg), ("Touch", "NonTouch")).vectors[0].tolist() == [1 - v for v in lick]
    unused = columns("background,contact", values)
    assert classes(read(tmp_path, unused)).vectors[0].tolist() == lick


def test_a_single_column_whose_name_is_no_class_holds_numbers_of_classes(tmp_path: Path) -> None:
    lick = [int(v == 2) for v in THREE]
    for head in ("Var1", "lick", "frame,x"):
        first = "," in head
        rows = "".join(f"{f'{k}, ' if first else ''}{value}\n" for k, value in enumerate(lick, start=1))
        found = read(tmp_path, f"{head}\n{rows}")
        made = classes(found)
        assert made.vectors[0].tolist() == lick and [*made.mapping.values()] == ["Touch", "NonTouch"]
        assert len(made.remarks) == 1
        assert classes(found, ("a", "b"), [1, 0]).vectors[0].tolist() == [1 - v for v in lick]
    series = "".join(f"{k},{value}\n" for k, value in enumerate(lick))
    assert classes(read(tmp_path, f",0\n{series}")).vectors[0].tolist() == lick  # as pandas writes a Series
    codes = "".join(f"{v}\n" for v in THREE)
    found = read(tmp_path, f"Var1\n{codes}")
    assert classes(found, ("a", "b", "c")).vectors[0].tolist() == THREE and holds(found.remarks[0], "Var1")
    names = "".join(f"{('rest', 'lick')[v]}\n" for v in lick)
    assert classes(read(tmp_path, f"Var1\n{names}"), ("rest", "lick")).vectors[0].tolist() == lick


def test_one_column_per_class_without_names_is_by_number(tmp_path: Path) -> None:
    found = read(tmp_path, columns("0,1,2", [tuple(int(k == v) for k in range(3)) for v in THREE]))
    assert classes(found, ("a", "b", "c")).vectors[0].tolist() == THREE


def test_frames_with_two_behaviours_or_none(tmp_path: Path) -> None:
    values = [(int(k < 10), int(8 <= k < 20)) for k in range(N)]
    found = read(tmp_path, columns("touch,lick", values))
    with raises_with(BadLabels, 2, 9, "touch", "lick"):
        classes(found, ("rest", "touch", "lick"))
    assert touches(found) == list(range(1, 11))  # lick is no class, and not used
    values = [(int(k < 10), int(10 <= k < 20)) for k in range(N)]
    made = classes(read(tmp_path, columns("touch,lick", values)), ("rest", "touch", "lick"))
    assert np.bincount(made.vectors[0]).tolist() == [40, 10, 10]
    never = read(tmp_path, columns("touch,lick,groom", [(*row, 0) for row in values]))
    assert np.bincount(classes(never, ("rest", "touch", "lick", "groom")).vectors[0]).tolist() == [40, 10, 10]


def test_rows_with_missing_values_are_left_out_and_frames_count_from_1(tmp_path: Path) -> None:
    values: list[tuple[Any, ...]] = [(1 - k % 2, k % 2) for k in range(30)]
    values[3], values[4] = ("NA", "NA"), (-1, -1)  # -1 as DeepEthogram writes it
    text = columns("background,touch", values, "frame", 11)
    (vector,) = classes(read(tmp_path, text)).vectors
    assert np.bincount(vector + 1).tolist() == [32, 14, 14] and vector[10] == 0 and vector[13] == vector[14] == -1
    with raises_with(BadLabels, "line 3", "line 2"):
        read(tmp_path, "frame,background,touch\n5,0,1\n5,1,0\n")


@pytest.mark.parametrize("columns", ["frame,touch,lick", "frame,touch"])
def test_frames_of_behaviours_that_a_video_does_not_have_are_an_error(tmp_path: Path, columns: str) -> None:
    rows = [f"{frame},{int(20 <= frame < 30)},0" for frame in range(N)]  # counted from 0
    text = "\n".join([columns, *(row if "lick" in columns else row[:-2] for row in rows)])
    with raises_with(LengthMismatch, "frame 0", "frame_offset"):
        classes(read(tmp_path, text), ("NonTouch", "Touch", "lick")[: columns.count(",") + 1])
    found = read(tmp_path, text)
    assert touches(found, offset=1, names=("NonTouch", "Touch", "lick")[: columns.count(",") + 1]) == TOUCH


def test_empty_cells_of_a_column_without_a_0_are_said_to_be_left_out(tmp_path: Path) -> None:
    text = "frame,groom,lick\n" + "".join(f"{n},{int(n < 9)},{'1' if n > 50 else ''}\n" for n in range(1, N + 1))
    found = read(tmp_path, text)
    assert len(found.remarks) == 1 and holds(found.remarks[0], "lick", "left out")


def test_a_line_of_units_is_no_frame(tmp_path: Path) -> None:
    rows = "".join(f'{n / 25:.6f};"-";{int(20 <= n < 30)}\n' for n in range(N))
    head = '"Number of header lines:";"4"\n"Trial name";"Trial 1"\n'
    text = f'{head}"Trial time";"X center";"touch"\n"s";"cm";""\n{rows}'
    for encoding in ("utf-8", "utf-16"):
        (tmp_path / "etho.txt").write_bytes(text.encode(encoding))
        assert touches(read_label_file(tmp_path / "etho.txt"), rate=25) == TOUCH


def test_a_column_without_a_name_that_does_not_count_the_rows_is_asked_about(tmp_path: Path) -> None:
    with raises_with(BadLabels, "line 4", 9, 1, "frame"):
        read(tmp_path, ",background,touch\n0,1,0\n1,0,1\n9,1,0\n")
    with raises_with(BadLabels, "line 3", "frame"):
        read(tmp_path, ",label\n7,1\n3,0\n")


@pytest.mark.parametrize("n", [60, 61])
def test_samples_at_regular_times_are_the_frames(tmp_path: Path, n: int) -> None:
    rows = "".join(f"{k * 0.04:.3f}\t{int(20 <= k < 30)}\n" for k in range(n))
    found = read(tmp_path, f"time\ttouch\n{rows}", "labels.tsv")
    assert touches(found) == TOUCH
    later = "".join(f"{k * 0.04:.3f}\t{int(21 <= k < 31)}\n" for k in range(1, 61))
    assert touches(read(tmp_path, f"time\ttouch\n{later}", "labels.tsv")) == TOUCH


@pytest.mark.parametrize("first", [5.0, -1.0])
def test_a_row_per_frame_with_times_of_another_clock_is_an_error(tmp_path: Path, first: float) -> None:
    text = "time,touch\n" + "".join(f"{first + n / 25:.3f},{int(20 <= n < 30)}\n" for n in range(N))
    with raises_with(LengthMismatch, "each row is a frame", "time"):
        classes(read(tmp_path, text), rate=25)
    assert touches(read(tmp_path, text.replace("time,", "other,"))) == TOUCH


def test_rarer_samples_label_their_frames_only(tmp_path: Path) -> None:
    rows = "".join(f"{k * 0.4:.1f},{int(k == 2)},{int(k != 2)}\n" for k in range(6))
    (vector,) = classes(read(tmp_path, f"time,touch,none\n{rows}"), rate=25).vectors
    assert (np.flatnonzero(vector >= 0)).tolist() == [0, 10, 20, 30, 40, 50]
    assert vector[20] == 1
    with raises_with(BadLabels, "fps"):
        classes(read(tmp_path, f"time,touch,none\n{rows}"))


def test_a_table_with_another_number_of_rows_than_frames_is_an_error(tmp_path: Path) -> None:
    found = read(tmp_path, columns("background,lick", [(1, 0)] * 59))
    with raises_with(LengthMismatch, 60, 59):
        classes(found, ("background", "lick"))


# --- from MATLAB and from memory -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "value",
    [
        {"video": "a.mp4", "start": [21.0], "stop": [30.0], "label": ["Touch"]},
        {"start_frame": [1, 21, 31], "end_frame": [20, 30, 60], "label": ["NonTouch", "Touch", "NonTouch"]},
        [{"start": 1, "stop": 20, "label": "NonTouch"}, {"start": 21, "stop": 30, "label": "Touch"},
         {"start": 31, "stop": 60, "label": "NonTouch"}],
        [{"video": "a.mp4", "onset": [21, 26], "offset": [25, 30]}],
        {"a.mp4": {"onset": [21, 26], "offset": [25, 30]}},
        {"t0s": [np.array([[1.0, 21.0, 31.0]])], "t1s": [np.array([[21.0, 31.0, 61.0]])],
         "names": [["None", "touch", "None"]], "flies": 1.0, "off": 0.0},
    ],
)  # fmt: skip
def test_bouts_may_come_from_memory(value: Any) -> None:
    found = read_label_values(value)
    (vector,) = classes(found, values=[("none", "None", "NonTouch", "0"), ("touch", "Touch", "1")]).vectors
    assert (np.flatnonzero(vector == 1) + 1).tolist() == TOUCH


def cell(*items: Any) -> np.ndarray:
    made = np.empty((1, len(items)), object)
    made[0, :] = items
    return made


def test_label_files_of_jaaba_are_bouts_and_leave_the_rest_out(tmp_path: Path) -> None:
    bouts = {
        "t0s": cell(np.array([[21.0, 41.0]])),
        "t1s": cell(np.array([[31.0, 51.0]])),
        "names": cell(cell("touch", "None")),
        "flies": np.array([[1.0]]),
        "off": np.array([[0.0]]),
        "timestamp": np.array([[738000.5]]),
    }
    for place, values in enumerate((bouts, {"labels": bouts}, {"x": bouts, "rate": 30.0})):
        savemat(tmp_path / f"{place}.mat", values)
        found = read_label_file(tmp_path / f"{place}.mat")
        assert found.form == "labels of JAABA"
        (vector,) = classes(found, values=["None", "touch"]).vectors
        assert (np.flatnonzero(vector == 1) + 1).tolist() == TOUCH
        assert np.bincount(vector + 1).tolist() == [40, 10, 10]
    one = {**bouts, "t0s": cell(np.array([[21.0]])), "t1s": cell(np.array([[31.0]])), "names": cell(cell("touch"))}
    savemat(tmp_path / "one.mat", one)
    assert np.bincount(classes(read_label_file(tmp_path / "one.mat")).vectors[0] + 1).tolist() == [50, 0, 10]


def test_what_jaaba_has_else_is_named(tmp_path: Path) -> None:
    two = {"t0s": cell([[21.0]], [[3.0]]), "t1s": cell([[31.0]], [[5.0]]), "names": cell(cell("a"), cell("a"))}
    savemat(tmp_path / "two.mat", two)
    with raises_with(BadLabels, "two.mat", 2, "JAABA"):
        read_label_file(tmp_path / "two.mat")
    savemat(tmp_path / "scores.mat", {"allScores": {"t0s": cell([[21.0]]), "t1s": cell([[31.0]]), "scores": [[1.0]]}})
    with raises_with(BadLabels, "scores.mat", "JAABA", "names"):
        read_label_file(tmp_path / "scores.mat")


def test_variables_that_are_columns_of_bouts_are_one_table(tmp_path: Path) -> None:
    savemat(tmp_path / "a.mat", {"onset": [[21.0, 26.0]], "offset": [[25.0, 30.0]], "fps": 25.0})
    assert touches(read_label_file(tmp_path / "a.mat")) == TOUCH
    assert describe_label_file(tmp_path / "a.mat")["other_variables"] == {}


def test_other_variables_beside_starts_and_stops_are_not_used(tmp_path: Path) -> None:
    values = {"starts": [21.0, 26.0], "ends": [25.0, 30.0], "fps": 25.0, "note": "x", "frames": np.zeros((4, 4, 9))}
    savemat(tmp_path / "a.mat", values)
    assert touches(read_label_file(tmp_path / "a.mat")) == TOUCH


def test_labels_per_frame_beside_a_start_and_a_stop_stay_so(tmp_path: Path) -> None:
    savemat(tmp_path / "a.mat", {"touches": [[0, 1, 1]], "start": 1.0, "stop": 3.0})
    assert read_label_file(tmp_path / "a.mat").variable == "touches"
    trials = [{"video": "a", "labels": [0, 1, 1], "onset": 1, "offset": 3}]
    for value in (trials, trials[0]):
        found = read_label_values(value)
        assert found.form == "one struct a video" and list(found.entries[0].as_vector()) == [0, 1, 1]


# --- description and damage ----------------------------------------------------------------------------------------


def test_bouts_are_described(tmp_path: Path) -> None:
    read(tmp_path, "video,start_frame,end_frame,label\na.mp4,21,30,Touch\na.mp4,28,35,Touch\na.mp4,50,51,lick\n")
    found = describe_label_file(tmp_path / "labels.csv")
    assert found["recordings"][0]["counts"] == {"Touch": 15, "lick": 2}
    assert (found["recordings"][0]["bouts"], found["frames"]) == (2, 17)
    read(tmp_path, "start,stop,label\n0.8,1.2,touch\n")
    found = describe_label_file(tmp_path / "labels.csv")
    assert (found["recordings"][0]["bouts"], found["frames"]) == (1, 0) and holds(found["odd"][-1], "frame rate")
    read(tmp_path, columns("background,touch,lick", [tuple(int(k == v) for k in range(3)) for v in THREE]))
    found = describe_label_file(tmp_path / "labels.csv")
    assert found["counts"] == {"background": 20, "touch": 20, "lick": 20}
    read(tmp_path, columns("touch,lick", [(int(k < 5), 0) for k in range(N)]))
    assert describe_label_file(tmp_path / "labels.csv")["counts"] == {"touch": 5, "lick": 0, "none": 55}


CELLS = {
    "video": ("a.mp4",), "start": range(61), "stop": range(61), "start_frame": range(1, 61), "end_frame": range(1, 61),
    "start_s": (0, 0.4, 1.2, "0:01"), "stop_s": (1.2, 2, "0:02.4"), "time": (0, 0.04, 0.08, 1, 2),
    "frame": range(1, 61), "touch": (0, 1, "TRUE"), "lick": (0, 1, "FALSE", -1),
    "label": ("touch", "lick", "rest", 0, 1, 2), "Behavior type": ("START", "STOP", "POINT"), "duration": range(1, 9),
    "fps": (25,), "": range(9),
}  # fmt: skip
ODD = ("", "x", "1e300", "-3", "nan", "NA", "inf", '"', "2.5", "1,5", "21")


@pytest.mark.parametrize("seed", range(4))
def test_any_table_is_understood_or_an_error(tmp_path: Path, seed: int) -> None:
    assert 1 < sum(understood(tmp_path, random.Random(100 * seed + place)) for place in range(100)) < 90


def understood(folder: Path, rng: random.Random) -> bool:
    """Return whether a random table is read, and not an error."""
    names, delimiter = rng.sample([*CELLS], rng.randrange(1, 6)), rng.choice(",;\t|")
    odd = rng.choice((0, 0, 0.1))
    rows = [names]
    for _ in range(rng.randrange(1, 5)):
        rows.append([str(rng.choice(ODD if rng.random() < odd else CELLS[name])) for name in names])
    try:
        found = read(folder, "\n".join(delimiter.join(row) for row in rows))
        describe_label_file(folder / "labels.csv")
        classes(found, ("rest", "touch", "lick"), rate=rng.choice((0, 25)))
    except TouchTrainError as error:
        assert len(error.text) < 5000
        return False
    return True


@pytest.mark.parametrize("seed", range(12))
def test_all_tables_of_the_same_labels_give_the_same_classes(tmp_path: Path, seed: int) -> None:
    rng = np.random.default_rng(seed)
    rate, names = float(rng.choice([25, 29.97, 120, 500])), ("rest", "touch", "lick")
    truth = np.repeat(rng.integers(0, 3, 20), rng.integers(1, 7, 20))[:N]
    truth = np.pad(truth, (0, N - len(truth)))
    ends = [0, *np.flatnonzero(np.diff(truth)) + 1, N]
    bouts = [(start, stop, names[truth[start]]) for start, stop in zip(ends[:-1], ends[1:], strict=True)]
    some = [bout for bout in bouts if bout[2] != "rest"]
    order = rng.permutation(len(some))
    delimiter = str(rng.choice([",", ";", "\t"]))
    seconds = [(f"{start / rate:.4f}", f"{stop / rate:.4f}", name) for start, stop, name in some]
    events = [
        (time, name, kind) for *times, name in seconds for time, kind in zip(times, ("START", "STOP"), strict=True)
    ]
    tables = {
        "inclusive": [("start_frame", "end_frame", "label"), *((start + 1, stop, name) for start, stop, name in bouts)],
        "exclusive": [("start_frame", "end_frame", "label"), *((a + 1, b + 1, name) for a, b, name in bouts)],
        "durations": [("frame", "duration", "label"), *((a + 1, b - a, name) for a, b, name in bouts)],
        "seconds": [("start (s)", "stop (s)", "label"), *(seconds[place] for place in order)],
        "events": [("time", "behavior", "status"), *(events[place] for place in rng.permutation(len(events)))],
        "columns": [
            ("", "rest", "touch", "lick"),
            *((k, *(int(v == n) for n in range(3))) for k, v in enumerate(truth)),
        ],
        "some": [("frame", "touch", "lick"), *((k + 1, int(v == 1), int(v == 2)) for k, v in enumerate(truth))],
    }
    for kind, rows in tables.items():
        text = "".join(delimiter.join(map(str, row)) + "\n" for row in rows)
        found = read(tmp_path, text.replace(".", ",") if delimiter == ";" else text)
        assert classes(found, names, rate=rate).vectors[0].tolist() == truth.tolist(), kind
