"""The reports, from a small frozen set of results: numbers, words, pages, and what stops them."""

import base64
import dataclasses
import gzip
import io
import json
import os
import re
import tomllib
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, Literal, cast

import openpyxl
import pandas as pd
import pytest
from defaults import ROOT, default_settings
from frozen_results import frozen, shared_for, with_status
from ruamel.yaml import YAML

from pipeline.domain import Horizon
from pipeline.errors import InputError
from pipeline.processes import Killed
from pipeline.report import style
from pipeline.report.build import EXPLORER, Job, files_of, is_draft, plan_document
from pipeline.report.context import Context
from pipeline.report.document import Block, Pictures, ReportTable
from pipeline.report.facts import MissingResult, SharedFacts, Tables, people, shared_facts
from pipeline.report.fonts import MissingGlyph, check_glyphs, web_font
from pipeline.report.index import entrance
from pipeline.report.numbers import LANGUAGES, Language
from pipeline.report.outline import ANNEX_SECTIONS, OPTIONAL, PLAN_SECTIONS, tables_needed
from pipeline.report.render import html, pdf
from pipeline.report.sections import brief, cards
from pipeline.report.sections.diagnostics import checks
from pipeline.report.sections.next_plan_section import shared_out
from pipeline.report.sections.scores_section import backtest
from pipeline.report.stamp import Stamp, stamp
from pipeline.report.wording import MissingMessage, Words, load_messages, packaged_messages
from pipeline.report.workers import reports
from pipeline.stages.write_reports import read_tables

PLAN = "xuchang"
SCRIPT = "<script>alert(1)</script>"
SHEETS = (
    "resources",
    "people",
    "need",
    "next_plan",
    "targets",
    "additions",
    "cost",
    "norms",
    "assumptions",
    "audit",
    "figures",
    "sources",
)
"""Those of a workbook after the first."""

STAMP = Stamp("0" * 12, "1" * 12, "2" * 12, {"python": "3.12", "numpy": "2"})
FORMULA = '=HYPERLINK("x") *bold* #panic("x") | a'
LATIN_SENTENCE = re.compile(r"(?:[A-Za-z][a-z]+[,;]? ){4,}[A-Za-z]+")


@pytest.fixture(scope="module")
def drawn() -> SharedFacts:
    """Facts with intervals, Xuchang's plan bearing a title that looks like markup and like a formula."""
    return shared_for(title=FORMULA)


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    """Every file, made by one process from settings that let a bad fit through."""
    return reports(marked(), STAMP, workers=1)


def marked() -> SharedFacts:
    """Facts whose texts look like markup, under settings that let a bad fit through."""
    audit = frozen("plan_audit").assign(explanation_zh=f"甲 {SCRIPT}", explanation_en=f"“{SCRIPT}”")
    return shared_for(accept_bad_fit=True, title=SCRIPT, plan_audit=audit)


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
    return data | json.loads(gzip.decompress(base64.b64decode(data["packed"])))


def said(blocks: object) -> str:
    """All text of blocks, as one string."""
    return json.dumps([dataclasses.asdict(block) for block in blocks], ensure_ascii=False)  # type: ignore[attr-defined]


def every_block(shared: SharedFacts, language: Language) -> Iterator[tuple[str, list[Block]]]:
    """Plan and section with the blocks of each section of each plan's report."""
    for plan, facts in shared.plans.items():
        context = Context(shared, Words(language), facts)
        yield f"{plan}, brief", list(brief.brief(context))
        for section in PLAN_SECTIONS:
            part = section.part(context)
            if part is not None:
                yield f"{plan}, {section.anchor}", list(part.blocks)


@pytest.fixture(scope="module")
def spoken(drawn: SharedFacts) -> dict[Language, dict[str, list[Block]]]:
    """Every section of every plan's report, by language and by plan and section."""
    return {language: dict(every_block(drawn, language)) for language in LANGUAGES}


def changed(shared: SharedFacts, name: str, frame: pd.DataFrame) -> SharedFacts:
    """The facts with another table in the place of one."""
    return shared_facts(shared.catalogue, shared.settings, Tables({**shared.tables.frames, name: frame}), [PLAN])


