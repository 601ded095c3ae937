"""The report: one page that needs no other file, whatever is in it or missing from it."""

from __future__ import annotations

import base64
import errno
import html
import io
import json
import math
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from pyside.errors import DiskFull, NotWritable
from pyside.evaluation.decision import choose_decision, decide
from pyside.evaluation.metrics import side_figures
from pyside.evaluation.mistakes import worst_mistakes
from pyside.evaluation.predictions import Predictions
from pyside.evaluation.report import page, plots, tables
from pyside.evaluation.report.page import write_report
from pyside.evaluation.report.plots import (
    MOST_POINTS,
    learning_curve_plot,
    precision_recall,
    precision_recall_plot,
    sweep_plot,
    training_curves,
)
from pyside.evaluation.report.traces import of_side
from pyside.evaluation.verdict.improvement import improvement, sentence
from pyside.evaluation.verdict.judge import verdict
from pyside.settings import TrainSettings, speaking
from pyside.system.records import plain
from tests.conftest import holds, raises_with

NAMES = ("NonTouch", "Touch")
ODD = 'Mäuse <b>&"3" $x$ 鼠'  # a recording, and a tag
TAGS = [{"animal": "m1"}, {"animal": ODD}, {"animal": "m2"}, {"animal": "m2"}]


def predictions(seed: int = 0, frames: int = 500, recordings: int = 4) -> Predictions:
    """Predictions on recordings with touches, some of them wrong."""
    rng = np.random.default_rng(seed)
    labels = np.zeros((recordings, frames), np.int64)
    for row in labels:
        for start in rng.integers(5, frames - 30, 8):
            row[start : start + rng.integers(4, 25)] = 1
    touch = 1 / (1 + np.exp(-(6 * labels - 3 + rng.normal(0, 1.6, labels.shape)))).ravel()
    names = tuple([f"whisker_{number}.avi" for number in range(recordings - 1)] + [ODD])
    return Predictions(
        NAMES,
        labels.ravel(),
        np.stack([1 - touch, touch], axis=1).astype(np.float32),
        np.repeat(np.arange(recordings), frames),
        names,
        np.tile(np.arange(frames), recordings),
        np.arange(recordings * frames),
    )


def side(found: Predictions, shapes: dict[str, int]) -> dict[str, Any]:
    """What a report says of the side of a split."""
    counts = {name: int((found.labels == index).sum()) for index, name in enumerate(NAMES)}
    return {**shapes, "frames": len(found.labels), "counts": counts, "tags": {"animal": {ODD: counts}}}


def improved(found: Predictions, decided: np.ndarray) -> dict[str, Any]:
    """What a report says of a training from an initial model that called nothing a touch."""
    compared = improvement(found, np.zeros_like(decided), decided, found.recordings)
    said = {"sentence": sentence(compared, ODD), "remarks": ["Left out: day <3>."], "advice": "Test more."}
    return {"initial_model": ODD, **compared, **said}


