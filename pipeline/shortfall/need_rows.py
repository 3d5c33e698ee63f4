"""Rows of the need table of one place: people by severity, with dementia, and what their care takes."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from pipeline.axes import CENSUS_YEAR, Array
from pipeline.care.care_groups import FACILITIES
from pipeline.care.demand import Demand
from pipeline.settings import Settings
from pipeline.summary import INTERVAL, in_digits, interval_shown, last_digits, shown_parts
from pipeline.vocabulary import SETTINGS_OF_CARE, SEVERITIES

LOCAL_COUNT = "local_count"
"""Stands for a definition where a region published how many of its people it counts as disabled."""

COUNT_YEAR = 2021
"""Year of published national counts."""


def round_years(last_year: int) -> tuple[int, ...]:
    """The census, every fifth year after it, and the last year."""
    return (CENSUS_YEAR, *range(CENSUS_YEAR + 5, last_year, 5), last_year)


def need_years(settings: Settings) -> tuple[int, ...]:
    """Years of the published table of need: round ones, that of national counts, those of the next plan."""
    plan = settings.next_plan
    return tuple(sorted({*round_years(settings.last_year), COUNT_YEAR, plan.mid_term, plan.year}))


def need_rows(demand: Demand, old: Array, years: Sequence[int]) -> pd.DataFrame:
    """Rows of one place from its `old` people (draw, year, sex, group) at the ends of `years`, those of `demand`.

    Medians are shown, and the parts of a total share it out as their means do. Under the headline definition the
    disabled come by severity, with those who would live in institutions, beds and caregivers; of the other
    definitions there are the disabled in all. Caregivers of the setting `home` stand beside the total, which is a
    facility's staff.
    """
    headline = demand.choice.headline
    rows: list[dict[str, object]] = []

    def add(measure: str, values: Array, parts: Mapping[str, Array] | None = None, axis: str = "severity") -> None:
        """A total (draw, year), and the parts that sum to it."""
        found = np.quantile(values, INTERVAL, axis=0)
        digits = last_digits(found, len(values))
        low, shown, high = in_digits(found, digits)
        rows.extend(_rows(measure, years, shown, low, high))
        if parts:
            pieces = np.stack(list(parts.values()))
            shares = [shown_parts(*each) for each in zip(shown, np.moveaxis(pieces, 2, 0), digits[1], strict=True)]
            for place, (name, piece) in enumerate(parts.items()):
                low, _, high = interval_shown(piece)
                rows.extend(_rows(measure, years, np.stack(shares)[:, place], low, high, {axis: name}))

    add("population_60plus", old.sum(axis=(2, 3)))
    whole = demand.need(headline, old)
    for definition in demand.choice.definitions:
        start = len(rows)
        if definition == headline:
            add("disabled", whole.disabled, dict(zip(SEVERITIES, np.moveaxis(whole.by_severity, 2, 0), strict=True)))
            users = whole.users[:, :, 0]
            add("residents", users.sum(axis=2), dict(zip(SEVERITIES, np.moveaxis(users, 2, 0), strict=True)))
            add("beds", whole.all_beds)
            add("nursing_beds", whole.beds[..., 1])
            add("dementia_beds", whole.beds[..., 2])
            carers = whole.carers.sum(axis=3)
            by_setting = dict(zip(SETTINGS_OF_CARE, np.moveaxis(carers, 2, 0), strict=True))
            add("caregivers", whole.facility_carers, {name: by_setting[name] for name in FACILITIES}, "setting")
            low, shown, high = interval_shown(by_setting["home"])
            rows.extend(_rows("caregivers", years, shown, low, high, {"setting": "home"}))
        else:
            add("disabled", demand.severities(definition, old).sum(axis=2))
        for row in rows[start:]:
            row["definition"] = definition
    add("dementia", whole.dementia)
    columns = ["measure", "definition", "severity", "setting", "year", "shown", "q10", "q90"]
    table = pd.DataFrame(rows).reindex(columns=columns)
    return table.assign(basis="resident", figure_id=None)


def local_counts(figures: pd.DataFrame, region: str) -> pd.DataFrame:
    """Counts of the disabled that `region` published, in the columns of `need_rows`: one row each, no interval.

    `figures` as data/raw/care_figures.csv has them.
    """
    chosen = figures[(figures["region"] == region) & (figures["indicator"] == "disabled_60plus")]
    return pd.DataFrame(
        {
            "measure": "disabled",
            "definition": LOCAL_COUNT,
            "severity": None,
            "setting": None,
            "year": chosen["year"],
            "shown": chosen["value"],
            "q10": np.nan,
            "q90": np.nan,
            "basis": chosen["basis"],
            "figure_id": chosen["source"],
        }
    )


def _rows(
    measure: str, years: Sequence[int], shown: Array, low: Array, high: Array, labels: Mapping[str, str] | None = None
) -> list[dict[str, object]]:
    return [
        {"measure": measure, **(labels or {}), "year": year, "shown": at, "q10": q10, "q90": q90}
        for year, at, q10, q90 in zip(years, shown, low, high, strict=True)
    ]