@pytest.mark.parametrize(("upper", "told"), [(-40.0, True), (40.0, False)])
def test_a_surplus_is_said_where_counts_carry_it_and_nearly_every_draw_has_it(
    drawn: SharedFacts, upper: float, told: bool
) -> None:
    additions = drawn.tables["additions"].copy()
    spare = (additions["yardstick"] == "need") & (additions["part"] == "shortfall")
    additions.loc[spare, ["shown", "q10", "q90", "grade"]] = [-100.0, -150.0, upper, "B"]
    shared = changed(drawn, "additions", additions)
    beds = brief.to_do(Context(shared, Words("en"), shared.plans[PLAN]))[0]
    assert ("by need there were beds to spare at the end of 2025" in beds) == told


def test_where_nothing_stands_still_the_nations_level_says_what_to_add(drawn: SharedFacts) -> None:
    additions = drawn.tables["additions"]
    norm = additions[additions["yardstick"] == "need"].assign(yardstick="norm", grade="B")
    shared = changed(drawn, "additions", norm)
    context = Context(shared, Words("en"), shared.plans[PLAN])
    assert "at the nation's level of today" in brief.to_do(context)[0]
    assert "at the nation's level" in cards.yearly(context, "beds")


def test_what_starts_from_a_stock_of_grade_c_is_marked_and_heads_no_page(drawn: SharedFacts) -> None:
    for grade, firm in (("B", True), ("C", False)):
        shared = changed(drawn, "additions", drawn.tables["additions"].assign(grade=grade))
        context = Context(shared, Words("zh"), shared.plans[PLAN])
        assert ("每年须新增" in brief.to_do(context)[0]) == firm
        assert ("先查清" in brief.to_do(context)[0]) != firm
        assert ("只供参考" in cards.yearly(context, "beds")) != firm


def test_parts_that_are_rounded_add_up_to_their_rounded_sum() -> None:
    assert shared_out([13_160, 31_680, 9_760], 100) == [13_200, 31_700, 9_700]
    assert shared_out([-18_680, 23_640, 9_760], 100) == [-18_700, 23_600, 9_800]


def test_a_report_says_that_a_census_was_put_into_todays_boundary(drawn: SharedFacts) -> None:
    moved = changed(drawn, "need", drawn.tables["need"])
    section = next(section for section in PLAN_SECTIONS if section.anchor == "people")
    for shared in (drawn, moved):
        part = section.part(Context(shared, Words("zh"), shared.plans[PLAN]))
        assert part is not None
        assert ("行政区划有调整" in said(part.blocks)) == (PLAN in shared.made)


def test_a_card_of_the_landing_page_shows_what_exists_and_leads_to_the_map(drawn: SharedFacts) -> None:
    shared = changed(drawn, "atlas", pd.DataFrame({"code": ["411000"]}))
    told = entrance(shared, dict.fromkeys(LANGUAGES, ()), dict.fromkeys(LANGUAGES, ""))
    (chinese, _) = cast(list[dict[str, Any]], told["parts"])
    (card,) = (card for card in chinese["cards"] if card["name"] == "许昌")
    rows = dict(card["lines"])
    assert "（2021年公布数）" in rows["养老床位"]
    assert "没有公布" not in rows["社会工作者"]
    assert rows["社会工作者"].endswith("（C级）")
    assert all(link["why"] for link in chinese["more"])
    assert "atlas/index.html#lang=zh&place=411000" in [link["to"] for link in card["links"]]


def test_a_missing_key_or_value_is_named() -> None:
    words = Words("en")
    with pytest.raises(MissingMessage, match=r"no message for the key lead\.nonsense"):
        words("lead.nonsense")
    with pytest.raises(MissingMessage, match=r"card\.target asks for amount"):
        words("card.target", year="2025")
    with pytest.raises(MissingMessage, match="greeting: no text in language en"):
        load_messages({"a.yaml": 'greeting: {zh: "甲"}'})
    with pytest.raises(MissingMessage, match=r"greeting: \{name\} stands in one language only"):
        load_messages({"a.yaml": 'greeting: {zh: "甲{name}", en: "a"}'})
    with pytest.raises(MissingMessage, match=r"b\.yaml, greeting: the key stands in another file too"):
        load_messages(dict.fromkeys(("a.yaml", "b.yaml"), 'greeting: {zh: "甲", en: "a"}'))


