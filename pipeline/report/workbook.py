"""A plan's results as an Excel workbook for a civil servant: one in Chinese and one in English, no codes in either."""

import datetime
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import pandas as pd
import xlsxwriter

from pipeline.axes import OLD_BANDS
from pipeline.report.context import Context
from pipeline.report.facts import value, where
from pipeline.report.numbers import Value
from pipeline.report.sections.method_section import assumed, intervals
from pipeline.report.sections.next_plan_section import options
from pipeline.report.sections.sources_section import published, unit_of, used_sources
from pipeline.report.sections.supply_section import amount_of, settled, verdict_of
from pipeline.report.wording import Words
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
MONEY = "million_yuan"
PARTS = ("shortfall", "ageing", "closures", "total", "record", "empty", "convertible")
A4 = 9
WIDEST = 46

type Rows = list[list[object]]
type Sheet = tuple[list[str], Rows]
"""Headers and rows."""


def workbook(context: Context, about: Sequence[str]) -> bytes:
    """The workbook of one plan in the context's language; `about` has the lines of the first sheet.

    Text is always written as text, whatever it begins with: a title that looks like a formula stays a title.
    """
    words, buffer = context.words, io.BytesIO()
    book = xlsxwriter.Workbook(buffer, OPTIONS)
    book.set_properties({"title": context.title(context.plan.plan), "created": CREATED})
    formats = {name: book.add_format({**FONT, **own}) for name, own in FORMATS.items()}
    first = book.add_worksheet(words("sheet.about"))
    first.set_column(0, 0, 100)
    _print(first, words("sheet.about"), 1)
    for row, text in enumerate(about):
        first.write_string(row, 0, text, formats["text" if row else "title"])
    years = {head_of(words, "year"), head_of(words, "price_year")}
    sheets = {name: sheet for name in SHEETS if (sheet := sheet_of(context, name))[1]}
    first.write_string(len(about), 0, words("workbook.sheets"), formats["part"])
    for row, name in enumerate(sheets, len(about) + 1):
        title = words(f"sheet.{name}")
        entry = words("workbook.sheet", title=title, holds=words(f"holds.{name}"))
        first.write_url(row, 0, f"internal:'{title}'!A1", formats["link"], entry)
    for name, (heads, rows) in sheets.items():
        sheet = book.add_worksheet(words(f"sheet.{name}"))
        sheet.freeze_panes(1, 2)
        _print(sheet, words(f"sheet.{name}"), len(heads))
        sheet.repeat_rows(0)
        for column, head in enumerate(heads):
            sheet.write_string(0, column, head[:1].upper() + head[1:], formats["head"])
            sheet.set_column(column, column, _width([head, *(row[column] for row in rows)]), formats["text"])
        for place, cells in enumerate(rows, 1):
            for column, cell in enumerate(cells):
                _write(sheet, place, column, cell, heads[column] in years, formats)
        sheet.autofilter(0, 0, len(rows), len(heads) - 1)
    book.close()
    return buffer.getvalue()


def sheet_of(context: Context, name: str) -> Sheet:
    """One of `SHEETS`: what makes it, or the columns of the table of its name."""
    make = SHEETS[name]
    return make(context) if callable(make) else in_words(context, own(context, name), make)


def own(context: Context, name: str) -> pd.DataFrame:
    """The rows of a table that a workbook shows: those of the plan's region, where a table has regions."""
    rows = context.shared.tables[name]
    if "region" in rows:
        rows = rows[rows["region"] == context.plan.region]
    return seen(rows, name, "workbook", ViewChoices(context.shared.settings))


def by_year(context: Context) -> Sheet:
    """What exists, what each yardstick requires and the gap, a line each, over the years."""
    words, gap = context.words, own(context, "gap")
    years = sorted(int(year) for year in gap["year"].unique())
    keys = ["quantity", "yardstick", "measure", "unit"]
    rows = gap.assign(yardstick=gap["yardstick"].astype(object).fillna(""))
    wide = rows.pivot_table(index=keys, columns="year", values="shown", sort=False, observed=True)
    today = rows[rows["year"] == context.today].drop_duplicates(keys).set_index(keys)["grade"]
    heads = [head_of(words, name) for name in keys] + [head_of(words, "grade")] + [str(year) for year in years]
    lines: Rows = []
    for key, values in zip(wide.index, wide.reindex(columns=years).to_numpy(dtype=float).tolist(), strict=True):
        codes = [in_word(context, name, code) for name, code in zip(keys, key, strict=True)]
        grade = words("basis.national") if key[1] == "need" else in_word(context, "grade", today.get(key))
        lines.append([*codes, grade, *values])
    return heads, lines


def with_ends(words: Words, name: str) -> list[str]:
    """The headers of a number and of the ends of its interval."""
    return [name, *(f"{name}{words.either('，', ', ')}{words(f'column.{end}')}" for end in ("low", "high"))]


