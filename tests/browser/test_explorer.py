"""The explorer: what is chosen is what is drawn, in the numbers and words of the other reports, by keyboard alone."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import pandas as pd
import pytest
from conftest import REPORTS, Open, Tab, visit
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from pipeline.report.explore import explorer
from pipeline.report.numbers import LANGUAGES

pytestmark = pytest.mark.browser

DRAWN = """
return [...document.querySelectorAll(".chart")].filter((chart) => chart.checkVisibility()).map((chart) =>
  [...chart.querySelectorAll("path")].map((path) => path.getAttribute("d")).join("|") + chart.textContent).join("\\n")
"""
CARDS = "return [...document.querySelectorAll('#cards .card')].map((card) => card.innerText)"
NUMBERS = """
return [...document.querySelectorAll("#rows tr")].map((row) => [...row.children].map((cell) => cell.textContent))
"""
FORMULA = '=HYPERLINK("x") *bold* #panic("x") | a'
SCRIPT = "<script>alert(1)</script>"
START = "#lang=en&region=zhejiang&resource=beds&yardstick=need&year=2030"


def go(tab: Tab, choices: dict[str, str]) -> None:
    """Choose several values at once, as an address does, and wait until they are shown."""
    tab.run("location.hash = arguments[0]", "&".join(f"{name}={value}" for name, value in choices.items()))
    tab.wait(
        "const shown = new URLSearchParams((document.body.dataset.shown || '').slice(1));"
        f"return Object.entries({json.dumps(choices)}).every(([name, value]) => shown.get(name) === value)"
    )


def select(tab: Tab, name: str, value: str) -> None:
    """Choose a value and wait until it is shown."""
    box = tab.driver.find_element(By.ID, name)
    tab.run("arguments[0].value = arguments[1]; arguments[0].dispatchEvent(new Event('change'))", box, value)
    tab.wait(f"return document.body.dataset.shown.includes({json.dumps(f'{name}={value}')})")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("region", "wuhan"),
        ("resource", "caregivers"),
        ("yardstick", "norm"),
        ("path", "held"),
        ("scenario", "low_mortality"),
        ("group", "80+"),
    ],
)
def test_each_choice_changes_what_is_drawn(open_page: Open, name: str, value: str) -> None:
    tab = open_page("explore.html", part=START)
    before, said = tab.run(DRAWN), tab.run(CARDS)
    tab.run(
        "arguments[0].value = arguments[1]; arguments[0].dispatchEvent(new Event('change'))",
        tab.driver.find_element(By.ID, name),
        value,
    )
    tab.wait(f"return new URLSearchParams(location.hash.slice(1)).get({json.dumps(name)}) === {json.dumps(value)}")
    assert tab.run(DRAWN) != before
    assert tab.run(CARDS) != said
    assert tab.driver.get_log("browser") == []


def test_everything_can_be_chosen_by_keyboard_alone(open_page: Open) -> None:
    tab = open_page("explore.html", part=START)
    reached = []
    for _ in range(20):
        tab.driver.switch_to.active_element.send_keys(Keys.TAB)
        active = tab.driver.switch_to.active_element
        name = active.get_attribute("id")
        reached.append(name)
        if active.tag_name == "select" and name != "yardstick":
            before = tab.run(DRAWN)
            active.send_keys(Keys.ARROW_DOWN)
            tab.wait("return document.body.dataset.shown === location.hash")
            assert tab.run(DRAWN) != before, name
            assert tab.driver.switch_to.active_element.get_attribute("id") == name
            active.send_keys(Keys.ARROW_UP)
        if name == "year":
            before = int(active.get_attribute("value"))
            active.send_keys(Keys.ARROW_RIGHT)
            assert str(before + 1) in tab.run(CARDS)[0]
        if name == "language":
            active.send_keys(Keys.ENTER)
            tab.wait("return document.documentElement.lang === 'zh-CN'")
            assert tab.driver.switch_to.active_element.get_attribute("id") == "language"
    wanted = ["language", "region", "resource", "yardstick", "path", "scenario", "group", "year"]
    assert [name for name in reached if name in wanted] == wanted


def test_what_does_not_exist_cannot_be_chosen_and_says_why(open_page: Open) -> None:
    tab = open_page("explore.html", part="#lang=en&region=zhejiang&resource=beds&yardstick=plan")
    data = json.loads(tab.run("return document.getElementById('data').textContent"))
    lacking = [
        (region["id"], resource)
        for region in data["regions"]
        for resource, entry in region.get("resources", {}).items()
        if "plan" not in entry["cells"]
    ]
    assert lacking
    region, resource = lacking[0]
    tab = open_page("explore.html", part=f"#lang=en&region={region}&resource={resource}&yardstick=plan")
    option = "return document.querySelector('#yardstick option[value=plan]')"
    assert tab.run(f"{option}.disabled")
    assert tab.run("return document.getElementById('notice').textContent")
    tab = open_page("explore.html", part="#lang=zh&region=china")
    assert "没有收录规划" in tab.run("return document.getElementById('notice').textContent")
    assert tab.run("return ['resource', 'yardstick', 'path'].every((id) => document.getElementById(id).disabled)")
    assert tab.run("return document.querySelectorAll('.chart svg').length") >= 1
    assert not tab.run("return document.getElementById('gap').checkVisibility()")


def test_a_stock_nobody_published_is_unknown_and_not_zero(open_page: Open) -> None:
    tab = open_page("explore.html", part="#lang=en&region=xuchang&resource=social_workers&path=trend")
    *_, supply, gap = tab.run(CARDS)
    assert "not known" in supply
    assert "not zero" in supply
    assert "not known" in gap
    assert not re.search(r"\d", gap.replace("Gap in 20", "").split("\n", 1)[1])
    assert all(row[3] == row[4] == "—" for row in tab.run(NUMBERS))
    assert not tab.run("return document.getElementById('gap').checkVisibility()")


def test_the_numbers_are_those_of_the_published_table(open_page: Open) -> None:
    gap = pd.read_csv(REPORTS / "tables/gap.csv", low_memory=False)
    gap = gap[(gap["scenario"] == "central") & (gap["region"] == "wuhan") & (gap["resource"] == "beds")]
    rows = gap[(gap["yardstick"] == "need") & (gap["measure"] == "required") & gap["severity"].isna()]
    rows = rows[rows["setting"].isna() & (rows["definition"] == "li_2022")].set_index("year")["shown"]
    tab = open_page("explore.html")
    go(tab, {"lang": "en", "region": "wuhan", "resource": "beds", "yardstick": "need"})
    shown = {int(row[0]): row[2].split(" ")[0].replace(",", "") for row in tab.run(NUMBERS)}
    assert {year: str(round(value)) for year, value in rows.items()} == {year: shown[int(year)] for year in rows.index}


def test_a_view_can_be_kept_by_its_address(open_page: Open) -> None:
    tab = open_page("explore.html", part=START)
    select(tab, "resource", "nursing_beds")
    address, numbers, said = tab.run("return location.hash"), tab.run(NUMBERS), tab.run(CARDS)
    again = open_page("explore.html", part=address)
    assert again.run(NUMBERS) == numbers
    assert again.run(CARDS) == said


def test_the_language_changes_words_and_numbers_and_nothing_else(open_page: Open) -> None:
    tab = open_page("explore.html", part=START)
    english = tab.run("return document.body.innerText")
    assert not re.search(r"[\u4e00-\u9fff]", english.replace("中文", ""))
    tab.driver.find_element(By.ID, "language").click()
    tab.wait("return document.documentElement.lang === 'zh-CN'")
    assert "把握" in tab.run("return document.body.innerText")
    assert "range" not in tab.run("return document.body.innerText")
    assert tab.run("return new URLSearchParams(location.hash.slice(1)).get('resource')") == "beds"


@pytest.mark.parametrize("title", [SCRIPT, FORMULA])
def test_a_title_with_markup_or_a_formula_is_shown_as_text(
    driver: webdriver.Chrome, tmp_path: Path, title: str
) -> None:
    page = tmp_path / "explore.html"
    sys.path.append(str(Path(__file__).parents[1] / "report"))
    from made_up import shared_for

    content = explorer(shared_for(0.05, title=title), dict.fromkeys(LANGUAGES, ()), dict.fromkeys(LANGUAGES, ""))
    page.write_bytes(content)
    tab = visit(driver, page, "desktop", "#lang=en&region=xuchang")
    assert tab.console == []
    assert title in tab.run("return document.getElementById('plan').textContent")