def made(place: Path) -> dict[str, Any]:
    """All that a report is written from, as keyword arguments."""
    found = {"training": predictions(1), "validation": predictions(2), "test": predictions(3)}
    decision = choose_decision(found["validation"], 500.0)
    decided = {
        name: decide(one.probabilities, decision, one.recordings, one.frame_numbers) for name, one in found.items()
    }
    metrics = {name: side_figures(one, decided[name], TAGS, 500.0) for name, one in found.items()}
    mistakes = [
        {"side": name, **one}
        for name in ("test", "validation")
        for one in worst_mistakes(found[name], decided[name], 12)
    ]
    settings = TrainSettings.from_options(
        {"augment": "standard", "network": f"{place}/nets/mine.py:build", "epochs": 40, "patience": math.inf}
    )
    epochs = np.arange(1, 41)
    history = {
        "loss": (0.1 + 0.6 / epochs).tolist(),
        "accuracy": (0.98 - 0.4 / epochs).tolist(),
        "val_loss": (0.12 + 0.6 / epochs).tolist(),
        "val_accuracy": [math.nan, *(0.97 - 0.4 / epochs[1:]).tolist()],
        "learning_rate": np.geomspace(1e-3, 1e-5, 40).tolist(),
    }
    shapes = {"recordings": 4, "groups": 4}
    row = {"recordings": 4, "frames": 900, "validation_frames": 300, "errors_per_touch": 0.1}
    people = {"first": "Ann", "second": ODD, "frames": 90, "equal": 0.99, "kappa": 0.97, "f1": 0.98}
    report = plain(
        {
            "dataset": {
                "path": f"{place}/data/set",
                "hash": "0123456789abcdef",
                "class_names": NAMES,
                "image_shape": (61, 61, 1),
                "frames": 6100,
                "recordings": 12,
                "counts": {"NonTouch": 5000, "Touch": 1100},
                "roi": {"side": 61, "centers": "tracked"},
                "contrast": "none",
            },
            "settings": settings.as_dict(),
            "split": {"unit": "recording", "left_out": 100, **{name: side(one, shapes) for name, one in found.items()}},
            "best_epoch": 31,
            "epochs_run": 40,
            "stopped": None,
            "monitor": "loss",
            "precision": "mixed_bfloat16",
            "device": "CPU",
            "frames_per_second": 1100.4,
            "seconds": 123.4,
            "parameters": 712345,
            "versions": {"touchtrain": "0.1.0", "keras": "3.15.1"},
            "warnings": [f"{place}/data/set has few recordings.", "A second <warning> & more."],
            "model_path": f"{place}/models/touch.h5",
            "report_folder": f"{place}/models/touch.report",
            "sampling": {
                "before": {"NonTouch": 5000, "Touch": 1100},
                "epoch": {"NonTouch": 5000, "Touch": 2100},
                "hard": {"before": 400, "epoch": 2500},
                "remarks": ["Touch is repeated 1.9 times."],
            },
            "decision": decision.as_dict(),
            "metrics": metrics,
            "cross_validation": {
                "folds": [
                    {**row, "accuracy": 0.9 + 0.02 * fold, "balanced_accuracy": 0.95, "f1": 0.9} for fold in range(3)
                ],
                "spread": {"accuracy": {"mean": 0.92, "std": 0.02, "least": 0.9, "most": 0.94}},
            },
            "learning_curve": [
                {
                    "share": share,
                    **row,
                    "frames": int(900 * share),
                    "accuracy": 0.8 + 0.15 * share,
                    "balanced_accuracy": 0.8,
                }
                for share in (0.12, 0.25, 0.5, 1.0)
            ],
            "agreement": {"people": [people], "model": [], "summary": {"sentence": "They agree <well>."}},
            "mistakes": mistakes,
            "improvement": improved(found["test"], decided["test"]),
        }
    )
    report["verdict"] = verdict(report, history)
    rng = np.random.default_rng(0)
    return {
        "report": report,
        "history": history,
        "mistake_frames": rng.integers(0, 255, (len(mistakes), 61, 61, 1), np.uint8),
        "curves": {name: {"Touch": precision_recall(found[name], 1)} for name in ("validation", "test")},
        "traces": {name: of_side(found[name], decided[name], decision.threshold, 1) for name in ("validation", "test")},
    }


@pytest.fixture(scope="module")
def contents() -> dict[str, Any]:
    return made(Path("/secret lab/Ann"))


@pytest.fixture(scope="module")
def written(contents: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models") / "touch.report"
    assert write_report(folder, **contents) == folder / "report.html"
    return folder


class Reader(HTMLParser):
    """Collects the texts of a page, and faults of its form."""

    ALONE = {"meta", "br", "img", "link"}

    def __init__(self, text: str):
        super().__init__()
        self.texts: list[str] = []
        self.open: list[str] = []
        self.ids: list[str] = []
        self.pictures: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open += [] if tag in self.ALONE else [tag]
        self.ids += [value or "" for name, value in attrs if name == "id"]
        self.pictures += [value or "" for name, value in attrs if name == "src"]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.texts).split())


@pytest.fixture(scope="module")
def reader(written: Path) -> Reader:
    return Reader((written / "report.html").read_text(encoding="utf-8"))


