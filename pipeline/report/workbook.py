"""A plan's results as an Excel workbook for a civil servant: one in Chinese and one in English, no codes in either."""

from __future__ import annotations

import datetime
import io
from collections.abc import Iterable, Mapping, Sequence

import pandas as pd
import xlsxwriter

from pipeline.report.context import Context, ordered
from pipeline.report.sections.next_plan import ruled
from pipeline.vocabulary import CENTRAL

CREATED = datetime.datetime(2020, 11, 1)
"""Written as the creation date of every workbook, so that two runs give the same bytes."""

FONT = {"font_name": "Microsoft YaHei", "font_size": 10, "valign": "top"}
OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
PEOPLE = (
    "population_60plus",
    "disabled",
    "dementia",
    "residents",
    "beds",
    "nursing_beds",
    "dementia_beds",
    "caregivers",
)
OPTION_KEYS = ("resource", "option", "measure")
INTERVAL = ("shown", "q10", "q90")
Sheet = tuple[str, list[str], list[list[object]]]
"""Its name, its headers and its rows."""


def workbook(context: Context, about: Sequence[str]) -> bytes:
    """The workbook of one plan in the context's language; `about` has the lines of the first sheet.

    Text is always written as text, whatever it begins with: a title that looks like a formula stays a title.
    """
    words, buffer = context.words, io.BytesIO()
    book = xlsxwriter.Workbook(buffer, OPTIONS)
    book.set_properties({"title": context.title(context.plan.plan), "created": CREATED})
    formats = {
        "text": book.add_format({**FONT, "text_wrap": True}),
        "number": book.add_format({**FONT, "num_format": "#,##0"}),
        "decimal": book.add_format({**FONT, "num_format": "#,##0.0##"}),
        "year": book.add_format({**FONT, "num_format": "0", "align": "left"}),
        "head": book.add_format(
            {**FONT, "bold": True, "text_wrap": True, "bg_color": "#12436D", "font_color": "#FFFFFF"}
        ),
        "title": book.add_format({**FONT, "font_size": 14, "bold": True}),
    }
    first = book.add_worksheet(words("sheet.about"))
    first.set_column(0, 0, 100)
    _print(first, words("sheet.about"), 1)
    for row, text in enumerate(about):
        first.write_string(row, 0, text, formats["text" if row else "title"])
    for name, heads, rows in sheets(context):
        sheet = book.add_worksheet(words(f"sheet.{name}"))
        sheet.freeze_panes(1, 2)
        _print(sheet, words(f"sheet.{name}"), len(heads))
        sheet.repeat_rows(0)
        for column, head in enumerate(heads):
            sheet.write_string(0, column, head, formats["head"])
            sheet.set_column(column, column, _width([head, *(row[column] for row in rows)]), formats["text"])
        for place, line in enumerate(rows, 1):
            for column, value in enumerate(line):
                _write(sheet, place, column, value, heads[column] == words("column.year"), formats)
        if rows:
            sheet.autofilter(0, 0, len(rows), len(heads) - 1)
    book.close()
    return buffer.getvalue()


def sheets(context: Context) -> Iterable[Sheet]:
    """Every sheet after the first; one without rows is left out."""
    facts, words, named = context.plan, context.words, Named(context)
    gap = own(context, "gap")
    if len(gap):
        yield "resources", *by_year(context, gap)
    need = own(context, "need")
    if len(need):
        need = need[need["measure"].isin(PEOPLE)]
        yield "need", *named.table(need, ("year", "measure", "definition", "severity", "setting", *INTERVAL))
    for name, columns in {
        "next_plan": ("year", "option", "resource", "measure", *INTERVAL, "unit", "grade"),
        "additions": ("resource", "quantity", "yardstick", "period", "part", *INTERVAL, "unit", "grade"),
        "cost": ("resource", "quantity", "yardstick", "period", "kind", "q10", "q90", "unit", "price_year", "own"),
    }.items():
        rows = own(context, name)
        if name == "next_plan" and len(rows):
            rows = rows[[not ruled(*key) for key in zip(*(rows[k] for k in OPTION_KEYS), strict=True)]]
        if len(rows):
            yield name, *named.table(rows, columns)
    if context.shared.tables.has("norms"):
        yield (
            "norms",
            *named.table(context.shared.tables["norms"], ("quantity", "kind", "year", "value", "unit", "source")),
        )
    supply = own(context, "supply")
    if len(supply):
        yield "supply", *named.table(supply, ("quantity", "date", "value", "unit", "comparator", "grade", "source"))
    yield "figures", *figures(context)
    sources = context.shared.catalogue.sources
    used = sorted({facts.plan.source, *supply.get("source", []), *_norm_sources(context)} & set(sources))
    rows_: list[list[object]] = [[named.value("source", name), str(sources[name].published)] for name in used]
    yield "sources", [words(f"column.{name}") for name in ("source", "published")], rows_


def own(context: Context, name: str) -> pd.DataFrame:
    """All rows of a table that speak of the plan's region, in the central scenario."""
    if not context.shared.tables.has(name):
        return pd.DataFrame()
    rows = context.shared.tables[name]
    rows = rows[rows["region"] == context.plan.region]
    return rows[rows["scenario"] == CENTRAL] if "scenario" in rows.columns else rows


