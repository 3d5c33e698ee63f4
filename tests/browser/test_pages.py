"""Every page of the reports as a reader meets it: opened from its file, in both languages, on phone and desktop."""

from pathlib import Path

import pytest
from conftest import REPORTS, VIEWS, WIDTHS, visit
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from pipeline.report.wording import LANGUAGES

pytestmark = pytest.mark.browser

MOST = 18_000_000
"""Bytes of all reports and tables."""

PAGES = [
    (name, f"#lang={language}{view}" if name in VIEWS else "")
    for name in (path.relative_to(REPORTS).as_posix() for path in sorted(REPORTS.rglob("*.html")))
    for view in VIEWS.get(name, [""])
    for language in (LANGUAGES if name in VIEWS else [""])
]
FAULTS = (Path(__file__).parent / "faults.js").read_text(encoding="utf-8")


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize(("name", "part"), PAGES)
def test_a_page_opens_in_silence_fetches_nothing_fits_its_window_and_can_be_read_also_unseen(
    open_page, name, part, width
):
    tab, own = open_page(name, width, part), (REPORTS / name).as_uri()
    assert tab.console == []
    addresses = {url.split("#")[0] for url in tab.requests if not url.startswith(("data:", "blob:"))}
    assert addresses == {own}
    needed, there = tab.run("const d = document.documentElement; return [d.scrollWidth, d.clientWidth]")
    assert needed <= there
    assert tab.run(FAULTS) == {"outside": [], "faint": [], "overlapping": [], "unsaid": []}


def test_the_caption_of_a_wide_table_is_seen_whole_beside_a_scroll_bar(driver, monkeypatch):
    monkeypatch.setitem(WIDTHS, "window", 390)
    ends = visit(driver, REPORTS / "annex/en.html", "window").run(
        "return [...document.querySelectorAll('.scroll')].map((box) => "
        "[box.querySelector('caption span'), box].map((part) => part.getBoundingClientRect().right))"
    )
    assert len(ends) > 5
    assert all(caption <= seen for caption, seen in ends)


def test_all_reports_together_are_small_enough_to_send():
    sizes = [path.stat().st_size for path in REPORTS.rglob("*") if path.is_file()]
    assert len(sizes) > 50
    assert sum(sizes) <= MOST


def test_the_suite_sees_what_it_is_meant_to_see(driver, tmp_path):
    broken = tmp_path / "broken.html"
    broken.write_text(
        "<!doctype html><meta charset=utf-8><title>x</title><h1>x</h1><h3>y</h3>"
        "<p style='width:3rem;color:#bbb'>incomprehensibilities</p><img src='http://127.0.0.1:9/x.png'>"
        "<script>console.error('said')</script><div style='width:200vw'>z</div>"
    )
    tab = visit(driver, broken, "phone")
    assert any("said" in entry for entry in tab.console)
    assert "http://127.0.0.1:9/x.png" in tab.requests
    faults = tab.run(FAULTS)
    assert any(entry.startswith("P: incomprehens") for entry in faults["outside"])
    assert {entry.split(":")[0] for entry in faults["unsaid"]} >= {"picture without a text", "heading"}
    assert faults["faint"]
    assert tab.run("return document.documentElement.scrollWidth > innerWidth")


@pytest.mark.parametrize("name", ["index.html", "annex/zh.html", "explore.html"])
def test_the_first_key_leads_past_the_head_of_the_page(driver, name):
    tab = visit(driver, REPORTS / name, "desktop")
    driver.find_element(By.TAG_NAME, "body").send_keys(Keys.TAB)
    assert tab.run("return document.activeElement.className") == "skip"
    assert tab.run("return document.activeElement.getBoundingClientRect().left") >= 0
    driver.switch_to.active_element.send_keys(Keys.ENTER)
    tab.wait("return document.activeElement.id === 'report'")


def test_an_address_of_the_atlas_that_names_nothing_leads_to_the_default(open_page):
    tab = open_page("atlas/index.html", part="#lang=en&place=410300&measure=need_beds&year=2035")
    tab.run("location.hash = '#lang=en&place=nowhere&measure=none&year=1900'")
    tab.wait("return location.hash.includes('place=110000')")
    assert "measure=60%2B&year=2030" in tab.run("return location.hash")
    assert tab.run("return document.getElementById('notice').textContent") == ""


@pytest.mark.parametrize("name", ["explore.html", "atlas/index.html"])
def test_the_links_of_a_head_stand_level(open_page, name):
    words = "return [...document.querySelectorAll('.bar li span')].map((word) => word.getBoundingClientRect().top)"
    language, home = open_page(name).run(words)
    assert language == home
