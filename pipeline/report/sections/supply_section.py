"""What there is: published stocks, the plan's targets with their verdicts, and beds and staff by year."""

import math
from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from pipeline.axes import CENSUS_YEAR
from pipeline.report.context import FIRM, Context, pictures, rows_of, unit_of_resource
from pipeline.report.document import Block, Inline, Picture, TextSpan, line
from pipeline.report.facts import one, value, where
from pipeline.report.style import BLUE, INK, MIST, ORANGE, TEAL, drawing, value_axis, year_axis
from pipeline.report.wording import Value, Words
from pipeline.shortfall.verdict import MEANT
from pipeline.vocabulary import CENTRAL, RESOURCES

IN_BARS = ("beds", "nursing_beds", "dementia_beds", "caregivers", "social_workers")
LINES: dict[str, dict[str, Any]] = {
    "status_quo": {"color": ORANGE, "ls": "-"},
    "plan": {"color": INK, "ls": (0, (4, 2))},
    "plan_delivered": {"color": TEAL, "ls": (0, (1, 1.4))},
}
"""Lines over the bars: yardsticks that require a number, and the supply that the plan would bring."""


def supply(context: Context) -> Sequence[Block]:
    """Published stocks, the plan's targets and what became of them, and bars by year."""
    rows = where(context.shared.tables["verdict"], plan=context.plan.id, yardstick="plan", scenario=CENTRAL)
    nursing = where(rows, resource=("nursing_share", "nursing_beds"))["verdict"]
    return [
        pictures(*(_bars(context, name) for name in IN_BARS)),
        _targets(context, rows),
        # Why a share and its number of beds may have come out differently.
        *([context.note("targets.share")] if len(set(nursing.dropna())) > 1 else []),
        _norms(context),
        _observations(context),
        context.note("supply.note"),
    ]


def stock(context: Context, row: pd.Series) -> str:
    """The last published stock of a headline row that has one, with its date."""
    words = context.words
    unit = row["stock_unit"] if pd.notna(row["stock_unit"]) else row["unit"]
    comparator = next((sign for sign, mark in MEANT.items() if mark in marks_of(row)), "=")
    amount = words(f"comparator.{comparator}", value=amount_of(words, row["stock_value"], unit, row["unit"]))
    return words("stock.dated", amount=amount, date=words.date(row["stock_date"]))


def dated(context: Context, row: pd.Series) -> str:
    """A published count with its date."""
    words = context.words
    amount = words(f"comparator.{row['comparator']}", value=amount_of(words, row["value"], row["unit"]))
    return words("stock.dated", amount=amount, date=words.date(row["date"]))


def latest(context: Context, quantity: str, *, within: bool = False) -> list[pd.Series]:
    """The last published counts of a quantity: the region's own, or those of places `within` it."""
    rows = context.rows("supply", quantity=quantity)
    rows = rows[rows["part"].notna() == within].sort_values("date")
    return rows_of(rows.groupby("part").tail(1) if within else rows.tail(1))


def amount_of(words: Words, number: float | Value, unit: str, counted: str = "", decimals: int = 2) -> str:
    """A number with its unit, a published one with all digits; a ratio to older people names them and its thing."""
    shown = number if isinstance(number, Value) else Value(float(number))
    text = words.with_ends(shown, lambda found: words.exact(found, decimals))
    if words.has(f"of_old.{unit}"):
        return words(f"of_old.{unit}", value=text, of=words(f"of.{counted}") if words.has(f"of.{counted}") else "")
    return words(f"stated.{unit}", value=text)


def _with_ends(words: Words, found: Value, unit: str) -> str:
    """An estimate with its interval and unit: percentages with one decimal, all else in units, so that gaps close."""
    return words.with_ends(found, lambda end: words.percent(end / 100) if unit == "percent" else words.exact(end))


def verdict_of(words: Words, row: pd.Series) -> str:
    """What became of a target, in words; at grades C and D that it cannot be said."""
    if pd.notna(row["verdict"]):
        verdict = words(f"verdict.{row['verdict']}")
        return words("verdict.borderline", verdict=verdict) if "borderline" in marks_of(row) else verdict
    if row["yardstick"] == "norm":
        return words("verdict.norm")
    if pd.isna(row["stock_value"]):
        return words("verdict.none")
    return words(f"verdict.{row['carried_by']}" if row["carried_by"] in ("nation", "held") else "verdict.old")


