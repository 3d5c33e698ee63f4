"""Whether the published tables on care agree with themselves. Checks yield place, what was found, what was expected."""

from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise

import pandas as pd

from pipeline.care import care_tables
from pipeline.errors import Fault
from pipeline.inputs.table_checks import limited, raw_file
from pipeline.vocabulary import POPULATIONS, SETTINGS_OF_CARE, SEVERITIES

FASTEST_TREND = 0.2
"""Log-odds a year: with it a share of 10 % would be 45 % ten years later."""

PARTS_OF_FIGURES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("population_total", ("population_male", "population_female")),
    ("population_total", ("population_0_14", "population_15_59", "population_60plus")),
)
NESTED_FIGURES = (*pairwise(POPULATIONS), ("share_60plus", "share_65plus"))
SHARES_OF_FIGURES = (
    ("share_60plus", "population_60plus", "population_total"),
    ("share_65plus", "population_65plus", "population_total"),
    ("disabled_share_60plus", "disabled_60plus", "population_60plus"),
)

Problems = Iterator[tuple[str, str, str]]


def care_faults(name: str, table: pd.DataFrame) -> list[Fault]:
    """What is wrong with the raw table `name` in itself."""
    file = raw_file(name)
    return limited([Fault(file, *problem) for problem in CHECKS[name](table)], file)


def severities_add_up(profiles: pd.DataFrame) -> Problems:
    """A severity profile has one unit, and its shares sum to 100 (of people 60+ to at most 100)."""
    for name, rows in profiles.groupby("profile", sort=False):
        total, units = rows["value"].sum(), sorted(set(rows["unit"]))
        if len(units) > 1:
            yield f"profile {name}", f"the units {' and '.join(units)}", "one unit a profile"
        elif units == ["percent_of_disabled"] and abs(total - 100) > 1e-4:
            yield f"profile {name}", f"shares that sum to {total:g}", "a sum of 100"
        elif total > 100:
            yield f"profile {name}", f"shares that sum to {total:g}", "a sum of at most 100"


def trends_run(prevalence: pd.DataFrame) -> Problems:
    """A trend of disability has two values in two years, and is no faster than any published."""
    lacking = False
    for name, (definition, roles) in care_tables.TRENDS.items():
        years = care_tables.trend_rows(prevalence, name)["year"]
        if len(years) != 2 or years.nunique() != 2:
            lacking = True
            expected = f"2, in different years, of role {' and '.join(roles)}"
            yield f"trends.{definition}", f"{len(years)} values", expected
    for name, change in {} if lacking else care_tables.trends(prevalence).items():
        if abs(change) > FASTEST_TREND:
            expected = f"a change of at most {FASTEST_TREND:g} of the log-odds a year"
            yield f"trend {name}", f"{change:.3g}", expected


def one_doubling_age(dementia: pd.DataFrame) -> Problems:
    """One row says in how many years of age the odds of dementia double."""
    if (found := int((dementia["quantity"] == "doubling_age").sum())) != 1:
        yield "dementia.doubling_age", f"{found} values", "1"


def settings_add_up(schemes: pd.DataFrame) -> Problems:
    """A scheme of care settings has each setting and severity, and shares that sum to 100."""
    for name, rows in schemes.groupby("scheme", sort=False):
        if len(set(rows["base"])) > 1:
            yield f"scheme {name}", "the bases disabled and older", "one base a scheme"
            continue
        for severity in ("all",) if rows["base"].iloc[0] == "older" else SEVERITIES:
            part = rows[rows["severity"] == severity]
            lacking = [setting for setting in SETTINGS_OF_CARE if setting not in set(part["setting"])]
            place = f"scheme {name}, severity {severity}"
            for setting in lacking:
                yield place, f"no row for {setting}", "a row for each setting"
            if not lacking and abs(part["value"].sum() - 100) > 1e-4:
                yield place, f"shares that sum to {part['value'].sum():g}", "a sum of 100"


