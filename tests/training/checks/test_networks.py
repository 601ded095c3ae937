from __future__ import annotations

import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from pyside.errors import BadOption, PathMissing
from pyside.settings import TrainSettings
from pyside.training.checks.networks import check_builder, input_shape, load_builder
from tests.conftest import raises_with

Written = Callable[..., str]


@pytest.fixture
def written(tmp_path: Path) -> Written:
    """A function that writes a user's file and returns what the setting `network` then is."""

    def write(text: str, function: str = "build", name: str = "mine.py") -> str:
        (tmp_path / name).write_text(textwrap.dedent(text), encoding="utf-8")
        return f"{tmp_path / name}:{function}"

    return write


def test_context_takes_its_frames_as_channels_and_the_others_take_frames_as_they_are() -> None:
    assert input_shape((40, 60, 1), TrainSettings(network="context")) == (40, 60, 7)
    assert input_shape((40, 60, 1), TrainSettings(network="context", context_frames=3)) == (40, 60, 3)
    assert input_shape((40, 60, 3), TrainSettings()) == (40, 60, 3)


def test_context_takes_no_colours() -> None:
    with raises_with(BadOption, "context", 3):
        input_shape((40, 60, 3), TrainSettings(network="context"))


def test_names_of_networks_need_no_check() -> None:
    check_builder("legacy")
    check_builder("small")


def test_checking_does_not_run_the_file(written: Written) -> None:
    check_builder(written("raise SystemExit('was run')\ndef build(image_shape, n_classes, settings): ..."))


def test_a_function_may_be_defined_in_a_branch_or_be_imported(written: Written) -> None:
    check_builder(written("try:\n    from nowhere import build\nexcept ImportError:\n    build = None"))
    check_builder(written("import sys\nif sys.platform:\n    def build(a, b, c): ..."))


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    for checked in (check_builder, load_builder):
        with raises_with(PathMissing, tmp_path / "mine.py"):
            checked(f"{tmp_path / 'mine.py'}:build")


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("def other(): ...\nbuilt = 3", ("'build'", "other", "build(image_shape, n_classes, settings)")),
        ("class A:\n    def build(self): ...", ("'build'", "build(image_shape, n_classes, settings)")),
        ("def build(:\n    ...", ("line 1",)),
        ("\0", ("null bytes",)),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_file_is_known_before_it_runs(text: str, facts: tuple[str, ...], written: Written) -> None:
    with raises_with(BadOption, "mine.py", *facts):
        check_builder(written(text))


def test_a_file_in_another_encoding_is_read_as_python_reads_it(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_bytes("# coding: latin-1\ndef build(a, b, c): return 'é'".encode("latin-1"))
    check_builder(f"{tmp_path / 'mine.py'}:build")
    assert load_builder(f"{tmp_path / 'mine.py'}:build")((1, 1, 1), 2, TrainSettings()) == "é"


def test_the_function_gets_shape_classes_and_settings_and_may_import_from_beside_it(written: Written) -> None:
    written("HALF = 0.5", name="beside_mine.py")
    network = written("""
        def build(image_shape, n_classes, settings):
            from beside_mine import HALF
            return image_shape, n_classes, settings.dense_units * HALF
    """)
    before = list(sys.path)
    assert load_builder(network)((20, 20, 1), 3, TrainSettings(dense_units=8)) == ((20, 20, 1), 3, 4)
    assert sys.path == before


def test_what_a_function_raises_is_told_with_its_line(written: Written) -> None:
    network = written("""
        def build(image_shape, n_classes, settings):
            return layers(settings)

        def layers(settings):
            return settings.colour
    """)
    build = load_builder(network)
    with raises_with(BadOption, "line 6", "mine.py", "settings.colour", "AttributeError"):
        build((20, 20, 1), 2, TrainSettings())


def test_what_a_file_raises_is_told_with_its_line(written: Written) -> None:
    with raises_with(BadOption, "line 2", "mine.py", "ModuleNotFoundError", "'nowhere_at_all'"):
        load_builder(written("\nimport nowhere_at_all\ndef build(a, b, c): ..."))


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("build = 3", ("'build'", "build(image_shape, n_classes, settings)")),
        ("def build(image_shape): ...", ("build(image_shape, n_classes, settings)", "too many positional arguments")),
    ],
)
def test_what_cannot_be_called_is_refused(text: str, facts: tuple[str, ...], written: Written) -> None:
    with raises_with(BadOption, "mine.py", *facts):
        load_builder(written(text))


def test_networks_needs_no_keras() -> None:
    program = "import sys; import pyside.training.checks.networks; print({'keras', 'tensorflow'} & set(sys.modules))"
    child = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert child.stdout.strip() == "set()"
