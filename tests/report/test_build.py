import dataclasses
import io
import os
import re
import tomllib
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from defaults import ROOT, default_settings
from frozen_results import shared_for
from report_case import FORMULA, NUMBER_OF_PLANS, PLAN, SCRIPT, STAMP, Page, changed, explored, marked, of_plan, pages

from pipeline.domain import Horizon
from pipeline.processes import Killed
from pipeline.report.build import EXPLORER, entrance, entrance_files, explorer_file, is_draft, report_document, reports
from pipeline.report.facts import MissingResult, Tables, shared_facts
from pipeline.report.render import html, pdf
from pipeline.report.wording import LANGUAGES, Words

NESTED = ("china", "hubei", "wuhan", "sichuan", "panzhihua")


def test_every_file_of_the_tree_is_made(files):
    expected = {"README.md", "index.html", EXPLORER, *(f"plans/{PLAN}/{language}.xlsx" for language in LANGUAGES)}
    folders = (f"plans/{PLAN}", "plans/zhejiang", "annex")
    expected |= {f"{folder}/{lang}.{kind}" for folder in folders for lang in LANGUAGES for kind in ("html", "pdf")}
    assert expected <= set(files)
    for address in re.findall(r"(?<!\\)\]\(([^)#]+)(?:#[^)]*)?\)", files["README.md"].decode()):
        assert address in files or address.startswith(("tables", "checks/")), address
    assert all(files[name].startswith(b"%PDF-") for name in files if name.endswith(".pdf"))


def with_plans(shared, *names):
    """The facts with these plans alone."""
    plans = {name: shared.catalogue.plans[name] for name in names}
    return dataclasses.replace(shared, catalogue=dataclasses.replace(shared.catalogue, plans=plans))


def test_two_renders_are_the_same_to_the_byte_however_many_workers_make_them(files):
    """One plan's and the annex by two workers, the pages that speak of all plans by this process."""
    shared = marked()
    alone = reports(with_plans(shared, PLAN), STAMP, workers=2)
    assert list(alone) == [name for name in files if name in alone]
    again = alone | dict(explorer_file(shared, STAMP)) | dict(entrance_files(shared, STAMP))
    assert [name for name in again if files[name] != again[name]] == []


def test_a_result_that_a_worker_misses_is_named(drawn):
    tables = Tables({key: frame for key, frame in drawn.tables.items() if key != "backtest_scores"})
    with pytest.raises(MissingResult, match="needs the table backtest_scores"):
        reports(dataclasses.replace(with_plans(drawn), tables=tables), STAMP, workers=2)


class Deadly:
    """What ends the process that reads it, as the system does when memory runs out."""

    def __reduce__(self):
        return os._exit, (9,)


def test_a_worker_that_is_killed_stops_the_report_with_a_sentence(drawn):
    with pytest.raises(Killed, match="a process was killed"):
        reports(drawn, Deadly(), workers=2)


def test_a_title_with_markup_is_shown_as_text(files, drawn):
    for name, page in pages(files):
        scripts = [attributes.get("id", "") for tag, attributes in page.tags if tag == "script"]
        assert scripts == (["data", ""] if name == EXPLORER else []), name
    explorer = files[EXPLORER].decode()
    assert SCRIPT not in explorer
    for language in LANGUAGES:
        assert SCRIPT in "".join(Page(files[f"plans/{PLAN}/{language}.html"].decode()).said)
    document = report_document(of_plan(drawn, "en"), STAMP)
    assert FORMULA in "".join(Page(html(document)).said)
    # A title that Typst read as markup would stop with the panic that stands in it.
    assert pdf(document).startswith(b"%PDF-")


def test_every_link_within_a_page_leads_somewhere(files):
    for name, page in pages(files):
        assert len(page.ids) == len(set(page.ids)), name
        lost = {a for a in page.addresses if a.startswith("#") and len(a) > 1 and a[1:] not in page.ids}
        assert not lost, name
        for address in page.addresses:
            target, _, anchor = address.partition("#")
            if target.startswith("data:") or not target:
                continue
            path = (Path("/reports") / Path(name).parent / target).resolve().relative_to("/reports").as_posix()
            assert path in files or path.startswith(("tables", "checks/")), (name, address)
            if path == EXPLORER:
                offered = explored(files[path].decode())
                chosen = dict(part.split("=") for part in anchor.split("&") if part)
                assert set(chosen) <= {"lang", "region"}
                assert chosen.get("lang", "zh") in LANGUAGES
                assert chosen.get("region", PLAN) in {region["id"] for region in offered["regions"]}
            elif anchor:
                assert f'id="{anchor}"' in files[path].decode()


