"""A plan's results as an Excel workbook for a civil servant: one in Chinese and one in English, no codes in either."""

import datetime
import io
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import pandas as pd
import xlsxwriter

from pipeline.axes import OLD_BANDS
from pipeline.report.context import YUAN, Context, rows_of
from pipeline.report.facts import value, where
from pipeline.report.sections.annex_section import assumed, intervals
from pipeline.report.sections.next_plan_section import options
from pipeline.report.sections.sources_section import published, unit_of, used_sources
from pipeline.report.sections.supply_section import amount_of, settled, verdict_of
from pipeline.report.wording import Value, Words
from pipeline.results.view import ViewChoices, seen

CREATED = datetime.datetime(2020, 11, 1)
"""Written as the creation date of every workbook, so that two runs give the same bytes."""

FONT = {"font_name": "Microsoft YaHei", "font_size": 10, "valign": "top"}
FORMATS: Mapping[str, Mapping[str, object]] = {
    "text": {"text_wrap": True},
    "number": {"num_format": "#,##0"},
    "decimal": {"num_format": "#,##0.0##"},
    "year": {"num_format": "0", "align": "left"},
    "head": {"bold": True, "text_wrap": True, "bg_color": "#12436D", "font_color": "#FFFFFF"},
    "part": {"bold": True},
    "link": {"text_wrap": True, "font_color": "#12436D", "underline": 1},
    "title": {"font_size": 14, "bold": True},
}
OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
PARTS = ("shortfall", "ageing", "closures", "total", "record", "empty", "convertible")
A4 = 9
WIDEST = 46

NOTHING = Value(math.nan)
"""A number that nobody knows, and its interval."""


def workbook(context: Context, about: Sequence[str]) -> bytes:
    """The workbook of one plan in the context's language; `about` has the lines of the first sheet.

    Text is always written as text, whatever it begins with: a title that looks like a formula stays a title.
    """
    words, buffer = context.words, io.BytesIO()
    book = xlsxwriter.Workbook(buffer, OPTIONS)
    book.set_properties({"title": words.named(context.plan.title), "created": CREATED})
    formats = {name: book.add_format({**FONT, **own}) for name, own in FORMATS.items()}
    first = _worksheet(book, words("sheet.about"), 1)
    first.set_column(0, 0, 100)
    for row, text in enumerate(about):
        first.write_string(row, 0, text, formats["text" if row else "title"])
    tables = {name: table for name in SHEETS if len(table := table_of(context, name))}
    first.write_string(len(about), 0, words("workbook.sheets"), formats["part"])
    for row, name in enumerate(tables, len(about) + 1):
        title = words(f"sheet.{name}")
        entry = words("workbook.sheet", title=title, holds=words(f"holds.{name}"))
        first.write_url(row, 0, f"internal:'{title}'!A1", formats["link"], entry)
    years = {head_of(words, "year"), head_of(words, "price_year")}
    for name, table in tables.items():
        columns = columns_of(context, table)
        sheet = _worksheet(book, words(f"sheet.{name}"), len(columns))
        sheet.freeze_panes(1, 2)
        sheet.repeat_rows(0)
        for place, (head, cells) in enumerate(columns.items()):
            sheet.write_string(0, place, head[:1].upper() + head[1:], formats["head"])
            sheet.set_column(place, place, _width([head, *cells]), formats["text"])
        for row, line in enumerate(zip(*columns.values(), strict=True), 1):
            for place, (head, cell) in enumerate(zip(columns, line, strict=True)):
                _write(sheet, row, place, cell, head in years, formats)
        sheet.autofilter(0, 0, len(table), len(columns) - 1)
    book.close()
    return buffer.getvalue()


def table_of(context: Context, name: str) -> pd.DataFrame:
    make = SHEETS[name]
    return make(context) if callable(make) else own(context, name)[list(make)]


def columns_of(context: Context, table: pd.DataFrame) -> dict[str, Sequence[object]]:
    """The cells of a sheet by header: codes in words, a number with an interval in three columns."""
    words, found = context.words, dict[str, Sequence[object]]()
    for column, values in table.items():
        head, cells = head_of(words, str(column)), values.tolist()
        if isinstance(cells[0], Value):
            found[head] = [None if math.isnan(cell.shown) else cell.shown for cell in cells]
            for end in ("low", "high"):
                ends = [None if cell.certain else getattr(cell, end) for cell in cells]
                found[f"{head}{words.either('，', ', ')}{words(f'column.{end}')}"] = ends
        else:
            found[head] = [in_word(context, str(column), cell) for cell in cells]
    return found


