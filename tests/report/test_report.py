"""The reports: numbers in each language's habit, nothing missing, nothing claimed, nothing injected, the same twice."""

from __future__ import annotations

import base64
import dataclasses
import gzip
import io
import json
import os
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, Literal, cast

import numpy as np
import openpyxl
import pandas as pd
import pytest
from defaults import default_settings
from ruamel.yaml import YAML

from pipeline.errors import InputError
from pipeline.inputs.catalogue import load_catalogue
from pipeline.report import figures
from pipeline.report.backtest_sections import GOALS, backtest, diagnostics, rivals
from pipeline.report.build import EXPLORER, Job, files_of, is_draft, plan_document, shared_facts
from pipeline.report.check_sections import checks
from pipeline.report.context import Context, Shared
from pipeline.report.document import Paragraph, Span
from pipeline.report.drawing import written
from pipeline.report.facts import QUANTILES, MissingResult, Tables
from pipeline.report.fonts import MissingGlyph, check_glyphs, web_font
from pipeline.report.outline import OVERVIEW_SECTIONS, PLAN_SECTIONS, tables_needed
from pipeline.report.plan_sections import audit, s_curve, settings_table, tornado, waterfall
from pipeline.report.render import html, pdf
from pipeline.report.stamp import Stamp, stamp
from pipeline.report.words import LANGUAGES, MissingMessage, Words, load_messages, packaged_messages
from pipeline.report.workers import Killed, reports
from pipeline.settings import Settings
from pipeline.stages.check_inputs import plan_figures
from pipeline.stages.write_reports import care_sources, read_tables

ROOT = Path(__file__).parents[2]
PLAN = "xuchang"
STAMP = Stamp("0" * 12, "1" * 12, "2" * 12, {"python": "3.12", "numpy": "2"})
SCRIPT = "<script>alert(1)</script>"
FORMULA = '=HYPERLINK("x") *bold* #panic("x") | a'
YEARS = range(2020, 2036)
FIGURES = {
    "beds": ("plan", "xuchang.institution_beds.target.2025.provincial", 32662.0, 24285.0, 2021, ""),
    "nursing_beds": ("plan", "xuchang.nursing_bed_share.target.2025", 17964.1, 12450.0, 2021, ""),
    "dementia_beds": ("norm", "norm.dementia_beds_per_10000_60plus", 2077.5, None, None, "norm"),
    "caregivers": ("norm", "norm.certified_caregivers_per_10000_60plus", 2596.9, 1573.6, 2025, "norm;imputed_stock"),
    "social_workers": ("plan", "xuchang.social_workers_per_1000_60plus.target.2025", 1038.7, None, None, ""),
}
"""Made-up results by resource: yardstick, figure, required, stock, its year, what is assumed."""


def rows(base: dict[str, object], value: float | None, spread: float) -> list[dict[str, object]]:
    """One key of a result table: its mean and quantiles, `spread` being the half-width of the 95 % interval."""
    ends = dict(zip(QUANTILES, (-1.0, -0.6, 0.0, 0.6, 1.0), strict=True))
    known = np.nan if value is None else value
    return [
        base | {"output_type": "mean", "output_type_id": np.nan, "value": known},
        *(
            base | {"output_type": "quantile", "output_type_id": q, "value": known * (1 + spread * end)}
            for q, end in ends.items()
        ),
    ]


