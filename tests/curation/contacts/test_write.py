"""A contact array comes back with the touches of a session, and with all that a person or another program wrote."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy.io

import pyside
from pyside.__main__ import main
from pyside.curation.contacts import mat5, write
from pyside.curation.marking.session import read_session
from pyside.curation.marks import WHY, load_marks, touches
from pyside.data.labels.files import read_label_file
from pyside.errors import (
    BadLabels,
    BadOption,
    BadSession,
    LengthMismatch,
    NotWritable,
    OnlyMatlab,
    PathMissing,
    Unpaired,
)
from pyside.evaluation.decision import Decision
from tests.conftest import holds, raises_with
from tests.curation.contacts.arrays import (
    EDITED,
    EMPTIES,
    FORCES,
    NOTHING,
    SIZE,
    cell,
    edited,
    like_the_real_one,
    loaded,
    marks,
    probabilities,
    row,
    saved,
    session,
    trial,
)

needs_octave = pytest.mark.skipif(shutil.which("octave") is None, reason="there is no Octave here")


def octave(code: str) -> str:
    line = ["octave", "--no-gui", "--norc", "--quiet", "--eval", code]
    return subprocess.run(line, capture_output=True, text=True, check=True).stdout


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with ``real.mat``, a session ``same`` that says what it holds, and ``other`` that says otherwise."""
    folder = tmp_path_factory.mktemp("real")
    variables = like_the_real_one()
    saved(folder / "real.mat", variables["contacts"], params=variables["params"])
    videos: dict[str, list[Any]] = {"same": [], "other": []}
    for item in variables["contacts"].ravel():
        if not isinstance(item, dict) or not item["trialNum"].size:
            continue
        name = f"whisker_{int(item['trialNum'][0, 0])}"
        touch, skipped = item["touchConfidence"].ravel(), item["prepross"].ravel() == 0
        videos["same"].append(marks(name, touch, why=skipped * WHY.index("by_value")))
        videos["other"].append(marks(name, probabilities(9000 + len(videos["other"]), len(touch))))
    for name, of_videos in videos.items():
        session(folder / name, of_videos)
    return folder


@pytest.fixture(scope="module")
def of_octave(real: Path) -> Path:
    """The same contact array as Octave saves it, with ``other.mat`` beside it: the touches of the session ``other``."""
    octave(f"load('{real / 'real.mat'}'); save('-v7', '{real / 'octave.mat'}', 'contacts', 'params');")
    report = pyside.write_contacts(real / "other", real / "octave.mat", real / "other.mat")
    assert (report["n_trials"], report["changed"], len(report["left"])) == (412, 405, 7)
    return real / "octave.mat"


def write_contacts(folder: Path, source: Path | None, target: str = "new.mat", **options: Any) -> dict[str, Any]:
    """Write beside the session; return the report."""
    return pyside.write_contacts(folder, source, folder.with_name(target), **options)


# --- nothing changes -------------------------------------------------------------------------------------------------


def test_a_session_that_says_the_same_changes_nothing(real: Path) -> None:
    report = write_contacts(real / "same", real / "real.mat", "same.mat")
    assert (real / "same.mat").read_bytes() == (real / "real.mat").read_bytes()
    assert (report["n_trials"], report["written"], report["changed"]) == (412, 405, 0)
    assert [one["trial"] for one in report["left"]] == [place + 1 for place in EDITED]
    assert all("manualAdd" in one["why"] for one in report["left"])


COMPARED = """
a = load('{old}'); b = load('{new}');
n = numel(a.contacts);
same = zeros(1, n); alike = zeros(1, n);
for k = 1:n
    same(k) = isequal(a.contacts{{k}}, b.contacts{{k}});
    alike(k) = strcmp(class(a.contacts{{k}}), class(b.contacts{{k}})) && isequal(size(a.contacts{{k}}), ...
        size(b.contacts{{k}})) && (~isstruct(a.contacts{{k}}) || isequal(fieldnames(a.contacts{{k}}), ...
        fieldnames(b.contacts{{k}})));
end
printf('%d ', n, sum(same), sum(alike), isequal(size(a.contacts), size(b.contacts)), isequal(a.params, b.params));
"""


@needs_octave
def test_octave_finds_a_file_equal_in_which_nothing_was_to_change(of_octave: Path, tmp_path: Path) -> None:
    pyside.write_contacts(of_octave.with_name("same"), of_octave, tmp_path / "new.mat")
    found = octave(COMPARED.format(old=of_octave.with_name("real.mat"), new=tmp_path / "new.mat"))
    assert [*map(int, found.split())] == [SIZE, SIZE, SIZE, 1, 1]


def test_odd_trials_come_back_as_they_were(tmp_path: Path) -> None:
    touch = np.float32([0.1, 0.9, np.nan, 0.9, 0.9, 0.1])
    known = np.nan_to_num(touch)
    left_out = {**trial(302, known), "prepross": row([2, 2, -1, 2, 2, 2])}
    whiskers = {**trial(303, known), "segmentInds": cell(np.array([[2.0, 5.0]]), np.array([[1.0, 1.0]]))}
    whiskers |= {"inferredInds": cell(row([3])), "contactLength": cell(row([3])), "M0combo": cell(row(known))}
    skipped = {"contactInds": cell("Skipped"), "trialNum": row([301])}
    source = saved(tmp_path / "old.mat", [trial(300, known), skipped, left_out, whiskers, NOTHING])
    videos = [marks("a_300", known), marks("a_302", touch), marks("a_303", known)]
    report = write_contacts(session(tmp_path / "session", videos), source)
    assert (report["written"], report["changed"], [left["trial"] for left in report["left"]]) == (3, 0, [301])
    assert (tmp_path / "new.mat").read_bytes() == source.read_bytes()
    assert [len(entry.labels.frames) for entry in read_label_file(tmp_path / "new.mat").entries] == [6, 0, 6, 6]