def own(context: Context, name: str) -> pd.DataFrame:
    """The rows of a table that a workbook shows: those of the plan's region, where a table has regions."""
    rows = context.shared.tables[name]
    if "region" in rows:
        rows = rows[rows["region"] == context.plan.region]
    return seen(rows, name, "workbook", ViewChoices(context.shared.settings))


def resources(context: Context) -> pd.DataFrame:
    """What exists, what each yardstick requires and the gap, a line each, over the years."""
    gap, keys = own(context, "gap"), ["quantity", "yardstick", "measure", "unit"]
    rows = gap.assign(yardstick=gap["yardstick"].astype(object).fillna(""))
    years = rows.pivot_table(index=keys, columns="year", values="shown", sort=False, observed=True).sort_index(axis=1)
    today = rows[rows["year"] == context.today].drop_duplicates(keys).set_index(keys)["grade"]
    years.insert(0, "grade", today.astype(object))
    years.loc[years.index.get_level_values("yardstick") == "need", "grade"] = context.words("basis.national")
    return years.reset_index()


def people(context: Context) -> pd.DataFrame:
    found, groups = context.people, (*OLD_BANDS, "total")
    years = [int(year) for year in found.quantiles["60+"].index]
    return pd.DataFrame(
        {"year": years} | {f"group.{group}": [found.at(group, year) for year in years] for group in groups}
    )


def next_plan(context: Context) -> pd.DataFrame:
    """The options for the goal year and for the middle of the plan, as the report has them."""
    words, size = context.words, 1e6 / YUAN[context.words.language].size
    cost = words("head.cost") + words.either("（万元），", ", million yuan, ")
    return pd.DataFrame(
        {
            "year": year,
            "resource": words(f"planned.{entry.resource}"),
            "option": context.option_name(entry.resource, entry.option),
            "head.amount": entry.number or NOTHING,
            "head.yearly": entry.yearly or NOTHING,
            # Money is a range: its middle is no number to copy.
            cost + words("column.low"): entry.cost and entry.cost.low * size,
            cost + words("column.high"): entry.cost and entry.cost.high * size,
            "code.measure.per_1000": entry.shown.get("per_1000"),
            words("code.measure.share") + "%": entry.shown.get("share"),
            words("head.enough") + "%": (chance := entry.shown.get("chance_enough")) and round(chance * 100),
            "grade": entry.grade or words("basis.national"),
        }
        for year in (context.shared.central.next_plan.mid_term, context.goal_year)
        for entry in options(context, year)
    )


def targets(context: Context) -> pd.DataFrame:
    """Every dated target of the plan and what became of it."""
    words = context.words
    return pd.DataFrame(
        {
            "head.resource": words.code("resource", row["resource"]),
            "head.target": None
            if pd.isna(row["target"])
            else amount_of(words, row["target"], row["target_unit"], row["unit"]),
            "head.year": int(row["target_year"]),
            **{
                f"code.measure.{name}": value(row, name, f"{name}_q10", f"{name}_q90") or NOTHING
                for name in ("required", "existing", "gap")
            },
            "unit": row["unit"],
            "head.verdict": verdict_of(words, row),
            "grade": row["grade"],
            "head.settled": settled(context, row["settled_by"]) or None,
        }
        for row in rows_of(where(own(context, "verdict"), plan=context.plan.id, yardstick="plan"))
    )


def additions(context: Context) -> pd.DataFrame:
    """Units to add a year, the parts side by side, and what stands beside them."""
    rows, keys, lines = own(context, "additions"), ["quantity", "yardstick", "period"], []
    for key, group in rows[rows["quantity"].notna()].groupby(keys, sort=False):
        found = {row["part"]: value(row) or NOTHING for row in rows_of(group)}
        parts = {part: found.get(part, NOTHING) for part in PARTS}
        numbers = {f"code.part.{part}": number if part == "total" else number.shown for part, number in parts.items()}
        lines.append({**dict(zip(keys, key, strict=True)), **numbers, "grade": group["grade"].iloc[0]})
    return pd.DataFrame(lines)


def cost(context: Context) -> pd.DataFrame:
    """What the additions cost, in the unit of money of the language."""
    columns = ["quantity", "yardstick", "period", "kind", "q10", "q90", "unit", "price_year", "own", "sources"]
    rows, size = own(context, "cost"), 1e6 / YUAN[context.words.language].size
    return rows.assign(q10=rows["q10"] * size, q90=rows["q90"] * size)[columns]


def assumptions(context: Context) -> pd.DataFrame:
    """What is assumed of people and why, and the intervals of need and supply, as the annex has them."""
    rows = [*assumed(context), *((name, interval, None) for _, name, interval in intervals(context))]
    return pd.DataFrame(rows, columns=["head.assumption", "head.what", "head.why"])


