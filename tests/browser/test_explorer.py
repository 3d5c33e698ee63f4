"""The explorer in a browser: its numbers are those of the API on the same draws, in both languages and at any width."""

import csv
import io
import re

import numpy as np
import pandas as pd
import pytest
from conftest import REPORTS, VIEWS
from report_case import explored as page_data
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from pipeline.api import explored
from pipeline.report.wording import LANGUAGES
from pipeline.settings import load_settings
from pipeline.shortfall.choices import Choices
from pipeline.summary import monte_carlo_error, spread

pytestmark = pytest.mark.browser

ROOT = REPORTS.parent
PAGE = "explore.html"
LARGEST = 3_000_000
ASK = "return window.explored(arguments[0])"
CELLS = (
    "return [...document.querySelectorAll('#results tbody tr')].map((row) => [...row.cells].map((c) => c.textContent))"
)

CASES = [
    ("wuhan", "central", "institution_beds", "need", 2030, {}),
    ("wuhan", "central", "institution_beds", "need", 2035, {"occupancy": 0.9, "severe": 0.45, "mild": 0.02}),
    ("zhejiang", "low_mortality", "nursing_beds", "need", 2030, {"moderate": 0.99}),
    ("xuchang", "disability_rising", "dementia_beds", "need", 2028, {"severe": 0.0}),
    ("henan", "central", "caregivers", "need", 2035, {"users": 1.5, "severe": 0.3}),
    ("wuhan", "central", "caregivers", "need", 2030, {"additions": 900, "closing": 0.1}),
    ("xuchang", "central", "institution_beds", "ratio", 2035, {"ratio": 25}),
    ("inner_mongolia", "central", "institution_beds", "norm", 2030, {"closing": 0.02}),
    ("wuhan", "central", "elderly_care_beds", "norm", 2035, {"closing": 0.15, "additions": 4000}),
    ("xuchang", "high_mortality", "institution_beds", "status_quo", 2025, {"additions": 100}),
    ("panzhihua", "no_migration", "social_workers", "plan", 2035, {}),
    ("xuchang", "central", "nursing_beds", "plan", 2020, {}),
]


def chosen(set_):
    """The choices of the API that the page's sliders stand for."""
    institution = {name: set_[name] for name in ("mild", "moderate", "severe") if name in set_}
    return Choices(
        set_.get("ratio"), set_.get("occupancy"), institution, set_.get("users", 1.0), set_.get("additions"),
        set_.get("closing"),
    )  # fmt: skip


@pytest.fixture(scope="module")
def sample():
    """The draws that the page carries, as rows of the table `sample`."""
    data = page_data((REPORTS / PAGE).read_text(encoding="utf-8"))
    rows = [
        (scenario, region, *name.split("/"), draw, year, column[draw if len(column) > 1 else 0])
        for scenario, regions in data["index"].items()
        for region, lines in regions.items()
        for name, place in lines.items()
        for columns in [[data["columns"][column] for column in data["lines"][place]]]
        for draw in range(max(map(len, columns)))
        for year, column in zip(data["years"], columns, strict=False)
        if column[draw if len(column) > 1 else 0] is not None
    ]
    return pd.DataFrame(rows, columns=["scenario", "region", "series", "item", "draw", "year", "value"])


def test_the_page_and_the_api_say_the_same_of_the_same_draws(open_page, sample):
    tab = open_page(PAGE)
    compared = 0
    for region, scenario, quantity, yardstick, year, set_ in CASES:
        key = {"region": region, "scenario": scenario, "quantity": quantity, "yardstick": yardstick, "year": year}
        said = tab.run(ASK, {**key, **set_})
        found = explored(ROOT, region, scenario, sample).outcome(quantity, yardstick, year, chosen(set_))
        told = {"required": found.required, "existing": found.existing, "gap": found.gap, "toAdd": found.to_add}
        for name, values in {**told, **found.cost}.items():
            if values is None:
                assert said[name] is None, (key, name)
                continue
            np.testing.assert_allclose(np.broadcast_to(values, len(said[name])), said[name], rtol=1e-9, err_msg=name)
            compared += 1
        assert said["enough"] == found.enough
    assert compared > 30


