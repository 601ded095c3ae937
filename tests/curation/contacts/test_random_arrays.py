"""Arrays that nobody thought of are read, written and read again: nothing is lost, and nothing else is changed."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy.io
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pyside.curation.contacts import mat5
from pyside.curation.contacts.changes import Changes, find_changes
from pyside.curation.contacts.merge import Merged
from pyside.curation.contacts.trial import inferred, segments
from pyside.curation.marks import Marks
from pyside.data.labels.contacts import contact_rules
from pyside.data.labels.contacts.contact_arrays import read_contact_array
from pyside.errors import BadLabels, OnlyMatlab
from pyside.settings.curation import ContactSettings
from tests.curation.contacts.arrays import NOTHING, marks, row

FRAMES = 12
VALUES = st.sampled_from([0.0, 0.1, 0.3, 0.5, 0.7, 0.9, 1.0])
SIZES = [(0, 0), (1, 0), (0, 1), (0, 2), (1, 1), (2, 3)]
OTHERS: st.SearchStrategy[Any] = st.one_of(
    st.sampled_from(SIZES).map(lambda size: np.arange(float(np.prod(size))).reshape(size)),
    st.text("abcä ", max_size=4),
    st.lists(st.sampled_from([np.zeros((1, 0)), np.ones((1, 1)), "x"]), max_size=3),
    st.just({"a": np.ones((1, 2)), "b": []}),
)
NAMES = ["note", "M0combo", "peakM0", "passive", "Segments"]


def frames(chosen: Any) -> np.ndarray:
    return row(np.flatnonzero(chosen) + 1)


@st.composite
def trials(draw: st.DrawFn, number: int) -> dict[str, Any]:
    """A trial with its fields in any order, that a program wrote, or a person, or nobody has judged."""
    n = draw(st.integers(1, FRAMES + 1))
    confidence = np.array(draw(st.lists(VALUES, min_size=n, max_size=n)))
    looked = np.array(draw(st.lists(st.sampled_from([0.0, 2.0, 2.0, 2.0, -1.0]), min_size=n, max_size=n)))
    touch = confidence > 0.5
    contacts = draw(st.sampled_from([[frames(touch & (looked == 2))], [frames(~touch)], [NOTHING], ["Skipped"]]))
    found = {"contactInds": contacts, "prepross": row(looked), "touchConfidence": row(confidence * (looked == 2))}
    found = {
        name: found[name] for name in draw(st.sampled_from([[*found], ["contactInds"], ["contactInds", "prepross"]]))
    }
    found["trialNum"] = row([number])
    ends = segments(np.flatnonzero(touch) + 1.0)
    for name, value in (("segmentInds", ends), ("inferredInds", row(inferred(frames(touch).ravel(), ends)))):
        if draw(st.booleans()):
            found[name] = [value] if draw(st.booleans()) else value
    if draw(st.integers(0, 9)) == 0:
        found["manualAdd"] = [row([1])]
    for name in draw(st.lists(st.sampled_from(NAMES), unique=True, max_size=2)):
        found[name] = draw(OTHERS)
    return {name: found[name] for name in draw(st.permutations([*found]))}


@st.composite
def arrays(draw: st.DrawFn) -> list[Any]:
    numbers = draw(st.lists(st.sampled_from([1, 2, 3, 255, 256, 300]), min_size=1, max_size=4, unique=True))
    cells = [draw(trials(number)) for number in numbers]
    template = {"contactInds": [NOTHING], "confidence": NOTHING, "trialNum": NOTHING}
    more = draw(st.lists(st.sampled_from([NOTHING, np.zeros((1, 0)), template]), max_size=2))
    return draw(st.permutations([*cells, *more]))


def changed(contacts: list[Any], videos: list[Marks]) -> Changes:
    """What a session with these videos changes."""
    by_name = {one.name: one for one in videos}
    recordings = [{"name": one.name, "video": str(one.video), "state": "done"} for one in videos]
    options = ContactSettings.from_options({})

    def marks_of(record: Mapping[str, Any]) -> Marks:
        return by_name[record["name"]]

    return find_changes(contacts, "contacts", recordings, marks_of, "Touch", options, lambda cell, trial, rate: None)


def in_doubles(value: Any) -> Any:
    """A value with all its numbers as doubles."""
    if isinstance(value, dict):
        return {name: in_doubles(item) for name, item in value.items()}
    if isinstance(value, list):
        return [in_doubles(item) for item in value]
    return value if isinstance(value, str) else np.asarray(value, np.float64)


def plain(value: Any) -> Any:
    if value.dtype.names:
        return {name: plain(value[0, 0][name]) for name in value.dtype.names}
    if value.dtype.kind == "O":
        return [plain(item) for item in value.ravel(order="F")]
    return "".join(value.ravel().tolist()) if value.dtype.kind == "U" else value


def is_equal(found: Any, expected: Any) -> bool:
    if isinstance(expected, dict):
        return [*found] == [*expected] and all(is_equal(found[name], expected[name]) for name in expected)
    if isinstance(expected, list):
        return len(found) == len(expected) and all(map(is_equal, found, expected))
    if isinstance(expected, str):
        return bool(found == expected)
    return found.dtype == np.float64 and found.shape == expected.shape and np.array_equal(found, expected)


def check(contacts: list[Any], touch: list[float]) -> None:
    """Read, write and read an array; SciPy reads it, which shares no line with what wrote it."""
    cells = [one for one in contacts if isinstance(one, dict) and one["trialNum"].size]
    videos = []
    for one in cells:
        number = int(one["trialNum"][0, 0])
        shift = touch[number % 7 :] + touch
        videos.append(marks(f"clip_{number}", np.array(shift[: FRAMES + 1])))
    with tempfile.TemporaryDirectory() as folder:
        (path := Path(folder) / "old.mat").write_bytes(mat5.new_file({"x": row([1]), "contacts": contacts, "y": "z"}))
        changes = changed(contacts, videos)
        merged = Merged(mat5.read_parts(path), 1, contacts, changes.changed)
        content = merged.content()
    by_cell = {change.cell: change for change in changes.trials}
    expected = []
    for place, one in enumerate(contacts):
        if place in by_cell:
            change = by_cell[place]
            one = {key: value for key, value in {**one, **change.fields}.items() if key not in change.removed}
        expected.append(one)
    held = scipy.io.loadmat(io.BytesIO(content), mat_dtype=True)
    found = [plain(item) for item in held["contacts"].ravel()]
    assert is_equal(found, in_doubles(expected)) and held["x"] == 1 and held["y"] == "z"
    for change in changes.trials:
        number = change.trial
        stored = next(one for one in videos if one.name == f"clip_{number}")
        entry = next(one for one in read_contact_array(found, "c").entries if one.trial == number)
        if change.left:
            before = next(one for one in read_contact_array(contacts, "c").entries if one.trial == number)
            assert repr(entry) == repr(before)
            continue
        item = found[change.cell]
        assert np.array_equal(item["contactInds"][0], frames(stored.labels[: item["prepross"].size] == 1))
        assert contact_rules.is_of_machine(item)
        assert "segmentInds" not in item or is_equal(
            item["segmentInds"][0] if isinstance(item["segmentInds"], list) else item["segmentInds"],
            segments(item["contactInds"][0].ravel()),
        )
    again = changed(found, videos)
    assert again.changed == [] and [one.left for one in again.trials] == [one.left for one in changes.trials]


TOUCHES = st.lists(VALUES, min_size=FRAMES + 1, max_size=FRAMES + 1)
QUIET: dict[str, Any] = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}


@settings(max_examples=100, **QUIET)
@given(arrays(), TOUCHES)
def test_random_arrays_come_back_with_the_touches_of_the_session(contacts: list[Any], touch: list[float]) -> None:
    check(contacts, touch)


@pytest.mark.slow
@pytest.mark.timeout(3600)
@settings(max_examples=10_000, **QUIET)
@given(arrays(), TOUCHES)
def test_ten_thousand_random_arrays_come_back(contacts: list[Any], touch: list[float]) -> None:
    check(contacts, touch)


# --- damage ----------------------------------------------------------------------------------------------------------


def damaged(content: bytes, rng: np.random.Generator) -> Iterator[bytes]:
    """The content of a file with bytes that are others, and cut short."""
    for _ in range(300):
        data = bytearray(content)
        for place in rng.integers(0, len(data), rng.integers(1, 4)):
            data[place] = rng.integers(0, 256)
        yield bytes(data[: rng.integers(128, len(data) + 1)] if rng.random() < 0.2 else data)


@pytest.mark.parametrize("is_compressed", [False, True])
def test_a_damaged_file_is_read_or_refused(tmp_path: Path, is_compressed: bool) -> None:
    trial = {"contactInds": [row([2, 3])], "prepross": row([2] * 4), "note": "abc", "deep": {"a": [row([1])]}}
    scipy.io.savemat(tmp_path / "f.mat", {"contacts": [trial, trial], "x": 1.0}, do_compression=is_compressed)
    path, content = tmp_path / "d.mat", (tmp_path / "f.mat").read_bytes()
    seen = set()
    for data in damaged(content, np.random.default_rng(0)):
        path.write_bytes(data)
        try:
            for one in mat5.read_parts(path).variables:
                seen.add(one.class_code)
                for item in one.items() if one.is_cell else ():
                    seen |= {*item.fields()} if item.is_struct and item.size == (1, 1) else set()
        except (BadLabels, OnlyMatlab) as error:
            seen.add(type(error))
    assert BadLabels in seen and len(seen) > 1