def test_the_page_is_whole_and_needs_no_other_file(written: Path, reader: Reader) -> None:
    text = (written / "report.html").read_text(encoding="utf-8")
    assert reader.open == []
    assert len(set(reader.ids)) == len(reader.ids)
    assert not re.search(r"https?:|<script|<link|@import|url\((?!#)", text)
    assert all(one.startswith("data:image/png;base64,") for one in reader.pictures)


def test_the_page_has_all_parts(reader: Reader) -> None:
    parts = (
        "verdict figures improvement curves confusion decision recordings traces tags mistakes agreement folds "
        "learning-curve data model"
    )
    assert set(parts.split()) <= set(reader.ids)


def test_the_figures_on_the_page_are_those_of_the_report(contents: dict[str, Any], reader: Reader) -> None:
    report = contents["report"]
    test, events = report["metrics"]["test"], report["metrics"]["test"]["events"]["Touch"]
    assert f"{100 * test['accuracy']:.2f} %" in reader.text
    assert f"{test['classes']['Touch']['average_precision']:.3f}" in reader.text
    assert f"test Touch {events['touches']} {events['predicted']} {events['found']} {events['missed']}" in reader.text
    assert report["verdict"][0]["text"] in reader.text and report["verdict"][0]["remedy"] in reader.text
    assert report["decision"]["remark"] in reader.text
    assert "712,345" in reader.text and "Touch is repeated 1.9 times." in reader.text
    assert holds(reader.text, "31 of 40")
    worst = report["mistakes"][0]
    assert f"model: {worst['predicted']} {100 * worst['predicted_probability']:.1f} %" in reader.text
    assert f"{worst['label']}: {100 * worst['probability']:.1f} %" not in reader.text


def test_the_page_shows_the_initial_model_beside_the_new_one(contents: dict[str, Any], reader: Reader) -> None:
    found = contents["report"]["improvement"]
    assert found["outcome"] == "unknown" and found["sentence"] in reader.text
    touches = found["touches"]
    assert f"missed {touches} " in reader.text and f"figure {ODD} new model difference" in reader.text
    assert "Left out: day <3>." in reader.text and "Test more." in reader.text


def test_what_users_named_is_escaped(reader: Reader) -> None:
    assert ODD in reader.text and "A second <warning> & more." in reader.text and "They agree <well>." in reader.text
    assert "b" not in reader.open


def test_no_path_of_the_machine_is_told(written: Path, reader: Reader) -> None:
    assert "/secret lab" not in (written / "report.html").read_text(encoding="utf-8")
    assert "/secret lab" not in (written / "report.json").read_text(encoding="utf-8")
    assert holds(reader.text, "set", "touch.h5", "'mine.py:build'")
    assert "set has few recordings." in reader.text


def test_paths_of_windows_are_not_told_either() -> None:
    report = {
        "model_path": r"C:\lab\Ann\m.h5",
        "dataset": {"path": r"\\server\share\Ann\set"},
        "warnings": [r"C:\lab\Ann\m.h5 is"],
    }
    found = page.without_places(report)
    assert found == {"model_path": "m.h5", "dataset": {"path": "set"}, "warnings": ["m.h5 is"]}


def test_settings_are_told_where_they_differ_from_the_default(reader: Reader) -> None:
    assert "MaxEpochs epochs 40 100" in reader.text
    assert "ValidationPatience patience" in reader.text
    assert "Augment augment 'standard' 'legacy'" in reader.text
    assert "MiniBatchSize" not in reader.text


def test_recordings_are_told_worst_first(contents: dict[str, Any], written: Path) -> None:
    text = (written / "report.html").read_text(encoding="utf-8")
    part = html.unescape(text).partition('id="recordings"')[2].partition('id="tags"')[0]
    each = contents["report"]["metrics"]["validation"]["recordings"]
    names = [one["recording"] for one in sorted(each, key=lambda one: one["accuracy"])]
    places = [part.index(name) for name in names]
    assert len(places) == 4 and places == sorted(places)


