"""The rows of result tables that readers see: one table of rules for CSV files, workbook, explorer, report, `explain`.

A table without a rule for a reader is seen whole. docs/dictionary.md prints the rules.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

import pandas as pd

from pipeline.axes import CENSUS_YEAR, COUNTED_GROUPS
from pipeline.domain import Indicator, Plan
from pipeline.settings import Settings
from pipeline.shortfall.rows import LOCAL_COUNT, need_years, round_years
from pipeline.vocabulary import ADDITION_PARTS, CENTRAL, RESOURCES, UNCOUNTED

Reader = Literal["CSV", "workbook", "explorer", "explain", "next plan"]

EXPLORED = {
    "institution_beds": "beds",
    "elderly_care_beds": "beds",
    "nursing_beds": "nursing_beds",
    "dementia_beds": "dementia_beds",
    "caregivers": "caregivers",
    "certified_caregivers": "caregivers",
    "social_workers": "social_workers",
}
"""Quantities that the explorer offers, and the resource that each counts."""

OF_NEED = {"beds": "institution_beds"} | {name: name for name in ("nursing_beds", "dementia_beds", "caregivers")}
"""Measures of the need table, and the quantities they are held against."""

NEXT_PLAN_RESOURCES = ("beds", "nursing_beds", "dementia_beds", "caregivers", "certified_caregivers", "social_workers")
NEXT_PLAN_OPTIONS = ("stand_still", "national_goal", "need_50", "need_80")
"""What the section on the next plan has, in its order."""


class ViewChoices(NamedTuple):
    """What the rules' conditions depend on: the settings of each scenario, the years looked at in each region that
    has a plan (round ones and those of its targets), and the years of the sample that the explorer has."""

    settings: Mapping[str, Settings]
    years: Mapping[str, set[int]] = {}
    sampled: Collection[int] = ()

    def unlike_central(self, *sections: str) -> list[str]:
        """The central scenario, and those in which one of the sections of params.yaml is another than there."""
        central = self.settings[CENTRAL]
        return [
            name
            for name, own in self.settings.items()
            if name == CENTRAL or any(getattr(own, section) != getattr(central, section) for section in sections)
        ]


class Condition(NamedTuple):
    """What a column must say: in words, and as a mask of the rows of a table."""

    words: str
    holds: Callable[[pd.DataFrame, pd.Series, ViewChoices], pd.Series]


def one_of(*values: object) -> Condition:
    """One of the values; None stands for a blank."""
    *words, last = ("blank" if value is None else f"`{value}`" for value in values)
    return Condition(
        " or ".join([", ".join(words), last] if words else [last]),
        lambda rows, column, choices: (
            column.isin([v for v in values if v is not None]) | (column.isna() & (None in values))
        ),
    )


BLANK = one_of(None)
KNOWN = Condition("not blank", lambda rows, column, choices: column.notna())
KNOWN_OR_REQUIRED = Condition(
    "not blank, or `measure` is `required`",
    lambda rows, column, choices: column.notna() | (rows["measure"] == "required"),
)
PLANNED = Condition("has a plan, or `china`", lambda rows, column, choices: column.isin([*choices.years, "china"]))
CENTRAL_ONLY = one_of(CENTRAL)
OTHERS = Condition(f"not `{CENTRAL}`", lambda rows, column, choices: column != CENTRAL)
OTHER_PEOPLE = Condition(
    "other people than `central`'s",
    lambda rows, column, choices: column.isin(choices.unlike_central("projection", "counts")) & (column != CENTRAL),
)
HEADLINE = Condition(
    "blank, or `need.headline` of the scenario",
    lambda rows, column, choices: (
        column.isna()
        | (column == rows["scenario"].map({name: own.need.headline for name, own in choices.settings.items()}))
    ),
)
MOVED = Condition(
    "`need` where need alone is another than in `central`",
    lambda rows, column, choices: (
        (column == "need") | rows["scenario"].isin(choices.unlike_central("projection", "counts", "care", "supply"))
    ),
)
LOOKED_AT = Condition(
    "round, or that of a target of the region's plans", lambda rows, column, choices: looked_at(rows, choices)
)
NEEDED = Condition(
    "round, 2021, or of the next plan", lambda rows, column, choices: column.isin(need_years(choices.settings[CENTRAL]))
)
LATER = Condition(
    f"round, or that of a target, after {CENSUS_YEAR}",
    lambda rows, column, choices: looked_at(rows, choices) & (column > CENSUS_YEAR),
)
SAMPLED = Condition("one of the sample", lambda rows, column, choices: column.isin(list(choices.sampled)))
NEXT = Condition(
    "from the year after `as_of` to `next_plan.year`",
    lambda rows, column, choices: column == next_period(choices.settings[CENTRAL]),
)
TREND = one_of("trend", None)
MIDDLE = one_of(0.1, 0.5, 0.9, None)
"""The median, the ends of the 80 % interval, and the mean, which has no level."""

WHOLE = {"definition": HEADLINE, "severity": BLANK}
LINE = {
    "measure": one_of("required", "existing", "gap"),
    **WHOLE,
    "setting": BLANK,
    "supply_path": TREND,
    "shown": KNOWN,
}
"""One number a quantity, yardstick, measure and year."""

BOTH, QUANTILES = one_of("both"), one_of("quantile")
EVERYWHERE = {"sex": BOTH, "age_group": one_of(*COUNTED_GROUPS), "output_type": QUANTILES}
"""Older people and all people of every region."""

NEEDY = ("population_60plus", "disabled", "dementia")
FACILITIES = ("residents", "beds", "nursing_beds", "dementia_beds", "caregivers")
"""Measures of the need table: people, and what they need of institutions."""

NEXT_PLAN = {"resource": one_of(*NEXT_PLAN_RESOURCES)}

VIEW: Mapping[tuple[str, Reader], Sequence[Mapping[str, Condition]]] = {
    ("population", "CSV"): [
        {"scenario": CENTRAL_ONLY, "region": PLANNED, "sex": BOTH},
        {"scenario": CENTRAL_ONLY, "region": PLANNED, "output_type_id": MIDDLE},
        {"scenario": OTHER_PEOPLE, "region": PLANNED, "sex": BOTH, "output_type": QUANTILES, "output_type_id": MIDDLE},
        {"scenario": CENTRAL_ONLY, **EVERYWHERE},
        {"scenario": one_of(UNCOUNTED), **EVERYWHERE, "output_type_id": MIDDLE},
    ],
    ("population", "explain"): [{"sex": BOTH, "output_type": QUANTILES}],
    ("gap", "CSV"): [
        {"scenario": CENTRAL_ONLY, **WHOLE, "shown": KNOWN_OR_REQUIRED},
        {"scenario": CENTRAL_ONLY, "year": LOOKED_AT, "shown": KNOWN_OR_REQUIRED},
        {"scenario": OTHERS, "year": LATER, "measure": one_of("required", "gap"), **WHOLE}
        | {"supply_path": TREND, "shown": KNOWN_OR_REQUIRED, "yardstick": MOVED},
    ],
    ("gap", "workbook"): [{"scenario": CENTRAL_ONLY, **LINE}],
    ("gap", "explorer"): [{**LINE, "quantity": one_of(*EXPLORED), "year": SAMPLED}],
    ("gap", "explain"): [{"severity": BLANK, "setting": BLANK}],
    ("verdict", "CSV"): [{"yardstick": MOVED}],
    ("verdict", "workbook"): [{"scenario": CENTRAL_ONLY}],
    ("need", "CSV"): [
        {"scenario": CENTRAL_ONLY, "year": NEEDED},
        {"scenario": CENTRAL_ONLY, "definition": one_of(LOCAL_COUNT)},
        {"year": NEEDED, **WHOLE, "setting": BLANK},
    ],
    ("need", "workbook"): [{"scenario": CENTRAL_ONLY, "measure": one_of(*NEEDY, *FACILITIES)}],
    ("need", "explorer"): [
        {"year": SAMPLED, "definition": HEADLINE, "setting": BLANK, "measure": one_of(*NEEDY)},
        {"year": SAMPLED, **WHOLE, "setting": BLANK, "measure": one_of(*OF_NEED)},
    ],
    ("additions", "explorer"): [{"period": NEXT, "shown": KNOWN}],
    ("cost", "explorer"): [{"period": NEXT, "shown": KNOWN}],
    ("next_plan", "next plan"): [{**NEXT_PLAN, "option": one_of(*NEXT_PLAN_OPTIONS)}],
    ("additions", "next plan"): [{**NEXT_PLAN, "part": one_of(*ADDITION_PARTS), "shown": KNOWN}],
}
"""By table and reader: rows are seen that keep every condition of one of the lines."""


def seen(rows: pd.DataFrame, table: str, reader: Reader, choices: ViewChoices) -> pd.DataFrame:
    """The rows of a table that a reader sees, in their order."""
    if (table, reader) not in VIEW:
        return rows
    chosen = pd.Series(False, index=rows.index)
    for where in VIEW[table, reader]:
        kept = pd.Series(True, index=rows.index)
        for column, condition in where.items():
            kept &= condition.holds(rows, rows[column], choices)
        chosen |= kept
    return rows[chosen]


def years_of(plans: Iterable[Plan], indicators: Mapping[str, Indicator], last_year: int) -> set[int]:
    """The round years up to `last_year`, and those of the targets of plans on beds and staff."""
    resources = {*RESOURCES}
    return set(round_years(last_year)) | {
        figure.year
        for plan in plans
        for figure in plan.figures
        if figure.kind == "target" and figure.year and indicators[figure.indicator].resource in resources
    }


def described_rules() -> Iterator[tuple[str, str, str]]:
    """Each rule as table, reader and what its columns must say."""
    for (table, reader), lines in VIEW.items():
        for where in lines:
            conditions = (f"`{column}` {condition.words}" for column, condition in where.items())
            yield f"`{table}`", reader, "; ".join(conditions)


def next_period(central: Settings) -> str:
    return f"{int(central.as_of[:4]) + 1}-{central.next_plan.year}"


def looked_at(rows: pd.DataFrame, choices: ViewChoices) -> pd.Series:
    found = pd.Series(False, index=rows.index)
    for region, years in choices.years.items():
        found |= (rows["region"] == region) & rows["year"].isin(years)
    return found