def settled(context: Context, codes: object) -> str:
    """Which publication would settle what is not known: indicator, year and kind of publication in words."""
    words, items = context.words, []
    for code in codes.split(";") if isinstance(codes, str) else ():
        indicator, year, publication = code.split(":")
        known = context.shared.catalogue.indicators.get(indicator)
        name = words.in_sentence(context.indicator(indicator))
        if known is not None and known.unit in ("beds", "persons") and not name.endswith("数"):
            name += words.either("数", "")
        publication = words.code("publication", publication)
        items.append(words("settled.item", indicator=name, year=year, publication=publication))
    return words.listed(dict.fromkeys(items))


def marks_of(row: pd.Series) -> list[str]:
    """Codes of what a number rests on that is not certain."""
    return str(row["marks"]).split(";")


def _targets(context: Context, rows: pd.DataFrame) -> Block:
    """Every dated target of the plan and what became of it."""
    words, column = context.words, context.column

    def target(row: pd.Series) -> Inline:
        amount = amount_of(words, row["target"], row["target_unit"]) if pd.notna(row["target"]) else "—"
        return line(amount, " ", *context.refs(row["figure_id"]))

    def amount(row: pd.Series, name: str) -> str | None:
        number = value(row, name, f"{name}_q10", f"{name}_q90")
        return None if number is None else _with_ends(words, number, str(row["unit"]))

    return context.table(
        words("targets.caption", date=words.date(context.shared.central.as_of)),
        sorted(rows_of(rows), key=lambda row: (RESOURCES.index(row["resource"]), row["target_year"])),
        column("head.resource", lambda row: words.code("resource", row["resource"]), 13),
        column("head.target", target, 14),
        column("head.year", lambda row: str(int(row["target_year"])), 6, number=True),
        column("head.required", partial(amount, name="required"), 15, number=True),
        column("head.existing", partial(amount, name="existing"), 15, number=True),
        column("head.verdict", lambda row: line(verdict_of(words, row), " ", context.grade(row["grade"])), 20),
        column("head.settled", lambda row: TextSpan(settled(context, row["settled_by"]), mark="quiet"), 20),
    )


def beside_norm(context: Context, row: pd.Series, norm: pd.Series) -> tuple[str, str] | None:
    """What exists today of a headline row's quantity in the unit of a norm, and its grade.

    A ratio to the people of the same day has an interval of both: a stock's own past and the forecast of people are
    drawn apart, so that their relative errors add up as squares.
    """
    keys = {"measure": "existing", "supply_path": "trend", "year": context.today}
    found = context.rows("gap", quantity=row["quantity"], **keys).dropna(subset="shown")
    stock = value(found.iloc[0]) if len(found) else None
    if stock is None:
        return None
    grade, per = str(found.iloc[0]["grade"]), {"per_1000": 1e3, "per_10000": 1e4}.get(norm["unit"])
    if per is not None:
        stock = _per(stock, context.people.at("60+", context.today), per)
    elif norm["unit"] == "percent":
        return _with_ends(context.words, stock, "percent"), grade
    return amount_of(context.words, stock, norm["unit"], row["unit"], 1), grade


def _per(stock: Value, people: Value, per: float) -> Value:
    """A stock per so many people, with the interval of both."""
    ratio = per * stock.shown / people.shown
    if ratio <= 0 or (stock.certain and people.certain):
        return Value(ratio)

    def factor(*ends: tuple[Value, float]) -> float:
        return math.exp(math.hypot(*(math.log(max(end, 1e-9) / v.shown) for v, end in ends if not v.certain)))

    low = ratio / factor((stock, stock.low), (people, people.high))
    return Value(ratio, low, ratio * factor((stock, stock.high), (people, people.low)))


def norm_of(context: Context, row: pd.Series, quantity: str = "") -> pd.Series | None:
    """The nation's latest outcome of what a headline row, or a `quantity`, counts; its goal where none is published."""
    norms, wanted = context.shared.tables["norms"], quantity or str(row["quantity"])
    rows = where(norms, quantity=(wanted, f"{wanted}_per_1000_60plus"))
    rows = rows[rows["unit"] != "beds"].sort_values(["kind", "year"])
    outcomes = where(rows, kind="outcome")
    return None if rows.empty else (outcomes if len(outcomes) else rows).iloc[-1]


def norm_text(words: Words, group: str, row: pd.Series, norm: pd.Series) -> str:
    """What the nation has, in the unit of the norm, with its year, by the messages of a `group`."""
    amount = amount_of(words, norm["value"], norm["unit"], row["unit"], 1)
    return words(f"{group}.{norm['kind']}", value=amount, year=int(norm["year"]))


