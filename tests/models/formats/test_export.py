from __future__ import annotations

from pathlib import Path

import keras
import pytest

from pyside.errors import DiskFull, ModelNotSaved
from pyside.models.formats import export
from tests.conftest import raises_with
from tests.models.formats.network import FRAMES, METADATA, contents


def test_forms_go_beside_the_h5() -> None:
    assert export.beside(Path("a/model.v2.h5"), "keras") == Path("a/model.v2.keras")
    assert export.beside(Path("a/model.h5"), "tensorflow") == Path("a/model.savedmodel")
    assert export.beside(Path("a/model.h5"), "onnx") == Path("a/model.onnx")


@pytest.mark.usefixtures("without_tf_keras")
@pytest.mark.parametrize("kind", export.SUFFIXES)
def test_a_full_disk_leaves_nothing_half_written(kind: str, core: keras.Sequential, small_disk: Path) -> None:
    with (small_disk / "filler").open("wb") as filler, raises_with(OSError, "No space"):
        filler.write(bytes(3_000_000))
        filler.flush()
    with pytest.raises((DiskFull, ModelNotSaved)):
        export.save_as(kind, core, export.beside(small_disk / "model.h5", kind), METADATA, FRAMES)
    assert contents(small_disk) == ["filler"]


@pytest.mark.usefixtures("without_tf_keras")
def test_each_form_is_checked_without_a_trace_and_saved(core: keras.Sequential, tmp_path: Path) -> None:
    export.check_besides(tmp_path / "model.h5", [*export.SUFFIXES])
    assert contents(tmp_path) == []
    notes = [
        export.save_as(kind, core, export.beside(tmp_path / "model.h5", kind), METADATA, FRAMES)
        for kind in export.SUFFIXES
    ]
    assert [len(one) for one in notes] == [0, 1, 0]
    assert contents(tmp_path) == ["model.keras", "model.onnx", "model.savedmodel"]
