"""The next plan: what standing still, the national measure and need would each ask for, to copy from.

    stand_still     today's own provision per 1,000 people, held
    national_goal   the nation's measure: its latest outcome of beds, its goals for nursing beds and social workers
    need_50, need_80   enough for need with 50 or 80 % certainty: that quantile of all uncertainty of need

A share is one of the option's own total. The mid-term lies on the straight line from what exists when additions begin
to the plan's year. Arrays by draw; numbers shown are medians, or the quantile of the option.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from pipeline.axes import Array
from pipeline.shortfall.additions import periods
from pipeline.summary import in_digits, interval_shown, last_digit, monte_carlo_error, spread, third_digit

STAND_STILL, NATIONAL_GOAL = "stand_still", "national_goal"


@dataclass(frozen=True, eq=False)
class Resource:
    """What is known of one resource of one region; arrays of units.

    `existing` (draw,) when additions begin, None where no stock is known, with what tables show of it; `closing`
    (draw,) share that closes or leaves in a year; `stand_still` and `national` (draw,) in the plan's year, None where
    there is none; `need` (draw,) in the plan's year and in the mid-term year by year, None where need does not ask for
    the resource, and `need_older` with the 80+ a tenth higher; `record` units a year in the past; `grade` of the stock.
    """

    existing: Array | None = None
    existing_shown: float = np.nan
    closing: Array = field(default_factory=lambda: np.zeros(1))
    stand_still: Array | None = None
    national: Array | None = None
    need: Array | None = None
    need_older: Array | None = None
    record: float = np.nan
    grade: str | None = None


@dataclass(frozen=True)
class Target:
    """One number of one option: `shown` with the interval of its draws (NaN for a quantile chosen for certain)."""

    option: str
    certainty: float | None
    resource: str
    shown: float
    q10: float
    q90: float


@dataclass(frozen=True)
class NextPlanValue:
    """One line of the next-plan table."""

    year: int
    option: str
    certainty: float | None
    resource: str
    measure: str
    shown: float
    q10: float
    q90: float
    unit: str
    grade: str | None


def option_name(certainty: float) -> str:
    """The option of need at a certainty: need_80 for 0.8."""
    return f"need_{100 * certainty:.0f}"


def targets(resources: Mapping[str, Resource], certainties: Sequence[float]) -> list[Target]:
    """What each option asks for in the plan's year, resource by resource."""
    found = []
    for name, item in resources.items():
        for option, amount in ((STAND_STILL, item.stand_still), (NATIONAL_GOAL, item.national)):
            if amount is not None and np.isfinite(amount).all():
                low, middle, high = interval_shown(amount).tolist()
                found.append(Target(option, None, name, middle, low, high))
        if item.need is not None and np.isfinite(item.need).all():
            for certainty in certainties:
                asked = enough(item.need, certainty)
                found.append(Target(option_name(certainty), certainty, name, asked, np.nan, np.nan))
    return found


def enough(need: Array, certainty: float) -> float:
    """The number that is enough for `need` (draw,) with this certainty, in the digits that the draws bear.

    Rounded as medians are, so that what is enough at a half reads as need does in other tables.
    """
    digit = last_digit(monte_carlo_error(0.5, len(need)) * spread(*np.quantile(need, (0.1, 0.9))))
    return float(in_digits(np.quantile(need, certainty), digit))


def values(
    resources: Mapping[str, Resource],
    people: Mapping[int, Array],
    as_of: int,
    year: int,
    mid_term: int,
    certainties: Sequence[float],
) -> Iterator[NextPlanValue]:
    """All lines but cost: numbers, ratios, shares, additions, record, and the chance that a number is enough for need.

    `people` aged 60 and over (draw,) at the ends of the plan's `year` and of `mid_term`.
    """
    asked = targets(resources, certainties)
    totals = {target.option: target.shown for target in asked if target.resource == "beds"}
    headcount = {when: float(interval_shown(count)[1]) for when, count in people.items()}
    for target in asked:
        item = resources[target.resource]
        unit = "beds" if target.resource.endswith("beds") else "persons"
        supplied = item.grade if target.option == STAND_STILL else None

        def value(
            measure: str,
            shown: float,
            low: float,
            high: float,
            unit: str,
            when: int = year,
            grade: str | None = supplied,
            target: Target = target,
        ) -> NextPlanValue:
            return NextPlanValue(
                when, target.option, target.certainty, target.resource, measure, shown, low, high, unit, grade
            )

        by_year = {year: target.shown}
        if item.existing is not None:
            share = (mid_term - as_of) / (year - as_of)
            by_year[mid_term] = float(np.rint(item.existing_shown + share * (target.shown - item.existing_shown)))
        for when, number in sorted(by_year.items()):
            low, high = (target.q10, target.q90) if when == year else (np.nan, np.nan)
            yield value("number", number, low, high, unit, when)
            yield value("per_1000", float(f"{1000 * number / headcount[when]:.3g}"), np.nan, np.nan, "per_1000", when)
        if target.resource == "nursing_beds" and target.option in totals:
            yield value("share", round(100 * target.shown / totals[target.option], 1), np.nan, np.nan, "percent")
        if item.existing is not None:
            first = resources[target.resource]
            added = first_period(first, target.shown, as_of, year)
            shown = first_period(
                Resource(np.array([item.existing_shown]), closing=np.median(item.closing, keepdims=True)),
                target.shown,
                as_of,
                year,
            )
            yearly = f"{unit}_per_year"
            low, middle, high = interval_shown(added, shown[0]).tolist()
            if target.certainty is not None:
                # The number itself has three digits: what follows from it has no more, whatever closures alone bear.
                low, middle, high = in_digits([low, middle, high], third_digit(middle)).tolist()
            if high - low <= third_digit(middle):
                low = high = np.nan
            yield value("additions_per_year", middle, low, high, yearly)
            if np.isfinite(item.record):
                yield value("record_per_year", float(np.rint(item.record)), np.nan, np.nan, yearly, grade=item.grade)
        if item.need is not None:
            chance = float((item.need <= target.shown).mean())
            yield value("chance_enough", round(chance, 3), np.nan, np.nan, "probability", grade=None)
            if item.need_older is not None and target.certainty is not None:
                higher = enough(item.need_older, target.certainty) - target.shown
                yield value("change_if_80plus_tenth_higher", higher, np.nan, np.nan, unit, grade=None)


def first_period(item: Resource, number: float, as_of: int, year: int) -> Array:
    """Units to add a year (draw,) from what exists to `number` in `year`, closures replaced."""
    existing = np.asarray(item.existing, dtype=float)
    asked = np.broadcast_to(np.array([np.nan, number]), (len(existing), 2)).copy()
    asked[:, 0] = existing
    (period,) = periods(asked, existing, item.closing, [as_of, year], [as_of, year])
    return np.asarray(period.total / period.years)