def staffing_complete(staffing: pd.DataFrame) -> Problems:
    """A staffing scheme has each severity and the hours of each setting, and says a ratio in one way."""
    for name, rows in staffing.groupby("staffing", sort=False):
        for setting in SETTINGS_OF_CARE:
            part = rows[rows["setting"] == setting]
            place = f"staffing {name}, setting {setting}"
            if not (part["quantity"] == "hours_per_head").any():
                yield place, "no row hours_per_head", "one row of severity all with the weekly hours of a carer"
            for severity in SEVERITIES:
                found = list(part.loc[part["severity"] == severity, "quantity"])
                if len(found) != 1:
                    value = "no row" if not found else f"rows {' and '.join(found)}"
                    expected = "one row, of users_per_carer or care_hours, for each of mild, moderate and severe"
                    yield f"{place}, severity {severity}", value, expected


def transitions_add_up(rows: pd.DataFrame) -> Problems:
    """No more than all leave a state within a year, and survival does not grow with age."""
    for state, other in (("healthy", "disabled"), ("disabled", "healthy")):
        leaving = rows[f"{state}_to_{other}"] + rows[f"{state}_to_dead"]
        for at in rows.index[leaving > 1]:
            place = f"row {at + 2}, columns {state}_to_{other} and {state}_to_dead"
            yield place, f"a sum of {leaving[at]:.6g}", "at most 1"
    alive = rows["survival_from_65"]
    before = rows.groupby(["model", "sex"], sort=False)["survival_from_65"].shift()
    for at in rows.index[alive > before]:
        expected = f"at most {before[at]:.6g}, the value a year younger"
        yield f"row {at + 2}, column survival_from_65", f"{alive[at]:.6g}", expected


def figures_agree(figures: pd.DataFrame) -> Problems:
    """Published figures of one region, year, basis and series do not contradict one another.

    Parts sum to their total and shares are count ÷ total within what the printed digits leave open (a share may be
    cut instead of rounded); a part does not exceed the whole.
    """
    for group, rows in figures.groupby(["region", "year", "basis", "series"], sort=False):
        value = dict(zip(rows["indicator"], rows["value"], strict=True))
        printed = zip(rows["indicator"], rows["value"], rows["published_value"], strict=True)
        last_place = {name: _last_place(at, digits) for name, at, digits in printed}
        wrong: list[tuple[str, str]] = []
        for total, parts in PARTS_OF_FIGURES:
            if {total, *parts} <= value.keys():
                added = sum(value[part] for part in parts)
                slack = sum(last_place[name] for name in (total, *parts)) / 2
                if abs(added - value[total]) > slack + 1e-9:
                    wrong.append((total, f"{added:.12g}, the sum of {' and '.join(parts)}"))
        for whole, part in NESTED_FIGURES:
            if {whole, part} <= value.keys() and value[part] > value[whole]:
                wrong.append((part, f"at most {value[whole]:.12g}, the {whole}"))
        for share, count, total in SHARES_OF_FIGURES:
            if {share, count, total} <= value.keys() and value[count] > 0 and value[total] > 0:
                computed = 100 * value[count] / value[total]
                inexact = last_place[count] / value[count] + last_place[total] / value[total]
                if abs(computed - value[share]) > last_place[share] + computed * inexact:
                    wrong.append((share, f"{computed:.2f}, {count} ÷ {total}"))
        place = ", ".join(map(str, group))
        yield from ((f"{place}, {name}", f"{value[name]:.12g}", expected) for name, expected in wrong)


def _last_place(value: float, published: str) -> float:
    """One unit of the last printed digit of `published`, in the unit of `value`."""
    printed = published.removeprefix("1:")
    scale = value / float(printed) if float(printed) else 1.0
    return float(scale * 10.0 ** -len(printed.partition(".")[2]))


CHECKS: Mapping[str, Callable[[pd.DataFrame], Problems]] = {
    "disability_transitions": transitions_add_up,
    "care_figures": figures_agree,
    "disability_prevalence": trends_run,
    "dementia": one_doubling_age,
    "severity": severities_add_up,
    "care_settings": settings_add_up,
    "staffing": staffing_complete,
}
"""By table."""