def by_year(context: Context, gap: pd.DataFrame) -> tuple[list[str], list[list[object]]]:
    """What exists, what each yardstick requires and the gap, a line each, over the years."""
    words, named = context.words, Named(context)
    headline = context.shared.central.need.headline
    rows = gap[gap["severity"].isna() & gap["setting"].isna() & gap["measure"].ne("check") & gap["shown"].notna()]
    rows = rows[rows["definition"].isna() | (rows["definition"] == headline)]
    rows = rows[rows["supply_path"].isna() | (rows["supply_path"] == "trend")]
    years = sorted(int(year) for year in rows["year"].unique())
    keys = ["quantity", "yardstick", "measure", "unit"]
    rows = rows.assign(yardstick=rows["yardstick"].astype(object).fillna(""))
    wide = rows.pivot_table(index=keys, columns="year", values="shown", sort=False, observed=True)
    heads = [words(f"column.{name}") for name in keys] + [str(year) for year in years]
    lines: list[list[object]] = []
    for key, values in zip(wide.index, wide.reindex(columns=years).to_numpy(dtype=float).tolist(), strict=True):
        lines.append([*(named.value(name, code) for name, code in zip(keys, key, strict=True)), *values])
    return heads, lines


def figures(context: Context) -> tuple[list[str], list[list[object]]]:
    """The plan's own figures, numbered as in the report."""
    words, named = context.words, Named(context)
    names = ("number", "indicator", "kind", "year", "value", "unit", "basis", "section")
    rows: list[list[object]] = []
    for place, item in enumerate(ordered(context.shared.catalogue, context.plan.plan.id), 1):
        codes = [named.value(name, getattr(item, name)) for name in ("unit", "basis")]
        kind = named.value("kind", item.kind)
        rows.append([place, context.indicator(item.indicator), kind, item.year, item.value, *codes, item.section])
    return [words(f"column.{name}") for name in names], rows


class Named:
    """Codes of result tables in the words of a language."""

    def __init__(self, context: Context) -> None:
        self.context, self.words = context, context.words

    def table(self, rows: pd.DataFrame, columns: Sequence[str]) -> tuple[list[str], list[list[object]]]:
        """Headers and rows of some columns."""
        kept = [name for name in columns if name in rows.columns]
        if "scenario" in rows.columns:
            rows = rows[rows["scenario"] == CENTRAL]
        lines = [
            [self.value(name, value) for name, value in zip(kept, row, strict=True)]
            for row in rows[kept].itertuples(index=False, name=None)
        ]
        return [self.words(f"column.{name}") for name in kept], lines

    def value(self, column: str, value: object) -> object:
        """A value as a reader sees it: codes by name, numbers as they are."""
        if value is None or value != value:
            return None
        if column == "source":
            known = self.context.shared.catalogue.sources.get(str(value))
            return self.words.either(known.title.zh, known.title.en) if known else str(value)
        if column in ("quantity", "indicator"):
            return self.context.indicator(str(value))
        if isinstance(value, bool):
            return self.words(f"workbook.{'yes' if value else 'no'}")
        if not isinstance(value, str):
            return value
        if column in ("date", "period", "section", "grade") or not value:
            return value
        if column == "definition" and self.words.has(f"definition.{value}"):
            return self.words(f"definition.{value}")
        key = f"code.{column}.{value}"
        return self.words(key) if self.words.has(key) else value


def _norm_sources(context: Context) -> set[str]:
    tables = context.shared.tables
    return set(tables["norms"]["source"]) if tables.has("norms") else set()


def _write(sheet: object, row: int, column: int, value: object, year: bool, formats: Mapping[str, object]) -> None:
    """One cell: blank, text, or a number with its thousands set apart."""
    if value is None or value != value:
        return
    if isinstance(value, str):
        sheet.write_string(row, column, value, formats["text"])  # type: ignore[attr-defined]
        return
    number = float(str(value))
    whole = abs(number) >= 1000 or number.is_integer()
    shown = formats["year" if year else "number" if whole else "decimal"]
    sheet.write_number(row, column, round(number, 0 if whole else 3), shown)  # type: ignore[attr-defined]


def _print(sheet: object, name: str, columns: int) -> None:
    """A4, as wide as one page, the sheet's name and the page's number at the foot."""
    sheet.set_paper(9)  # type: ignore[attr-defined]
    if columns > 6:
        sheet.set_landscape()  # type: ignore[attr-defined]
    sheet.fit_to_pages(1, 0)  # type: ignore[attr-defined]
    sheet.set_footer(f"&L{name}&R&P / &N")  # type: ignore[attr-defined]


def _width(values: Iterable[object]) -> float:
    """The width of a column: Chinese characters count twice."""
    texts = [f"{value:,.0f}" if isinstance(value, float) else str(value) for value in values if value is not None]
    longest = max((sum(2 if ord(sign) > 255 else 1 for sign in text) for text in texts), default=0)
    return min(longest + 3, 46)
