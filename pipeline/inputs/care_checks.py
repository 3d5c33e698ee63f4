"""Whether the published tables on care agree with themselves."""

from collections.abc import Callable, Mapping

import pandas as pd

from pipeline.errors import Fault
from pipeline.inputs.table_checks import each_row, limited
from pipeline.vocabulary import SETTINGS_OF_CARE, SEVERITIES

PARTS_OF_FIGURES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("population_total", ("population_male", "population_female")),
    ("population_total", ("population_0_14", "population_15_59", "population_60plus")),
)

NESTED_FIGURES: tuple[tuple[str, str], ...] = (
    ("population_total", "population_60plus"),
    ("population_60plus", "population_65plus"),
    ("population_65plus", "population_80plus"),
    ("share_60plus", "share_65plus"),
)

SHARES_OF_FIGURES: tuple[tuple[str, str, str], ...] = (
    ("share_60plus", "population_60plus", "population_total"),
    ("share_65plus", "population_65plus", "population_total"),
    ("disabled_share_60plus", "disabled_60plus", "population_60plus"),
)


def severities_add_up(profiles: pd.DataFrame, file: str) -> list[Fault]:
    """Faults where a severity profile has two units, or its shares do not sum to 100 (or exceed it, of people 60+)."""
    faults = []
    for name, rows in profiles.groupby("profile", sort=False):
        total, units = rows["value"].sum(), sorted(set(rows["unit"]))
        if len(units) > 1:
            faults.append(Fault(file, f"profile {name}", f"the units {' and '.join(units)}", "one unit a profile"))
        elif units == ["percent_of_disabled"] and abs(total - 100) > 0.05:
            faults.append(Fault(file, f"profile {name}", f"shares that sum to {total:g}", "a sum of 100"))
        elif total > 100:
            faults.append(Fault(file, f"profile {name}", f"shares that sum to {total:g}", "a sum of at most 100"))
    return faults


def settings_add_up(schemes: pd.DataFrame, file: str) -> list[Fault]:
    """Faults where a scheme of care settings lacks a setting or severity, or its shares do not sum to 100."""
    faults = []
    for name, rows in schemes.groupby("scheme", sort=False):
        if len(set(rows["base"])) > 1:
            faults.append(Fault(file, f"scheme {name}", "the bases disabled and older", "one base a scheme"))
            continue
        older = rows["base"].iloc[0] == "older"
        for severity in ("all",) if older else SEVERITIES:
            part = rows[rows["severity"] == severity]
            lacking = [setting for setting in SETTINGS_OF_CARE if setting not in set(part["setting"])]
            place = f"scheme {name}, severity {severity}"
            faults += [Fault(file, place, f"no row for {setting}", "a row for each setting") for setting in lacking]
            if not lacking and abs(part["value"].sum() - 100) > 0.05:
                faults.append(Fault(file, place, f"shares that sum to {part['value'].sum():g}", "a sum of 100"))
    return faults


def staffing_complete(staffing: pd.DataFrame, file: str) -> list[Fault]:
    """Faults where a staffing scheme lacks a severity or the hours of a setting, or says a ratio in two ways."""
    faults = []
    for name, rows in staffing.groupby("staffing", sort=False):
        for setting in SETTINGS_OF_CARE:
            part = rows[rows["setting"] == setting]
            place = f"staffing {name}, setting {setting}"
            if not (part["quantity"] == "hours_per_head").any():
                expected = "one row of severity all with the weekly hours of a carer"
                faults.append(Fault(file, place, "no row hours_per_head", expected))
            for severity in SEVERITIES:
                found = list(part.loc[part["severity"] == severity, "quantity"])
                if len(found) != 1:
                    value = "no row" if not found else f"rows {' and '.join(found)}"
                    expected = "one row, of users_per_carer or care_hours, for each of mild, moderate and severe"
                    faults.append(Fault(file, f"{place}, severity {severity}", value, expected))
    return faults


def transitions_add_up(transitions: pd.DataFrame, file: str) -> list[Fault]:
    """Faults where more than all leave a state within a year, or survival grows with age."""
    rows = transitions.assign(row=transitions.index + 2)
    faults: list[Fault] = []
    for state, other in (("healthy", "disabled"), ("disabled", "healthy")):
        rows["leaving"] = rows[f"{state}_to_{other}"] + rows[f"{state}_to_dead"]
        place = f"row {{row}}, columns {state}_to_{other} and {state}_to_dead"
        faults += each_row(rows[rows["leaving"] > 1], file, place, "a sum of {leaving:.6g}", "at most 1")
    rows["before"] = rows.groupby(["model", "sex"], sort=False)["survival_from_65"].shift()
    wrong = rows[rows["survival_from_65"] > rows["before"]]
    place = "row {row}, column survival_from_65"
    return faults + each_row(
        wrong, file, place, "{survival_from_65:.6g}", "at most {before:.6g}, the value a year younger"
    )


def figures_agree(figures: pd.DataFrame, file: str) -> list[Fault]:
    """Faults where published figures of one region, year, basis and series contradict one another.

    Parts must sum to their total and shares be count ÷ total within what the printed digits leave open (a share
    may be cut instead of rounded); a part must not exceed the whole.
    """
    faults: list[Fault] = []
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
        faults += [Fault(file, f"{place}, {name}", f"{value[name]:.12g}", expected) for name, expected in wrong]
    return limited(faults, file)


def _last_place(value: float, published: str) -> float:
    """One unit of the last printed digit of `published`, in the unit of `value`."""
    printed = published.removeprefix("1:")
    digits = len(printed.partition(".")[2])
    scale = value / float(printed) if float(printed) else 1.0
    return float(scale * 10.0**-digits)


CHECKS: Mapping[str, Callable[[pd.DataFrame, str], list[Fault]]] = {
    "disability_transitions": transitions_add_up,
    "care_figures": figures_agree,
    "severity": severities_add_up,
    "care_settings": settings_add_up,
    "staffing": staffing_complete,
}
"""By table."""
