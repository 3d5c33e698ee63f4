"""A plan's results as an Excel workbook for a civil servant: one in Chinese and one in English, no codes in either."""

import datetime
import io
from collections.abc import Callable, Iterable, Mapping, Sequence

import pandas as pd
import xlsxwriter

from pipeline.axes import OLD_BANDS
from pipeline.report.context import Context, ordered
from pipeline.report.facts import value, where
from pipeline.report.numbers import Value
from pipeline.report.sections.lookups import option_name, yardstick_name, years_of
from pipeline.report.sections.next_plan_section import options
from pipeline.report.sections.settings import assumed, intervals
from pipeline.report.sections.sources import published, unit_of, used_sources
from pipeline.report.sections.supply_section import amount_of, settled, verdict_of
from pipeline.report.wording import Words
from pipeline.results.view import ViewChoices, seen

CREATED = datetime.datetime(2020, 11, 1)
"""Written as the creation date of every workbook, so that two runs give the same bytes."""

FONT = {"font_name": "Microsoft YaHei", "font_size": 10, "valign": "top"}
OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
INTERVAL = ("shown", "q10", "q90")
MONEY = "million_yuan"
PARTS = ("shortfall", "ageing", "closures", "total", "record", "empty", "convertible")
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
        "part": book.add_format({**FONT, "bold": True}),
        "link": book.add_format({**FONT, "text_wrap": True, "font_color": "#12436D", "underline": 1}),
        "title": book.add_format({**FONT, "font_size": 14, "bold": True}),
    }
    first = book.add_worksheet(words("sheet.about"))
    first.set_column(0, 0, 100)
    _print(first, words("sheet.about"), 1)
    for row, text in enumerate(about):
        first.write_string(row, 0, text, formats["text" if row else "title"])
    years = {words(key) for key in ("column.year", "head.year", "column.price_year")}
    made = list(sheets(context))
    first.write_string(len(about), 0, words("workbook.sheets"), formats["part"])
    for row, (name, *_) in enumerate(made, len(about) + 1):
        title = words(f"sheet.{name}")
        said = words("workbook.sheet", title=title, holds=words(f"holds.{name}"))
        first.write_url(row, 0, f"internal:'{title}'!A1", formats["link"], said)
    for name, heads, rows in made:
        sheet = book.add_worksheet(words(f"sheet.{name}"))
        sheet.freeze_panes(1, 2)
        _print(sheet, words(f"sheet.{name}"), len(heads))
        sheet.repeat_rows(0)
        for column, head in enumerate(heads):
            sheet.write_string(0, column, head[:1].upper() + head[1:], formats["head"])
            sheet.set_column(column, column, _width([head, *(row[column] for row in rows)]), formats["text"])
        for place, line in enumerate(rows, 1):
            for column, cell in enumerate(line):
                _write(sheet, place, column, cell, heads[column] in years, formats)
        if rows:
            sheet.autofilter(0, 0, len(rows), len(heads) - 1)
    book.close()
    return buffer.getvalue()


def sheets(context: Context) -> Iterable[Sheet]:
    """Every sheet after the first; one without rows is left out."""
    named = Named(context)
    made: dict[str, Callable[[], tuple[list[str], list[list[object]]]]] = {
        "resources": lambda: by_year(context, own(context, "gap")),
        "people": lambda: people(context),
        "need": lambda: named.table(
            own(context, "need"), ("year", "measure", "definition", "severity", "setting", *INTERVAL)
        ),
        "next_plan": lambda: next_plan(context),
        "targets": lambda: targets(context),
        "additions": lambda: additions(context),
        "cost": lambda: named.table(
            own(context, "cost"),
            ("quantity", "yardstick", "period", "kind", "q10", "q90", "unit", "price_year", "own", "sources"),
        ),
        "norms": lambda: named.table(
            # A ratio of the nation is one to older people.
            context.shared.tables["norms"].replace({"unit": {"per_1000": context.words("code.measure.per_1000")}}),
            ("quantity", "kind", "year", "value", "unit", "source"),
        ),
        "supply": lambda: named.table(
            own(context, "supply"), ("quantity", "date", "value", "unit", "comparator", "basis", "grade", "source")
        ),
        "assumptions": lambda: assumptions(context),
        "audit": lambda: audit(context),
        "figures": lambda: figures(context),
        "sources": lambda: sources(context),
    }
    for name, make in made.items():
        heads, rows = make()
        if rows:
            yield name, heads, rows