def test_a_result_that_is_missing_is_named(drawn: SharedFacts) -> None:
    frames = dict(drawn.tables.frames)
    frames["headline"] = frames["headline"][frames["headline"]["plan"] != PLAN]
    with pytest.raises(MissingResult, match="no row for plan xuchang"):
        shared_facts(drawn.catalogue, drawn.settings, Tables(frames))
    frames = dict(drawn.tables.frames)
    frames["population"] = frames["population"][frames["population"]["age_group"] != "80+"]
    with pytest.raises(MissingResult, match=r"no 80\+ of"):
        shared_facts(drawn.catalogue, drawn.settings, Tables(frames))


def test_two_values_for_one_key_stop_the_report(drawn: SharedFacts) -> None:
    population = drawn.tables["population"]
    twice = pd.concat([population, population[population["region"] == PLAN].head(6)])
    with pytest.raises(MissingResult, match="two values for one key"):
        people(PLAN, Tables({"population": twice}), drawn.last_year)
    facts = drawn.plans[PLAN]
    need = drawn.tables["need"]
    doubled = pd.concat([need, need[need["region"] == PLAN]])
    again = dataclasses.replace(facts, tables=Tables({**drawn.tables.frames, "need": doubled}))
    with pytest.raises(MissingResult, match="two rows for one key"):
        again.value("need", year=2030, measure="dementia")


def test_a_table_that_a_section_reads_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        read_tables(tmp_path, [])
    for key in tables_needed():
        assert (f"the table {key}," in str(caught.value)) == (key not in OPTIONAL)


def test_every_section_speaks_of_every_plan(drawn: SharedFacts, spoken: dict[Language, dict[str, list[Block]]]) -> None:
    wanted = {"people", "supply", "next_plan", "need", "cost", "drivers", "audit", "figures", "sources"}
    for found in spoken.values():
        for plan in drawn.plans:
            assert wanted <= {section.anchor for section in PLAN_SECTIONS if f"{plan}, {section.anchor}" in found}


@pytest.mark.parametrize("last", [2027, 2040])
def test_everything_follows_the_last_year(last: int) -> None:
    shared = shared_for(last=last)
    context = Context(shared, Words("en"), shared.plans[PLAN])
    for section in (
        section for section in PLAN_SECTIONS if section.anchor in ("people", "need", "next_plan", "supply")
    ):
        part = section.part(context)
        assert part is not None
        text = re.sub(r'"(?:svg|anchor|to)": "(?:[^"\\]|\\.)*"', "", said(part.blocks))
        # The nation's goal for 2030 is named with its year.
        years = {int(year) for year in re.findall(r"(?<![\d.,])20[2-4]\d(?![\d.,])", text)}
        latest = max(years - {2030} if last < 2030 else years)
        assert latest == last or (last > 2030 and section.anchor in ("supply", "next_plan")), section.anchor


def test_a_chinese_page_holds_no_english_sentence(spoken: dict[Language, dict[str, list[Block]]]) -> None:
    for name, blocks in spoken["zh"].items():
        text = re.sub(r'"(?:svg|to|name|anchor)": "(?:[^"\\]|\\.)*"', "", said(blocks))
        if "sources" in name:
            text = "".join(re.findall(r'"caption": "[^"]*"', text))
        assert not LATIN_SENTENCE.search(text), (name, LATIN_SENTENCE.search(text))
    for key, message in packaged_messages().items():
        assert not LATIN_SENTENCE.search(message["zh"]), key
        assert not re.search(r"[\u4e00-\u9fff]", message["en"].replace("中文", "")), key


def test_no_interval_mixes_units(spoken: dict[Language, dict[str, list[Block]]]) -> None:
    mixed = re.compile(r"\d[万亿]\s*(?:[—–]|至)\s*\d[\d.,]*(?![\d.,]*[万亿])|million[–—]\d")
    for found in spoken.values():
        for name, blocks in found.items():
            text = re.sub(r'"svg": "(?:[^"\\]|\\.)*"', "", said(blocks))
            assert not mixed.search(text), (name, mixed.search(text))


