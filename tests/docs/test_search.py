"""The search of the guide finds the page that answers a question as a person types it, at the first hit."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from tests.browser import chromium, needs_browser
from tests.conftest import until

sphinx = pytest.importorskip("sphinx", reason="the guide is built with the extra docs")
pytestmark = [
    pytest.mark.xdist_group("guide"),
    needs_browser,
    pytest.mark.skipif(sphinx.version_info < (9,), reason="the search of Sphinx 8 asks for every word of a question"),
]

QUESTIONS = {
    "how do I hand over BORIS labels": {"other-tools"},
    "what does ghost mean": {"report"},
    "where is the threshold": {"report", "marking"},
    "out of memory": {"limits"},
    "which Python": {"install"},
    "two cameras": {"frames-and-labels"},
    "resume": {"long-work"},
    "labels start at 1": {"frames-and-labels"},
    "Slurm": {"cluster"},
    "int8": {"runtimes"},
    "overfitting": {"when-it-does-not-learn"},
    "LengthMismatch": {"errors"},
    "how do I label my videos": {"questions"},
    "how many videos do I need": {"questions"},
    "how long does a training take": {"questions"},
    "train on the GPU": {"questions", "several-devices"},
    "colour videos": {"questions"},
    "more than two classes": {"questions"},
    "where is the log": {"questions"},
    "without internet": {"install"},
    "update": {"install"},
    "confusion matrix": {"report"},
    "rendered videos": {"examples"},
    "very many frames": {"scale"},
}


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as driver:
        yield driver


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_question_finds_its_page_at_the_first_hit(question: str, browser: Any, site: Path) -> None:
    browser.get(f"{site.as_uri()}/search.html?q={quote(question)}")
    hits = "return [...document.querySelectorAll('#search-results li a')].map(one => one.getAttribute('href'))"
    until(lambda: browser.execute_script(hits), 20)
    first = browser.execute_script(hits)[0].partition("#")[0].partition("?")[0]
    assert first.removesuffix(".html") in QUESTIONS[question]