def test_every_figure_of_a_plan_has_its_row(files, drawn):
    for name, plan in drawn.catalogue.plans.items():
        page = Page(files[f"plans/{name}/en.html"].decode())
        assert {f"fig-{figure.id}" for figure in plan.figures} <= set(page.ids)


def test_pages_work_alone_and_can_be_read_without_seeing_them(files):
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


def test_a_fit_that_was_let_through_stamps_draft_on_every_page(files):
    """The settings of `files` say final, and accept a bad fit."""
    texts = {name: content.decode() for name, content in files.items() if name.endswith((".html", ".md"))}
    assert {"README.md", "index.html", "explore.html", f"plans/{PLAN}/en.html", "annex/zh.html"} <= set(texts)
    for name, text in texts.items():
        assert ("DRAFT" if Path(name).stem == "en" else "草稿") in text, name
    about = openpyxl.load_workbook(io.BytesIO(files[f"plans/{PLAN}/zh.xlsx"])).worksheets[0]
    assert any("草稿" in str(cell.value) for row in about.iter_rows() for cell in row)


@pytest.mark.parametrize(
    ("status", "accepts", "draft"), [("final", False, False), ("final", True, True), ("draft", False, True)]
)
def test_only_final_settings_that_judge_their_fits_make_a_final_report(status, accepts, draft):
    assert is_draft(default_settings(status=status, sampler={"accept_bad_fit": accepts})) == draft


def test_every_report_names_its_edition_and_its_day(files):
    edition = Words("zh").edition
    assert tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"] == edition
    assert f"version: {edition}" in (ROOT / "CITATION.cff").read_text()
    assert f"## {edition} (" in (ROOT / "CHANGELOG.md").read_text()
    for name, text in ((name, content.decode()) for name, content in files.items() if name.endswith(".html")):
        assert edition in text, name
        assert "2025" in text or "2024" in text, name


def test_a_card_of_the_landing_page_shows_what_exists_and_leads_to_the_map(drawn):
    shared = changed(drawn, "atlas", pd.DataFrame({"code": ["411000"]}))
    told = entrance(shared, STAMP)
    (chinese, _) = told["parts"]
    (card,) = (card for card in chinese["cards"] if card["region"] == "许昌")
    rows = dict(card["lines"])
    assert "（2021年公布数）" in rows["养老床位"]
    assert "没有公布" not in rows["社会工作者"]
    assert rows["社会工作者"].endswith("（C级）")
    assert all(link["why"] for link in chinese["more"])
    assert "atlas/index.html#lang=zh&place=411000" in [link["to"] for link in card["links"]]


@pytest.mark.parametrize("plans", [1, 2, 2 + len(NESTED)])
def test_plans_of_the_nation_a_province_and_its_city_stand_side_by_side(plans, drawn):
    """Each has its card with its own numbers, none is in a sum, and no page says how many they are."""
    more = [(region, region, Horizon(start=2021, end=2025)) for region in NESTED[: max(0, plans - 2)]]
    shared = shared_for(title=FORMULA, more=more)
    if plans == 1:
        alone = dataclasses.replace(shared.catalogue, plans={PLAN: shared.catalogue.plans[PLAN]})
        shared = shared_facts(alone, shared.settings, shared.tables)
    assert len(shared.catalogue.plans) == plans

    def shown(facts):
        return entrance(facts, STAMP)["parts"]

    for one, both in zip(shown(shared), shown(drawn), strict=True):
        assert one["cards"][:2] == both["cards"][:plans]
        assert len({card["region"] for card in one["cards"]}) == plans
    for content in (content for _, content in entrance_files(shared, STAMP)):
        assert not NUMBER_OF_PLANS.search(content.decode())