def ends(found: Value | None) -> list[object]:
    """A number and the ends of its interval, blank where there is none."""
    if found is None:
        return [None] * 3
    return [found.shown, *([None] * 2 if found.certain else (found.low, found.high))]


def people(context: Context) -> Sheet:
    """Residents by year and age group."""
    words, found = context.words, context.plan.people
    groups = (*OLD_BANDS, "total")
    heads = [head_of(words, "year"), *(head for group in groups for head in with_ends(words, words(f"group.{group}")))]
    years = [int(year) for year in found.quantiles["60+"].index]
    return heads, [[year, *(number for group in groups for number in ends(found.at(group, year)))] for year in years]


def next_plan(context: Context) -> Sheet:
    """The options for the goal year and for the middle of the plan, as the report has them."""
    words, size = context.words, money_size(context.words)
    heads = [head_of(words, name) for name in ("year", "resource", "option")]
    for name in (words("head.amount"), words("head.yearly")):
        heads += with_ends(words, name)
    # Money is a range: its middle is no number to copy.
    heads += with_ends(words, words("head.cost") + words.either("（万元）", ", million yuan"))[1:]
    heads += [words("code.measure.per_1000"), words("code.measure.share") + "%", words("head.enough") + "%"]
    rows: Rows = []
    for year in (context.shared.central.next_plan.mid_term, context.goal_year):
        for entry in options(context, year):
            names = words(f"planned.{entry.resource}"), context.option_name(entry.resource, entry.option)
            cost = [None, None] if entry.cost is None else [entry.cost.low * size, entry.cost.high * size]
            numbers = [*ends(entry.number), *ends(entry.yearly), *cost]
            chance = None if entry.chance is None else round(entry.chance.shown * 100)
            ratios = [None if found is None else found.shown for found in (entry.per_1000, entry.share)]
            rows.append([year, *names, *numbers, *ratios, chance, entry.grade or words("basis.national")])
    return [*heads, head_of(words, "grade")], rows


def money_size(words: Words) -> float:
    """How many units of money a million yuan is: 万元 in Chinese, millions in English."""
    return 100.0 if words.language == "zh" else 1.0


def targets(context: Context) -> Sheet:
    """Every dated target of the plan and what became of it."""
    words, rows = context.words, where(own(context, "verdict"), plan=context.plan.plan.id, yardstick="plan")
    heads = [words("head.resource"), words("head.target"), words("head.year")]
    for name in ("required", "existing", "gap"):
        heads += with_ends(words, words(f"code.measure.{name}"))
    heads += [head_of(words, "unit"), words("head.verdict"), head_of(words, "grade"), words("head.settled")]
    lines = []
    for _, row in rows.iterrows():
        target = None if pd.isna(row["target"]) else amount_of(words, row["target"], row["target_unit"], row["unit"])
        names: list[object] = [words.code("resource", row["resource"]), target, int(row["target_year"])]
        for name in ("required", "existing", "gap"):
            names += ends(value(row, name, f"{name}_q10", f"{name}_q90"))
        said = [words.code("code.unit", row["unit"]), verdict_of(words, row), row["grade"]]
        lines.append([*names, *said, settled(context, row["settled_by"]) or None])
    return heads, lines


def additions(context: Context) -> Sheet:
    """Units to add a year, the parts side by side, and what stands beside them."""
    words, rows = context.words, own(context, "additions")
    keys = ["quantity", "yardstick", "period"]
    heads = [head_of(words, name) for name in keys]
    numbers = {part: 3 if part == "total" else 1 for part in PARTS}
    for part, number in numbers.items():
        heads += with_ends(words, words(f"code.part.{part}"))[:number]
    lines = []
    for key, group in rows[rows["quantity"].notna()].groupby(keys, sort=False):
        found = {str(row["part"]): value(row) for _, row in group.iterrows()}
        line: list[object] = [in_word(context, name, code) for name, code in zip(keys, key, strict=True)]
        for part, number in numbers.items():
            line += ends(found.get(part))[:number]
        lines.append([*line, group["grade"].iloc[0]])
    return [*heads, head_of(words, "grade")], lines


def assumptions(context: Context) -> Sheet:
    """What is assumed of people and why, and the intervals of need and supply, as the annex has them."""
    heads = [context.words(f"head.{name}") for name in ("assumption", "what", "why")]
    rows: Rows = [list(assumption) for assumption in assumed(context)]
    rows += [[name, interval, None] for _, name, interval in intervals(context)]
    return heads, rows