def made_up(scenarios: list[str], definition: str, spread: float) -> dict[str, pd.DataFrame]:
    """Small result tables of one plan's region and the nation; `spread` 0 is a deterministic run."""
    population, gap, ages, headline = [], [], [], []
    for region, size in ((PLAN, 1.0), ("china", 320.0)):
        for scenario in scenarios:
            for year in YEARS:
                for group, people in (("60+", 862656), ("65+", 655100), ("80+", 120200), ("total", 4380000)):
                    base = {"scenario": scenario, "region": region, "year": year, "sex": "both", "age_group": group}
                    wide = 0.0 if year == 2020 else spread
                    population += rows(base, people * size * (1 + 0.03 * (year - 2020) * (group != "total")), wide)
    for year in (2020, 2035):
        for sex in ("male", "female"):
            for age in (*(f"{a}-{a + 4}" for a in range(0, 100, 5)), "100+"):
                for region in (PLAN, "china"):
                    base = {"scenario": "central", "region": region, "year": year, "sex": sex, "age_group": age}
                    ages += rows(base, 20000.0, spread)
    split = dict.fromkeys(("severity", "setting", "bed_basis", "unit_basis", "unknown")) | {"basis": "resident"}
    for scenario in scenarios:
        for resource, (yardstick, figure, required, stock, stock_year, assumed) in FIGURES.items():
            for used in dict.fromkeys((yardstick, "norm", "need")):
                name = definition if used == "need" else None
                key = figure if used == yardstick else "norm.institution_beds_per_1000_60plus"
                for year in YEARS:
                    common = split | {
                        "scenario": scenario,
                        "region": PLAN,
                        "year": year,
                        "resource": resource,
                        "yardstick": used,
                        "definition": name,
                        "unit": "beds" if resource.endswith("beds") else "persons",
                        "assumed": bool(assumed) or used != "plan",
                        "figure_id": f"definition.{definition}" if used == "need" else key,
                    }
                    none = {"supply_path": None, "stock_year": None, "measure": "required"}
                    gap += rows(common | none, required, spread)
                    for path, growth in (("held", 0.0), ("no_new_policy", -100.0)):
                        there = None if stock is None or year < (stock_year or 0) else stock + growth * (year - 2020)
                        left = None if there is None else required - there
                        for measure, value in (
                            ("supply", there),
                            ("gap", left),
                            ("sufficiency", None if there is None else there / required),
                            ("required_per_year", None if left is None or year <= (stock_year or 0) else left / 10),
                        ):
                            line = {"supply_path": path, "stock_year": stock_year, "measure": measure}
                            gap += rows(common | line, value, spread if measure != "supply" else 0.0)
    for resource, (yardstick, figure, required, stock, stock_year, assumed) in FIGURES.items():
        headline.append(
            {
                "plan": PLAN,
                "region": PLAN,
                "resource": resource,
                "yardstick": yardstick,
                "figure_id": figure,
                "target": 25.0,
                "target_unit": "per_10000",
                "target_year": 2025,
                "required": required,
                "supply": stock,
                "stock_year": stock_year,
                "unit": "beds" if resource.endswith("beds") else "persons",
                "met_probability": 0.25 if stock else np.nan,
                "status": "unknown",
                "as_of": "2024-12-31",
                "assumed": assumed or None,
                "note_zh": "未见公布。",
                "note_en": "Not published.",
            }
        )
    single = [
        {"region": region, "year": year, "sex": sex, "age": f"{age}" if age < 100 else "100+", "population": 9000.0}
        for region in (PLAN, "china")
        for year in (2010, 2020)
        for sex in ("male", "female")
        for age in range(101)
    ]
    ours = {f"ours_{name}": 1.0e9 for name in ("median", "lower_80", "upper_80", "lower_95", "upper_95")}
    benchmark = [
        {"source": source, "year": 2030, "date": date, "age_group": group, "value": 1.1e9}
        | dict.fromkeys(("lower_80", "upper_80", "lower_95", "upper_95"), 1.1e9 if source == "wpp_2024" else np.nan)
        | ours
        for source, date, group in (
            ("wpp_2024", "2030-12-31", "total"),
            ("wpp_2022", "2030-07-01", "60+"),
            ("communique", "2024-12-31", "60+"),
        )
    ]
    audit = [
        {
            "plan": PLAN,
            "check": "gap",
            "figure_ids": "xuchang.institution_bed_gap.baseline.2021;xuchang.institution_beds.baseline.2021",
            "count": 1,
            "stated": 8377.0,
            "expected": 8376.0,
            "difference": 0.0001,
            "severity": severity,
            "explanation_zh": f"甲 {SCRIPT}",
            "explanation_en": f"“{SCRIPT}”",
        }
        for severity in ("contradiction", "consistent")
    ]
    tables = {
        "population": population,
        "gap": gap,
        "ages": ages,
        "headline": headline,
        "single_age": single,
        "benchmark_un": benchmark,
        "consistency": [
            {"region": PLAN, "year": 2030, "age_group": group, "with_median": 1.1e6, "without_median": 1.0e6}
            for group in ("60+", "80+")
        ],
        "plan_audit": audit,
        "verdict": verdicts(),
        "curve": curves(definition, spread),
    } | later_tables()
    frames = {key: pd.DataFrame(content) for key, content in tables.items()}
    frames["care_sources"] = care_sources(ROOT)
    for key in ("gap", "headline"):
        frames[key]["stock_year"] = frames[key]["stock_year"].astype("Int64")
    return frames


def verdicts() -> list[dict[str, object]]:
    """Made-up verdicts of the resources with a stock: beds with the nation's record, the others without one."""
    events = {
        f"{name}{end}": value
        for name in ("first_short", "first_closed", "peak")
        for end, value in (("_share", 0.4), ("", 2027), ("_lower", 2025), ("_upper", 2031))
    }
    return [
        {"scenario": "central", "region": PLAN, "resource": resource, "yardstick": FIGURES[resource][0]}
        | {"definition": None, "supply_path": path, "stock_year": 2021, "target_year": 2025, "assumed": False}
        | {"met_probability": 0.25, "unit": "beds"}
        | events
        | (
            {"record_per_year": -50.0, "record_id": "trend.china.institution_beds", "record_assumed": True}
            if resource == "beds"
            else {"record_per_year": np.nan, "record_id": None, "record_assumed": False}
        )
        for resource, (_, _, _, stock, _, _) in FIGURES.items()
        if stock is not None
        for path in ("held", "no_new_policy", "plan_delivered")
    ]


