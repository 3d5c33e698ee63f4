"""A plan's tables as an Excel workbook: what a reader filters and charts, with a dictionary of every column."""

from __future__ import annotations

import datetime
import io
from collections.abc import Mapping, Sequence

import pandas as pd
import xlsxwriter

from pipeline.domain import Plan
from pipeline.report.context import Shared, ordered
from pipeline.report.facts import CENTRAL, QUANTILES, PlanFacts
from pipeline.report.words import LANGUAGES, Language, Words
from pipeline.results.tables.gap import GAP
from pipeline.results.tables.headline import HEADLINE
from pipeline.results.tables.plans import PLAN_FIGURES
from pipeline.results.tables.population import POPULATION
from pipeline.schemas import Table

CREATED = datetime.datetime(2020, 11, 1)
"""Written as the creation date of every workbook, so that two runs give the same bytes."""

DECIMALS = 3
"""Decimals of numbers: enough for ratios, and more than beds and people have."""

MEASURES = ("required", "supply", "gap", "sufficiency", "required_per_year")
"""Measures of the gap table that the workbook holds; the others follow from them."""

ENDS = dict(zip(QUANTILES, ("lower_95", "lower_80", "median", "upper_80", "upper_95"), strict=True))
WIDE = {
    "median": ("抽样的中位数", "median of the draws"),
    "lower_80": ("80%区间下端", "lower end of the 80% interval"),
    "upper_80": ("80%区间上端", "upper end of the 80% interval"),
    "lower_95": ("95%区间下端", "lower end of the 95% interval"),
    "upper_95": ("95%区间上端", "upper end of the 95% interval"),
    "name_zh": ("指标名称（中文）", "name of the indicator in Chinese"),
    "name_en": ("指标名称（英文）", "name of the indicator in English"),
    "source": ("来源标识", "id of the source"),
    "number": ("报告中的编号", "number of the figure in the reports"),
}
"""Columns made here, with what they are in Chinese and English."""


def workbook(shared: Shared, facts: PlanFacts, about: Mapping[Language, Sequence[str]]) -> bytes:
    """The workbook of one plan. `about` has the lines of the first sheet by language.

    Text is always written as text, whatever it begins with: a title that looks like a formula stays a title.
    """
    plan = facts.plan
    gap, population = shared.gaps[plan.region].rows, shared.tables["population"]
    gap = gap[gap["definition"].isna() | (gap["definition"] == shared.central.need.headline)]
    gap = gap[gap["measure"].isin(MEASURES) & gap["value"].notna()]
    frames: dict[str, tuple[pd.DataFrame, Table | None]] = {
        "headline": (_of_plan(shared.tables["headline"], plan.id), HEADLINE),
        "gap": (wide(_brief(gap, plan.region)), GAP),
        "population": (wide(_brief(population, plan.region)), POPULATION),
        "figures": (_figures(shared, plan), PLAN_FIGURES),
    }
    if shared.tables.has("plan_audit"):
        frames["audit"] = (_of_plan(shared.tables["plan_audit"], plan.id), None)
    buffer = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    book = xlsxwriter.Workbook(buffer, options)
    book.set_properties({"title": plan.title.zh, "created": CREATED})
    titles = {language: Words(language) for language in LANGUAGES}

    def name(key: str) -> str:
        return " ".join(words(f"sheet.{key}") for words in titles.values())

    plain = book.add_format({"font_name": "Microsoft YaHei", "font_size": 10, "valign": "top"})
    wrapped = book.add_format({"font_name": "Microsoft YaHei", "font_size": 10, "valign": "top", "text_wrap": True})
    head = book.add_format(
        {
            "font_name": "Microsoft YaHei",
            "font_size": 10,
            "bold": True,
            "bg_color": "#12436D",
            "font_color": "#FFFFFF",
        }
    )
    title = book.add_format({"font_name": "Microsoft YaHei", "font_size": 14, "bold": True})
    first = book.add_worksheet(name("about"))
    first.set_column(0, 0, 110)
    row = 0
    for lines in about.values():
        for index, text in enumerate(lines):
            first.write_string(row, 0, text, title if index == 0 else wrapped)
            row += 1
        row += 1
    for key, (frame, _) in frames.items():
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
    _dictionary(book.add_worksheet(name("dictionary")), frames, name, head, wrapped)
    book.close()
    return buffer.getvalue()


