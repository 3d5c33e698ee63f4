"""What there is: published stocks, the plan's targets with their verdicts, and beds and staff by year."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from pipeline.pinyin import pinyin_of
from pipeline.report.context import Context, pictures
from pipeline.report.document import Block, Inline, Picture, ReportColumn, TextSpan, line
from pipeline.report.facts import one, value, where
from pipeline.report.numbers import Value
from pipeline.report.sections.planned import goal_year
from pipeline.report.style import BLUE, INK, MIST, ORANGE, TEAL, canvas, drawn, legend, sheet, value_axis, year_axis
from pipeline.report.wording import Words
from pipeline.shortfall.verdict import MEANT
from pipeline.vocabulary import RESOURCES

FIRM = ("A", "B")
"""Grades of evidence that carry a verdict."""

FIRST_BAR = 2021


def supply(context: Context) -> Sequence[Block]:
    """Published stocks, the plan's targets and what became of them, and bars by year."""
    return [
        pictures(*(_bars(context, name) for name in RESOURCES)),
        _targets(context),
        _norms(context),
        _observations(context),
        context.note("supply.note"),
    ]


def stock(context: Context, row: pd.Series) -> str:
    """The last published stock of a headline or verdict row with its date; how it was carried to today."""
    words = context.words
    if pd.isna(row["stock_value"]):
        return words("stock.none")
    unit = row["stock_unit"] if pd.notna(row["stock_unit"]) else row["unit"]
    amount = amount_of(words, row["stock_value"], unit, row["unit"])
    meant = next((sign for sign, mark in MEANT.items() if mark in str(row["marks"]).split(";")), "=")
    amount = words(f"comparator.{meant}", value=amount)
    return words("stock.dated", amount=amount, date=words.date(str(row["stock_date"]).removesuffix(".0")))


def part_name(context: Context, code: object) -> str:
    """The name of a place within the region by its code; the code itself where the atlas was not made."""
    wanted, tables = str(code).removesuffix(".0"), context.shared.tables
    if not tables.has("atlas"):
        return wanted
    rows = tables["atlas"]
    named = rows.loc[rows["code"].astype(str) == wanted, "name_zh"]
    return context.words.either(str(named.iloc[0]), pinyin_of(str(named.iloc[0]))) if len(named) else wanted


def latest(context: Context, quantity: str, *, within: bool = False) -> list[pd.Series]:
    """The last published counts of a quantity: the region's own, or those of places `within` it."""
    rows = context.plan.rows("supply", quantity=quantity)
    rows = rows[rows["part"].notna() == within].sort_values("date") if len(rows) else rows
    return [row for _, row in (rows.groupby("part").tail(1) if within and len(rows) else rows.tail(1)).iterrows()]


def dated(context: Context, row: pd.Series) -> str:
    """A published count with its date."""
    words = context.words
    amount = words(f"comparator.{row['comparator']}", value=amount_of(words, row["value"], row["unit"]))
    return words("stock.dated", amount=amount, date=words.date(str(row["date"]).removesuffix(".0")))


def amount_of(words: Words, number: float, unit: str, counted: str = "", decimals: int = 2) -> str:
    """A published number with its unit, all digits; a ratio to older people names them, and what is `counted`."""
    value, ratio = words.exact(float(number), decimals), f"of_old.{unit}"
    of = words(f"of.{counted}") if words.has(f"of.{counted}") else ""
    return words(ratio, value=value, of=of) if words.has(ratio) else words(f"stated.{unit}", value=value)


def ranged_in(words: Words, found: Value, unit: str) -> str:
    """An estimate with its interval and unit: percentages with one decimal, all else in units, so that gaps close."""
    return words.with_ends(
        found, lambda number: words.percent(number / 100) if unit == "percent" else words.exact(number)
    )


def verdict_of(words: Words, row: pd.Series) -> str:
    """What became of a target, in words; at grades C and D that it cannot be said."""
    if pd.notna(row["verdict"]):
        said = words(f"verdict.{row['verdict']}")
        return words("verdict.borderline", verdict=said) if "borderline" in str(row["marks"]).split(";") else said
    if row["yardstick"] == "norm":
        return words("verdict.norm")
    if pd.isna(row["stock_value"]):
        return words("verdict.none")
    return words(f"verdict.{row['carried_by']}" if row["carried_by"] in ("nation", "held") else "verdict.old")


def settled(context: Context, codes: object) -> str:
    """Which publication would settle what is not known: indicator, year and kind of publication in words."""
    words, said = context.words, []
    for code in str(codes).split(";") if isinstance(codes, str) else ():
        indicator, year, publication = code.split(":")
        known = context.shared.catalogue.indicators.get(indicator)
        counted = known is not None and known.unit in ("beds", "persons")
        name = in_sentence(context.indicator(indicator))
        said.append(
            words(
                "settled.item",
                indicator=name if not counted or name.endswith("数") else name + words.either("数", ""),
                year=year,
                publication=words.code("publication", publication),
            )
        )
    return words.listed(dict.fromkeys(said))