def curves(definition: str, spread: float) -> list[dict[str, object]]:
    """Made-up distributions of what is required in 2035: straight lines of half-width `spread`."""
    return [
        {"scenario": "central", "region": PLAN, "resource": resource, "yardstick": yardstick, "year": 2035}
        | {"definition": definition if yardstick == "need" else None, "unit": "beds", "assumed": False}
        | {"probability": level, "value": required * (1 + spread * (2 * level - 1))}
        for resource, (own, _, required, _, _, _) in FIGURES.items()
        for yardstick in (own, "need")
        for level in (0.005, 0.25, 0.5, 0.75, 0.995)
    ]


def later_tables() -> dict[str, list[dict[str, object]]]:
    """Made-up attribution, sensitivity, scores and diagnostics."""
    common: dict[str, object] = {"region": PLAN, "resource": "beds", "yardstick": "need"}
    drivers = ("base", "population_size", "age_structure", "disability_trend", "use", "interaction", "target")
    return {
        "waterfall": [
            common | {"base_year": 2020, "target_year": 2035, "driver": driver, "order": i, "mean": 100.0 - 30 * i}
            for i, driver in enumerate(drivers)
        ],
        "sensitivity": [
            common
            | {
                "year": 2035,
                "supply_path": "held",
                "input": "disability",
                "index": "total",
                "value": 0.5,
                "low": 90.0,
                "high": 120.0,
                "rank": 1,
            }
        ],
        **backtests(),
        "diagnostics": [{"model": "provinces", "quantity": "r_hat", "value": 1.002, "limit": 1.01, "passed": True}],
        "loo": [
            {
                "model": "provinces",
                "area": area,
                "elpd": 48.0,
                "se": 9.0,
                "p_loo": 2.0,
                "pareto_k": 0.4,
                "reliable": good,
            }
            for area, good in (("all", False), ("jilin", True), ("tibet", False))
        ],
    }


def backtests() -> dict[str, list[dict[str, object]]]:
    """Made-up scores: cities miss their goal at 60+, the 95 % interval of provinces covers too little at 80+."""
    named = {"information": "ex_ante", "bias": 1.2, "rank": 1}
    wide = {"coverage_80": 81.0, "coverage_80_low": 70.0, "coverage_80_high": 90.0, "coverage_95": 95.0}
    cover = wide | {"coverage_95_low": 90.0, "coverage_95_high": 98.0}
    scores: list[dict[str, object]] = [
        named
        | cover
        | {"test": test, "age_group": group, "model": "cohort_model", "n": 30, "mape": goal - 0.5, "crps": 2.0}
        | ({"mape": goal + 0.25} if (test, group) == ("cities", "60+") else {})
        | ({"coverage_95_high": 94.0} if (test, group) == ("provinces", "80+") else {})
        for (test, group), goal in GOALS.items()
    ]
    blank = dict.fromkeys(cover, np.nan)
    scores += [
        named
        | blank
        | {"test": "national_series", "age_group": "65+", "model": model, "n": 9, "mape": 4.0, "crps": crps}
        for model, crps in (("pool_equal", 3.19), ("prophet", 2.92))
    ]
    pairs = [
        {"test": test, "age_group": group, "information": "ex_ante", "model": "cohort_model", "rival": "census_shrunk"}
        | {"n": 30, "difference": -0.4, "low": -0.7, "high": 0.1, "best": True}
        for test, group in GOALS
    ]
    forecasts = [
        {"test": test, "model": "cohort_model", "information": "ex_ante", "age_group": "60+", "region": region}
        | {"target_year": 2020, "ape": ape, "observed": 1e6}
        for test in ("provinces", "cities")
        for region, ape in (("tibet", 9.0), *((f"area{n}", 1.0) for n in range(9)))
    ]
    forecasts += [
        {"test": "national_series", "model": "ets", "age_group": group, "target_year": year, "observed": 10.0}
        for group in ("60+", "65+")
        for year in (2010, 2020)
    ]
    ahead = [
        {"model": model, "year": year, "age_group": group, "output_type": "quantile", "output_type_id": q}
        | {"value": 20.0 + q}
        for model in ("prophet", "state_space", "ets", "drift", "exponential")
        for year in (2034, 2035)
        for group in ("60+", "65+")
        for q in QUANTILES
    ]
    return {"backtest_scores": scores, "backtest_pairs": pairs, "backtest": forecasts, "series_forecasts": ahead}


def with_status(settings: Settings, status: Literal["draft", "final"], accept_bad_fit: bool) -> Settings:
    sampler = settings.sampler.model_copy(update={"accept_bad_fit": accept_bad_fit})
    return settings.model_copy(update={"status": status, "sampler": sampler})


def shared_for(title: str, spread: float, accept_bad_fit: bool) -> Shared:
    """The facts of one plan with the given title, from made-up tables and settings that say final."""
    catalogue = load_catalogue(ROOT)
    settings = {
        name: with_status(default_settings(name), "final", accept_bad_fit) for name in ("central", "no_migration")
    }
    plan = catalogue.plans[PLAN]
    names = plan.title.model_copy(update={"zh": title, "en": title})
    catalogue = dataclasses.replace(catalogue, plans={PLAN: plan.model_copy(update={"title": names})})
    frames = made_up(list(settings), settings["central"].need.headline, spread)
    frames["plan_figures"] = plan_figures(catalogue)
    return shared_facts(catalogue, settings, Tables(frames))