def test_the_mistakes_are_shown_with_recording_and_frame(
    contents: dict[str, Any], reader: Reader, written: Path
) -> None:
    first = contents["report"]["mistakes"][0]
    facts = first["recording"], str(first["frame"]), first["label"], first["predicted"]
    assert re.search(r"\b.{1,20}\b".join(map(re.escape, facts)), reader.text)
    picture = np.asarray(Image.open(io.BytesIO(base64.b64decode(reader.pictures[0].partition(",")[2]))))
    np.testing.assert_array_equal(picture, contents["mistake_frames"][0, :, :, 0])
    np.testing.assert_array_equal(np.load(written / "mistakes.npy"), contents["mistake_frames"])


def test_frames_count_as_the_face_that_trained_counts_and_the_page_says_from_where(contents: dict[str, Any]) -> None:
    report, frames = contents["report"], contents["mistake_frames"]
    first = report["mistakes"][0]
    for spelling, number in (("python", 0), ("matlab", 1)):
        with speaking(spelling):  # type: ignore[arg-type]
            text = Reader(page.page(report, frames, {})).text
        assert holds(text, f"counted from {number}")
        assert f"{first['recording']}, frame {first['frame'] + number:,}" in text


def test_a_mistake_of_an_image_folder_names_its_file() -> None:
    mistake = {"recording": "Touch", "frame": None, "file": "mon/a.png", "label": "Touch", "predicted": "NonTouch"}
    ((_, (cell,)),) = tables.sheet([mistake], np.zeros((1, 20, 20, 1), np.uint8))
    assert cell["place"] == "Touch/mon/a.png"