def audit(context: Context) -> Sheet:
    """What in the plan does not add up, with its recomputation and the numbers of the figures it rests on."""
    words, plan = context.words, context.plan.plan.id
    heads = [words(f"head.{name}") for name in ("severity", "finding", "rests_on")]
    places = {item.id: place for place, item in context.numbered_figures}
    rows = where(context.shared.tables["plan_audit"], plan=plan)
    lines: Rows = []
    for _, row in rows[rows["severity"] != "consistent"].iterrows():
        rests = [str(places[name]) for name in str(row["figure_ids"]).split(";") if name in places]
        lines.append([words(f"severity.{row['severity']}"), row[f"explanation_{words.language}"], words.listed(rests)])
    return heads, lines


def sources(context: Context) -> Sheet:
    """The publications that this workbook's numbers come from."""
    words, known = context.words, context.shared.catalogue.sources
    found = used_sources(context)
    rows = [[in_word(context, "source", name), published(words, known[name].published)] for name in found]
    return [head_of(words, "source"), head_of(words, "published")], rows


def norms(context: Context) -> Sheet:
    """The nation's outcomes and goals; a ratio of the nation is one to older people."""
    rows = own(context, "norms").replace({"unit": {"per_1000": context.words("code.measure.per_1000")}})
    return in_words(context, rows, ("quantity", "kind", "year", "value", "unit", "source"))


def figures(context: Context) -> Sheet:
    """The plan's own figures, numbered as in the report."""
    rows = [{"number": place, **item.model_dump(), "unit": unit_of(item)} for place, item in context.numbered_figures]
    columns = ("number", "indicator", "kind", "year", "value", "unit", "basis", "section")
    return in_words(context, pd.DataFrame(rows), columns)


def head_of(words: Words, name: str) -> str:
    """The header of a column: where the workbook has none of its own, that of the reports' tables."""
    return words(f"column.{name}" if words.has(f"column.{name}") else f"head.{name}")


def in_words(context: Context, rows: pd.DataFrame, columns: Sequence[str]) -> Sheet:
    """Some columns of a result table, headers and codes in words; money in the unit of the language."""
    kept = [name for name in columns if name in rows.columns]
    if "unit" in rows.columns:
        money = rows["unit"].astype(str).str.startswith(MONEY)
        numbers = rows.columns.intersection(["shown", "q10", "q90"])
        size = money_size(context.words)
        rows = rows.assign(**{str(name): rows[name].where(~money, rows[name] * size) for name in numbers})
    lines = rows[kept].itertuples(index=False, name=None)
    heads = [head_of(context.words, name) for name in kept]
    return heads, [[in_word(context, name, value) for name, value in zip(kept, row, strict=True)] for row in lines]


def in_word(context: Context, column: str, value: object) -> object:
    """A value as a reader sees it: codes by name, numbers as they are."""
    words = context.words
    if value is None or value != value:
        return None
    if column in ("source", "sources"):
        known = context.shared.catalogue.sources
        titles = [known[name].title for name in str(value).split(";") if name in known]
        return words.clauses(words.named(title) for title in titles)
    if column in ("quantity", "indicator"):
        return context.indicator(str(value))
    if isinstance(value, bool):
        return words(f"workbook.{'yes' if value else 'no'}")
    if not isinstance(value, str) or not value or column in ("date", "section", "grade"):
        return value
    if column == "yardstick":
        return context.yardstick_name(value)
    if column == "period":
        return context.period_name(value)
    key = f"definition.{value}" if column == "definition" else f"code.{column}.{value}"
    return words(key) if words.has(key) else value


SHEETS: Mapping[str, Callable[[Context], Sheet] | tuple[str, ...]] = {
    "resources": by_year,
    "people": people,
    "need": ("year", "measure", "definition", "severity", "setting", "shown", "q10", "q90"),
    "next_plan": next_plan,
    "targets": targets,
    "additions": additions,
    "cost": ("quantity", "yardstick", "period", "kind", "q10", "q90", "unit", "price_year", "own", "sources"),
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
    if value is None or value != value:
        return
    if isinstance(value, str):
        sheet.write_string(row, column, value, formats["text"])
        return
    number = float(str(value))
    whole = abs(number) >= 1000 or number.is_integer()
    shown = formats["year" if year else "number" if whole else "decimal"]
    sheet.write_number(row, column, round(number, 0 if whole else 3), shown)


def _print(sheet: Any, name: str, columns: int) -> None:
    """A4, as wide as one page, the sheet's name and the page's number at the foot."""
    sheet.set_paper(A4)
    if columns > 6:
        sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.set_footer(f"&L{name}&R&P / &N")


def _width(values: Iterable[object]) -> float:
    """The width of a column: Chinese characters count twice."""
    texts = [str(value) if isinstance(value, str) else f"{value:,.0f}" for value in values if value is not None]
    longest = max((sum(2 if ord(sign) > 255 else 1 for sign in text) for text in texts), default=0)
    return min(longest + 3, WIDEST)