def own(context: Context, name: str) -> pd.DataFrame:
    """The rows of a table that a workbook shows of the plan's region."""
    rows = context.shared.tables[name]
    return seen(rows[rows["region"] == context.plan.region], name, "workbook", ViewChoices(context.shared.settings))


def by_year(context: Context, gap: pd.DataFrame) -> tuple[list[str], list[list[object]]]:
    """What exists, what each yardstick requires and the gap, a line each, over the years."""
    words, named = context.words, Named(context)
    years = sorted(int(year) for year in gap["year"].unique())
    keys = ["quantity", "yardstick", "measure", "unit"]
    rows = gap.assign(yardstick=gap["yardstick"].astype(object).fillna(""))
    wide = rows.pivot_table(index=keys, columns="year", values="shown", sort=False, observed=True)
    today = rows[rows["year"] == context.today].drop_duplicates(keys).set_index(keys)["grade"]
    heads = [words(f"column.{name}") for name in keys] + [words("column.grade")] + [str(year) for year in years]
    lines: list[list[object]] = []
    for key, values in zip(wide.index, wide.reindex(columns=years).to_numpy(dtype=float).tolist(), strict=True):
        codes = [named.value(name, code) for name, code in zip(keys, key, strict=True)]
        grade = words("basis.national") if key[1] == "need" else named.value("grade", today.get(key))
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


def people(context: Context) -> tuple[list[str], list[list[object]]]:
    """Residents by year and age group."""
    words, found = context.words, context.plan.people
    groups = (*OLD_BANDS, "total")
    heads = [words("column.year"), *(head for group in groups for head in with_ends(words, words(f"group.{group}")))]
    years = [int(year) for year in found.quantiles["60+"].index]
    return heads, [[year, *(number for group in groups for number in ends(found.at(group, year)))] for year in years]


def next_plan(context: Context) -> tuple[list[str], list[list[object]]]:
    """The options for the goal year and for the middle of the plan, as the report has them."""
    words, size = context.words, words_size(context.words)
    heads = [words(f"column.{name}") for name in ("year", "resource", "option")]
    for name in (words("head.amount"), words("head.yearly")):
        heads += with_ends(words, name)
    # Money is a range: its middle is no number to copy.
    heads += with_ends(words, words("head.cost") + words.either("（万元）", ", million yuan"))[1:]
    heads += [words("code.measure.per_1000"), words("code.measure.share") + "%", words("head.enough") + "%"]
    rows = []
    for year in (context.shared.central.next_plan.mid_term, context.goal_year):
        for entry in options(context, year):
            names: list[object] = [
                words(f"planned.{entry.resource}"),
                option_name(context, entry.resource, entry.option),
            ]
            cost = [None, None] if entry.cost is None else [entry.cost.low * size, entry.cost.high * size]
            numbers = [*ends(entry.number), *ends(entry.yearly), *cost]
            chance = None if entry.chance is None else round(entry.chance.shown * 100)
            ratios = [None if found is None else found.shown for found in (entry.per_1000, entry.share)]
            rows.append([year, *names, *numbers, *ratios, chance, entry.grade or words("basis.national")])
    return [*heads, words("column.grade")], rows


def words_size(words: Words) -> float:
    """How many units of money a million yuan is: 万元 in Chinese, millions in English."""
    return 100.0 if words.language == "zh" else 1.0


def targets(context: Context) -> tuple[list[str], list[list[object]]]:
    """Every dated target of the plan and what became of it."""
    words, rows = context.words, where(own(context, "verdict"), plan=context.plan.plan.id, yardstick="plan")
    heads = [words("head.resource"), words("head.target"), words("head.year")]
    for name in ("required", "existing", "gap"):
        heads += with_ends(words, words(f"code.measure.{name}"))
    heads += [words("column.unit"), words("head.verdict"), words("column.grade"), words("head.settled")]
    lines = []
    for _, row in rows.iterrows():
        target = None if pd.isna(row["target"]) else amount_of(words, row["target"], row["target_unit"], row["unit"])
        names: list[object] = [words.code("resource", row["resource"]), target, int(row["target_year"])]
        for name in ("required", "existing", "gap"):
            names += ends(value(row, name, f"{name}_q10", f"{name}_q90"))
        said = [words.code("code.unit", row["unit"]), verdict_of(words, row), row["grade"]]
        lines.append([*names, *said, settled(context, row["settled_by"]) or None])
    return heads, lines


