"""What there is: published stocks, the plan's targets with their verdicts, and beds and staff by year."""

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from pipeline.pinyin import english_of
from pipeline.report.context import Context, pictures
from pipeline.report.document import Block, Inline, Picture, ReportColumn, TextSpan, line
from pipeline.report.facts import one, value, where
from pipeline.report.numbers import Value
from pipeline.report.sections.planned import FIRM, goal_year
from pipeline.report.style import BLUE, INK, MIST, ORANGE, TEAL, canvas, drawn, legend, sheet, value_axis, year_axis
from pipeline.report.wording import Words
from pipeline.shortfall.verdict import MEANT
from pipeline.vocabulary import RESOURCES

FIRST_BAR = 2021
EVERYBODY = "population_total"


def supply(context: Context) -> Sequence[Block]:
    """Published stocks, the plan's targets and what became of them, and bars by year."""
    return [
        pictures(*(_bars(context, name) for name in RESOURCES)),
        _targets(context),
        *_two_wholes(context),
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
    return context.words.either(str(named.iloc[0]), english_of(str(named.iloc[0]))) if len(named) else wanted


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


def amount_of(words: Words, number: float | Value, unit: str, counted: str = "", decimals: int = 2) -> str:
    """A number with its unit, a published one with all digits; a ratio to older people names them and its thing."""
    shown = number if isinstance(number, Value) else Value(float(number))
    value, ratio = words.with_ends(shown, lambda found: words.exact(found, decimals)), f"of_old.{unit}"
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
                amount_of(words, row["target"], row["target_unit"]) if pd.notna(row["target"]) else "—",
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


def _two_wholes(context: Context) -> list[Block]:
    """Why a share and its number of beds may have come out differently, where both are judged."""
    rows = where(context.shared.tables["verdict"], plan=context.plan.plan.id, yardstick="plan")
    judged = rows[rows["verdict"].notna() & rows["resource"].isin(("nursing_share", "nursing_beds"))]
    return [context.note("targets.share")] if len(set(judged["verdict"])) > 1 else []


def beside_nation(context: Context, row: pd.Series, norm: pd.Series) -> tuple[str, str] | None:
    """What exists today of a headline row's quantity in the unit of a norm, and its grade.

    A ratio to the people of the same day has an interval of both: a stock's own past and the forecast of people are
    drawn apart, so that their relative errors add up as squares.
    """
    found = context.plan.rows("gap", quantity=row["quantity"], measure="existing", supply_path="trend")
    found = found[(found["year"] == context.today) & found["shown"].notna()] if len(found) else found
    if found.empty:
        return None
    grade, per = str(found["grade"].iloc[0]), {"per_1000": 1e3, "per_10000": 1e4}.get(str(norm["unit"]))
    share = value(found.iloc[0])
    if per is None and share is not None and norm["unit"] == "percent":
        return ranged_in(context.words, share, "percent"), grade
    if share is None:
        return None
    if per is not None:
        share = _per(share, context.plan.people.at("60+", context.today), per)
    return amount_of(context.words, share, norm["unit"], row["unit"], 1), grade


def _per(stock: Value, people: Value, per: float) -> Value:
    """A stock per so many people, with the interval of both."""
    ratio = per * stock.shown / people.shown
    if ratio <= 0 or (stock.certain and people.certain):
        return Value(ratio)
    parts = [v for v in (stock, people) if not v.certain]
    low, high = (
        math.sqrt(sum(math.log(max(end, 1e-9) / v.shown) ** 2 for v, end in pairs))
        for pairs in (
            [(v, v.low if v is stock else v.high) for v in parts],
            [(v, v.high if v is stock else v.low) for v in parts],
        )
    )
    return Value(ratio, ratio * math.exp(-low), ratio * math.exp(high))


def norm_of(context: Context, row: pd.Series, quantity: str = "") -> pd.Series | None:
    """The nation's latest outcome of what a headline row, or a `quantity`, counts; its goal where none is published."""
    norms, wanted = context.shared.tables["norms"], quantity or str(row["quantity"])
    rows = norms[norms["quantity"].isin((wanted, f"{wanted}_per_1000_60plus"))]
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
        known = context.shared.catalogue.indicators.get(str(row["quantity"]))
        of_all = known is not None and known.denominator == EVERYBODY
        value = words.exact(float(row["value"]), 2)
        amount = words(f"stated.{row['unit']}", value=value) if of_all else amount_of(words, row["value"], row["unit"])
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
        known = np.where(past & (path != "held"), BLUE, MIST)
        axis.bar(years, held / unit.size, 0.66, color=known, linewidth=0)
        handles: list[Patch | Line2D] = [Patch(facecolor=MIST, label=words(f"bars.{path}"))]
        if path != "held":
            handles.insert(0, Patch(facecolor=BLUE, label=words("bars.to_today")))
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
    row = one(rows, measure="existing", supply_path="trend", year=context.today)
    row = one(rows, measure="existing", supply_path="held", year=context.today) if row is None else row
    told = {"resource": title, "path": words(f"bars.{path}"), "today": str(context.today), "year": str(last)}
    caption = title
    if row is not None and (stock := value(row)) is not None:
        told |= {"stock": words(f"stated.{counted}", value=words.ranged(stock)), "grade": str(row["grade"])}
        caption = words("bars.caption" if row["grade"] in FIRM else "bars.caption_weak", **told)
    needed = one(rows, measure="required", yardstick="status_quo", year=last)
    if needed is not None and (found := value(needed)) is not None:
        caption += words("bars.still", year=str(last), needed=words(f"stated.{counted}", value=words.ranged(found)))
    return Picture(f"bars_{name}", svg, caption, words("bars.alt", caption=caption))