def wide(table: pd.DataFrame) -> pd.DataFrame:
    """A result table with its quantiles as columns: median and the ends of the 80 % and 95 % intervals."""
    rows = table[table["output_type"] == "quantile"].drop(columns="output_type")
    keys = [column for column in rows.columns if column not in ("output_type_id", "value")]
    marked = rows.assign(**{key: rows[key].astype(object).where(rows[key].notna(), "") for key in keys})
    result = marked.pivot(index=keys, columns="output_type_id", values="value").rename(columns=ENDS).reset_index()
    result.columns.name = None
    result = result.loc[:, [*keys, "median", "lower_80", "upper_80", "lower_95", "upper_95"]]
    return result.assign(**{key: result[key].where(result[key] != "", None) for key in keys})


def _brief(table: pd.DataFrame, region: str) -> pd.DataFrame:
    """Rows of a region: every year of the central scenario; of the others, and of other supply paths, round years."""
    central, round_year = table["scenario"] == CENTRAL, table["year"] % 5 == 0
    shown = central | round_year
    if "sex" in table.columns:
        shown &= round_year | (table["sex"] == "both")
    if "supply_path" in table.columns:
        shown &= round_year | table["supply_path"].isna() | (table["supply_path"] == "held")
        shown &= round_year | table["measure"].isin(("required", "supply", "gap"))
        shown &= (table["scenario"] == CENTRAL) | table["measure"].isin(("required", "gap"))
        shown &= (table["scenario"] == CENTRAL) | table["supply_path"].isna() | (table["supply_path"] == "held")
    return table[(table["region"] == region) & shown]


def _of_plan(table: pd.DataFrame, plan: str) -> pd.DataFrame:
    return table[table["plan"] == plan].reset_index(drop=True)


def _figures(shared: Shared, plan: Plan) -> pd.DataFrame:
    """A plan's rows of the table of figures as the reports list and number them, with names and source."""
    listed, names = ordered(shared.catalogue, plan.id), shared.catalogue.indicators
    rows = _of_plan(shared.tables["plan_figures"], plan.id).set_index("figure_id", drop=False)
    rows = rows.loc[[figure.id for figure in listed]]
    rows.insert(0, "number", range(1, len(rows) + 1))
    for language in reversed(LANGUAGES):
        named = [getattr(names[name].name, language) for name in rows["indicator"]]
        rows.insert(list(rows).index("indicator") + 1, f"name_{language}", named)
    return rows.assign(source=plan.source)


def _dictionary(
    sheet: xlsxwriter.worksheet.Worksheet,
    frames: Mapping[str, tuple[pd.DataFrame, Table | None]],
    name: object,
    head: object,
    wrapped: object,
) -> None:
    heads = ("sheet", "column", "说明", "description", "unit")
    sheet.set_column(0, 1, 22)
    sheet.set_column(2, 3, 60)
    sheet.freeze_panes(1, 0)
    for column, label in enumerate(heads):
        sheet.write_string(0, column, label, head)
    row = 1
    chinese = Words("zh")
    english = Words("en")
    for key, (frame, table) in frames.items():
        known = {column.name: column for column in table.columns} if table is not None else {}
        for label in frame.columns:
            made = WIDE.get(label)
            zh = made[0] if made else chinese(f"column.{label}")
            en = made[1] if made else (known[label].description if label in known else english(f"column.{label}"))
            unit = known[label].unit if label in known else ""
            cells = (name(key), str(label), zh, en, unit or "")  # type: ignore[operator]
            for column, text in enumerate(cells):
                sheet.write_string(row, column, text, wrapped)
            row += 1