def test_every_slider_is_compared_and_moves_an_answer(open_page):
    tab = open_page(PAGE)
    sliders = set(tab.run("return [...document.querySelectorAll('input[type=range]')].map((one) => one.id)"))
    moved = set()
    for region, scenario, quantity, yardstick, year, set_ in CASES:
        key = {"region": region, "scenario": scenario, "quantity": quantity, "yardstick": yardstick, "year": year}
        before = tab.run(ASK, key)
        moved |= {name for name, value in set_.items() if tab.run(ASK, {**key, name: value}) != before}
    assert moved == sliders


def test_what_lies_beyond_a_slider_stops_at_its_end(open_page):
    part = "#lang=en&region=wuhan&quantity=elderly_care_beds&yardstick=norm&year=2035&closing=9&additions=-5"
    tab = open_page(PAGE, part=part)
    assert "closing=0.15" in tab.run("return location.hash")
    assert "additions=0" in tab.run("return location.hash")
    assert rows_of(tab)["Existing"][0] == "0"


def test_a_printed_view_says_what_it_rests_on(open_page):
    tab = open_page(PAGE, part="#lang=en&region=wuhan&quantity=institution_beds&yardstick=need&occupancy=0.9")
    tab.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    assert not tab.run("return document.getElementById('occupancy').checkVisibility()")
    assert "Occupancy of beds 90%" in tab.run("return document.getElementById('report').innerText")
    tab.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
    assert "Occupancy of beds 90%" in tab.run("return window.exploredCsv()")


def test_the_sample_is_close_to_what_is_published(sample):
    """No farther than so few draws are by chance."""
    need = pd.read_csv(REPORTS / "tables/need.csv")
    headline = load_settings(ROOT).need.headline
    rows = need[(need["scenario"] == "central") & (need["definition"] == headline) & (need["year"] == 2030)]
    rows = rows[(rows["measure"] == "beds") & rows["severity"].isna() & rows["setting"].isna()]
    for row in rows.itertuples():
        found = explored(ROOT, str(row.region), "central", sample).outcome("institution_beds", "need", 2030)
        drawn = len(found.required)
        for level, published in ((0.5, row.shown), (0.1, row.q10), (0.9, row.q90)):
            error = float(spread(row.q10, row.q90)) * monte_carlo_error(level, drawn)
            assert np.quantile(found.required, level) == pytest.approx(published, abs=2.0 * error), row.region
    assert len(rows) > 5


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", ["phone", "tablet", "desktop"])
def test_a_view_speaks_one_language_in_figures_that_can_be_read(open_page, width, language):
    small = (
        "return [...document.querySelectorAll('svg text')].filter((e) => e.getBoundingClientRect().height < 11).length"
    )
    for view in VIEWS[PAGE]:
        tab = open_page(PAGE, width, f"#lang={language}{view}")
        assert tab.run(small) == 0
        if language == "en":
            assert not re.search(r"[\u4e00-\u9fff]", tab.run("return document.body.innerText").replace("中文", ""))
        else:
            assert not re.search(r"[a-z]{3,} [a-z]{3,}", tab.run("return document.getElementById('report').innerText"))


def test_the_page_is_small_enough_to_send():
    assert (REPORTS / PAGE).stat().st_size <= LARGEST


def test_the_published_result_stands_beside(open_page):
    gap = pd.read_csv(REPORTS / "tables/gap.csv", low_memory=False)
    keys = {"scenario": "central", "region": "xuchang", "year": 2030, "quantity": "institution_beds"}
    rows = gap[(gap[list(keys)] == pd.Series(keys)).all(axis=1) & (gap["yardstick"] == "norm")]
    (row,) = rows[rows["measure"] == "required"].to_dict("records")
    cells = rows_of(open_page(PAGE, part="#lang=en&region=xuchang&quantity=institution_beds&yardstick=norm&year=2030"))
    assert cells["Required"][1].startswith(f"{float(f'{row["shown"]:.4g}'):,.0f}")


def rows_of(tab):
    """The cells of the first side's table by what they are of."""
    return {head: cells for head, *cells in tab.run(CELLS)}


