import re

import pytest
from frozen_results import shared_for
from report_case import LATIN_SENTENCE, of_plan, said

from pipeline.errors import InputError
from pipeline.report.context import Context
from pipeline.report.document import ReportTable
from pipeline.report.outline import ANNEX_SECTIONS, OPTIONAL, PLAN_SECTIONS, TABLES, parts
from pipeline.report.wording import LANGUAGES, Words, packaged_messages
from pipeline.stages.write_reports import read_tables


def test_a_table_that_a_section_reads_must_be_there(tmp_path):
    with pytest.raises(InputError) as caught:
        read_tables(tmp_path, [])
    for key in (*TABLES, *OPTIONAL):
        assert (f"the table {key}," in str(caught.value)) == (key in TABLES)


def test_every_section_speaks_of_every_plan(drawn, spoken):
    wanted = {"people", "supply", "next_plan", "need", "cost", "drivers", "audit", "figures", "sources"}
    for found in spoken.values():
        for plan in drawn.catalogue.plans:
            assert wanted <= {anchor for anchor in PLAN_SECTIONS if f"{plan}, {anchor}" in found}


@pytest.mark.parametrize("last", [2027, 2040])
def test_everything_follows_the_last_year(last):
    context = of_plan(shared_for(last=last))
    for section in ("people", "need", "next_plan", "supply"):
        text = re.sub(r'"(?:svg|anchor|to)": "(?:[^"\\]|\\.)*"', "", said(PLAN_SECTIONS[section](context)))
        # The nation's goal for 2030 is named with its year.
        years = {int(year) for year in re.findall(r"(?<![\d.,])20[2-4]\d(?![\d.,])", text)}
        latest = max(years - {2030} if last < 2030 else years)
        assert latest == last or (last > 2030 and section in ("supply", "next_plan")), section


def test_a_chinese_page_holds_no_english_sentence(spoken):
    for name, blocks in spoken["zh"].items():
        text = re.sub(r'"(?:svg|to|name|anchor)": "(?:[^"\\]|\\.)*"', "", said(blocks))
        if "sources" in name:
            text = "".join(re.findall(r'"caption": "[^"]*"', text))
        assert not LATIN_SENTENCE.search(text), (name, LATIN_SENTENCE.search(text))
    for key, message in packaged_messages().items():
        assert not LATIN_SENTENCE.search(message["zh"]), key
        assert not re.search(r"[\u4e00-\u9fff]", message["en"].replace("中文", "")), key


def test_no_interval_mixes_units(spoken):
    mixed = re.compile(r"\d[万亿]\s*(?:[—–]|至)\s*\d[\d.,]*(?![\d.,]*[万亿])|million[–—]\d")
    for found in spoken.values():
        for name, blocks in found.items():
            text = re.sub(r'"svg": "(?:[^"\\]|\\.)*"', "", said(blocks))
            assert not mixed.search(text), (name, mixed.search(text))


def test_a_run_without_uncertainty_claims_no_interval():
    context = of_plan(shared_for(certain=True))
    for section in ("people", "need"):
        tables = [block for block in PLAN_SECTIONS[section](context) if isinstance(block, ReportTable)]
        assert tables
        assert not any(
            "(" in span.text for block in tables for row in block.rows for cell in row.cells for span in cell
        )


def test_the_annex_speaks_in_both_languages(drawn):
    for language in LANGUAGES:
        anchors = {part.anchor for part in parts(Context(drawn, Words(language)), ANNEX_SECTIONS)}
        assert {"method", "nation", "backtest", "rivals", "checks", "diagnostics", "settings"} <= anchors