# --- everything changes ----------------------------------------------------------------------------------------------


@needs_octave
def test_only_the_fields_of_the_machine_change_and_read_as_the_table_of_the_session(of_octave: Path) -> None:
    real = of_octave.parent
    new, old = loaded(real / "other.mat").ravel(), loaded(of_octave).ravel()
    assert len(new) == SIZE
    for place, (after, before) in enumerate(zip(new, old, strict=True)):
        if place in (*EDITED, *EMPTIES, SIZE // 2):
            assert after.dtype == before.dtype and after.shape == before.shape
            assert repr(after) == repr(before)
            continue
        assert after.dtype.names == before.dtype.names
        item = after[0, 0]
        stored = load_marks(real / "other" / "marks" / f"whisker_{int(item['trialNum'][0, 0])}.npz")
        contacts = item["contactInds"][0, 0]
        assert item["contactInds"].shape == (1, 1) and contacts.dtype == np.float64 and contacts.shape[0] == 1
        found = touches(stored)
        frames = [np.arange(onset, offset + 1) for onset, offset in zip(found.onset, found.offset, strict=True)]
        assert np.array_equal(contacts.ravel() - 1, np.concatenate([[], *frames]))
        assert np.array_equal(item["touchConfidence"].ravel(), stored.probabilities[:, 1].astype(np.float64))
        assert item["prepross"].dtype == np.float64 and np.all(item["prepross"] == 2)
        assert item["trialNum"] == before[0, 0]["trialNum"]
    figures = octave(f"""
        s = load('{real / "other.mat"}'); a = load('{of_octave}');
        k = 300; late = s.contacts{{k}}.contactInds{{1}}; all = cellfun(@(x) isstruct(x), s.contacts);
        fields = cellfun(@(x) isequal(class(x.contactInds{{1}}), class(x.prepross), 'double'), s.contacts(all));
        printf('%d ', s.contacts{{k}}.trialNum - 20, late(1) - 20, isequal(s.params, a.params), sum(all), sum(fields));
    """)
    number, first, params, n_structs, n_double = map(int, figures.split())
    assert (number, params, n_structs, n_double) == (new[299][0, 0]["trialNum"].item() - 20, 1, 413, 413)
    assert first == new[299][0, 0]["contactInds"][0, 0][0, 0] - 20


# --- single trials ---------------------------------------------------------------------------------------------------

TOUCH = np.array([0.1, 0.9, 0.9, 0.2, 0.1, 0.1, 0.8, 0.3, 0.1, 0.1, 0.1, 0.1, 0.7, 0.7, 0.1])  # frames 2 3 7 13 14
CONTACTS = [2, 3, 7, 13, 14]
LOW = np.full(15, 0.1)


@pytest.fixture
def one(tmp_path: Path) -> Path:
    """A session of one video, trial 300, with `CONTACTS`."""
    return session(tmp_path / "session", [marks("clip_300", TOUCH)])


def written(one: Path, fields: dict[str, Any], **options: Any) -> tuple[np.void, dict[str, Any]]:
    """Write a contact array of one trial; return the trial and the report."""
    source = saved(one.with_name("old.mat"), [fields])
    report = write_contacts(one, source, **options)
    return loaded(one.with_name("new.mat"))[0, 0][0, 0], report


def test_what_stands_in_other_fields_is_made_from_the_contacts(one: Path) -> None:
    more = {"segmentInds": np.array([[1.0, 2.0]]), "inferredInds": row([5]), "contactLength": np.array([[1.0]])}
    found, report = written(one, {**more, **trial(300, LOW), "note": "mine"})
    assert found.dtype.names == (*more, "contactInds", "prepross", "touchConfidence", "trialNum", "note")
    assert found["contactInds"][0, 0].ravel().tolist() == CONTACTS
    assert found["segmentInds"].tolist() == [[2, 7], [13, 14]]
    assert found["inferredInds"].tolist() == [[4, 5, 6]]
    assert found["contactLength"].tolist() == [[5], [1]]
    assert found["note"] == "mine" and found["trialNum"] == 300
    assert report["removed"] == [] and report["warnings"] == []


def test_segments_in_a_cell_per_whisker_stay_in_one(one: Path) -> None:
    other = np.array([[4.0, 5.0]])
    more = {"segmentInds": cell(NOTHING, other), "inferredInds": cell(NOTHING), "contactLength": cell(NOTHING)}
    found, _ = written(one, {**trial(300, LOW), **more})
    assert found["segmentInds"].shape == (1, 2)
    assert found["segmentInds"][0, 0].tolist() == [[2, 7], [13, 14]] and np.array_equal(
        found["segmentInds"][0, 1], other
    )
    assert found["inferredInds"][0, 0].tolist() == [[4, 5, 6]]
    assert found["contactLength"][0, 0].tolist() == [[5, 1]]


@pytest.mark.parametrize(
    "fields",
    [
        {"segmentInds": "none"},
        {"segmentInds": np.array([[1.0, 2.0, 7.0]])},
        {"segmentInds": cell(cell(row([2, 3])))},
        {"segmentInds": {"whisker": row([1, 2])}},
        {"inferredInds": "none"},
        {"segmentInds": cell(NOTHING, "none")},
    ],
)
def test_what_is_no_form_of_a_derived_field_is_not_replaced(one: Path, fields: dict[str, Any]) -> None:
    with raises_with(BadLabels, "contacts{1}", *fields):
        written(one, {**trial(300, LOW), **fields})


@pytest.mark.parametrize("axis", [0, 1])
def test_two_confidences_a_sample_become_one_with_a_warning(one: Path, axis: int) -> None:
    found, report = written(one, {**trial(300, LOW), "touchConfidence": np.stack([1 - LOW, LOW], axis)})
    assert found["touchConfidence"].shape == (1, 15)
    assert any(holds(text, "touchConfidence", "trial 300") for text in report["warnings"])


def test_a_cell_per_whisker_that_is_a_column_stays_one(one: Path) -> None:
    found, _ = written(one, {**trial(300, LOW), "segmentInds": cell(NOTHING, NOTHING).T})
    assert found["segmentInds"].shape == (2, 1)


def test_lengths_in_seconds_stay_in_seconds(one: Path) -> None:
    more = {"segmentInds": np.array([[1.0, 2.0], [5.0, 9.0]]), "contactLength": row([0.002, 0.008])}
    found, _ = written(one, {**trial(300, LOW), **more})
    assert np.allclose(found["contactLength"], [[0.01, 0.002]])


def test_lengths_of_which_the_unit_is_unknown_are_taken_out(one: Path) -> None:
    more = {"segmentInds": np.array([[1.0, 2.0], [5.0, 9.0]]), "contactLength": row([3, 7])}
    found, report = written(one, {**trial(300, LOW), **more})
    assert "contactLength" not in found.dtype.names
    assert report["removed"] == [{"cell": 1, "trial": 300, "fields": ["contactLength"]}]


def test_without_a_touch_the_row_of_contacts_is_empty(tmp_path: Path) -> None:
    folder = session(tmp_path / "session", [marks("clip_300", LOW)])
    found, _ = written(folder, {**trial(300, TOUCH), "segmentInds": np.ones((1, 2)), "inferredInds": row([2])})
    assert found["contactInds"][0, 0].shape == (1, 0) and found["contactInds"][0, 0].dtype == np.float64
    assert found["segmentInds"].shape == (0, 2) and found["inferredInds"].shape == (1, 0)


def test_frames_are_told_that_were_looked_at_surely_none_and_could_not_be_looked_at(tmp_path: Path) -> None:
    touch = TOUCH.copy()
    touch[[2, 9]] = np.nan
    why = np.zeros(15)
    why[12:] = WHY.index("by_value")
    folder = session(tmp_path / "session", [marks("clip_300", touch, why=why)])
    found, _ = written(folder, trial(300, LOW))
    assert found["prepross"].ravel().tolist() == [2, 2, -1, *[2] * 6, -1, 2, 2, 0, 0, 0]
    assert found["contactInds"][0, 0].ravel().tolist() == [2, 7]
    assert np.allclose(found["touchConfidence"].ravel(), np.where(np.isnan(touch) | (why > 0), 0, touch))


@pytest.mark.parametrize("name", FORCES)
def test_forces_that_no_longer_fit_are_taken_out_with_a_warning(one: Path, name: str) -> None:
    found, report = written(one, {**trial(300, LOW), name: cell(row([1, 2])), "kept": row([1])})
    assert found.dtype.names == ("contactInds", "prepross", "touchConfidence", "trialNum", "kept")
    assert report["removed"] == [{"cell": 1, "trial": 300, "fields": [name]}]
    assert any(holds(text, name, "trial 300") for text in report["warnings"])


def test_forces_are_taken_out_in_either_of_two_spellings(one: Path) -> None:
    found, _ = written(one, {**trial(300, LOW), "M0combo": cell(NOTHING), "M0Combo": row([1]), "peak_M0": row([1])})
    assert found.dtype.names == ("contactInds", "prepross", "touchConfidence", "trialNum", "M0combo")


def test_forces_stay_where_the_contacts_are_the_same(one: Path) -> None:
    touch = TOUCH.copy()
    touch[0] = 0.2
    found, report = written(one, {**trial(300, touch), "M0combo": cell(row([1, 2]))})
    assert found["M0combo"][0, 0].tolist() == [[1, 2]] and report["changed"] == 1


def test_fields_that_a_trial_lacks_are_added_behind_its_own(one: Path) -> None:
    found, _ = written(one, {"trialNum": row([300]), "contactInds": cell(NOTHING)})
    assert found.dtype.names == ("trialNum", "contactInds", "prepross", "touchConfidence")
    assert found["prepross"].shape == (1, 15)


def test_a_skipped_trial_is_the_machines(one: Path) -> None:
    found, _ = written(one, {"contactInds": cell("Skipped"), "trialNum": row([300])})
    assert found["contactInds"][0, 0].ravel().tolist() == CONTACTS


def test_columns_stay_columns(one: Path) -> None:
    found, _ = written(one, {**trial(300, LOW), "touchConfidence": row(LOW).T})
    assert found["touchConfidence"].shape == (15, 1) and found["prepross"].shape == (1, 15)


# --- whose a trial is ------------------------------------------------------------------------------------------------

PERSONS: dict[str, dict[str, Any]] = {
    "manualAdd": {"manualAdd": cell(row([5]))},
    "manualDel": {"manualDel": row([5])},
    "passiveTouch": {"passiveTouch": cell(row([5]))},
    "uncuratable": {"uncuratable": row([1])},
    "contactInds are another": {"contactInds": cell(row([4, 5]))},
    "contactInds without confidence": {"touchConfidence": NOTHING, "contactInds": cell(row([4, 5]))},
    "none, and nothing says that a program looked": {
        "touchConfidence": NOTHING,
        "prepross": NOTHING,
        "contactInds": cell(np.zeros((1, 0))),
    },
    "an edit noted in one of two spellings": {"manualAdd": NOTHING, "manual_add": row([5])},
    "all taken out, of which the network was sure": {
        "touchConfidence": row(np.where(TOUCH > 0.85, 1, np.where(TOUCH < 0.15, 0, TOUCH))),
        "contactInds": cell(np.zeros((1, 0))),
    },
    "labels": {"touchConfidence": NOTHING, "contactInds": cell(NOTHING), "labels": row(np.arange(15) % 2)},
}


@pytest.mark.parametrize("fields", PERSONS.values(), ids=PERSONS)
def test_what_may_be_a_persons_is_left_and_listed_unless_its_trial_is_named(one: Path, fields: dict[str, Any]) -> None:
    fields = {**trial(300, TOUCH), **fields}
    source = saved(one.with_name("old.mat"), [fields, trial(7, LOW)])
    report = write_contacts(one, source)
    assert (one.with_name("new.mat")).read_bytes() == source.read_bytes()
    assert [(left["cell"], left["trial"]) for left in report["left"]] == [(1, 300), (2, 7)]
    assert report["left"][0]["recording"] == "clip_300" and report["left"][1]["recording"] == ""
    report = write_contacts(one, source, "named.mat", overwrite_manual=300)
    assert loaded(one.with_name("named.mat"))[0, 0][0, 0]["contactInds"][0, 0].ravel().tolist() == CONTACTS
    assert [left["trial"] for left in report["left"]] == [7]


def test_a_trial_whose_touches_a_person_deleted_without_saying_so_is_left(tmp_path: Path) -> None:
    confidence = [probabilities(number, 60) for number in range(12)]
    trials = [trial(number, one) for number, one in enumerate(confidence, start=1)]
    trials[4]["contactInds"] = cell(np.empty((1, 0)))
    array = saved(tmp_path / "contacts.mat", trials)
    folder = session(tmp_path / "s", [marks(f"whisker_{n}", 1 - one) for n, one in enumerate(confidence, start=1)])
    report = write_contacts(folder, array)
    assert report["changed"] == 11 and [one["trial"] for one in report["left"]] == [5]
    assert write_contacts(folder, array, "all.mat", overwrite_manual=[5])["changed"] == 12


def test_trials_that_follow_another_threshold_than_most_are_named(tmp_path: Path) -> None:
    fewer = {**trial(4, TOUCH), "contactInds": cell(row([2, 3, 7]))}  # as if a person had taken out the last touch
    trials = [*(trial(number, TOUCH) for number in (1, 2, 3)), fewer, trial(5, LOW), edited(6, LOW)]
    folder = session(tmp_path / "session", [marks(f"a_{number}", LOW) for number in range(1, 7)])
    report = write_contacts(folder, saved(tmp_path / "old.mat", trials))
    assert report["written"] == 5
    assert any(holds(text, "1 trial", "trial 4", "> 0.5", "> 0.75", 4) for text in report["warnings"])
    report = write_contacts(folder, tmp_path / "old.mat", "named.mat", overwrite_manual=[4, 6])
    assert report["written"] == 6 and report["warnings"] == []


@pytest.mark.parametrize("fields", [{"manualAdd": cell(NOTHING)}, {"manualDel": NOTHING}, {"uncuratable": row([0])}])
def test_an_edit_field_that_is_not_filled_is_no_edit(one: Path, fields: dict[str, Any]) -> None:
    assert written(one, {**trial(300, LOW), **fields})[1]["changed"] == 1


def test_a_trial_that_nobody_has_judged_is_the_machines(one: Path) -> None:
    fields = {"contactInds": cell(np.zeros((1, 0))), "prepross": row([2] * 15), "trialNum": row([300])}
    assert written(one, fields)[0]["contactInds"][0, 0].ravel().tolist() == CONTACTS


def test_what_a_session_wrote_with_a_minimum_duration_is_its_own_again(tmp_path: Path) -> None:
    decision = Decision("Touch", 1, 0.5, min_duration=3)
    touch = np.repeat([0.9, 0.1, 0.9, 0.1], [3, 4, 2, 6])
    folder = session(tmp_path / "session", [marks("clip_300", touch, decision=decision)])
    write_contacts(folder, None)
    lower = session(tmp_path / "lower", [marks("clip_300", touch[::-1], decision=decision)])
    report = pyside.write_contacts(lower, tmp_path / "new.mat", tmp_path / "again.mat")
    assert report["left"] == [] and report["changed"] == 1


def test_a_number_of_no_trial_is_an_error(one: Path) -> None:
    source = saved(one.with_name("old.mat"), [trial(300, LOW)])
    with raises_with(BadOption, "overwrite_manual", 301):
        write_contacts(one, source, overwrite_manual=[300, 301])


# --- samples and frames ----------------------------------------------------------------------------------------------


def test_the_frames_of_a_video_after_a_shorter_trial_stay_unjudged_with_a_warning(one: Path) -> None:
    found, report = written(one, trial(300, LOW[:10]))
    assert found["prepross"].shape == found["touchConfidence"].shape == (1, 10)
    assert found["contactInds"][0, 0].ravel().tolist() == [2, 3, 7]
    assert any(holds(text, "trial 300", 5) for text in report["warnings"])


def test_a_longer_trial_is_an_error_and_all_are_named(tmp_path: Path) -> None:
    folder = session(tmp_path / "session", [marks("a_1", LOW), marks("a_2", LOW), marks("a_3", LOW)])
    source = saved(tmp_path / "old.mat", [trial(1, np.zeros(16)), trial(2, LOW), trial(3, np.zeros(20))])
    with raises_with(LengthMismatch, "contacts{1}", "contacts{3}", 16, 20, "frame_map"):
        write_contacts(folder, source)
    assert not (tmp_path / "new.mat").exists()


def test_samples_of_a_tracker_get_the_frames_that_a_map_names(one: Path, tmp_path: Path) -> None:
    frames = [0, 1, 2, 4, 6, np.nan, 7, 12, 13, 14, 14, 14, 14, 14, 14, 14, 14]  # longer than the video
    source = saved(tmp_path / "old.mat", [trial(7, LOW), trial(300, np.zeros(len(frames)))])
    maps: dict[str, Any] = {"number": {300: frames}, "cell": [[], frames]}
    scipy.io.savemat(tmp_path / "map.mat", {"frameMap": cell(NOTHING, row(frames) + 1)})
    times = {"trialNum": 300.0, "whiskerTrial": {"time": cell(row(frames) / 500)}}
    scipy.io.savemat(tmp_path / "T.mat", {"T": {"trials": cell({"trialNum": 7.0}, times)}})
    maps |= {"file": tmp_path / "map.mat", "times": tmp_path / "T.mat"}
    for name, given in maps.items():
        write_contacts(one, source, f"{name}.mat", frame_map=given)
        found = loaded(tmp_path / f"{name}.mat")[0, 1][0, 0]
        assert found["contactInds"][0, 0].ravel().tolist() == [2, 3, 5, 8, 9]
        assert found["prepross"].ravel().tolist() == [2, 2, 2, 2, 2, -1, *[2] * 11]
        assert found["touchConfidence"][0, 5] == 0 and np.isclose(found["touchConfidence"][0, 7], 0.7)
    with raises_with(LengthMismatch, "frame_map", 17, 3):
        write_contacts(one, source, frame_map={300: [0, 1, 2]})
    with raises_with(LengthMismatch, "frame_map", 15, 99):
        write_contacts(one, source, frame_map={300: [98] * 17})
    with raises_with(PathMissing, "frame_map"):
        write_contacts(one, source, frame_map=tmp_path / "none.mat")


# --- pairing ---------------------------------------------------------------------------------------------------------


def test_trials_are_paired_as_convert_does(tmp_path: Path) -> None:
    videos = [marks("t5_cam1", TOUCH), marks("t6_cam1", LOW)]
    folder = session(tmp_path / "session", videos)
    source = saved(tmp_path / "old.mat", [trial(6, TOUCH), trial(5, LOW)])
    with pytest.raises(Unpaired):
        write_contacts(folder, source)
    report = write_contacts(folder, source, trial_pattern=r"t(\d+)_")
    assert report["pairing"] == "trial number"
    found = loaded(tmp_path / "new.mat")
    assert found[0, 1][0, 0]["contactInds"][0, 0].ravel().tolist() == CONTACTS
    report = write_contacts(folder, source, "order.mat", pairing="order")
    assert report["pairing"] == "order"
    found = loaded(tmp_path / "order.mat")
    assert found[0, 0][0, 0]["contactInds"][0, 0].ravel().tolist() == CONTACTS


def test_trials_without_numbers_are_not_paired_in_an_order_that_may_be_another(tmp_path: Path) -> None:
    names = ["a_1", "a_10", "a_2"]  # as dir lists them
    folder = session(tmp_path / "session", [marks(name, TOUCH if name == "a_2" else LOW) for name in names])
    source = saved(tmp_path / "old.mat", [trial(np.nan, LOW) for _ in names])
    with raises_with(Unpaired, "a_10", "pairing", "natural"):
        write_contacts(folder, source)
    for pairing, place in (("order", 2), ("natural", 1)):
        write_contacts(folder, source, f"{pairing}.mat", pairing=pairing)
        found = [item[0, 0]["contactInds"][0, 0].size for item in loaded(tmp_path / f"{pairing}.mat").ravel()]
        assert [*np.flatnonzero(found)] == [place]


def test_recordings_without_a_trial_and_failed_ones_are_named(tmp_path: Path) -> None:
    folder = session(tmp_path / "session", [marks("a_1", TOUCH), marks("a_9", LOW)], failed=["a_2"])
    source = saved(tmp_path / "old.mat", [trial(1, LOW), trial(2, LOW)])
    report = write_contacts(folder, source)
    assert report["changed"] == 1 and [left["trial"] for left in report["left"]] == [2]
    assert any(holds(text, "a_9") for text in report["warnings"])


def test_the_name_of_a_video_in_a_trial_pairs_it(one: Path) -> None:
    report = written(one, {**trial(1, LOW), "videoName": "clip_300.mp4"})[1]
    assert report["changed"] == 1 and report["pairing"] == "name"


# --- classes ---------------------------------------------------------------------------------------------------------


def test_of_several_classes_one_must_be_named(tmp_path: Path) -> None:
    values = np.eye(3)[[0, 1, 1, 2, 0]]
    names = ("NonTouch", "Touch", "Groom")
    folder = session(tmp_path / "session", [marks("clip_300", values, class_names=names)])
    source = saved(tmp_path / "old.mat", [trial(300, np.zeros(5))])
    with raises_with(BadOption, "contact_class", "Groom"):
        write_contacts(folder, source)
    with raises_with(BadOption, "contact_class", "Grom", "Groom"):
        write_contacts(folder, source, contact_class="Grom")
    assert write_contacts(folder, source, contact_class="Groom")["contact_class"] == "Groom"
    assert loaded(tmp_path / "new.mat")[0, 0][0, 0]["contactInds"][0, 0].tolist() == [[4]]


# --- the file --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("content", [b"", b"mine"])
def test_a_file_that_exists_is_never_replaced(one: Path, content: bytes) -> None:
    source = saved(one.with_name("old.mat"), [trial(300, LOW)])
    one.with_name("new.mat").write_bytes(content)
    with raises_with(NotWritable, "new.mat"):
        write_contacts(one, source)
    with raises_with(NotWritable, "old.mat"):
        write_contacts(one, source, "old.mat")
    assert one.with_name("new.mat").read_bytes() == content


def test_a_file_that_appears_meanwhile_is_not_replaced(one: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = one.with_name("new.mat")
    read = write.mat_files.read_mat

    def late(path: Path) -> Any:
        if path.suffix == ".part":
            target.write_bytes(b"mine")
        return read(path)

    monkeypatch.setattr(write.mat_files, "read_mat", late)
    with pytest.raises(NotWritable):
        write_contacts(one, saved(one.with_name("old.mat"), [trial(300, LOW)]))
    assert target.read_bytes() == b"mine" and not [*one.parent.glob("*.part")]


def test_what_reads_otherwise_than_it_was_meant_gets_no_name(one: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(write.mat5, "changed_struct", lambda element, values, removed: element.raw)
    with pytest.raises(NotWritable):
        write_contacts(one, saved(one.with_name("old.mat"), [trial(300, LOW)]))
    assert sorted(path.name for path in one.parent.iterdir()) == ["old.mat", "session"]


def test_its_default_name_is_beside_the_session(one: Path) -> None:
    report = pyside.write_contacts(one)
    assert Path(report["path"]) == one.with_name("session_contacts.mat") and Path(report["path"]).is_file()


STRANGE: dict[str, Any] = {"complex": 1 + 2j, "sparse": scipy.sparse.csc_matrix(np.eye(3))}


@pytest.mark.parametrize("value", STRANGE.values(), ids=STRANGE)
@pytest.mark.parametrize("where", ["trial", "beside"])
def test_what_cannot_be_checked_is_refused_before_anything_is_written(one: Path, value: Any, where: str) -> None:
    fields = {**trial(300, LOW), **({"odd": value} if where == "trial" else {})}
    source = saved(one.with_name("old.mat"), [fields], **({"odd": value} if where == "beside" else {}))
    with raises_with(OnlyMatlab, "odd", "touchtrain.writeContacts"):
        write_contacts(one, source)
    assert not one.with_name("new.mat").exists()


@pytest.mark.parametrize(("code", "what"), [(3, "object"), (16, "function handle"), (17, "object"), (99, "class")])
def test_objects_and_function_handles_are_refused(one: Path, code: int, what: str) -> None:
    strange = bytearray(mat5.numbers(row([1])))
    strange[16] = code  # number of its class
    fields = {name: mat5.encoded(value) for name, value in {"contactInds": [NOTHING], "trialNum": row([300])}.items()}
    item = mat5.one_struct({**fields, "odd": bytes(strange)})
    head = mat5.new_file({})
    (source := one.with_name("old.mat")).write_bytes(head + mat5.cell([item], (1, 1), "<", "contacts"))
    with raises_with(OnlyMatlab, "contacts{1}.odd", what, "touchtrain.writeContacts"):
        write_contacts(one, source)


@pytest.mark.parametrize("head", [b"MATLAB 7.3 MAT-file".ljust(124) + b"\0\2IM", b"# Created by Octave 7.3".ljust(200)])
def test_files_of_another_format_are_refused(one: Path, head: bytes) -> None:
    (source := one.with_name("old.mat")).write_bytes(head)
    with raises_with(OnlyMatlab, source, "touchtrain.writeContacts"):
        write_contacts(one, source)


def test_letters_sizes_and_classes_of_other_fields_are_kept_byte_for_byte(one: Path) -> None:
    more = {
        "empty": "",
        "int": np.int8([[1, -2]]),
        "flag": np.array([[True]]),
        "single": np.float32([[1.5]]),
        "deep": {"a": cell(np.zeros((1, 0)), np.zeros((0, 3)), {"b": np.uint16([[7]])})},
        "a_name_of_a_field_that_is_longer_than_thirty_one": row([1]),
    }
    source = saved(one.with_name("old.mat"), [{**more, **trial(300, LOW)}], other=row([1, 2]))
    write_contacts(one, source)
    old, new = (mat5.read_parts(path) for path in (source, one.with_name("new.mat")))
    before, after = (parts.variable("contacts").items()[0].fields() for parts in (old, new))
    assert [*before] == [*after] and all(before[name].raw == after[name].raw for name in more)
    assert old.pieces[1] == new.pieces[1] and old.names == new.names == ["contacts", "other"]


def test_letters_beyond_ascii_stay_as_matlab_writes_them(one: Path) -> None:
    plain = {"contactInds": [NOTHING], "trialNum": row([300]), "note": "Tier älter, 日本"}
    (source := one.with_name("old.mat")).write_bytes(mat5.new_file({"contacts": [plain]}))
    write_contacts(one, source)
    assert loaded(one.with_name("new.mat"))[0, 0][0, 0]["note"] == plain["note"]


def test_a_file_that_is_not_compressed_stays_so(one: Path) -> None:
    source = one.with_name("old.mat")
    scipy.io.savemat(source, {"contacts": cell(trial(300, LOW))}, do_compression=False)
    write_contacts(one, source)
    assert mat5.read_parts(one.with_name("new.mat")).pieces[0][:1] == b"\x0e"
    assert loaded(one.with_name("new.mat"))[0, 0][0, 0]["contactInds"][0, 0].ravel().tolist() == CONTACTS


def test_a_file_of_a_computer_that_puts_the_greatest_byte_first_stays_one(one: Path) -> None:
    parts = {name: mat5.numbers(value, ">") for name, value in trial(300, LOW).items() if name != "contactInds"}
    item = mat5.one_struct({**parts, "contactInds": mat5.cell([mat5.numbers(NOTHING, ">")], (1, 1), ">")}, ">")
    head = b"MATLAB 5.0 MAT-file, Platform: SOL2".ljust(124) + b"\1\0MI"
    (source := one.with_name("old.mat")).write_bytes(head + mat5.cell([item], (1, 1), ">", "contacts"))
    write_contacts(one, source)
    assert one.with_name("new.mat").read_bytes()[:128] == head
    found = loaded(one.with_name("new.mat"))[0, 0][0, 0]
    assert found["contactInds"][0, 0].ravel().tolist() == CONTACTS and found["prepross"].tolist() == [[2] * 15]


@pytest.mark.parametrize("cut", [0.2, 0.5, 0.9])
def test_a_damaged_file_is_an_error(one: Path, cut: float) -> None:
    source = saved(one.with_name("old.mat"), [trial(300, LOW)])
    content = source.read_bytes()
    source.write_bytes(content[: int(cut * len(content))])
    with pytest.raises((BadLabels, OnlyMatlab)):
        write_contacts(one, source)


def test_without_a_contact_array_in_it_a_file_is_an_error_that_says_what_it_holds(one: Path) -> None:
    scipy.io.savemat(one.with_name("old.mat"), {"x": row([1, 2])})
    with raises_with(BadLabels, "x", "contact array"):
        write_contacts(one, one.with_name("old.mat"))
    with pytest.raises(BadLabels):
        write_contacts(one, one.with_name("old.mat"), label_variable="y")
    scipy.io.savemat(one.with_name("two.mat"), {"a": cell(trial(300, LOW)), "b": cell(trial(300, LOW))})
    with raises_with(BadLabels, "a", "b", "label_variable"):
        write_contacts(one, one.with_name("two.mat"))
    assert write_contacts(one, one.with_name("two.mat"), label_variable="b")["variable"] == "b"
    scipy.io.savemat(one.with_name("three.mat"), {"contacts": trial(300, LOW)})
    with raises_with(BadLabels, "contacts", "num2cell"):
        write_contacts(one, one.with_name("three.mat"), "three_new.mat")


# --- a new contact array ---------------------------------------------------------------------------------------------


def test_a_session_without_a_contact_array_gets_one(tmp_path: Path) -> None:
    videos = [marks("a_5", LOW), marks("a_2", TOUCH)]
    report = write_contacts(session(tmp_path / "session", videos, failed=["a_3"]), None)
    contacts = loaded(tmp_path / "new.mat")
    assert contacts.shape == (1, 6) and report["n_trials"] == 2
    fields = ("contactInds", "prepross", "touchConfidence", "trialNum", "segmentInds")
    assert [item.dtype.names for item in contacts[0, [1, 4]]] == [fields, fields]
    assert [item.shape for item in contacts[0, [0, 2, 3]]] == [(0, 0)] * 3
    assert contacts[0, 1][0, 0]["contactInds"][0, 0].ravel().tolist() == CONTACTS
    assert contacts[0, 1][0, 0]["segmentInds"].tolist() == [[2, 7], [13, 14]]
    assert contacts[0, 4][0, 0]["contactInds"][0, 0].shape == (1, 0)
    template = contacts[0, 5][0, 0]
    assert "confidence" in template.dtype.names and "touchConfidence" not in template.dtype.names
    params = loaded(tmp_path / "new.mat", "params")[0, 0]
    assert [text.item() for text in params["trialList"].ravel()] == [f"{n}: trialNum={n}" for n in range(1, 6)]
    assert params["framesUsed"].ravel().tolist() == [*range(1, 16)]
    assert any(holds(text, "a_3") for text in report["warnings"])
    again = pyside.write_contacts(tmp_path / "session", tmp_path / "new.mat", tmp_path / "again.mat")
    assert (again["changed"], again["written"]) == (0, 2)


def test_a_new_contact_array_is_a_machines_until_another_program_saves_it(one: Path) -> None:
    write_contacts(one, None)
    found = read_label_file(one.with_name("new.mat"))
    assert [entry.machine for entry in found.entries] == [True]
    contacts = loaded(one.with_name("new.mat"))
    saved(one.with_name("mine.mat"), contacts)
    found = read_label_file(one.with_name("mine.mat"))
    assert [entry.machine for entry in found.entries] == [False]
    assert any(holds(text, "program", "1 of 1", "mine.mat") for text in found.remarks)
    contacts[0, 299][0, 0]["contactInds"][0, 0] = row([4, 5])
    mended = read_label_file(saved(one.with_name("mended.mat"), contacts))
    assert not any("program" in text for text in mended.remarks)


def test_trials_that_the_session_of_the_same_name_wrote_are_a_machines(one: Path) -> None:
    source = saved(one.with_name("old.mat"), [trial(300, LOW), edited(8, LOW)])
    path = Path(write_contacts(one, source, "session_contacts.mat")["path"])
    table = json.loads((one / "session.json").read_text())
    for sha256, machine in (("0" * 64, False), (hashlib.sha256(path.read_bytes()).hexdigest(), True)):
        known = {"file": str(path), "sha256": sha256, "source": "", "source_sha256": "", "settings": {}, "first": None}
        (one / "session.json").write_text(json.dumps(table | {"contacts": known}))
        assert [entry.machine for entry in read_label_file(path).entries] == [machine, False]


def test_onsets_in_a_new_contact_array_are_those_of_the_table_of_touches(tmp_path: Path) -> None:
    videos = [marks(f"a_{number}", probabilities(number, 400)) for number in range(1, 9)]
    write_contacts(session(tmp_path / "session", videos), None)
    joined = 0
    for item, stored in zip(loaded(tmp_path / "new.mat")[0, :8], videos, strict=True):
        found, ends = touches(stored), item[0, 0]["segmentInds"]
        frames = np.concatenate([np.arange(on, off + 1) for on, off in zip(found.onset, found.offset, strict=True)])
        assert np.array_equal(item[0, 0]["contactInds"][0, 0].ravel(), frames + 1)
        is_onset = np.append(True, found.onset[1:] - found.offset[:-1] > 4)  # nearer ones are of one touch
        joined += np.count_nonzero(~is_onset)
        assert np.array_equal(ends[:, 0], found.onset[is_onset] + 1)
        assert np.array_equal(ends[:, 1], found.offset[np.append(is_onset[1:], True)] + 1)
    assert joined > 10


@pytest.mark.parametrize(
    ("names", "numbers"),
    [(["left", "right"], [1, 2]), (["a_4", "b_4"], [1, 2]), (["a_20180401", "a_20180402"], [20180401, 20180402])],
)
def test_without_usable_numbers_trials_are_in_the_order_of_the_session(
    tmp_path: Path, names: list[str], numbers: list[int]
) -> None:
    folder = session(tmp_path / "session", [marks(names[0], TOUCH), marks(names[1], LOW)])
    report = write_contacts(folder, None)
    contacts = loaded(tmp_path / "new.mat")
    assert [item[0, 0]["trialNum"].item() for item in contacts[0, :2]] == numbers and contacts.shape == (1, 3)
    assert any(holds(text, "trial_pattern") for text in report["warnings"])


# --- for MATLAB ------------------------------------------------------------------------------------------------------


@needs_octave
def test_the_changes_that_matlab_applies_give_what_python_writes(of_octave: Path, tmp_path: Path) -> None:
    from pyside import matlab

    source, python = shutil.copy(of_octave, tmp_path / "slim.mat"), of_octave.with_name("other.mat")
    options = json.dumps({"Output": str(tmp_path / "m.mat")})
    report = json.loads(matlab.do_job("writeContacts", str(of_octave.with_name("other")), str(source), options))
    assert report["path"] == str(tmp_path / "m.mat") and not (tmp_path / "m.mat").exists()
    figures = octave(f"""
        a = load('{source}'); c = load('{report["changes"]}'); p = load('{python}'); made = a.contacts;
        for k = 1:numel(made)
            if isstruct(c.cells{{k}})
                names = fieldnames(c.cells{{k}});
                for j = 1:numel(names)
                    made{{k}}.(names{{j}}) = c.cells{{k}}.(names{{j}});
                end
            end
            if ~isempty(c.removed{{k}})
                made{{k}} = rmfield(made{{k}}, c.removed{{k}});
            end
        end
        printf('%d ', numel(c.cells), isequal(made, p.contacts), isequal(made, a.contacts), ...
            sum(cellfun(@isstruct, c.cells)));
    """)
    assert [*map(int, figures.split())] == [SIZE, 1, 0, 405]


# --- faults ----------------------------------------------------------------------------------------------------------


def test_all_faults_are_said_at_once(one: Path, capsys: pytest.CaptureFixture[str]) -> None:
    missing = str(one.with_name("missing.mat"))
    assert main(["contacts", str(one), missing, "--contact-class", "Tuch", "--output", str(one / "no" / "n.mat")]) == 1
    assert holds(capsys.readouterr().err, missing, "Touch", str(one / "no"))
    with raises_with(PathMissing, one.with_name("nothing")):
        pyside.write_contacts(one.with_name("nothing"))


def test_damaged_marks_are_an_error_before_anything_is_written(one: Path) -> None:
    (one / "marks" / "clip_300.npz").write_bytes(b"nothing")
    with raises_with(BadSession, "clip_300"):
        write_contacts(one, None)
    assert not one.with_name("new.mat").exists()


def test_the_command_line_tells_what_it_did(one: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = saved(one.with_name("old.mat"), [trial(300, LOW), edited(8, LOW)])
    assert main(["contacts", str(one), str(source), "--output", str(one.with_name("n"))]) == 0
    assert holds(capsys.readouterr().out, one.with_name("n.mat"), "trial 8")
    assert main(["contacts", str(one), str(source), "--output", str(one.with_name("j")), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["changed"] == 1
    assert read_session(one)["videos"][0]["state"] == "done"
