"""Typed parameters of the need side from tables that were read and checked elsewhere.

Each function takes one table of data/raw as a frame; percentages become shares. A value that cannot be used
raises ValueError naming its key.
"""

from typing import Literal

import numpy as np
import pandas as pd

from pipeline.axes import SEXES
from pipeline.care.disability import Definition, Dementia, SeverityProfile, Trend, spread, trend_between
from pipeline.care.need import SettingUse, Staffing
from pipeline.care.ranges import require_all, require_known, require_positive
from pipeline.care.transition import Intensities
from pipeline.errors import OutOfRangeError
from pipeline.vocabulary import SETTINGS_OF_CARE, SEVERITIES

MODEL = "static_1998_2014"


def intensities(table: pd.DataFrame) -> Intensities:
    """Intensities of `MODEL` in disability_transitions.csv, sexes in the order male, female."""
    require_known("transition.model", MODEL, dict.fromkeys(table["model"]))
    rows = table[table["model"] == MODEL].sort_values("age")
    by_sex = [rows[rows["sex"] == sex] for sex in SEXES]
    ages = by_sex[0]["age"].to_numpy()
    if any(not np.array_equal(part["age"], np.arange(ages[0], ages[0] + len(ages))) for part in by_sex):
        raise OutOfRangeError(f"transition.{MODEL}", "gaps in age", "the same single ages for both sexes")
    columns = ("healthy_to_disabled", "disabled_to_healthy", "healthy_to_dead", "disabled_to_dead")
    values = [np.stack([part[name].to_numpy(dtype=float) for part in by_sex]) for name in columns]
    return Intensities(int(ages[0]), *values)


def definitions(table: pd.DataFrame) -> dict[str, Definition]:
    """Definitions of disability_prevalence.csv, in the table's order.

    The row of role `base` (or `model`, without a value) makes a definition; its standard deviation is the
    spread of all rows of role `base` or `spread` in its family.
    """
    shares = table.assign(value=table["value"] / 100, low=table["low"] / 100, high=table["high"] / 100)
    families = {
        str(family): spread(part.loc[part["role"].isin(["base", "spread"]), "value"].dropna().tolist())
        for family, part in shares.groupby("family", sort=False)
    }
    rows = shares[shares["role"].isin(["base", "model"])]
    return {
        str(row["definition"]): Definition(
            id=str(row["definition"]),
            family=str(row["family"]),
            prevalence=None if row["role"] == "model" else float(row["value"]),
            year=int(row["year"]),
            sd=families[str(row["family"])],
            source=str(row["source"]),
            age_from=int(str(row["age_range"]).removesuffix("+")),
            low=float(row["low"]),
            high=float(row["high"]),
            note=str(row["trend_note"]),
        )
        for _, row in rows.iterrows()
    }


def trends(table: pd.DataFrame) -> dict[str, Trend]:
    """The three trends: constant; falling, as any basic activity fell in CHARLS; rising, as projected at 65+.

    From disability_prevalence.csv: falling runs from the first to the base value of `adl`, rising between
    the two values of `multi_survey`. Both are crude shares, so the change in age structure is in them.
    """

    def ends(definition: str, roles: tuple[str, ...]) -> tuple[float, int, float, int]:
        rows = table[(table["definition"] == definition) & table["role"].isin(roles)].sort_values("year")
        if len(rows) != 2:
            raise OutOfRangeError(f"trends.{definition}", f"{len(rows)} values", "2")
        (first, last), (first_year, last_year) = rows["value"] / 100, rows["year"]
        return float(first), int(first_year), float(last), int(last_year)

    return {
        "constant": Trend("constant", 0.0),
        "falling": trend_between("falling", *ends("adl", ("trend", "base"))),
        "rising": trend_between("rising", *ends("multi_survey", ("trend",))),
    }


def severity_profiles(table: pd.DataFrame) -> dict[str, SeverityProfile]:
    """Severity profiles of severity.csv; the standard deviation is the spread of being more than mild."""
    parts = {str(name): part.set_index("severity") for name, part in table.groupby("profile", sort=False)}
    more_than_mild = [1.0 - part["value"].get("mild", np.nan) / part["value"].sum() for part in parts.values()]
    sd = spread(more_than_mild)
    return {
        name: SeverityProfile(
            id=name,
            shares={str(level): value / 100 for level, value in part["value"].items()},
            ladder=bool((part["unit"] == "percent_of_60plus").all()),
            sd=sd if np.isfinite(sd) else 0.0,
            source=str(part["source"].iloc[0]),
        )
        for name, part in parts.items()
    }


def dementia_sources(table: pd.DataFrame) -> dict[str, Dementia]:
    """The sources of dementia.csv; the row of `doubling_age` holds for all."""
    doubling = table.loc[table["quantity"] == "doubling_age", "value"]
    if len(doubling) != 1:
        raise OutOfRangeError("dementia.doubling_age", f"{len(doubling)} values", "1")
    return {
        str(row["dementia_source"]): Dementia(
            id=str(row["dementia_source"]),
            prevalence=float(row["value"]) / 100,
            low=float(row["low"]) / 100,
            high=float(row["high"]) / 100,
            year=int(row["year"]),
            doubling_age=float(doubling.iloc[0]),
            source=str(row["source"]),
        )
        for _, row in table[table["quantity"] == "prevalence"].iterrows()
    }


def setting_schemes(table: pd.DataFrame) -> dict[str, SettingUse]:
    """The schemes of care_settings.csv."""
    schemes = {}
    for name, part in table.groupby("scheme", sort=False):
        base: Literal["disabled", "older"] = "older" if part["base"].iloc[0] == "older" else "disabled"
        schemes[str(name)] = SettingUse(
            id=str(name),
            base=base,
            shares={
                str(level): {str(row["setting"]): float(row["value"]) / 100 for _, row in rows.iterrows()}
                for level, rows in part.groupby("severity", sort=False)
            },
            source=str(part["source"].iloc[0]),
            assumed=bool(part["assumed"].any()),
        )
    return schemes


def staffing_tables(table: pd.DataFrame) -> dict[str, Staffing]:
    """The staffing tables of staffing.csv; users per caregiver are a caregiver's weekly hours over those of care."""
    tables = {}
    for name, part in table.groupby("staffing", sort=False):
        key = f"staffing.{name}"
        work = part[part["quantity"] == "hours_per_head"].set_index("setting")["value"].astype(float)
        hours = {str(setting): float(value) for setting, value in work.items()}
        require_all(f"{key}.hours_per_head", hours, SETTINGS_OF_CARE)
        ratios: dict[str, dict[str, float]] = {}
        for setting in SETTINGS_OF_CARE:
            rows = part[(part["setting"] == setting) & part["severity"].isin(SEVERITIES)]
            ratios[setting] = {}
            for _, row in rows.iterrows():
                severity, value = str(row["severity"]), float(row["value"])
                require_positive(f"{key}.{row['quantity']}.{setting}.{severity}", value)
                is_hours = row["quantity"] == "care_hours"
                ratios[setting][severity] = hours[setting] / value if is_hours else value
        tables[str(name)] = Staffing(str(name), ratios)
    return tables
