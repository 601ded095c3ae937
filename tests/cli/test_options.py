"""Settings as options: a yes or no can be given in three ways, and eats no argument that follows it."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from typing import Any

import pytest

from pyside.cli.options import given_settings
from pyside.cli.parser import make_parser
from pyside.settings import TrainSettings
from tests.conftest import holds


@pytest.mark.parametrize(
    ("given", "report"),
    [
        ([], None),
        (["--report"], True),
        (["--report", "true"], True),
        (["--report", "false"], False),
        (["--report=false"], False),
        (["--no-report"], False),
        (["--report", "--seed", "3"], True),
        (["--no-report", "--report"], True),
    ],
)
def test_a_yes_or_no_is_given_with_no_or_a_value(given: list[str], report: bool | None) -> None:
    for line in (["train", *given, "set", "model"], ["train", "set", "model", *given]):
        options = make_parser().parse_args(line)
        assert (options.dataset, options.model_path) == ("set", "model")
        assert given_settings(options, TrainSettings).get("report") is report


@pytest.mark.parametrize("given", ["--no-restore-best-weights", "--no-restore_best_weights"])
def test_both_spellings_of_an_option_have_their_no(given: str) -> None:
    options = make_parser().parse_args(["train", "set", "model", given])
    assert given_settings(options, TrainSettings) == {"restore_best_weights": False}


@pytest.mark.parametrize("given", ["--batch-size", "--batch_size"])
def test_both_spellings_of_an_option_are_understood(given: str) -> None:
    options = make_parser().parse_args(["train", given, "8", "set", "model"])
    assert given_settings(options, TrainSettings) == {"batch_size": 8}


@pytest.mark.parametrize(
    ("given", "settings"),
    [
        (["--bat", "8"], {"batch_size": 8}),
        (["--bat=8"], {"batch_size": 8}),
        (["--batch_s", "8"], {"batch_size": 8}),
        (["--repor"], {"report": True}),
        (["--no-restore_b"], {"restore_best_weights": False}),
        (["--report", "false"], {"report": False}),  # the whole name, although others could begin so
        (["--learning-rate", "1"], {"learning_rate": 1}),
    ],
)
def test_an_option_can_be_given_by_the_beginning_of_its_name(given: list[str], settings: dict[str, Any]) -> None:
    for line in (["train", *given, "set", "model"], ["train", "set", "model", *given]):
        assert given_settings(make_parser().parse_args(line), TrainSettings) == settings


def test_a_beginning_of_several_options_is_an_error_that_names_each_once(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        make_parser().parse_args(["train", "set", "model", "--learning", "1"])
    told = capsys.readouterr().err.rpartition("error:")[2]
    assert told.count("--learning-rate-schedule") == 1 and "learning_rate" not in told


def test_what_follows_two_hyphens_is_no_option() -> None:
    options = make_parser().parse_args(["train", "--", "--bat", "model"])
    assert options.dataset == "--bat"


def parsers(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    yield parser
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for one in action.choices.values():
                yield from parsers(one)


def test_the_help_names_each_option_once_and_explains_all_that_a_command_takes() -> None:
    found = list(parsers(make_parser()))
    assert len(found) > 20
    for parser in found:
        taken = [one for one in parser._actions if not isinstance(one, argparse._SubParsersAction)]
        assert all(one.help for one in taken), parser.prog
        shown = [one for one in taken if one.metavar == "VALUE" and one.help != argparse.SUPPRESS]
        assert all(len(one.option_strings) == 1 for one in shown), parser.prog
        assert len({one.dest for one in shown}) == len(shown), parser.prog
    text = re.sub(r"\s+", " ", next(one for one in found if one.prog == "touchtrain train").format_help())
    assert text.count("--epochs VALUE") == 2  # in the usage and in the list
    assert holds(text, "average-precision", "event-error", "dataset folder", "model file")


@pytest.mark.parametrize(
    ("words", "parts"),
    [
        ("conver videos a b", ("conver", "convert")),
        ("convert vidoes a b", ("convert vidoes", "videos")),
        ("doktor", ("doktor", "doctor")),
        ("train --epohcs 3", ("--epohcs", "--epochs")),  # before what is missing is told
        ("zzzz", ("zzzz", "--help")),
    ],
)
def test_a_misspelled_command_or_option_is_told_with_the_nearest_one(
    words: str, parts: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        make_parser().parse_args(words.split())
    assert holds(capsys.readouterr().err.splitlines()[-1], *parts)