@pytest.fixture(scope="module")
def deterministic() -> Shared:
    return shared_for(SCRIPT, 0.0, accept_bad_fit=True)


@pytest.fixture(scope="module")
def drawn() -> Shared:
    return shared_for(FORMULA, 0.05, accept_bad_fit=False)


@pytest.fixture(scope="module")
def files(deterministic: Shared) -> dict[str, bytes]:
    return reports(deterministic, STAMP, workers=1)


class Page(HTMLParser):
    """Ids, addresses, headings and tags of a page, and its text outside of styles."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.addresses: list[str] = []
        self.headings: list[int] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.said: list[str] = []
        self.silent = 0
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.tags.append((tag, values))
        self.silent += tag in ("style", "title")
        if values.get("id"):
            self.ids.append(str(values["id"]))
        for key in ("href", "src"):
            if values.get(key):
                self.addresses.append(str(values[key]))
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append(int(tag[1]))

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in ("style", "title")

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.said.append(data)


def pages(files: dict[str, bytes]) -> Iterator[tuple[str, Page]]:
    for name, content in files.items():
        if name.endswith(".html"):
            yield name, Page(content.decode())


def explored(page: str) -> dict[str, Any]:
    """What the explorer's page draws from."""
    data: dict[str, Any] = json.loads(re.search(r'<script type="application/json" id="data">(.*?)</script>', page)[1])
    data["lines"] = json.loads(gzip.decompress(base64.b64decode(data["lines"])))
    return data


def test_numbers_are_written_in_each_languages_habit() -> None:
    zh, en = Words("zh"), Words("en")
    assert (zh.number(862656), en.number(862656)) == ("86.27万", "862,656")
    assert (zh.number(8377), en.number(8377)) == ("8377", "8,377")
    assert (zh.number(264018218), en.rounded(264018218)) == ("2.64亿", "264.0 million")
    # The ends of an interval share a unit where the smaller one can.
    assert (en.rounded(969_400, 1_090_000), en.rounded(-867, 1_090_000)) == ("0.97 million", "−867")
    assert (zh.signed(-98447.1), en.signed(-98447.1), en.signed(12.4)) == ("−9.84万", "−98,447", "+12")
    assert (zh.percent(0.57312), en.signed_percent(-0.0004)) == ("57.3%", "0.0%")
    assert (zh.date("2020-11-01"), en.date("2020-11-01")) == ("2020年11月1日", "1 November 2020")
    assert (zh.listed(["甲", "乙", "丙"]), en.listed(["a", "b", "c"])) == ("甲、乙、丙", "a, b and c")
    assert en.number(-0.4) == "0"


def test_a_missing_key_or_value_is_named() -> None:
    words = Words("en")
    with pytest.raises(MissingMessage, match=r"no message for the key lead\.nonsense"):
        words("lead.nonsense")
    with pytest.raises(MissingMessage, match=r"card\.required asks for amount"):
        words("card.required", year="2025")
    with pytest.raises(MissingMessage, match="greeting: no text in language en"):
        load_messages({"a.yaml": 'greeting: {zh: "甲"}'})
    with pytest.raises(MissingMessage, match=r"greeting: \{name\} stands in one language only"):
        load_messages({"a.yaml": 'greeting: {zh: "甲{name}", en: "a"}'})
    with pytest.raises(MissingMessage, match=r"b\.yaml, greeting: the key stands in another file too"):
        load_messages(dict.fromkeys(("a.yaml", "b.yaml"), 'greeting: {zh: "甲", en: "a"}'))


def test_a_result_that_is_missing_is_named(deterministic: Shared) -> None:
    frames = dict(deterministic.tables.frames)
    frames["headline"] = frames["headline"][frames["headline"]["resource"] != "caregivers"]
    with pytest.raises(MissingResult, match="no row for plan xuchang, resource caregivers"):
        shared_facts(deterministic.catalogue, deterministic.settings, Tables(frames))
    frames = dict(deterministic.tables.frames)
    frames["population"] = frames["population"][frames["population"]["age_group"] != "80+"]
    with pytest.raises(MissingResult, match=r"no 80\+ of xuchang"):
        shared_facts(deterministic.catalogue, deterministic.settings, Tables(frames))


def test_two_values_for_one_key_stop_the_report(deterministic: Shared) -> None:
    frames = dict(deterministic.tables.frames)
    frames["gap"] = pd.concat([frames["gap"], frames["gap"].head(6)])
    with pytest.raises(MissingResult, match="two values for one key"):
        shared_facts(deterministic.catalogue, deterministic.settings, Tables(frames))


def test_a_table_that_a_section_reads_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        read_tables(tmp_path, ["central"], [])
    for key in tables_needed():
        assert f"the table {key}," in str(caught.value)