def in_sentence(name: str) -> str:
    """An English name as it stands within a sentence; Chinese ones stay."""
    return name if name[1:2].isupper() else name[:1].lower() + name[1:]


def marks_of(words: Words, row: pd.Series) -> str:
    """What a number rests on that is not certain, in words."""
    found = str(row["marks"]).split(";") if pd.notna(row.get("marks")) else []
    return words.either("；", "; ").join(words(f"mark.{name}") for name in found if words.has(f"mark.{name}"))


def _targets(context: Context) -> Block:
    """Every dated target of the plan and what became of it."""
    words = context.words
    table = context.shared.tables["verdict"]
    rows = where(table, plan=context.plan.plan.id)
    if "scenario" in rows.columns:
        rows = rows[rows["scenario"] == "central"]
    order = {name: place for place, name in enumerate(RESOURCES)}
    found = sorted(
        (row for _, row in rows.iterrows() if row["yardstick"] == "plan"),
        key=lambda row: (order.get(str(row["resource"]), 99), row["target_year"]),
    )

    def amount(name: str):  # type: ignore[no-untyped-def]
        def cell(row: pd.Series) -> str | None:
            got = value(row, name, f"{name}_q10", f"{name}_q90")
            return None if got is None else ranged_in(words, got, str(row["unit"]))

        return cell

    return context.table(
        words("targets.caption", date=words.date(str(context.shared.as_of))),
        found,
        ReportColumn(words("head.resource"), lambda row: words.code("resource", row["resource"]), 13),
        ReportColumn(
            words("head.target"),
            lambda row: line(
                words(f"stated.{row['target_unit']}", value=words.exact(float(row["target"]), 2))
                if pd.notna(row["target"])
                else "—",
                " ",
                *context.refs(row["figure_id"]),
            ),
            14,
        ),
        ReportColumn(words("head.year"), lambda row: str(int(row["target_year"])), 6, number=True),
        ReportColumn(words("head.required"), amount("required"), 15, number=True),
        ReportColumn(words("head.existing"), amount("existing"), 15, number=True),
        ReportColumn(
            words("head.verdict"), lambda row: line(verdict_of(words, row), " ", context.grade(row["grade"])), 20
        ),
        ReportColumn(
            words("head.settled"), lambda row: TextSpan(settled(context, row["settled_by"]), mark="quiet"), 20
        ),
    )


def beside_nation(context: Context, row: pd.Series, norm: pd.Series) -> tuple[str, str] | None:
    """What exists today of a headline row's quantity in the unit of a norm, people of the same day, and its grade."""
    found = context.plan.rows("gap", quantity=row["quantity"], measure="existing", supply_path="trend")
    found = found[(found["year"] == context.today) & found["shown"].notna()] if len(found) else found
    if found.empty:
        return None
    grade, per = str(found["grade"].iloc[0]), {"per_1000": 1e3, "per_10000": 1e4}.get(str(norm["unit"]))
    share = value(found.iloc[0])
    if per is None and share is not None and norm["unit"] == "percent":
        return ranged_in(context.words, share, "percent"), grade
    amount = float(found["shown"].iloc[0])
    if per is not None:
        amount *= per / context.plan.people.at("60+", context.today).shown
    return amount_of(context.words, amount, norm["unit"], row["unit"], 1), grade


def norm_of(context: Context, row: pd.Series) -> pd.Series | None:
    """The nation's latest outcome of what a headline row counts, or its goal where no outcome is published."""
    norms = context.shared.tables["norms"]
    rows = norms[norms["quantity"].isin((row["quantity"], f"{row['quantity']}_per_1000_60plus"))]
    rows = rows[rows["unit"] != "beds"].sort_values(["kind", "year"], ascending=[True, True])
    outcomes = rows[rows["kind"] == "outcome"]
    return None if rows.empty else (outcomes if len(outcomes) else rows).iloc[-1]


def norm_amount(words: Words, row: pd.Series, norm: pd.Series) -> str:
    """What the nation has, in the unit of the norm."""
    return amount_of(words, norm["value"], norm["unit"], row["unit"], 1)


def _norms(context: Context) -> Block:
    """The region beside the nation's latest outcome, or its goal, of the same quantity."""
    words = context.words
    rows = [(row, norm) for row in context.plan.headline.values() if (norm := norm_of(context, row)) is not None]

    def here(entry: tuple[pd.Series, pd.Series]) -> Inline:
        found = beside_nation(context, *entry)
        return line(words("stock.none")) if found is None else line(found[0], " ", context.grade(found[1]))

    return context.table(
        words("norms.caption"),
        rows,
        ReportColumn(words("head.resource"), lambda entry: context.indicator(str(entry[0]["quantity"])), 20),
        ReportColumn(words("head.here", year=str(context.today)), here, 24),
        ReportColumn(
            words("head.nation"),
            lambda entry: words(
                f"norms.{entry[1]['kind']}", value=norm_amount(words, *entry), year=str(int(entry[1]["year"]))
            ),
            24,
        ),
    )


