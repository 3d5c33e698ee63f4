"""Parameters of the need side by name, each kind from one table of data/raw; percentages become shares."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import logit

from pipeline.axes import SEXES, Array
from pipeline.care.disability import Definition, Dementia, Intensities, SeverityProfile, spread
from pipeline.settings import NeedSettings
from pipeline.vocabulary import SETTINGS_OF_CARE, SEVERITIES

MODEL = "static_1998_2014"


def intensities(table: pd.DataFrame) -> Intensities:
    """Intensities of `MODEL` in disability_transitions.csv, sexes in the order male, female."""
    rows = table[table["model"] == MODEL].sort_values("age")
    columns = ("healthy_to_disabled", "disabled_to_healthy", "healthy_to_dead", "disabled_to_dead")
    return Intensities(*(np.stack([rows.loc[rows["sex"] == sex, name] for sex in SEXES]) for name in columns))


def definitions(table: pd.DataFrame) -> dict[str, Definition]:
    """Definitions (role `base` or `model`) of disability_prevalence.csv; `sd` is the spread of `base` and `spread`."""
    measured = table[table["role"].isin(["base", "spread"])]
    sd = {name: spread((part / 100).tolist()) for name, part in measured.groupby("family")["value"]}
    return {
        row["definition"]: Definition(
            family=row["family"],
            prevalence=None if row["role"] == "model" else row["value"] / 100,
            year=row["year"],
            sd=sd[row["family"]],
            age_from=int(row["age_range"].removesuffix("+")),
        )
        for row in table[table["role"].isin(["base", "model"])].to_dict("records")
    }


TRENDS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "falling": ("adl", ("trend", "base")),
    "rising": ("multi_survey", ("trend",)),
}
"""Trends by the definition and the roles of the two values of disability_prevalence.csv that they run between."""


def trend_rows(table: pd.DataFrame, trend: str) -> pd.DataFrame:
    """The two rows of disability_prevalence.csv, by year, that a trend runs between."""
    definition, roles = TRENDS[trend]
    return table[(table["definition"] == definition) & table["role"].isin(roles)].sort_values("year")


def trends(table: pd.DataFrame) -> dict[str, float]:
    """Yearly change of the log-odds of crude shares by trend: none; as fell in CHARLS; as projected."""
    found = {"constant": 0.0}
    for name in TRENDS:
        rows = trend_rows(table, name)
        (first, last), (first_year, last_year) = rows["value"] / 100, rows["year"]
        found[name] = float(logit(last) - logit(first)) / (last_year - first_year)
    return found


def severity_profiles(table: pd.DataFrame) -> dict[str, SeverityProfile]:
    """Severity profiles of severity.csv; the standard deviation is the spread of being more than mild."""
    shares = table.pivot(index="profile", columns="severity", values="value")[list(SEVERITIES)]
    more_than_mild = 1.0 - shares["mild"] / shares.sum(axis=1)
    sd = spread([share for share in more_than_mild if 0.0 < share < 1.0])
    ladders = set(table.loc[table["unit"] == "percent_of_60plus", "profile"])
    return {str(name): SeverityProfile(row.to_numpy() / 100, name in ladders, sd) for name, row in shares.iterrows()}


def dementia_sources(table: pd.DataFrame) -> dict[str, Dementia]:
    """The sources of dementia.csv; the row of `doubling_age` holds for all."""
    (doubling_age,) = table.loc[table["quantity"] == "doubling_age", "value"]
    return {
        row["dementia_source"]: Dementia(
            row["value"] / 100, row["low"] / 100, row["high"] / 100, row["year"], doubling_age
        )
        for row in table[table["quantity"] == "prevalence"].to_dict("records")
    }


def setting_schemes(table: pd.DataFrame) -> dict[str, Array]:
    """The schemes of care_settings.csv, shares (setting, severity) of the disabled or (setting, 1) of everybody 60+."""
    schemes = {}
    for name, part in table.groupby("scheme", sort=False):
        severities = ["all"] if part["base"].iloc[0] == "older" else list(SEVERITIES)
        shares = part.pivot(index="setting", columns="severity", values="value") / 100
        schemes[str(name)] = shares.loc[list(SETTINGS_OF_CARE), severities].to_numpy()
    return schemes


def staffing_tables(table: pd.DataFrame) -> dict[str, Array]:
    """The schemes of staffing.csv, (setting, severity): users per caregiver, or her weekly hours over theirs."""
    schemes = {}
    for name, part in table.groupby("staffing", sort=False):
        hours = part[part["quantity"] == "hours_per_head"].set_index("setting")["value"]
        rows = part[part["quantity"] != "hours_per_head"]
        ratio = rows["value"].where(rows["quantity"] == "users_per_carer", rows["setting"].map(hours) / rows["value"])
        users = rows.assign(ratio=ratio).pivot(index="setting", columns="severity", values="ratio")
        schemes[str(name)] = users.loc[list(SETTINGS_OF_CARE), list(SEVERITIES)].to_numpy()
    return schemes


CHOICES: Mapping[str, tuple[str, Callable[[pd.DataFrame], Mapping[str, Any]]]] = {
    "definitions": ("disability_prevalence", definitions),
    "trend": ("disability_prevalence", trends),
    "severity": ("severity", severity_profiles),
    "dementia": ("dementia", dementia_sources),
    "settings": ("care_settings", setting_schemes),
    "staffing": ("staffing", staffing_tables),
}
"""Keys of the section `need` that choose from a table: the table, and what there is to choose from it."""


def choices_of(need: NeedSettings) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """What was chosen of `CHOICES`, by key path."""
    yield from ((("definitions", place), name) for place, name in enumerate(need.definitions))
    yield from (((key,), getattr(need, key)) for key in CHOICES if key != "definitions")