def test_every_file_of_the_tree_is_made(files: dict[str, bytes]) -> None:
    expected = {"README.md", "index.html", EXPLORER, f"{PLAN}/tables.xlsx"}
    expected |= {
        f"{folder}/{lang}.{kind}" for folder in (PLAN, "overview") for lang in LANGUAGES for kind in ("html", "pdf")
    }
    assert expected <= set(files)
    for name, content in files.items():
        if name.endswith(".md"):
            for address in re.findall(r"(?<!\\)\]\(([^)#]+)(?:#[^)]*)?\)", content.decode()):
                path = (Path("/reports") / Path(name).parent / address).resolve().relative_to("/reports").as_posix()
                assert path in files or path.startswith(("tables/", "checks/")), (name, address)
    assert all(files[name].startswith(b"%PDF-") for name in files if name.endswith(".pdf"))


def test_two_renders_are_the_same_to_the_byte_however_many_workers_make_them(
    deterministic: Shared, files: dict[str, bytes]
) -> None:
    again = reports(deterministic, STAMP, workers=2)
    assert list(again) == list(files)
    assert [name for name in files if files[name] != again[name]] == []


def test_a_result_that_a_worker_misses_is_named(deterministic: Shared) -> None:
    frames = {key: frame for key, frame in deterministic.tables.frames.items() if key != "backtest_scores"}
    with pytest.raises(MissingResult, match="needs the table backtest_scores"):
        reports(dataclasses.replace(deterministic, tables=Tables(frames)), STAMP, workers=2)


class Deadly:
    """What ends the process that reads it, as the system does when memory runs out."""

    def __reduce__(self) -> tuple[object, tuple[int]]:
        return os._exit, (9,)


def test_a_worker_that_is_killed_stops_the_report_with_a_sentence(deterministic: Shared) -> None:
    with pytest.raises(Killed, match="a process that makes reports was killed"):
        reports(deterministic, cast(Stamp, Deadly()), workers=2)


def test_a_title_with_markup_is_shown_as_text(files: dict[str, bytes], drawn: Shared) -> None:
    for name, page in pages(files):
        scripts = [attributes.get("id", "") for tag, attributes in page.tags if tag == "script"]
        assert scripts == (["data", "", ""] if name == EXPLORER else []), name
    explorer = files[EXPLORER].decode()
    assert SCRIPT not in explorer
    assert explored(explorer)["regions"][0]["title"] == {"zh": SCRIPT, "en": SCRIPT}
    for language in LANGUAGES:
        assert SCRIPT in "".join(Page(files[f"{PLAN}/{language}.html"].decode()).said)
        document = plan_document(Context(drawn, Words(language), drawn.plans[PLAN]), STAMP)
        assert FORMULA in "".join(Page(html(document)).said)
        # A title that Typst read as markup would stop with the panic that stands in it.
        assert pdf(document).startswith(b"%PDF-")


def test_the_workbook_opens_and_keeps_text_as_text(drawn: Shared) -> None:
    ((_, content),) = files_of(Job("workbook", PLAN), drawn, STAMP)
    book = openpyxl.load_workbook(io.BytesIO(content))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert not [cell.coordinate for cell in cells if cell.data_type == "f"]
    assert any(FORMULA in str(cell.value) for cell in cells)
    about, *data, dictionary = book.worksheets
    explained = {(row[0].value, row[1].value) for row in dictionary.iter_rows(min_row=2)}
    for sheet in data:
        assert {(sheet.title, cell.value) for cell in sheet[1]} <= explained
    assert all(row[2].value and row[3].value for row in dictionary.iter_rows(min_row=2))
    beds = [r for r in data[1].iter_rows(min_row=2, values_only=True) if "xuchang.institution_beds" in str(r)]
    assert beds
    assert about["A1"].value == Words("zh")("title.plan", region="许昌")


def test_every_link_within_a_page_leads_somewhere(files: dict[str, bytes]) -> None:
    for name, page in pages(files):
        assert len(page.ids) == len(set(page.ids)), name
        lost = {a for a in page.addresses if a.startswith("#") and len(a) > 1 and a[1:] not in page.ids}
        assert not lost, name
        for address in page.addresses:
            target, _, anchor = address.partition("#")
            if target.startswith("data:") or not target:
                continue
            path = (Path("/reports") / Path(name).parent / target).resolve().relative_to("/reports").as_posix()
            assert path in files or path.startswith(("tables/", "checks/")), (name, address)
            if path == EXPLORER:
                offered = explored(files[path].decode())
                chosen = dict(part.split("=") for part in anchor.split("&") if part)
                assert set(chosen) <= {"lang", "region"}
                assert chosen.get("lang", "zh") in LANGUAGES
                assert chosen.get("region", PLAN) in {region["id"] for region in offered["regions"]}
            elif anchor:
                assert f'id="{anchor}"' in files[path].decode()