def _observations(context: Context) -> Block:
    """Every published stock of the region: date, value, grade and source."""
    words = context.words
    rows = context.plan.rows("supply")
    found = [row for _, row in rows.sort_values(["quantity", "date"]).iterrows()] if len(rows) else []

    def stated(row: pd.Series) -> str:
        amount = words(f"stated.{row['unit']}", value=words.exact(float(row["value"]), 2))
        return words(f"comparator.{row['comparator']}", value=amount)

    def source(row: pd.Series) -> Inline:
        own = context.refs(row["origin"])
        if own:
            return line(words("supply.plan"), " ", *own)
        name = str(row["source"])
        known = context.shared.catalogue.sources.get(name)
        return line(
            TextSpan(
                words.either(known.title.zh, known.title.en) if known else name, to=f"#source-{name}" if known else ""
            )
        )

    return context.table(
        words("supply.caption"),
        found,
        ReportColumn(
            words("head.quantity"),
            lambda row: line(
                context.indicator(str(row["quantity"])),
                TextSpan(" " + words("supply.part", code=part_name(context, row["part"])), mark="quiet")
                if pd.notna(row["part"])
                else "",
            ),
            20,
        ),
        ReportColumn(words("head.date"), lambda row: words.date(str(row["date"]).removesuffix(".0")), 12),
        ReportColumn(words("head.value"), stated, 14, number=True),
        ReportColumn(words("head.grade"), lambda row: context.grade(row["grade"]), 8),
        ReportColumn(words("head.source"), source, 34),
    )


def _trend_of(context: Context, name: str) -> str:
    """Whose past the trend of a resource goes on: the region's own, or the nation's where it has none."""
    row = context.plan.headline.get(name)
    return "trend_nation" if row is not None and row["carried_by"] == "nation" else "trend"


def _bars(context: Context, name: str) -> Picture | None:
    """One resource by year: the stock on its trend as bars, what standing still and the plan take as lines."""
    words, facts = context.words, context.plan
    rows = facts.rows("gap", resource=name)
    if rows.empty or name in ("nursing_share", "home_beds", "mutual_aid_beds"):
        return None
    last = goal_year(context)
    years = np.arange(FIRST_BAR, last + 1)

    def series(**keys: object) -> np.ndarray:
        by_year = where(rows, **keys).drop_duplicates("year").set_index("year")["shown"]
        return by_year.reindex(years).to_numpy(dtype=float)

    trend, path = series(measure="existing", supply_path="trend"), _trend_of(context, name)
    held = series(measure="existing", supply_path="held")
    if np.isnan(trend).all() or np.array_equal(trend, held, equal_nan=True):
        path = "held"
    else:
        held = trend
    still = series(measure="required", yardstick="status_quo")
    plan = series(measure="required", yardstick="plan")
    delivered = series(measure="existing", supply_path="plan_delivered")
    if np.isnan(held).all() or (np.isnan(still).all() and np.isnan(plan).all()):
        return None
    top = float(np.nanmax([*held, *still, *plan, *delivered]))
    with sheet():
        figure, axis = canvas(2.55)
        counted = "persons" if name in ("caregivers", "social_workers") else "beds"
        unit = value_axis(axis, top, words, f"axis.{counted}")
        past = years <= context.today
        axis.bar(years, held / unit.size, 0.66, color=np.where(past, BLUE, MIST), linewidth=0)
        handles: list[Patch | Line2D] = [
            Patch(facecolor=BLUE, label=words("bars.to_today")),
            Patch(facecolor=MIST, label=words(f"bars.{path}")),
        ]
        for line_values, colour, dash, key in (
            (still, ORANGE, "-", "status_quo"),
            (plan, INK, (0, (4, 2)), "plan"),
            (delivered, TEAL, (0, (1, 1.4)), "delivered"),
        ):
            if not np.isnan(line_values).all():
                axis.plot(years, line_values / unit.size, color=colour, ls=dash, lw=1.9)
                handles.append(Line2D([], [], color=colour, ls=dash, lw=1.9, label=words(f"bars.{key}")))
        year_axis(axis, FIRST_BAR - 0.6, last + 0.6, 3)
        legend(figure, handles)
        svg = drawn(figure)
    title = words.code("resource", name)
    trended = one(rows, measure="existing", supply_path="trend", year=last)
    stock = None if trended is None else value(trended)
    told = {"resource": title, "path": words(f"bars.{path}"), "year": str(last)}
    amount = words.estimate(float(held[-1])) if stock is None else words.ranged(stock)
    told["stock"] = words(f"stated.{counted}", value=amount)
    caption = words("bars.caption", **told)
    needed = one(rows, measure="required", yardstick="status_quo", year=last)
    if needed is not None and (found := value(needed)) is not None:
        caption += words("bars.still", needed=words(f"stated.{counted}", value=words.ranged(found)))
    return Picture(f"bars_{name}", svg, caption, words("bars.alt", caption=caption))
