"""The workbook of one plan: its rows of the published tables, each a sheet, with what the columns are."""

from __future__ import annotations

import datetime
import io
from collections.abc import Mapping, Sequence

import pandas as pd
import xlsxwriter

from pipeline.report.context import ordered
from pipeline.report.facts import PlanFacts, Shared
from pipeline.report.numbers import LANGUAGES, Language
from pipeline.report.words import Words

CREATED = datetime.datetime(2020, 11, 1)
"""Written as the creation date of every workbook, so that two runs give the same bytes."""

DECIMALS = 3
SHEETS = ("headline", "supply", "need", "additions", "next_plan", "cost")
"""Tables of which the workbook holds a plan's rows, in their order."""

FONT = {"font_name": "Microsoft YaHei", "font_size": 10, "valign": "top"}
HEAD = FONT | {"bold": True, "bg_color": "#12436D", "font_color": "#FFFFFF"}
OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


def workbook(shared: Shared, facts: PlanFacts, about: Mapping[Language, Sequence[str]]) -> bytes:
    """The workbook of one plan. `about` has the lines of the first sheet by language.

    Text is always written as text, whatever it begins with: a title that looks like a formula stays a title.
    """
    frames = {name: facts.rows(name).dropna(axis="columns", how="all") for name in SHEETS}
    frames["population"] = _population(facts)
    frames["figures"] = _figures(shared, facts)
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, OPTIONS)
    book.set_properties({"title": facts.plan.title.zh, "created": CREATED})
    plain, head = book.add_format(FONT), book.add_format(HEAD)
    wrapped = book.add_format(FONT | {"text_wrap": True})
    title = book.add_format(FONT | {"bold": True, "font_size": 14})
    words = [Words(language) for language in LANGUAGES]

    def name(key: str) -> str:
        return " ".join(found(f"sheet.{key}") for found in words)

    first = book.add_worksheet(name("about"))
    first.set_column(0, 0, 110)
    row = 0
    for lines in about.values():
        for index, text in enumerate(lines):
            first.write_string(row, 0, text, title if index == 0 else wrapped)
            row += 1
        row += 1
    for key, frame in frames.items():
        sheet = book.add_worksheet(name(key))
        sheet.freeze_panes(1, 0)
        for column, label in enumerate(frame.columns):
            sheet.write_string(0, column, str(label), head)
            widest = max((len(str(v)) for v in frame[label].dropna().head(200)), default=0)
            sheet.set_column(column, column, min(max(len(str(label)), widest) + 2, 44), plain)
        for index, values in enumerate(frame.itertuples(index=False), start=1):
            for column, value in enumerate(values):
                if value is None or pd.isna(value):
                    continue
                if isinstance(value, str):
                    sheet.write_string(index, column, value)
                elif isinstance(value, bool):
                    sheet.write_boolean(index, column, value)
                else:
                    sheet.write_number(index, column, round(float(value), DECIMALS))
        if len(frame):
            sheet.autofilter(0, 0, len(frame), len(frame.columns) - 1)
    book.close()
    return buffer.getvalue()


def _population(facts: PlanFacts) -> pd.DataFrame:
    """People by year and age group: what is shown and the ends of the 80 % interval."""
    return pd.concat(
        table.rename(columns={0.5: "shown", 0.1: "q10", 0.9: "q90"})[["shown", "q10", "q90"]]
        .round()
        .reset_index()
        .assign(region=facts.region, age_group=group)[["region", "year", "age_group", "shown", "q10", "q90"]]
        for group, table in facts.people.quantiles.items()
    )


def _figures(shared: Shared, facts: PlanFacts) -> pd.DataFrame:
    """The plan's figures as the report lists and numbers them."""
    return pd.DataFrame(
        {
            "number": place,
            "name_zh": shared.catalogue.indicators[figure.indicator].name.zh,
            "name_en": shared.catalogue.indicators[figure.indicator].name.en,
            "kind": figure.kind,
            "year": figure.year,
            "value": figure.value,
            "unit": figure.unit,
            "comparator": figure.comparator,
            "basis": figure.basis,
            "section": figure.section,
            "figure_id": figure.id,
        }
        for place, figure in enumerate(ordered(shared.catalogue, facts.plan.id), start=1)
    )
