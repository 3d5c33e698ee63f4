"""What the tables of the next plan, of additions, of need and of cost say of a region: looked up for every section."""

from collections.abc import Mapping

from pipeline.report.context import Context
from pipeline.report.facts import one, value, where
from pipeline.report.numbers import DASH, Unit, Value
from pipeline.report.wording import Words
from pipeline.vocabulary import CENTRAL, NATION

FIRM = ("A", "B")
"""Grades of evidence that carry a verdict."""

YUAN = {"zh": Unit(1e4, "万"), "en": Unit(1e6, " million")}
"""The unit of a column of money: the one that budgets are written in."""


def unit_of_resource(resource: str) -> str:
    """What a resource is counted in: persons or beds."""
    return "persons" if resource in ("caregivers", "social_workers") else "beds"


def by_need(context: Context, measure: str, year: int, severity: str | None = None) -> Value | None:
    """People in need or what their care takes, by the headline definition; dementia has one of its own."""
    return context.plan.value("need", year=year, **_need_keys(context, measure, severity))


def _need_keys(context: Context, measure: str, severity: str | None) -> Mapping[str, str | None]:
    definition = None if measure == "dementia" else context.shared.central.need.headline
    return {"measure": measure, "severity": severity, "setting": None, "definition": definition}


def beside_nation_per_old(context: Context, measure: str, severity: str | None = None, per: int = 100) -> str | None:
    """A number of the goal year for 100 or 1,000 people aged 60 and over, here and in the nation, by medians."""
    year, words = context.goal_year, context.words
    nation = where(context.shared.tables["need"], region=NATION, scenario=CENTRAL, year=year)
    row = one(nation, **_need_keys(context, measure, severity))
    here, there = by_need(context, measure, year, severity), None if row is None else value(row)
    if here is None or there is None:
        return None

    def ratio(number: Value, region: str) -> str:
        found = number.shown / context.shared.people[region].at("60+", year).shown
        return words.percent(found) if per == 100 else words.exact(found * per, 1)

    return words("brief.peer", here=ratio(here, context.plan.region), nation=ratio(there, NATION))


def next_plan_value(context: Context, resource: str, option: str, measure: str = "number") -> Value | None:
    """What the next plan's table has for the goal year."""
    return context.plan.value("next_plan", year=context.goal_year, option=option, resource=resource, measure=measure)


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
    return (period or periods(context)[0]).replace("-", DASH[context.words.language])


def additions(context: Context, resource: str, yardstick: str, part: str = "total") -> Value | None:
    """Units a year to add in the next period, or a part of them."""
    period = periods(context)[0]
    return context.plan.value("additions", resource=resource, yardstick=yardstick, part=part, period=period)


def quantity_name(context: Context, resource: str) -> str:
    """What the additions of a resource count: all elderly-care beds where a region publishes no others."""
    quantity = next(iter(context.plan.rows("additions", resource=resource)["quantity"].dropna()), None)
    if quantity == "certified_caregivers" and resource == "caregivers":
        return context.words("planned.certified_caregivers")
    return context.indicator(quantity) if quantity and resource == "beds" else context.words(f"planned.{resource}")


def past_additions(context: Context, resource: str) -> float | None:
    """Units added a year in the past, the same whatever the yardstick; None where no two stocks are published."""
    return next(iter(context.plan.rows("additions", resource=resource, part="record")["shown"].dropna()), None)


def span(words: Words, found: Value, unit: Unit | None = None) -> str:
    """The ends of an interval alone: what rests on national rates has no single number on the first screen."""
    if found.certain:
        return words.estimate(found.shown, unit)
    return words.interval(max(found.low, 0.0), found.high, unit)


def one_unit(words: Words, *found: Value | float | None) -> Unit:
    """The unit of all that stands in one line: the largest that every number of it reaches."""
    values = [entry if isinstance(entry, Value) else Value(entry) for entry in found if entry is not None]
    return words.unit(number for entry in values for number in (entry.shown, entry.low, entry.high))


def grade_of(context: Context, resource: str, yardstick: str) -> str:
    """The grade of the stock that additions of the next period start from; blank where there are none."""
    grades = context.plan.rows("additions", resource=resource, yardstick=yardstick, part="total")["grade"]
    return next(iter(grades.head(1).dropna()), "")


def firm_additions(context: Context, resource: str, yardstick: str) -> Value | None:
    """Units a year to add in the next period; None where the stock they start from carries no verdict."""
    return additions(context, resource, yardstick) if grade_of(context, resource, yardstick) in FIRM else None


def has_ended(context: Context) -> bool:
    """Whether the plan's last year lies before the first additions, so that nobody may take its ratio for a duty."""
    return context.plan.plan.horizon.end < context.today


def yardstick_name(context: Context, yardstick: str) -> str:
    """A yardstick in words; a plan that has ended is called so."""
    ended = yardstick == "plan" and has_ended(context)
    return context.words(f"yardstick.{yardstick}" + "_ended" * ended)


def money(words: Words, low: float, high: float, *, column: bool = False) -> str:
    """An interval of yuan, given in millions, in one unit: that of its high end, or the one of a `column`'s head."""
    unit = YUAN[words.language] if column else words.unit([high * 1e6])
    ends = [words.bare(end * 1e6, unit, high * 1e6) if end > 0 else "0" for end in (low, high)]
    text = DASH[words.language].join(ends)
    return text if column else words("cost.yuan", value=text + unit.sign)