def test_every_figure_of_the_plan_and_every_target_has_its_row(deterministic: Shared, files: dict[str, bytes]) -> None:
    facts = deterministic.plans[PLAN]
    for language in LANGUAGES:
        page = Page(files[f"{PLAN}/{language}.html"].decode())
        assert {f"fig-{figure.id}" for figure in facts.plan.figures} <= set(page.ids)
        for resource in facts.resources.values():
            for figure_id in resource.figure_ids:
                prefix = "norm-" if figure_id.startswith("norm.") else "fig-"
                address = "#" + prefix + figure_id.removeprefix("norm.")
                assert address in page.addresses
                assert address[1:] in page.ids


def test_pages_work_alone_and_can_be_read_without_seeing_them(files: dict[str, bytes]) -> None:
    for name, page in pages(files):
        assert not [a for a in page.addresses if re.match(r"https?:|//", a)], name
        assert page.headings[0] == 1
        assert page.headings.count(1) == 1, name
        assert all(after - before <= 1 for before, after in zip(page.headings, page.headings[1:], strict=False)), name
        for tag, attributes in page.tags:
            if tag == "svg":
                assert attributes.get("role") == "img"
                assert len(attributes.get("aria-label") or "") > 20
            if tag == "th":
                assert attributes.get("scope") in ("row", "col")
        assert any(tag == "a" and attributes.get("class") == "skip" for tag, attributes in page.tags)


def test_the_explorer_tells_unknown_from_zero_and_marks_what_is_assumed(files: dict[str, bytes]) -> None:
    data = explored(files[EXPLORER].decode())
    resources = data["regions"][0]["resources"]
    workers = resources["social_workers"]["cells"]["plan"]
    assert set(workers["paths"]["held"]["supply"]) == {None}
    assert set(workers["paths"]["held"]["gap"]) == {None}
    assert workers["required"] != [None] * len(data["scenarios"])
    beds = resources["beds"]["cells"]["plan"]
    supply = data["lines"][beds["paths"]["held"]["supply"][0]]
    assert supply == [None, 24285, *[0] * (len(data["years"]) - 2)]
    assert beds["paths"]["held"]["gap"][0] == "difference"
    assert not beds["marks"]
    assert resources["caregivers"]["cells"]["norm"]["marks"] == ["assumed.norm"]
    assert any(mark == "explore.assumed_need" for mark in resources["beds"]["cells"]["need.li_2022"]["marks"])


def test_a_deterministic_run_claims_no_interval(deterministic: Shared, drawn: Shared) -> None:
    for words, level in ((Words("zh"), "80%区间"), (Words("en"), "80% interval")):
        texts = {}
        for name, shared in (("one", deterministic), ("draws", drawn)):
            document = plan_document(Context(shared, words, shared.plans[PLAN]), STAMP)
            shown = [
                *document.head,
                *(b for p in document.parts if p.anchor in ("standing", "people") for b in p.blocks),
            ]
            texts[name] = json.dumps([dataclasses.asdict(block) for block in shown], ensure_ascii=False)
        assert level not in texts["one"]
        assert words("certainty.deterministic", draws=words.number(deterministic.central.draws)) in texts["one"]
        assert level in texts["draws"]
        assert words("card.probability", year="2025", value="25.0%") in texts["draws"]


def test_what_is_assumed_is_marked_where_it_is_shown(deterministic: Shared) -> None:
    words = Words("en")
    document = plan_document(Context(deterministic, words, deterministic.plans[PLAN]), STAMP)
    cards = next(block for block in document.head if block.kind == "cards")
    marks = {card.title: {span.text for span in card.marks} for card in cards.cards}
    assert {"assumed: norm", "assumed: stock imputed"} <= marks["Caregivers"]
    lead = " ".join(s.text for b in document.head if isinstance(b, Paragraph) for s in b.content)
    assert "1,023 caregivers in 2025, partly assumed" in lead
    assert "8,377 elderly-care beds in 2025" in lead
    assert "social workers there are is not published" in lead


def test_a_plan_of_which_nothing_could_be_checked_is_not_called_free_of_faults(deterministic: Shared) -> None:
    frames = dict(deterministic.tables.frames)
    frames["plan_audit"] = frames["plan_audit"].head(0)
    context = Context(dataclasses.replace(deterministic, tables=Tables(frames)), Words("en"), deterministic.plans[PLAN])
    (paragraph,) = audit(context)
    assert isinstance(paragraph, Paragraph)
    assert paragraph.content[0].text.startswith("There was nothing to check: none of the plan's ")


def test_a_character_without_a_glyph_stops_the_report(deterministic: Shared) -> None:
    check_glyphs("养老 86.27万 ≥ 60", "test")
    with pytest.raises(MissingGlyph, match=r"U\+1F600"):
        check_glyphs("\U0001f600", "test")
    document = plan_document(Context(deterministic, Words("zh"), deterministic.plans[PLAN]), STAMP)
    with pytest.raises(MissingGlyph, match=r"report\.html\.j2: no glyph for .*U\+1F600"):
        html(dataclasses.replace(document, subtitle="\U0001f600"))
    messages = {key: dict.fromkeys(LANGUAGES, f"\U0001f600{text['en']}") for key, text in packaged_messages().items()}
    with pytest.raises(UserWarning, match=r"Glyph .* missing"):
        figures.sufficiency(list(deterministic.plans[PLAN].resources.values()), Words("en", messages))