def test_each_cell_of_a_table_knows_its_column_for_a_narrow_screen(written: Path) -> None:
    text = (written / "report.html").read_text(encoding="utf-8")
    for table in re.findall(r'<table class="rows">.*?</table>', text, re.DOTALL):
        heads = re.findall(r"<th(?: [^>]*)?>(.*?)</th>", table)
        names = re.findall(r'<td data-name="(.*?)"', table)
        assert names == heads * (len(names) // len(heads)) and names
    assert "@media (max-width" in text


def test_a_constant_learning_rate_is_a_sentence_and_no_plot(contents: dict[str, Any]) -> None:
    history = contents["history"]
    assert training_curves(history, 31).count("<svg") == 3
    constant = {**history, "learning_rate": [0.002] * 39 + [math.nan]}
    assert training_curves(constant, 31).count("<svg") == 2
    assert holds(tables.head(contents["report"], constant)["epochs_note"], "0.002", "31 of 40")
    assert "learning rate" not in tables.head(contents["report"], history)["epochs_note"]


def test_no_legend_lies_on_curves(contents: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[Any] = []
    add = plots._legend

    def kept(axes: Any) -> None:
        add(axes)
        drawn.append(axes)

    monkeypatch.setattr(plots, "_legend", kept)
    page.page({**contents["report"], "history": contents["history"]}, contents["mistake_frames"], contents["curves"])
    names = {f"class with a long name {number}": contents["curves"]["test"]["Touch"] for number in range(8)}
    precision_recall_plot({"test": names})
    assert len(drawn) == 8
    for axes in drawn:
        (legend,) = axes.figure.legends
        inside = axes.figure.bbox
        assert not axes.bbox.overlaps(legend.get_window_extent())
        assert inside.x0 <= legend.get_window_extent().x0 and legend.get_window_extent().x1 <= inside.x1
        assert axes.bbox.height > 0.4 * inside.height


def test_the_record_is_plain_json_with_the_history(contents: dict[str, Any], written: Path) -> None:
    def refuse(word: str) -> None:
        raise AssertionError(word)

    record = json.loads((written / "report.json").read_text(encoding="utf-8"), parse_constant=refuse)
    assert record["history"]["val_accuracy"][0] is None
    assert record["metrics"] == contents["report"]["metrics"]
    assert record["verdict"] == contents["report"]["verdict"]


def test_equal_reports_are_equal_files(contents: dict[str, Any], written: Path, tmp_path: Path) -> None:
    again = write_report(tmp_path / "again.report", **contents)
    assert again.read_bytes() == (written / "report.html").read_bytes()


NOTHING = {"history": {}, "mistake_frames": np.empty((0, 20, 20, 1), np.uint8), "curves": {}}


def test_an_older_report_is_replaced_and_nothing_is_left_beside(tmp_path: Path) -> None:
    folder = tmp_path / "m.report"
    for parameters in (111222, 333444):
        write_report(folder, {"parameters": parameters}, **NOTHING)
    assert "333,444" in (folder / "report.html").read_text(encoding="utf-8")
    assert list(tmp_path.iterdir()) == [folder] and len(list(folder.iterdir())) == 3


@pytest.mark.parametrize(("number", "kind"), [(errno.ENOSPC, DiskFull), (errno.EACCES, NotWritable)])
def test_an_older_report_stays_where_the_new_one_cannot_be_written(
    number: int, kind: type[Exception], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "m.report"
    write_report(folder, {"parameters": 111222}, **NOTHING)
    before = {file.name: file.read_bytes() for file in folder.iterdir()}

    def fail(*_: Any) -> None:
        raise OSError(number, "no")

    monkeypatch.setattr(page.np, "save", fail)
    with raises_with(kind, "m.report"):
        write_report(folder, {"parameters": 333444}, **NOTHING)
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == before
    assert list(tmp_path.iterdir()) == [folder]


def test_a_folder_that_is_no_report_is_not_replaced(tmp_path: Path) -> None:
    folder = tmp_path / "m.report"
    folder.mkdir()
    (folder / "thesis.txt").touch()
    with raises_with(NotWritable, folder):
        write_report(folder, {}, **NOTHING)
    assert (folder / "thesis.txt").exists()


def test_a_report_that_lacks_almost_all_is_a_page(tmp_path: Path) -> None:
    text = write_report(tmp_path / "m.report", {}, **NOTHING).read_text(encoding="utf-8")
    assert Reader(text).open == [] and "<svg" not in text


def test_loose_images_in_colour_and_many_classes_have_their_page(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    names = tuple(f"class {number}" for number in range(10))
    labels = rng.integers(0, 10, 400)
    probabilities = rng.dirichlet(np.ones(10), 400).astype(np.float32)
    found = Predictions(
        names, labels, probabilities, np.zeros(400, np.int64), ("images",), np.full(400, -1), np.arange(400)
    )
    decided = probabilities.argmax(axis=1)
    report = {
        "dataset": {"class_names": list(names), "path": "set"},
        "metrics": {"validation": plain(side_figures(found, decided, [{}]))},
        "decision": choose_decision(found).as_dict(),
        "mistakes": worst_mistakes(found, decided, 5),
    }
    frames = rng.integers(0, 255, (5, 300, 500, 3), np.uint8)
    curves = {"validation": {name: precision_recall(found, index) for index, name in enumerate(names)}}
    reader = Reader(write_report(tmp_path / "m.report", report, {}, frames, curves).read_text(encoding="utf-8"))
    assert "images class" in reader.text and ", frame" not in reader.text
    assert Image.open(io.BytesIO(base64.b64decode(reader.pictures[0].partition(",")[2]))).size == (240, 144)


def test_a_precision_recall_curve_is_that_of_sklearn_with_few_points() -> None:
    from sklearn.metrics import average_precision_score

    found = predictions(5, 20_000)
    curve = precision_recall(found, 1)
    recall, precision = np.array(curve["recall"]), np.array(curve["precision"])
    assert len(recall) <= MOST_POINTS and recall[0] == 1 and recall[-1] == 0 and precision[-1] == 1
    assert (np.diff(recall) <= 0).all()
    whole = average_precision_score(found.labels, found.probabilities[:, 1])
    assert np.trapezoid(precision[::-1], recall[::-1]) == pytest.approx(whole, abs=0.01)
    assert precision_recall(found.of(found.labels == 0), 1) == {"precision": [], "recall": []}


def test_drawings_take_their_colours_from_the_page_and_leave_matplotlib_as_it_was(contents: dict[str, Any]) -> None:
    import matplotlib

    before = dict(matplotlib.rcParams)
    report = contents["report"]
    threshold = f"{report['decision']['threshold']:g}"
    drawn = [
        training_curves(contents["history"], 31),
        precision_recall_plot(contents["curves"]),
        sweep_plot(report["decision"]),
        learning_curve_plot(report["learning_curve"]),
    ]
    assert dict(matplotlib.rcParams) == before
    for text in drawn:
        assert text.startswith("<svg") and text.endswith("</svg>")
        assert "var(--ink)" in text and "var(--series-0)" in text
        assert not re.search(r"#0[0-9a]0[0-9a]0[0-9a]", text)
    assert all(re.search(rf">[^<]*\b{fact}\b", one) for fact, one in ((31, drawn[0]), (threshold, drawn[2])))


def test_where_there_is_nothing_to_draw_nothing_is_drawn() -> None:
    assert training_curves({}, None) == precision_recall_plot({"test": {"a": {"precision": [], "recall": []}}}) == ""
    assert sweep_plot({}) == learning_curve_plot([]) == ""
    assert training_curves({"loss": [0.5]}, 1).startswith("<svg")


def large_report() -> dict[str, Any]:
    """A report on 1,000 classes, 2,000 recordings and 100 tags."""
    rng = np.random.default_rng(1)
    names, n = tuple(f"class_{number:04d}" for number in range(1000)), 4000
    labels = np.arange(n) % 1000
    decided = np.where(rng.random(n) < 0.6, labels, rng.integers(0, 1000, n))
    probabilities = np.full((n, 1000), 1e-4, np.float32)
    probabilities[np.arange(n), decided] = 0.9
    titles = tuple(f"trial_{number:04d}.avi" for number in range(2000))
    order, numbers = np.repeat(np.arange(2000), 2), np.tile(np.arange(2), 2000)
    found = Predictions(names, labels, probabilities, order, titles, numbers, np.arange(n))
    tags = [{"trial": str(k), **{f"tag{t}": f"v{k % (t + 1)}" for t in range(99)}} for k in range(2000)]
    counts = dict.fromkeys(names, 20)
    of_side = {"frames": n, "recordings": 2000, "groups": 2000, "counts": counts, "tags": {}}
    return {
        "dataset": {"path": "set", "class_names": list(names), "counts": counts, "recordings": 2000},
        "settings": plain(TrainSettings().as_dict()),
        "split": {"training": of_side, "validation": of_side},
        "sampling": {"before": counts, "epoch": counts},
        "metrics": {"validation": side_figures(found, decided, tags)},
        "warnings": [],
    }


def test_the_page_on_a_thousand_classes_two_thousand_recordings_and_a_hundred_tags_stays_small() -> None:
    report = large_report()
    text = page.page(plain(report), np.empty((0, 20, 20, 1), np.uint8), {})
    assert len(text) < 1_000_000 and len(json.dumps(report["metrics"])) < 6_000_000
    assert len(re.findall(r"\b940\b", text)) >= 2
    assert holds(text, "class_0000, class_0001", 980)
    ignored = [one for one in verdict(report, {}) if one["kind"] == "class ignored"]
    assert len(ignored) <= 1


def test_a_confusion_that_is_no_square_tells_what_the_worst_classes_are_taken_for() -> None:
    names = [f"c{number}" for number in range(40)]
    confusion = np.diag(np.full(40, 10))
    confusion[7, [7, 3, 5]] = 2, 1, 7
    classes = {name: {"frames": 10, "recall": confusion[k, k] / 10, "f1": 1.0} for k, name in enumerate(names)}
    report = {
        "dataset": {"class_names": names},
        "metrics": {"validation": {"confusion": confusion.tolist(), "classes": classes}},
    }
    [(side, rows, left)] = tables.figures(report)["confused"]
    assert (side, left) == ("validation", 0)
    assert rows == [{"class": "c7", "taken for": "c5 (7), c3 (1)", "frames": "10", "recall": "0.200"}]


def test_a_class_with_the_name_of_a_column_takes_no_column_away() -> None:
    counts = {"frames": 3, "side": 4, "other": 5}
    of_side = {"frames": 12, "recordings": 2, "groups": 1, "counts": counts}
    report = {"dataset": {"class_names": list(counts)}, "split": {"training": of_side}}
    [row] = tables.data_card(report)["split"]
    assert [row[name] for name in ("side", "recordings", "groups", "frames")] == ["training", "2", "1", "12"]
    assert list(row.values())[4:] == ["3", "4", "5"]
