"""Results of curate are compared in every form, and frames are shown as the model saw them."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

import pyside
from pyside.curation.comparison.alignment import Labelled
from pyside.curation.comparison.pairing import pair_sources
from pyside.curation.comparison.sources import read_source
from pyside.curation.comparison.views import frames_of
from pyside.curation.marking.session import Session
from pyside.curation.marks import Marks, save_marks
from pyside.curation.model.facts import model_facts
from pyside.curation.regions.view import View
from pyside.curation.writers.results import write_results
from pyside.data.video.reader import probe
from pyside.errors import BadLabels
from pyside.evaluation.decision import Decision
from pyside.settings.curation import CurateSettings
from tests.conftest import raises_with
from tests.curation.known_model import known_model

N = 40
TRUE = np.zeros(N, int)
TRUE[10:20] = 1


def marks_of(name: str, video: Path | None = None, late: int = 2) -> Marks:
    """Marks that are late by some frames, with two frames at the end left out."""
    touch = np.roll(TRUE, late).astype(np.float32)
    touch[-2:] = np.nan
    probabilities = np.stack([0.8 - 0.6 * touch, 0.2 + 0.6 * touch], axis=1)
    labels = np.where(np.isnan(touch), -1, touch > 0).astype(np.int16)
    why = np.where(labels < 0, 2, 0).astype(np.uint8)
    decision = Decision("Touch", 1, 0.5)
    names = ("NonTouch", "Touch")
    return Marks(name, video or Path(f"{name}.mp4"), names, probabilities, labels, why, decision, 500.0, "a", "b")


@pytest.mark.parametrize(
    ("formats", "ms"), [(["mat"], 4), (["csv"], None), (["npy"], None), (["csv", "mat", "npy"], 4)], ids=str
)
def test_a_folder_of_results_in_any_format_gives_the_figures_of_the_marks(
    tmp_path: Path, formats: list[str], ms: float | None
) -> None:
    folder = tmp_path / "results"
    folder.mkdir()
    for name in ("ä 1", "b"):
        write_results(marks_of(name), folder, formats)
    found = pyside.compare(folder, {"ä 1": TRUE, "b": TRUE})
    assert (found["frames"], found["left_out_predicted"]) == (2 * (N - 2), 4)
    assert found["events"]["Touch"]["onset_error"]["frames"]["mean"] == 2
    assert (found["events"]["Touch"]["onset_error"]["ms"] or {}).get("mean") == ms
    assert found["disagreements"][0]["predicted_probability"] == pytest.approx(0.8)


@pytest.mark.parametrize("formats", [["boris"], ["deepethogram"], ["csv", "boris", "deepethogram"]], ids=str)
def test_a_folder_of_results_for_other_programs_holds_the_same_labels(tmp_path: Path, formats: list[str]) -> None:
    folder = tmp_path / "results"
    folder.mkdir()
    for name in ("ä 1", "b"):
        write_results(marks_of(name), folder, formats)
    found = pyside.compare(folder, {"ä 1": TRUE, "b": TRUE}, frame_rate=500)
    assert (found["frames"], found["left_out_predicted"]) == (2 * (N - 2), 4)
    assert found["events"]["Touch"]["onset_error"]["frames"]["mean"] == 2


def test_probabilities_in_a_session_have_the_classes_of_its_model(tmp_path: Path) -> None:
    names, marks = ("Touch", "NonTouch"), marks_of("a")
    session = Session(tmp_path / "s", {"path": "m", "sha256": "b", "class_names": names}, {}, {}, write_results)
    session.begin(["a"], [])
    swapped = np.where(marks.labels < 0, -1, 1 - marks.labels).astype(np.int16)
    decision = Decision("Touch", 0, 0.5)
    about = {"class_names": names, "probabilities": marks.probabilities[:, ::-1], "labels": swapped}
    session.finish(dataclasses.replace(marks, **about, decision=decision), ["npy"], {})
    session.close()
    found = pyside.compare(tmp_path / "s", tmp_path / "s/a.npy")
    assert found["class_names"] == list(names) and found["equal"] == 1


def test_marks_in_memory_and_what_curate_returned_are_sources(tmp_path: Path) -> None:
    marks = [marks_of("a"), marks_of("b")]
    assert len(pyside.compare(marks, {"a": TRUE, "b": TRUE})["pairs"][0]["recordings"]) == 2
    assert pyside.compare(marks[0], {"a": TRUE})["pairs"][0]["recordings"][0]["frame_rate"] == 500
    session = session_of(tmp_path / "s", known_model(tmp_path / "model.h5"), marks[0])
    assert pyside.compare({"kind": "session", "path": str(session)}, {"a": TRUE})["frames"] == N - 2


def test_touches_of_a_result_are_compared_with_its_marks(tmp_path: Path) -> None:
    marks = marks_of("a")
    write_results(marks, tmp_path, ["csv"])
    save_marks(tmp_path / "a.npz", marks)
    found = pyside.compare(tmp_path / "a_touches.csv", tmp_path / "a.npz")
    assert found["kappa"] == 1


def test_a_dataset_is_compared_by_its_frame_numbers(tmp_path: Path) -> None:
    frames = np.zeros((N, 8, 8), np.uint8)
    labels = TRUE.astype(float)
    labels[:3] = np.nan
    pyside.convert_arrays([frames], [labels], tmp_path / "set", recordings=["a"])
    found = pyside.compare(tmp_path / "set", {"a": TRUE})
    assert (found["frames"], found["left_out_predicted"], found["kappa"]) == (N - 3, 3, 1)


def session_of(folder: Path, model: Path, marks: Marks, **options: object) -> Path:
    """Write a session of one finished video, as curate does."""
    facts = model_facts(model)
    about = {"path": str(model), "sha256": facts.sha256, "class_names": facts.class_names}
    session = Session(folder, about, CurateSettings.from_options(options).as_dict(), {}, write_results)
    session.begin([marks.name, "broken"], [])
    session.fail("broken", folder / "broken.mp4", "it is damaged")
    session.finish(marks, ["csv"], {"seconds": 1.0, "key": "", "warnings": []})
    session.close()
    return folder


def test_a_session_is_compared_without_the_videos_that_failed(tmp_path: Path) -> None:
    session = session_of(tmp_path / "s", known_model(tmp_path / "model.h5"), marks_of("a"))
    for what in (session, session / "session.json", session / "marks" / "a.npz"):
        assert pyside.compare(what, {"a": TRUE})["frames"] == N - 2
    assert any("broken" in warning for warning in pyside.compare(session, {"a": TRUE})["warnings"])


def test_disagreements_are_shown_as_the_model_saw_them(tmp_path: Path) -> None:
    model = known_model(tmp_path / "model.h5", roi=(20, 20))
    folder = tmp_path / "a.tif"
    frames = [np.full((48, 64), 40, np.uint8) for _ in range(N)]
    for number, frame in enumerate(frames):
        frame[14:34, 22:42] = 100 + number
    from PIL import Image

    first, *others = [Image.fromarray(frame) for frame in frames]
    first.save(folder, save_all=True, append_images=others)
    view = View(np.tile(np.array([14, 22], np.int32), (N, 1)), (20, 20), (20, 20))
    session = session_of(tmp_path / "s", model, dataclasses.replace(marks_of("a", folder), view=view))
    found = pyside.compare(session, {"a": TRUE}, output=tmp_path / "out")
    assert Path(found["sheet"]).read_bytes().startswith(b"\x89PNG")
    source = read_source("s", str(session), None, None)
    (paired,), _ = pair_sources([source], [], "auto", None)
    labelled = [Labelled(paired, {}, {}, None, {})]
    info = probe(folder)
    wanted = [{"recording": paired.name, "frame": number} for number in (10, 39)]
    shown = frames_of([{"disagreements": wanted}], labelled, {paired.name: info}, [], lambda: None)
    assert shown[paired.name, 10].shape == (20, 20, 1) and np.all(shown[paired.name, 10] == 110)
    elsewhere = dataclasses.replace(labelled[0], paired=dataclasses.replace(paired, tracks={}))
    whole = frames_of([{"disagreements": wanted}], [elsewhere], {paired.name: info}, [], lambda: None)
    assert whole[paired.name, 10].shape == (48, 64, 1)


def test_a_folder_that_holds_no_labels_is_named(tmp_path: Path) -> None:
    (tmp_path / "notes.md").write_text("nothing")
    with raises_with(BadLabels, tmp_path):
        pyside.compare(tmp_path, [0, 1])