def test_letters_of_figures_are_text(deterministic: Shared) -> None:
    words = Words("zh")
    svg = figures.sufficiency(list(deterministic.plans[PLAN].resources.values()), words)
    assert words("resource.beds") + " 74%" in written(svg)
    assert "<use" not in svg


def test_a_web_font_holds_what_the_page_says_and_little_more() -> None:
    assert web_font(["养老"]) == web_font(["老养"])
    assert len(web_font(["养老"])) < 8000


def test_attribution_sensitivity_and_scores_are_drawn(deterministic: Shared, drawn: Shared) -> None:
    for language in LANGUAGES:
        context = Context(drawn, Words(language), drawn.plans[PLAN])
        for build in (waterfall, tornado, s_curve, backtest, diagnostics, rivals):
            assert build(context)
    assert {"waterfall_beds", "tornado_beds", "s_curve"} <= set(context.pictures)
    quiet = Context(deterministic, Words("en"), deterministic.plans[PLAN])
    assert s_curve(quiet) == [Paragraph((Span(Words("en")("s_curve.none")),))]


def test_a_province_whose_leave_one_out_is_doubtful_is_named(drawn: Shared) -> None:
    for language, tibet, jilin in (("zh", "西藏", "吉林"), ("en", "Tibet", "Jilin")):
        said = str(checks(Context(drawn, Words(language))))
        assert tibet in said
        assert jilin not in said


def test_a_fit_that_was_let_through_stamps_draft_on_every_page(files: dict[str, bytes]) -> None:
    """The settings of `files` say final, and accept a bad fit."""
    pages = {name: content.decode() for name, content in files.items() if name.endswith((".html", ".md"))}
    assert {"README.md", "index.html", "explore.html", f"{PLAN}/en.html", "overview/zh.html"} <= set(pages)
    for name, text in pages.items():
        assert ("草稿" if "zh" in name else "DRAFT") in text, name
    about = openpyxl.load_workbook(io.BytesIO(files[f"{PLAN}/tables.xlsx"])).worksheets[0]
    assert any("草稿" in str(cell.value) for row in about.iter_rows() for cell in row)


@pytest.mark.parametrize(
    ("status", "accepts", "draft"), [("final", False, False), ("final", True, True), ("draft", False, True)]
)
def test_only_final_settings_that_judge_their_fits_make_a_final_report(
    status: Literal["draft", "final"], accepts: bool, draft: bool
) -> None:
    assert is_draft(with_status(default_settings(), status, accepts)) == draft


def said(blocks: object) -> str:
    """All text of blocks, as one string."""
    return json.dumps([dataclasses.asdict(block) for block in blocks], ensure_ascii=False)  # type: ignore[attr-defined]


def test_the_backtest_says_which_goals_are_missed_and_what_limits_them(drawn: Shared) -> None:
    words = Words("en")
    text = said(backtest(Context(drawn, words, drawn.plans[PLAN])))
    assert "cities: missed at 60+: 5.75% (goal 5.5%)." in text
    assert "provinces: the goals are reached at all three ages." in text
    assert "provinces: coverage is off its level for the 95% interval at 80+." in text
    # One area of ten has half of all errors; the nine others are wrong by 1 %.
    assert "the 1 areas with the largest errors (Tibet) make up 50.0% of the sum" in text
    assert "without them the mean at 60+ is 1.00%" in text
    assert "Combination: none kept. On the nation's share 65+ the best pool has a CRPS of 3.19%" in text
    assert words("backtest.caveat") in text


def test_a_goal_without_a_score_stops_the_report(drawn: Shared) -> None:
    frames = dict(drawn.tables.frames)
    found = frames["backtest_scores"]
    frames["backtest_scores"] = found[~((found["test"] == "cities") & (found["age_group"] == "80+"))]
    context = Context(dataclasses.replace(drawn, tables=Tables(frames)), Words("en"), drawn.plans[PLAN])
    with pytest.raises(MissingResult, match=r"0 rows for .*'cities'.*'80\+'"):
        backtest(context)


def test_the_chance_that_a_number_suffices_is_read_off_the_draws(drawn: Shared) -> None:
    words = Words("en")
    blocks = s_curve(Context(drawn, words, drawn.plans[PLAN]))
    table = next(block for block in blocks if block.kind == "table")
    beds = next(row for row in table.rows if row.cells[0][0].text == words("resource.beds"))
    # 32,662 ± 5 %: half of the draws need no more than the middle, 95 % no more than a line through the levels.
    assert [cell[0].text for cell in beds.cells][3:] == ["32,660", "33,640", "34,130"]