def test_nothing_is_counted_that_is_not_there(spoken: dict[Language, dict[str, list[Block]]]) -> None:
    audits = {name: said(blocks) for name, blocks in spoken["zh"].items() if name.endswith("audit")}
    assert audits
    assert {name for name, text in audits.items() if re.search(r"(?<![\d.,])0项", text)} == set()


def test_what_grades_c_and_d_say_is_no_verdict(drawn: SharedFacts) -> None:
    for language in LANGUAGES:
        words = Words(language)
        context = Context(drawn, words, drawn.plans[PLAN])
        for name, row in context.plan.headline.items():
            text, tone = cards.standing(context, row)
            spoken = "".join(span.text for span in text)
            assert (tone == "open") == (row["grade"] in ("C", "D")), name
            if row["grade"] in ("C", "D"):
                verdicts = [words(f"verdict.{v}") for v in ("likely_met", "likely_missed", "met")]
                assert not any(verdict in spoken for verdict in verdicts), name
                assert not any(span.mark == "strong" for span in text)


def test_a_stock_of_zero_is_a_number_like_others(drawn: SharedFacts) -> None:
    gap = drawn.tables["gap"]
    none = gap[(gap["resource"] == "nursing_beds") & (gap["yardstick"] != "need")]
    none = none.assign(resource="dementia_beds", quantity="dementia_beds", grade="B")
    none.loc[none["measure"] == "existing", ["shown", "q10", "q90"]] = 0.0
    shared = changed(drawn, "gap", pd.concat([gap, none]))
    context = Context(shared, Words("en"), shared.plans[PLAN])
    part = next(section for section in PLAN_SECTIONS if section.anchor == "supply").part(context)
    assert part is not None
    assert "Dementia beds: 0 beds at the end of 2025" in said(part.blocks)
    assert "NaN" not in said(part.blocks).replace('"NaN"', "")


def test_every_file_of_the_tree_is_made(files: dict[str, bytes]) -> None:
    expected = {"README.md", "index.html", EXPLORER, *(f"plans/{PLAN}/{language}.xlsx" for language in LANGUAGES)}
    folders = (f"plans/{PLAN}", "plans/zhejiang", "annex")
    expected |= {f"{folder}/{lang}.{kind}" for folder in folders for lang in LANGUAGES for kind in ("html", "pdf")}
    assert expected <= set(files)
    for address in re.findall(r"(?<!\\)\]\(([^)#]+)(?:#[^)]*)?\)", files["README.md"].decode()):
        assert address in files or address.startswith(("tables", "checks/")), address
    assert all(files[name].startswith(b"%PDF-") for name in files if name.endswith(".pdf"))


def test_two_renders_are_the_same_to_the_byte_however_many_workers_make_them(files: dict[str, bytes]) -> None:
    again = reports(marked(), STAMP, workers=2)
    assert list(again) == list(files)
    assert [name for name in files if files[name] != again[name]] == []


def test_a_result_that_a_worker_misses_is_named(drawn: SharedFacts) -> None:
    frames = {key: frame for key, frame in drawn.tables.frames.items() if key != "backtest_scores"}
    with pytest.raises(MissingResult, match="needs the table backtest_scores"):
        reports(dataclasses.replace(drawn, tables=Tables(frames)), STAMP, workers=2)


class Deadly:
    """What ends the process that reads it, as the system does when memory runs out."""

    def __reduce__(self) -> tuple[object, tuple[int]]:
        return os._exit, (9,)


def test_a_worker_that_is_killed_stops_the_report_with_a_sentence(drawn: SharedFacts) -> None:
    with pytest.raises(Killed, match="a process was killed"):
        reports(drawn, cast(Stamp, Deadly()), workers=2)