def test_two_scenarios_are_told_apart(open_page):
    part = "#lang=en&region=zhejiang&quantity=nursing_beds&yardstick=need&with=s:high_mortality"
    tab = open_page(PAGE, part=part)
    first, second = tab.run("return [...document.querySelectorAll('#lead p')].map((one) => one.textContent)")
    assert "(central scenario)" in first
    assert "(high mortality scenario)" in second
    there = tab.run(CELLS.replace("#results tbody tr", "#results .side:nth-child(2) tbody tr"))
    assert {head: cells for head, *cells in there}["Existing"][1] != "—"


def test_a_slider_moves_by_keyboard_and_the_numbers_follow(open_page):
    tab = open_page(PAGE, part="#lang=en&region=wuhan&quantity=institution_beds&yardstick=need")
    before = rows_of(tab)
    slider = tab.driver.find_element(By.ID, "severe")
    for _ in range(10):
        slider.send_keys(Keys.ARROW_RIGHT)
    after = rows_of(tab)
    assert number(after["Required"][0]) > number(before["Required"][0])
    assert after["Required"][1] == before["Required"][1]
    tab.driver.find_element(By.ID, "reset").click()
    assert rows_of(tab) == before


def number(text):
    """The first number of a cell."""
    found = re.match(r"−?[\d,.]+", text)
    assert found
    return float(found[0].replace(",", "").replace("−", "-"))


def test_a_view_can_be_kept_by_its_address(open_page):
    part = "#lang=en&region=wuhan&quantity=institution_beds&yardstick=need&severe=0.4&with=s:high_mortality&year=2035"
    tab = open_page(PAGE, part=part)
    address, numbers = tab.run("return location.hash"), tab.run(CELLS)
    assert open_page(PAGE, part=address).run(CELLS) == numbers
    assert "severe=0.4" in address


def test_what_is_shown_closes(open_page):
    tab = open_page(PAGE, part="#lang=en&region=xuchang&quantity=institution_beds&yardstick=status_quo&year=2035")
    cells = rows_of(tab)
    asked, there, gap = (number(cells[name][1]) for name in ("Required", "Existing", "Gap (below zero: to spare)"))
    assert gap == pytest.approx(asked - there, abs=11)


def test_a_stock_nobody_published_is_unknown_and_not_zero(open_page):
    tab = open_page(PAGE, part="#lang=en&region=xuchang&quantity=dementia_beds&yardstick=need")
    cells = rows_of(tab)
    assert cells["Existing"][0] == "not known"
    assert "not zero" in tab.run("return document.getElementById('notes').textContent")
    assert not tab.run("return document.getElementById('additions').checkVisibility()")


def test_a_yardstick_that_is_not_there_is_named(open_page):
    tab = open_page(PAGE, part="#lang=en&region=henan&quantity=institution_beds&yardstick=plan")
    assert "no such yardstick as the plan" in tab.run("return document.getElementById('notice').textContent")
    assert tab.run("return document.querySelector('#yardstick option[value=plan]').disabled")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("view", ["care", "people"])
def test_the_view_as_a_table_opens_in_a_spreadsheet(open_page, language, view):
    tab = open_page(PAGE, part=f"#lang={language}&region=wuhan&quantity=institution_beds&view={view}&with=r:xuchang")
    text = tab.run("return window.exploredCsv()")
    assert text.startswith("\ufeff")
    heads, *rows = csv.reader(io.StringIO(text.removeprefix("\ufeff")))
    assert len(heads) == 8
    assert {len(row) for row in rows} == {8}
    assert {int(row[0]) for row in rows} >= {2025, 2030, 2035}
    assert len({row[1] for row in rows}) == 2


def test_the_language_changes_words_and_no_choice(open_page):
    tab = open_page(PAGE, part="#lang=en&region=wuhan&quantity=institution_beds&yardstick=need&occupancy=0.9")
    tab.driver.find_element(By.ID, "language").click()
    tab.wait("return document.documentElement.lang === 'zh-CN'")
    assert "occupancy=0.9" in tab.run("return location.hash")