def test_the_record_is_the_verdicts_and_marked_where_it_is_not_the_regions(drawn: Shared) -> None:
    words = Words("en")
    context = Context(drawn, words, drawn.plans[PLAN])
    document = plan_document(context, STAMP)
    cards = next(block for block in document.head if block.kind == "cards")
    beds = next(card for card in cards.cards if card.title == words("resource.beds"))
    text = " ".join(span.text for entry in beds.lines for span in entry)
    assert "at the nation's or a derived pace: −50 a year (assumed)" in text
    assert "chance that it is met in 2025, nothing added: 25.0%" in text
    rate = said(next(part for part in document.parts if part.anchor == "rate").blocks)
    assert words("rate.nation") in rate
    assert "2025–2031 (if at all: 40.0%)" in rate


def test_there_is_a_stroke_for_every_region_however_many() -> None:
    years = range(2020, 2036)
    lines = {f"region_{n}": (f"R{n}", years, np.linspace(0.2, 0.3 + n / 50, len(years))) for n in range(12)}
    drawing = figures.shares(lines | {"china": ("China", years, np.linspace(0.19, 0.33, len(years)))}, Words("en"))
    assert all(f"R{n} " in drawing for n in range(12))


def test_a_chance_that_no_draw_tells_from_nothing_is_not_a_certainty() -> None:
    words = Words("en")
    assert [words.chance(p) for p in (0.0, 0.102, 1.0)] == ["below 0.1%", "10.2%", "above 99.9%"]


def test_the_published_gap_and_the_published_chance_agree() -> None:
    headline = pd.read_csv(ROOT / "reports/tables/headline.csv").dropna(subset=["met_probability", "gap_lower"])
    assert len(headline)
    short = headline["gap_lower"] > 0
    enough = headline["gap_upper"] <= 0
    assert (headline.loc[short, "met_probability"] <= 0.1).all()
    assert (headline.loc[enough, "met_probability"] >= 0.9).all()
    assert headline.loc[~short & ~enough, "met_probability"].between(0.1, 0.9).all()


def test_settings_of_need_stand_with_their_sources_and_what_is_assumed_is_marked(drawn: Shared) -> None:
    words = Words("en")
    context = Context(drawn, words, drawn.plans[PLAN])
    table = settings_table(context)
    text = {row.cells[0][1].text.strip(): row.cells for row in table.rows}
    need = drawn.central.need
    assert words(f"definition.{need.headline}") == text["need.headline"][1][0].text
    assert text["need.headline"][2][0].to == "#source-li_2022"
    assert "67–86%" in text["need.target_occupancy"][1][0].text.replace("67%–", "67–")
    assert text["supply.leave"][2][0].mark == "assumed"
    assert {f"supply.{name}" for name in type(drawn.central.supply).model_fields} <= set(text)


def test_only_the_report_stage_rests_on_words_and_templates() -> None:
    stages = YAML(typ="safe").load((ROOT / "dvc.yaml").read_text())["stages"]
    resting = {
        name
        for name, stage in stages.items()
        for path in stage.get("do", stage).get("deps", ())
        if path in ("pipeline", "pipeline/report")
        or path.startswith(("pipeline/report/templates", "pipeline/report/messages"))
    }
    assert resting == {"write_reports", "audit_plans"}, "the audit words its findings in its table"


def test_every_section_has_a_title_and_its_tables_a_key() -> None:
    for section in (*PLAN_SECTIONS, *OVERVIEW_SECTIONS):
        assert Words("zh")(f"section.{section.anchor}") != Words("en")(f"section.{section.anchor}")
        assert set(section.tables) <= set(tables_needed()) or not section.on


def lock(**changes: str) -> dict[str, object]:
    """A dvc.lock with a stage before the report, the report itself and a stage that has nothing to do with it."""
    md5 = {"raw": "a", "code": "b", "other": "c", "own": "d"} | changes
    return {
        "stages": {
            "tables": {
                "deps": [
                    {"path": "data/raw", "md5": md5["raw"]},
                    {"path": "pipeline/inputs", "md5": md5["code"]},
                    {"path": "params.yaml", "md5": "p"},
                ],
                "outs": [{"path": "reports/tables/gap.csv", "md5": "x"}],
            },
            "other": {"deps": [{"path": "data/other", "md5": md5["other"]}], "outs": [{"path": "elsewhere"}]},
            "report": {
                "deps": [{"path": "reports/tables", "md5": md5["own"]}],
                "outs": [{"path": "reports/xuchang", "md5": md5["own"]}],
            },
        }
    }


def test_the_stamp_says_what_the_report_was_made_from_and_nothing_else() -> None:
    def made(params: bytes = b"seed: 1", file: bytes = b"code", **changes: str) -> Stamp:
        return stamp(params, lock(**changes), ["reports/tables"], {"pipeline/report/a.py": file})

    first = made()
    assert made(other="z", own="z") == first
    assert made(raw="z").inputs != first.inputs
    assert made(code="z").code != first.code
    assert made(file=b"changed").code != first.code
    assert made(params=b"seed: 2").params != first.params
    assert made(raw="z").code == first.code
    assert {"python", "numpy", "pandas", "pymc"} == set(first.versions)