def additions(context: Context) -> tuple[list[str], list[list[object]]]:
    """Units to add a year, the parts side by side, and what stands beside them."""
    words, named, rows = context.words, Named(context), own(context, "additions")
    keys = ["quantity", "yardstick", "period"]
    heads = [words(f"column.{name}") for name in keys]
    for part in PARTS:
        name = words(f"code.part.{part}")
        heads += with_ends(words, name) if part == "total" else [name]
    lines = []
    for key, group in rows[rows["quantity"].notna()].groupby(keys, sort=False):
        found = {str(row["part"]): value(row) for _, row in group.iterrows()}
        line: list[object] = [named.value(name, code) for name, code in zip(keys, key, strict=True)]
        for part in PARTS:
            line += ends(found.get(part)) if part == "total" else ends(found.get(part))[:1]
        lines.append([*line, group["grade"].iloc[0]])
    return [*heads, words("column.grade")], lines


def assumptions(context: Context) -> tuple[list[str], list[list[object]]]:
    """What is assumed of people and why, and the intervals of need and supply, as the annex has them."""
    words = context.words
    heads = [words("head.assumption"), words("head.what"), words("head.why")]
    lines: list[list[object]] = [list(told) for told in assumed(context)]
    lines += [[name, ends_, None] for _, name, ends_ in intervals(context)]
    return heads, lines


def audit(context: Context) -> tuple[list[str], list[list[object]]]:
    """What in the plan does not add up, with its recomputation and the numbers of the figures it rests on."""
    words, plan = context.words, context.plan.plan.id
    heads = [words("head.severity"), words("head.finding"), words("head.rests_on")]
    places = {item.id: place for place, item in enumerate(ordered(context.shared.catalogue, plan), 1)}
    rows = where(context.shared.tables["plan_audit"], plan=plan)
    lines: list[list[object]] = []
    for _, row in rows[rows["severity"] != "consistent"].iterrows():
        rests = [str(places[name]) for name in str(row["figure_ids"]).split(";") if name in places]
        lines.append([words(f"severity.{row['severity']}"), row[f"explanation_{words.language}"], words.listed(rests)])
    return heads, lines


def sources(context: Context) -> tuple[list[str], list[list[object]]]:
    """The publications that this workbook's numbers come from."""
    words, known = context.words, context.shared.catalogue.sources
    heads = [words("column.source"), words("column.published")]
    rows: list[list[object]] = []
    for name in used_sources(context):
        title = words.either(known[name].title.zh, known[name].title.en)
        rows.append([title, published(words, known[name].published)])
    return heads, rows


def figures(context: Context) -> tuple[list[str], list[list[object]]]:
    """The plan's own figures, numbered as in the report."""
    words, named = context.words, Named(context)
    names = ("number", "indicator", "kind", "year", "value", "unit", "basis", "section")
    rows: list[list[object]] = []
    for place, item in enumerate(ordered(context.shared.catalogue, context.plan.plan.id), 1):
        codes = [named.value("unit", unit_of(item)), named.value("basis", item.basis)]
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
        money = rows["unit"].eq(MONEY) if "unit" in rows.columns else None
        if money is not None and self.words.language == "zh":
            money = rows["unit"].astype(str).str.startswith(MONEY)
            numbers = rows.columns.intersection(list(INTERVAL))
            rows = rows.assign(**{str(name): rows[name].where(~money, rows[name] * 100) for name in numbers})
        lines = [
            [self.value(name, value) for name, value in zip(kept, row, strict=True)]
            for row in rows[kept].itertuples(index=False, name=None)
        ]
        return [self.words(f"column.{name}") for name in kept], lines

    def value(self, column: str, value: object) -> object:
        """A value as a reader sees it: codes by name, numbers as they are."""
        if value is None or value != value:
            return None
        if column in ("source", "sources"):
            known = self.context.shared.catalogue.sources
            titles = [known[name].title for name in str(value).split(";") if name in known]
            return self.words.either("；", "; ").join(self.words.either(title.zh, title.en) for title in titles)
        if column in ("quantity", "indicator"):
            return self.context.indicator(str(value))
        if isinstance(value, bool):
            return self.words(f"workbook.{'yes' if value else 'no'}")
        if not isinstance(value, str):
            return value
        if column == "yardstick" and value:
            return yardstick_name(self.context, value)
        if column == "period":
            return years_of(self.context, value)
        if column in ("date", "section", "grade") or not value:
            return value
        if column == "definition" and self.words.has(f"definition.{value}"):
            return self.words(f"definition.{value}")
        key = f"code.{column}.{value}"
        return self.words(key) if self.words.has(key) else value


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
    texts = [str(value) if isinstance(value, str) else f"{value:,.0f}" for value in values if value is not None]
    longest = max((sum(2 if ord(sign) > 255 else 1 for sign in text) for text in texts), default=0)
    return min(longest + 3, 46)
