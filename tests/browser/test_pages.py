"""Every page of the reports as a reader meets it: opened from its file, in both languages, on phone and desktop."""

import functools
from pathlib import Path

import pytest
from conftest import REPORTS, VIEWS, WIDTHS, Open, Tab, visit
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from pipeline.report.wording import LANGUAGES

pytestmark = pytest.mark.browser

HERE = Path(__file__).parent
MOST = 18_000_000
"""Bytes of all reports and tables."""

PAGES = [
    (path.relative_to(REPORTS).as_posix(), part)
    for path in sorted(REPORTS.rglob("*.html"))
    for part in [
        f"#lang={language}{view}" if view is not None else ""
        for view in VIEWS.get(path.relative_to(REPORTS).as_posix(), (None,))
        for language in (LANGUAGES if view is not None else ("",))
    ]
]

OVERLAPPING = """
const boxes = [...document.querySelectorAll("figure svg")].flatMap((svg) => {
  const texts = [...svg.querySelectorAll("text")].map((text) => [text.textContent, text.getBoundingClientRect()]);
  const frame = svg.getBoundingClientRect();
  const out = texts.filter(([, box]) => box.left < frame.left - 1 || box.right > frame.right + 1
    || box.top < frame.top - 1 || box.bottom > frame.bottom + 1).map(([said]) => `outside: ${said}`);
  const over = texts.flatMap(([said, a], i) => texts.slice(i + 1).filter(([, b]) => a.left < b.right - 1
    && b.left < a.right - 1 && a.top < b.bottom - 3 && b.top < a.bottom - 3).map(([other]) => `${said} over ${other}`));
  return [...out, ...over];
});
return boxes;
"""
OUTSIDE = (HERE / "outside.js").read_text(encoding="utf-8")
UNSAID = (HERE / "unsaid.js").read_text(encoding="utf-8")
FAINT = (HERE / "faint.js").read_text(encoding="utf-8")


@functools.cache
def opened(driver: webdriver.Chrome, name: str, part: str, width: str) -> tuple[Tab, dict[str, list[str]]]:
    """A page opened once, and everything measured of it."""
    tab = visit(driver, REPORTS / name, width, part)
    measured = {key: tab.run(script) for key, script in (("outside", OUTSIDE), ("unsaid", UNSAID), ("faint", FAINT))}
    measured["overlapping"] = tab.run(OVERLAPPING)
    measured["widths"] = tab.run("const d = document.documentElement; return [d.scrollWidth, d.clientWidth]")
    return tab, measured


@pytest.fixture(params=[(*page, width) for page in PAGES for width in WIDTHS], ids=lambda p: "-".join(filter(None, p)))
def page(request: pytest.FixtureRequest, driver: webdriver.Chrome) -> tuple[str, Tab, dict[str, list[str]]]:
    name, part, width = request.param
    return name, *opened(driver, name, part, width)


def test_a_page_opens_from_its_file_in_silence_and_fetches_nothing(page: tuple[str, Tab, dict[str, list[str]]]) -> None:
    name, tab, _ = page
    assert tab.console == []
    own = (REPORTS / name).as_uri()
    assert [url for url in tab.requests if not url.startswith(("data:", "blob:")) and url.split("#")[0] != own] == []
    assert any(url.split("#")[0] == own for url in tab.requests)


def test_no_text_leaves_its_box_and_no_page_its_window(page: tuple[str, Tab, dict[str, list[str]]]) -> None:
    _, _, measured = page
    needed, there = measured["widths"]
    assert needed <= there
    assert measured["outside"] == []


def test_no_text_of_a_figure_lies_over_another_or_is_cut(page: tuple[str, Tab, dict[str, list[str]]]) -> None:
    assert page[2]["overlapping"] == []


def test_a_page_can_be_read_without_being_seen(page: tuple[str, Tab, dict[str, list[str]]]) -> None:
    assert page[2]["unsaid"] == []


def test_letters_stand_out_from_what_lies_behind_them(page: tuple[str, Tab, dict[str, list[str]]]) -> None:
    assert page[2]["faint"] == []


def test_all_reports_together_are_small_enough_to_send() -> None:
    sizes = [path.stat().st_size for path in REPORTS.rglob("*") if path.is_file()]
    assert len(sizes) > 50
    assert sum(sizes) <= MOST


def test_the_suite_sees_what_it_is_meant_to_see(driver: webdriver.Chrome, tmp_path: Path) -> None:
    broken = tmp_path / "broken.html"
    broken.write_text(
        "<!doctype html><meta charset=utf-8><title>x</title><h1>x</h1><h3>y</h3>"
        "<p style='width:3rem;color:#bbb'>incomprehensibilities</p><img src='http://127.0.0.1:9/x.png'>"
        "<script>console.error('said')</script><div style='width:200vw'>z</div>"
    )
    tab = visit(driver, broken, "phone")
    assert any("said" in entry for entry in tab.console)
    assert "http://127.0.0.1:9/x.png" in tab.requests
    assert any(entry.startswith("P: incomprehens") for entry in tab.run(OUTSIDE))
    assert {entry.split(":")[0] for entry in tab.run(UNSAID)} >= {"picture without a text", "heading"}
    assert tab.run(FAINT)
    assert tab.run("return document.documentElement.scrollWidth > innerWidth")


@pytest.mark.parametrize("name", ["index.html", "annex/zh.html", "explore.html"])
def test_the_first_key_leads_past_the_head_of_the_page(driver: webdriver.Chrome, name: str) -> None:
    tab = visit(driver, REPORTS / name, "desktop")
    driver.find_element(By.TAG_NAME, "body").send_keys(Keys.TAB)
    assert tab.run("return document.activeElement.className") == "skip"
    assert tab.run("return document.activeElement.getBoundingClientRect().left") >= 0
    driver.switch_to.active_element.send_keys(Keys.ENTER)
    tab.wait("return document.activeElement.id === 'report'")


def test_an_address_of_the_atlas_that_names_nothing_leads_to_the_default(open_page: Open) -> None:
    tab = open_page("atlas/index.html", part="#lang=en&place=410300&measure=need_beds&year=2035")
    tab.run("location.hash = '#lang=en&place=nowhere&measure=none&year=1900'")
    tab.wait("return location.hash.includes('place=110000')")
    assert "measure=60%2B&year=2030" in tab.run("return location.hash")
    assert tab.run("return document.getElementById('notice').textContent") == ""


@pytest.mark.parametrize("name", ["explore.html", "atlas/index.html"])
def test_the_links_of_a_head_stand_level(open_page: Open, name: str) -> None:
    words = "return [...document.querySelectorAll('.bar li span')].map((word) => word.getBoundingClientRect().top)"
    language, home = open_page(name).run(words)
    assert language == home