def audit(context: Context) -> pd.DataFrame:
    """What in the plan does not add up, with its recomputation and the numbers of the figures it rests on."""
    words = context.words
    places = {item.id: str(place) for place, item in enumerate(context.figures, 1)}
    return pd.DataFrame(
        {
            "head.severity": words(f"severity.{row['severity']}"),
            "head.finding": row[f"explanation_{words.language}"],
            "head.basis_of": words.listed([places[id_] for id_ in str(row["figure_ids"]).split(";") if id_ in places]),
        }
        for row in rows_of(where(context.shared.tables["plan_audit"], plan=context.plan.id))
        if row["severity"] != "consistent"
    )


def sources(context: Context) -> pd.DataFrame:
    known = context.shared.catalogue.sources
    rows = [(name, published(context.words, known[name].published)) for name in used_sources(context)]
    return pd.DataFrame(rows, columns=["source", "published"])


def norms(context: Context) -> pd.DataFrame:
    """The nation's outcomes and goals; a ratio of the nation is one to older people."""
    return own(context, "norms").replace({"unit": {"per_1000": context.words("code.measure.per_1000")}})


def figures(context: Context) -> pd.DataFrame:
    """The plan's own figures, numbered as in the report."""
    rows = [
        {"number": place, **item.model_dump(), "unit": unit_of(item)} for place, item in enumerate(context.figures, 1)
    ]
    columns = ["number", "indicator", "kind", "year", "value", "unit", "basis", "section"]
    return pd.DataFrame(rows, columns=columns)


def head_of(words: Words, column: str) -> str:
    """The header of a column: its own, that of the reports' tables, or any message."""
    return next((words(key) for key in (f"column.{column}", f"head.{column}", column) if words.has(key)), column)


def in_word(context: Context, column: str, value: object) -> object:
    """A value as a reader sees it: codes by name, numbers as they are, None for what is not known."""
    words, sources = context.words, context.shared.catalogue.sources
    if value is None or value != value:
        return None
    if isinstance(value, bool):
        return words("passed.yes" if value else "passed.no")
    if not isinstance(value, str) or not value or column in ("date", "section", "grade"):
        return value
    match column:
        case "source" | "sources":
            return words.clauses(words.named(sources[name].title) for name in value.split(";") if name in sources)
        case "quantity" | "indicator":
            return context.indicator(value)
        case "yardstick":
            return context.yardstick_name(value)
        case "period":
            return context.period_name(value)
    keys = [f"code.{column}.{value}", f"{column}.{value}", *([f"stated.{value}"] if column == "unit" else [])]
    return next((words(key, value="").strip() for key in keys if words.has(key)), value)


SHEETS: Mapping[str, Callable[[Context], pd.DataFrame] | tuple[str, ...]] = {
    "resources": resources,
    "people": people,
    "need": ("year", "measure", "definition", "severity", "setting", "shown", "q10", "q90"),
    "next_plan": next_plan,
    "targets": targets,
    "additions": additions,
    "cost": cost,
    "norms": norms,
    "supply": ("quantity", "date", "value", "unit", "comparator", "basis", "grade", "source"),
    "assumptions": assumptions,
    "audit": audit,
    "figures": figures,
    "sources": sources,
}
"""The sheets after the first in their order; one without rows is left out."""


def _write(sheet: Any, row: int, column: int, value: object, year: bool, formats: Mapping[str, object]) -> None:
    """One cell: blank, text, or a number with its thousands set apart."""
    if isinstance(value, str):
        sheet.write_string(row, column, value, formats["text"])
    elif value is not None:
        number = float(str(value))
        whole = abs(number) >= 1000 or number.is_integer()
        shown = formats["year" if year else "number" if whole else "decimal"]
        sheet.write_number(row, column, round(number, 0 if whole else 3), shown)


def _worksheet(book: Any, name: str, columns: int) -> Any:
    """A new sheet for A4: as wide as one page, the sheet's name and the page's number at the foot."""
    sheet = book.add_worksheet(name)
    sheet.set_paper(A4)
    if columns > 6:
        sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.set_footer(f"&L{name}&R&P / &N")
    return sheet


def _width(values: Iterable[object]) -> float:
    """The width of a column: Chinese characters count twice."""
    texts = [value if isinstance(value, str) else f"{value:,.0f}" for value in values if value is not None]
    longest = max((sum(2 if ord(sign) > 255 else 1 for sign in text) for text in texts), default=0)
    return min(longest + 3, WIDEST)