def _norms(context: Context) -> Block:
    """The region beside the nation's latest outcome, or its goal, of the same quantity."""
    words, column = context.words, context.column
    rows = [(row, norm) for row in context.headline.values() if (norm := norm_of(context, row)) is not None]

    def here(pair: tuple[pd.Series, pd.Series]) -> Inline:
        found = beside_norm(context, *pair)
        return line(words("stock.none")) if found is None else line(found[0], " ", context.grade(found[1]))

    return context.table(
        words("norms.caption"),
        rows,
        column("head.resource", lambda pair: context.indicator(pair[0]["quantity"]), 20),
        column("head.here", here, 24, year=context.today),
        column("head.nation", lambda pair: norm_text(words, "norms", *pair), 24),
    )


def _observations(context: Context) -> Block:
    """Every published stock of the region: date, value, grade and source."""
    words, column, catalogue = context.words, context.column, context.shared.catalogue

    def quantity(row: pd.Series) -> Inline:
        place = words("supply.part", code=context.place(row["part"])) if pd.notna(row["part"]) else ""
        return line(context.indicator(row["quantity"]), TextSpan(" " + place, mark="quiet") if place else "")

    def stated(row: pd.Series) -> str:
        known = catalogue.indicators.get(row["quantity"])
        if known is not None and known.denominator == "population_total":
            amount = words(f"stated.{row['unit']}", value=words.exact(float(row["value"]), 2))
        else:
            amount = amount_of(words, row["value"], row["unit"])
        return words(f"comparator.{row['comparator']}", value=amount)

    def source(row: pd.Series) -> Inline:
        own, name = context.refs(row["origin"]), row["source"]
        if own:
            return line(words("supply.plan"), " ", *own)
        known = catalogue.sources.get(name)
        return line(TextSpan(words.named(known.title), to=f"#source-{name}") if known else name)

    return context.table(
        words("supply.caption"),
        context.rows("supply").sort_values(["quantity", "date"]),
        column("head.quantity", quantity, 20),
        column("head.date", lambda row: words.date(row["date"]), 12),
        column("head.value", stated, 14, number=True),
        column("head.grade", lambda row: context.grade(row["grade"]), 8),
        column("head.source", source, 34),
    )


def _bars(context: Context, name: str) -> Picture | None:
    """One resource by year: the stock on its trend as bars, what standing still and the plan take as lines."""
    words, last, rows = context.words, context.goal_year, context.rows("gap", resource=name)
    first = CENSUS_YEAR + 1
    years = np.arange(first, last + 1)
    shown = where(rows, measure=("existing", "required"))
    shown = shown.assign(line=shown["supply_path"].astype(object).fillna(shown["yardstick"]))
    wide = shown.drop_duplicates(["line", "year"]).pivot(index="year", columns="line", values="shown")
    wide = wide.reindex(index=years, columns=["trend", "held", *LINES]).astype(float)
    bars, headline = wide["trend"], context.headline.get(name)
    path = "trend_nation" if headline is not None and headline["carried_by"] == "nation" else "trend"
    if bars.isna().all() or bars.equals(wide["held"]):
        bars, path = wide["held"], "held"
    if bars.isna().all() or wide[["status_quo", "plan"]].isna().all(axis=None):
        return None
    unit_name = unit_of_resource(name)
    with drawing(2.55) as plot:
        axis, top = plot.axis, max(bars.max(), wide[[*LINES]].max(axis=None))
        unit = value_axis(axis, top, words, f"axis.{unit_name}")
        past = (years <= context.today) & (path != "held")
        axis.bar(years, bars / unit.size, 0.66, color=np.where(past, BLUE, MIST), linewidth=0)
        handles: list[Patch | Line2D] = [Patch(facecolor=MIST, label=words(f"bars.{path}"))]
        if path != "held":
            handles.insert(0, Patch(facecolor=BLUE, label=words("bars.to_today")))
        for key, look in LINES.items():
            if wide[key].notna().any():
                handles += axis.plot(years, wide[key] / unit.size, lw=1.9, label=words(f"bars.{key}"), **look)
        year_axis(axis, first - 0.6, last + 0.6, 3)
        plot.legend(handles)
    caption = title = words.code("resource", name)
    paths = (one(rows, measure="existing", supply_path=path, year=context.today) for path in ("trend", "held"))
    row = next((row for row in paths if row is not None), None)
    if row is not None and (stock := value(row)) is not None:
        caption = words(
            "bars.caption" if row["grade"] in FIRM else "bars.caption_weak",
            resource=title,
            today=context.today,
            stock=words(f"stated.{unit_name}", value=words.ranged(stock)),
            path=words(f"bars.{path}"),
            grade=str(row["grade"]),
        )
    row = one(rows, measure="required", yardstick="status_quo", year=last)
    if row is not None and (needed := value(row)) is not None:
        caption += words("bars.still", year=last, needed=words(f"stated.{unit_name}", value=words.ranged(needed)))
    return Picture(f"bars_{name}", plot.svg, caption, words("bars.alt", caption=caption))
