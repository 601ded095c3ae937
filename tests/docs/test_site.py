"""The built guide: links lead somewhere, nothing comes from elsewhere, and what is made from the code is complete."""

from __future__ import annotations

import dataclasses
import os
import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

import pyside
from pyside import errors
from pyside.jobs import commands
from pyside.settings.core import spelled
from pyside.tools.toolbox.m_files import MATLAB, functions
from pyside.tools.toolbox.signatures import signatures
from tests.docs.conftest import BUILD
from tests.docs.guide import PAGES, ROOT

pytestmark = pytest.mark.xdist_group("guide")

# What a browser fetches by itself, by element.
LOADED = {"script": "src", "img": "src", "iframe": "src", "source": "src", "video": "src", "audio": "src"}
FETCHED_LINKS = {"stylesheet", "icon", "preload", "prefetch", "preconnect", "modulepreload"}


class Page(HTMLParser):
    """What a page links to, what it loads, and the names of its places."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self.links: set[str] = set()
        self.loads: set[str] = set()
        self.places: set[str] = set()
        self.feed(file.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = {name: value or "" for name, value in attrs}
        self.places |= {has["id"]} if "id" in has else set()
        if tag == "a" and "href" in has:
            self.links.add(has["href"])
        if has.get(LOADED.get(tag, ""), ""):
            self.loads.add(has[LOADED[tag]])
        if tag == "link" and FETCHED_LINKS & set(has.get("rel", "").split()):
            self.loads.add(has["href"])


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[str, Page]:
    return {file.stem: Page(file) for file in sorted(site.glob("*.html"))}


def text_of(site: Path, name: str) -> str:
    """The text of a page, without mark-up."""
    article = re.search(r"<article.*</article>", (site / f"{name}.html").read_text(encoding="utf-8"), re.DOTALL)
    text = re.sub(r"</(dt|h\d)>", "\n", article[0])
    text = re.sub(r"<[^>]+>", "", text)
    return (
        text.replace("&#39;", "'")
        .replace("&quot;", '"')
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&")
    )


def test_every_page_is_built(pages: dict[str, Page]) -> None:
    assert {page.stem for page in PAGES} <= set(pages)
    assert len(PAGES) > 20


def test_a_link_within_the_guide_leads_to_a_file_and_a_place_in_it(site: Path, pages: dict[str, Page]) -> None:
    dead = []
    for name, page in pages.items():
        for link in page.links:
            target = urlsplit(link)
            if target.scheme or target.netloc:
                continue
            stem = Path(unquote(target.path)).stem or name
            there = not target.path or (site / unquote(target.path)).is_file()
            if not there or target.fragment and target.fragment not in pages[stem].places:
                dead.append((name, link))
    assert not dead


def test_a_page_loads_nothing_from_elsewhere(site: Path, pages: dict[str, Page]) -> None:
    assert {
        one for page in pages.values() for one in page.loads if urlsplit(one).scheme or urlsplit(one).netloc
    } == set()
    styles = [file.read_text(encoding="utf-8") for file in site.rglob("*.css")]
    assert styles
    assert not [text for text in styles if re.search(r"url\(['\"]?(https?:)?//|@import", text)]
    scripts = [file.read_text(encoding="utf-8") for file in site.rglob("*.js")]
    assert not [text for text in scripts if re.search(r"(fetch|import|importScripts|\.src *=) *\(?['\"`]https?:", text)]


def test_links_that_lead_nowhere_fail_the_build(tmp_path: Path) -> None:
    for name in ("conf.py", "made_pages.py", "scorer.js"):
        shutil.copy(ROOT / "docs" / name, tmp_path / name)
    wrong = ("[a page](nowhere.md)", "[a place](#nowhere)", "[a place on a page](index.md#nowhere)")
    (tmp_path / "index.md").write_text("\n\n".join(("# Guide", *wrong)), encoding="utf-8")
    line = [*BUILD, "-b", "dummy", str(tmp_path), str(tmp_path / "out")]
    ended = subprocess.run(
        line, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=False
    )
    assert ended.returncode != 0
    assert all(re.search(rf"index\.md:{number}: WARNING", ended.stderr) for number in (3, 5, 7)), ended.stderr


def test_every_setting_is_on_its_page_by_all_its_names(site: Path) -> None:
    text = text_of(site, "settings")
    parts = {re.match(r"[\w ]*", part)[0].strip(): part for part in text.split("Options of ")}
    missing = []
    for one in commands.TABLE:
        for field in dataclasses.fields(one.settings):
            names = [spelled(field, "matlab")] * bool(one.matlab) + [field.name, f"--{field.name.replace('_', '-')}"]
            if f"{' · '.join(names)}\n" not in parts[one.matlab or one.name]:
                missing.append((one.name, field.name))
    assert not missing
    listed = {row["name"] for rows in signatures().values() for row in rows["inputs"] if row["kind"] == "namevalue"}
    assert len(listed) > 100
    assert {name for name in listed if not re.search(rf"\b{name}\b", text)} == set()


def is_error(one: object) -> bool:
    return isinstance(one, type) and issubclass(one, errors.TouchTrainError) and one is not errors.TouchTrainError


def test_every_error_is_on_its_page_with_what_to_do(site: Path) -> None:
    parts = text_of(site, "errors").split("TouchTrain:")
    with_remedy = {re.match(r"\w+", part)[0] for part in parts if "What to do:" in part}
    assert with_remedy == {one.__name__ for one in vars(errors).values() if is_error(one)}


def test_every_identifier_of_matlab_code_is_on_the_page_of_errors(site: Path) -> None:
    texts = [file.read_text(encoding="ascii") for file in MATLAB.rglob("*.m")]
    raised = {name for text in texts for name in re.findall(r"'(TouchTrain:\w+)'", text)}
    assert len(raised) > 10
    text = text_of(site, "errors")
    assert [name for name in raised if not re.search(rf"{name}\b", text)] == []


def test_every_public_function_is_on_the_page_of_its_language(site: Path, pages: dict[str, Page]) -> None:
    python = {name for name in pyside.__all__ if name != "__version__"}
    assert {f"pyside.{name}" for name in python} <= pages["python-reference"].places
    text = text_of(site, "matlab-reference")
    for one in functions():
        if "." not in one.short:
            assert f"{one.short.upper()}  {one.sentence}" in text
    for file in MATLAB.glob("*.m"):
        assert file.name == "Contents.m" or f"{file.stem.upper()}  " in text