def test_a_title_with_markup_is_shown_as_text(files: dict[str, bytes], drawn: SharedFacts) -> None:
    for name, page in pages(files):
        scripts = [attributes.get("id", "") for tag, attributes in page.tags if tag == "script"]
        assert scripts == (["data", ""] if name == EXPLORER else []), name
    explorer = files[EXPLORER].decode()
    assert SCRIPT not in explorer
    for language in LANGUAGES:
        assert SCRIPT in "".join(Page(files[f"plans/{PLAN}/{language}.html"].decode()).said)
        document = plan_document(Context(drawn, Words(language), drawn.plans[PLAN]), STAMP)
        assert FORMULA in "".join(Page(html(document)).said)
        # A title that Typst read as markup would stop with the panic that stands in it.
        assert pdf(document).startswith(b"%PDF-")


def _cells(sheet: Any) -> list[Any]:
    return [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_workbook_opens_and_holds_words_and_whole_numbers(drawn: SharedFacts, language: Language) -> None:
    ((name, content),) = files_of(Job("workbook", PLAN, language), drawn, STAMP)
    assert name == f"plans/{PLAN}/{language}.xlsx"
    assert content == next(files_of(Job("workbook", PLAN, language), drawn, STAMP))[1]
    book, words = openpyxl.load_workbook(io.BytesIO(content)), Words(language)
    cells = [cell for sheet in book for cell in _cells(sheet)]
    assert not [cell.coordinate for cell in cells if cell.data_type == "f"]
    assert any(FORMULA in str(cell.value) for cell in cells)
    codes = [cell.value for cell in cells if re.fullmatch(r"[a-z0-9]+(_[a-z0-9]+)+", str(cell.value))]
    assert codes == []
    if language == "zh":
        spoken = [str(cell.value) for sheet in book if sheet.title != words("sheet.sources") for cell in _cells(sheet)]
        assert not [text for text in spoken if LATIN_SENTENCE.search(text)]
    assert book.worksheets[0]["A1"].value == words("title.plan", region=words.either("许昌", "Xuchang"))
    years = {words(key) for key in ("column.year", "head.year", "column.price_year")}
    for kind in SHEETS:
        sheet = book[words(f"sheet.{kind}")]
        assert sheet.max_row > 1
        dated = [column for column in sheet.iter_cols() if column[0].value in years]
        assert all(cell.number_format == "0" for column in dated for cell in column[1:] if cell.value is not None)
        assert sheet.freeze_panes == "C2"
        assert sheet.auto_filter.ref
        assert sheet.print_title_rows == "$1:$1"
    planned = [[str(value) for value in row] for row in book[words("sheet.next_plan")].iter_rows(values_only=True)]
    chance, option = planned[0].index(words("head.enough") + "%"), planned[0].index(words("column.option"))
    ruled = [row for row in planned if words("planned.social_workers") in row]
    assert [head for head in planned[0] if head.startswith(words("head.cost"))] == [
        words("head.cost") + words.either("（万元），", ", million yuan, ") + words(f"column.{end}")
        for end in ("low", "high")
    ]
    assert ruled
    assert {row[chance] for row in ruled} == {"None"}
    assert not {row[option] for row in ruled} & {words("option.need_50"), words("option.need_80")}
    resources = book[words("sheet.resources")]
    heads = [cell.value for cell in resources[1]]
    assert heads[:3] == [words(f"column.{column}") for column in ("quantity", "yardstick", "measure")]
    assert {"2025", "2030", "2035"} <= set(heads)
    numbers = [cell for row in resources.iter_rows(min_row=2, min_col=6) for cell in row if cell.value is not None]
    assert numbers
    assert all(cell.number_format == "#,##0" for cell in numbers if float(cell.value).is_integer())


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_first_sheet_leads_to_every_other(drawn: SharedFacts, language: Language) -> None:
    ((_, content),) = files_of(Job("workbook", PLAN, language), drawn, STAMP)
    book = openpyxl.load_workbook(io.BytesIO(content))
    first, *others = book.worksheets
    targets = [cell.hyperlink.location for row in first.iter_rows() for cell in row if cell.hyperlink]
    assert targets == [f"'{sheet.title}'!A1" for sheet in others]


def test_other_catalogues_make_pages_too() -> None:
    """A second plan of a province, the nation's own, a stock of zero and a projection to 2040."""
    plans = [
        ("zhejiang_next", "zhejiang", Horizon(start=2022, end=2026)),
        ("zhejiang_old", "zhejiang", Horizon(start=2011, end=2015)),
        ("national", "china", Horizon(start=2021, end=2025)),
    ]
    rows = frozen("sample").copy()
    rows.loc[(rows["region"] == PLAN) & (rows["series"] == "existing"), "value"] = 0.0
    shared = shared_for(last=2040, more=plans, sample=rows)
    data = explored(dict(files_of(Job("explorer"), shared, STAMP))[EXPLORER].decode())
    found = {region["id"]: (region["plan"], region["ended"]) for region in data["regions"]}
    assert found["zhejiang"] == ("zhejiang_next", False)
    assert found["china"] == ("national", False)
    assert max(data["years"]) == 2040
    place = data["index"]["central"][PLAN]["existing/institution_beds"]
    shown = [data["columns"][column] for column in data["lines"][place]]
    assert shown == [[None], *[[0]] * (len(data["years"]) - 1)], "blank before the first count, and zero is no blank"
    landing = dict(files_of(Job("entrance"), shared, STAMP))
    for page in landing.values():
        text = page.decode()
        assert all(text.count(f"plans/{plan}/en.html") == 1 for plan in shared.plans)
        assert "2040" in text
        assert "NaN" not in text
    for plan in ("national", "zhejiang_old"):
        ((_, content),) = files_of(Job("workbook", plan, "zh"), shared, STAMP)
        book, words = openpyxl.load_workbook(io.BytesIO(content)), Words("zh")
        sheet = book[words("sheet.resources")]
        assert sheet.cell(1, sheet.max_column).value == "2040"
        named = {cell.value for cell in sheet["B"]}
        ended = words("yardstick.plan_ended")
        assert (ended in named) == (plan == "zhejiang_old")


NUMBER_OF_PLANS = re.compile(
    r"[一二两三四五六七八九十\d](?:项|个|份)规划|唯一的?(?:一项)?规划"
    r"|(?i:\b(?:one|two|three|four|five|six|seven|eight|\d) plans?\b|the only (?:one|plan))"
)
NESTED = ("china", "hubei", "wuhan", "sichuan", "panzhihua")


@pytest.mark.parametrize("plans", [1, 2, 2 + len(NESTED)])
def test_plans_of_the_nation_a_province_and_its_city_stand_side_by_side(plans: int, drawn: SharedFacts) -> None:
    """Each has its card with its own numbers, none is in a sum, and no page says how many they are."""
    more = [(region, region, Horizon(start=2021, end=2025)) for region in NESTED[: max(0, plans - 2)]]
    shared = shared_for(title=FORMULA, more=more)
    if plans == 1:
        alone = dataclasses.replace(shared.catalogue, plans={PLAN: shared.catalogue.plans[PLAN]})
        shared = shared_facts(alone, shared.settings, shared.tables)
    assert len(shared.plans) == plans

    def shown(facts: SharedFacts) -> list[dict[str, Any]]:
        drafts: dict[Language, str] = dict.fromkeys(LANGUAGES, "")
        return cast("list[dict[str, Any]]", entrance(facts, dict.fromkeys(LANGUAGES, ()), drafts)["parts"])

    for one, both in zip(shown(shared), shown(drawn), strict=True):
        assert one["cards"][:2] == both["cards"][:plans]
        assert len({card["name"] for card in one["cards"]}) == plans
    for content in (content for _, content in files_of(Job("entrance"), shared, STAMP)):
        assert not NUMBER_OF_PLANS.search(content.decode())


def test_no_message_counts_plans() -> None:
    """The catalogue says how many there are, and a sentence would be of those of one day."""
    for key, message in packaged_messages().items():
        for text in message.values():
            assert not NUMBER_OF_PLANS.search(text), key


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
            assert path in files or path.startswith(("tables", "checks/")), (name, address)
            if path == EXPLORER:
                offered = explored(files[path].decode())
                chosen = dict(part.split("=") for part in anchor.split("&") if part)
                assert set(chosen) <= {"lang", "region"}
                assert chosen.get("lang", "zh") in LANGUAGES
                assert chosen.get("region", PLAN) in {region["id"] for region in offered["regions"]}
            elif anchor:
                assert f'id="{anchor}"' in files[path].decode()


def test_every_figure_of_a_plan_has_its_row(files: dict[str, bytes], drawn: SharedFacts) -> None:
    for plan, facts in drawn.plans.items():
        page = Page(files[f"plans/{plan}/en.html"].decode())
        assert {f"fig-{figure.id}" for figure in facts.plan.figures} <= set(page.ids)


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


def test_the_explorer_tells_unknown_from_zero(files: dict[str, bytes]) -> None:
    data = explored(files[EXPLORER].decode())
    own = data["index"]["central"][PLAN]
    assert "existing/social_workers" not in own
    assert data["columns"][data["lines"][own["existing/institution_beds"]][-1]][0] > 0


def test_a_run_without_uncertainty_claims_no_interval() -> None:
    found = dict(every_block(shared_for(certain=True), "en"))
    for section in ("people", "need"):
        tables = [block for block in found[f"{PLAN}, {section}"] if isinstance(block, ReportTable)]
        assert tables
        assert not any(
            "(" in span.text for block in tables for row in block.rows for cell in row.cells for span in cell
        )


def test_a_plan_of_which_nothing_could_be_checked_is_not_called_free_of_faults(drawn: SharedFacts) -> None:
    frames = {**drawn.tables.frames, "plan_audit": drawn.tables["plan_audit"].head(0)}
    shared = shared_facts(drawn.catalogue, drawn.settings, Tables(frames))
    context = Context(shared, Words("en"), shared.plans[PLAN])
    part = next(section for section in PLAN_SECTIONS if section.anchor == "audit").part(context)
    assert part is not None
    assert "That does not say that the figures are right" in said(part.blocks)


def test_a_character_without_a_glyph_stops_the_report() -> None:
    with pytest.raises(MissingGlyph, match=r"report: no glyph for 😀 \(U\+1F600\)"):
        check_glyphs("养老😀", "report")
    with style.sheet():
        figure, axis = style.canvas(2.0)
        axis.set_title("\U0001f600")
        with pytest.raises(UserWarning, match=r"Glyph .* missing"):
            style.drawn(figure)


def test_letters_of_figures_are_text_and_figures_fit_a_phone(spoken: dict[Language, dict[str, list[Block]]]) -> None:
    drawn = [
        p
        for found in spoken.values()
        for blocks in found.values()
        for b in blocks
        if isinstance(b, Pictures)
        for p in b.pictures
    ]
    assert len(drawn) > 50
    for picture in drawn:
        assert style.written(picture.svg), picture.name
        (width,) = re.findall(r'viewBox="0 0 ([\d.]+)', picture.svg)
        assert float(width) <= style.WIDTH * 72 + 0.1


def test_a_web_font_holds_what_the_page_says_and_little_more() -> None:
    assert web_font(["养老"]) == web_font(["老养"])
    assert len(web_font(["养老"])) < 8000


def test_the_annex_speaks_in_both_languages(drawn: SharedFacts) -> None:
    for language in LANGUAGES:
        context = Context(drawn, Words(language))
        anchors = {section.anchor for section in ANNEX_SECTIONS if section.part(context) is not None}
        assert {"method", "nation", "backtest", "rivals", "checks", "diagnostics", "settings"} <= anchors


def test_a_province_whose_leave_one_out_is_doubtful_is_named(drawn: SharedFacts) -> None:
    loo = drawn.tables["loo"]
    shared = changed(drawn, "loo", loo.assign(reliable=loo["area"] != "tibet"))
    for language, tibet, jilin in (("zh", "西藏", "吉林"), ("en", "Tibet", "Jilin")):
        text = said(checks(Context(shared, Words(cast(Language, language)))))
        assert tibet in text
        assert jilin not in text


def test_a_fit_that_was_let_through_stamps_draft_on_every_page(files: dict[str, bytes]) -> None:
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
def test_only_final_settings_that_judge_their_fits_make_a_final_report(
    status: Literal["draft", "final"], accepts: bool, draft: bool
) -> None:
    assert is_draft(with_status(default_settings(), status, accepts)) == draft


def test_the_backtest_says_which_goals_are_missed_and_what_limits_them(drawn: SharedFacts) -> None:
    scores = drawn.tables["backtest_scores"].copy()
    ours = (scores["model"] == "cohort_model") & (scores["information"] == "ex_ante")
    scores.loc[ours & (scores["test"] == "cities") & (scores["age_group"] == "60+"), "mape"] = 5.75
    scores.loc[ours & (scores["test"] == "provinces") & (scores["age_group"] == "80+"), "coverage_95_high"] = 94.0
    text = said(backtest(Context(changed(drawn, "backtest_scores", scores), Words("en"))))
    assert "cities: missed at 60 and over: 5.75% (goal 5.5%)" in text
    assert "coverage is off its level for the 95% interval at 80 and over" in text
    assert "Tibet" in text


def test_a_goal_without_a_score_stops_the_report(drawn: SharedFacts) -> None:
    scores = drawn.tables["backtest_scores"]
    frames = {**drawn.tables.frames, "backtest_scores": scores[scores["test"] != "cities"]}
    with pytest.raises(MissingResult, match="0 rows for"):
        backtest(Context(dataclasses.replace(drawn, tables=Tables(frames)), Words("en")))


def test_every_report_names_its_edition_and_its_day(files: dict[str, bytes]) -> None:
    edition = Words("zh").edition
    assert tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"] == edition
    assert f"version: {edition}" in (ROOT / "CITATION.cff").read_text()
    assert f"## {edition} (" in (ROOT / "CHANGELOG.md").read_text()
    for name, text in ((name, content.decode()) for name, content in files.items() if name.endswith(".html")):
        assert edition in text, name
        assert "2025" in text or "2024" in text, name


def test_only_the_report_stage_rests_on_words_and_templates() -> None:
    stages = YAML(typ="safe").load((ROOT / "dvc.yaml").read_text())["stages"]
    resting = {
        name
        for name, stage in stages.items()
        for path in stage.get("do", stage).get("deps", ())
        if path in ("pipeline", "pipeline/report")
        or path.startswith(("pipeline/report/templates", "pipeline/report/messages"))
        if path != "pipeline/report/messages/findings.yaml"
    }
    assert resting == {"write_reports"}


def test_every_section_has_a_title_and_its_tables_a_key() -> None:
    for section in (*PLAN_SECTIONS, *ANNEX_SECTIONS):
        assert Words("zh")(f"section.{section.anchor}") != Words("en")(f"section.{section.anchor}")
        assert set(section.tables) <= set(tables_needed())


def lock(**changes: str) -> dict[str, object]:
    """A dvc.lock with a stage before the report, the report itself and a stage that has nothing to do with it."""
    md5 = {"raw": "a", "code": "b", "other": "c", "own": "d"} | changes
    return {
        "stages": {
            "tables": {
                "deps": [{"path": "data/raw", "md5": md5["raw"]}, {"path": "pipeline/inputs", "md5": md5["code"]}],
                "outs": [{"path": "reports/tables/gap.csv", "md5": "x"}],
            },
            "other": {"deps": [{"path": "data/other", "md5": md5["other"]}], "outs": [{"path": "elsewhere"}]},
            "report": {
                "deps": [{"path": "reports/tables", "md5": md5["own"]}],
                "outs": [{"path": "reports/plans", "md5": md5["own"]}],
            },
        }
    }


def test_the_stamp_says_what_the_report_was_made_from_and_nothing_else() -> None:
    def made(seed: int = 1, file: bytes = b"code", **changes: str) -> Stamp:
        return stamp({"seed": seed}, lock(**changes), ["reports/tables"], {"pipeline/report/a.py": file})

    first = made()
    assert made(other="z", own="z") == first
    assert made(raw="z").inputs != first.inputs
    assert made(code="z").code != first.code
    assert made(file=b"changed").code != first.code
    assert made(seed=2).params != first.params
    assert made(raw="z").code == first.code
    assert {"python", "numpy", "pandas", "pymc"} == set(first.versions)
