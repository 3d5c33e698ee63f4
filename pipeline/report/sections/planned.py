"""What the tables of the next plan, of additions, of need and of cost say of a region: looked up for every section."""

import pandas as pd

from pipeline.report.context import Context
from pipeline.report.facts import one, value, where
from pipeline.report.numbers import Unit, Value
from pipeline.report.wording import Words
from pipeline.vocabulary import CENTRAL, NATION

FIRM = ("A", "B")
"""Grades of evidence that carry a verdict."""

YUAN = {"zh": Unit(1e4, "万"), "en": Unit(1e6, " million")}
"""The unit of a column of money: the one that budgets are written in."""


def goal_year(context: Context) -> int:
    """The year that the next plan aims at."""
    return context.shared.central.next_plan.year


def by_need(context: Context, measure: str, year: int, severity: str | None = None) -> Value | None:
    """People in need or what their care takes, by the headline definition; dementia has one of its own."""
    definition = None if measure == "dementia" else context.shared.central.need.headline
    keys = {"measure": measure, "severity": severity, "setting": None, "definition": definition}
    return context.plan.value("need", year=year, **keys)


def beside_old(context: Context, measure: str, severity: str | None = None, per: int = 100) -> str | None:
    """A number of the goal year for 100 or 1,000 people aged 60 and over, here and in the nation, by medians."""
    year, words = goal_year(context), context.words
    definition = None if measure == "dementia" else context.shared.central.need.headline
    keys = {"measure": measure, "severity": severity, "setting": None, "definition": definition}
    nation = one(where(context.shared.tables["need"], region=NATION, scenario=CENTRAL, year=year), **keys)
    pairs = [(by_need(context, measure, year, severity), context.plan.people)]
    pairs.append((None if nation is None else value(nation), context.shared.people[NATION]))
    ratios = [n.shown / people.at("60+", year).shown for n, people in pairs if n is not None]
    found = [words.percent(ratio) if per == 100 else words.exact(ratio * per, 1) for ratio in ratios]
    return words("brief.peer", here=found[0], nation=found[1]) if len(found) == 2 else None


def planned(context: Context, resource: str, option: str, measure: str = "number") -> Value | None:
    """What the next plan's table has for the goal year."""
    return context.plan.value("next_plan", year=goal_year(context), option=option, resource=resource, measure=measure)


def option_name(context: Context, resource: str, option: str) -> str:
    """An option of the next plan in words: where the nation has no goal for the year its level of today stands in."""
    flagged = context.plan.rows("next_plan", resource=resource, option=option, measure="no_national_goal")
    level = len(flagged) and resource in ("beds", "nursing_beds")
    return context.words(f"option.{'national_level' if level else option}")


def periods(context: Context) -> list[str]:
    """The periods of the additions, the next one first."""
    return sorted(context.shared.tables["additions"]["period"].unique())


def years_of(context: Context, period: str = "") -> str:
    """A period as a reader sees it, 2026—2030; the next one where none is named."""
    return (period or periods(context)[0]).replace("-", context.words.either("—", "–"))


def added(context: Context, resource: str, yardstick: str, part: str = "total", place: int = 0) -> Value | None:
    """Units a year to add in a period, or the record beside it."""
    return context.plan.value(
        "additions", resource=resource, yardstick=yardstick, part=part, period=periods(context)[place]
    )


def counted_as(context: Context, resource: str) -> str:
    """What the additions of a resource count: all elderly-care beds where a region publishes no others."""
    rows = context.plan.rows("additions", resource=resource)
    known = rows["quantity"].dropna() if len(rows) else rows
    if len(known) and resource == "caregivers" and str(known.iloc[0]) == "certified_caregivers":
        return context.words("planned.certified_caregivers")
    named = len(known) and resource == "beds"
    return context.indicator(str(known.iloc[0])) if named else context.words(f"planned.{resource}")


def record(context: Context, resource: str) -> float | None:
    """Units added a year in the past, the same whatever the yardstick; None where no two stocks are published."""
    rows = context.plan.rows("additions", resource=resource, part="record")
    known = rows["shown"].dropna()
    return float(known.iloc[0]) if len(known) else None


def span(words: Words, found: Value, unit: Unit | None = None) -> str:
    """The ends of an interval alone: what rests on national rates has no single number on the first screen."""
    if found.certain:
        return words.estimate(found.shown, unit)
    return words.interval(max(found.low, 0.0), found.high, unit)


def one_unit(words: Words, *found: Value | float | None) -> Unit:
    """The unit of all that stands in one line: the largest that every number of it reaches."""
    known = [entry for entry in found if entry is not None]
    return words.unit(
        number
        for entry in known
        for number in ((entry.shown, entry.low, entry.high) if isinstance(entry, Value) else (entry,))
    )


def grade_of(context: Context, resource: str, yardstick: str) -> str:
    """The grade of the stock that additions of the next period start from; blank where there are none."""
    rows = context.plan.rows("additions", resource=resource, yardstick=yardstick, part="total")
    return str(rows["grade"].iloc[0]) if len(rows) and pd.notna(rows["grade"].iloc[0]) else ""


def firmly_added(context: Context, resource: str, yardstick: str) -> Value | None:
    """Units a year to add in the next period; None where the stock they start from carries no verdict."""
    return added(context, resource, yardstick) if grade_of(context, resource, yardstick) in FIRM else None


def by_norm(context: Context, resource: str, year: int) -> Value | None:
    """What the nation's latest outcome takes of what the headline counts."""
    return context.plan.value("gap", resource=resource, yardstick="norm", measure="required", year=year)


def in_force(context: Context, key: str) -> str:
    """The message of a plan's ratio: another one where the plan has ended, so that nobody takes it for a duty."""
    ended = key.endswith(".plan") and context.plan.plan.horizon.end < context.today
    return f"{key}_ended" if ended else key


def plan_end(context: Context) -> str:
    """The last year of the plan."""
    return str(context.plan.plan.horizon.end)


def money(words: Words, low: float, high: float, *, column: bool = False) -> str:
    """An interval of yuan, given in millions, in one unit: that of its high end, or the one of a `column`'s head."""
    unit = YUAN[words.language] if column else words.unit([high * 1e6])
    ends = [words.bare(end * 1e6, unit, high * 1e6) if end > 0 else "0" for end in (low, high)]
    told = words.either("—", "–").join(ends)
    return told if column else words("cost.yuan", value=told + unit.sign)
