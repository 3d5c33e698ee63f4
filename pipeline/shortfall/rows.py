"""Rows of the tables of need and of published supply: people and what their care takes, observations, and norms."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd

from pipeline.axes import CENSUS_YEAR, Array
from pipeline.care.flow import National
from pipeline.care.need import FACILITIES, Demand
from pipeline.care.supply import worth
from pipeline.care.yardstick import SHARES
from pipeline.domain import Catalogue, Indicator, Observation
from pipeline.settings import Settings
from pipeline.summary import INTERVAL, interval_shown, last_digits, shown_parts
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

    Medians are shown, and the parts of a total share it out as their means do: by severity and setting under the
    headline definition, the disabled in all of others. Caregivers at `home` stand beside the total, which is a
    facility's staff.
    """
    headline = demand.choice.headline
    whole = demand.need(headline, old)
    tables: list[pd.DataFrame] = []

    def put(measure: str, interval: Array, **labels: str) -> None:
        """Rows of a low end, what is shown and a high end, (3, year)."""
        columns = dict(zip(("q10", "shown", "q90"), interval, strict=True))
        tables.append(pd.DataFrame({"measure": measure, "year": list(years), **columns, **labels}))

    def put_whole(measure: str, parts: Array, axis: str, names: Sequence[str]) -> None:
        """The sum of parts (draw, year, part), and the parts with what is shown of them summing to it."""
        total = parts.sum(axis=2)
        interval, digits = interval_shown(total), last_digits(np.quantile(total, INTERVAL, axis=0), len(total))
        put(measure, interval, definition=headline)
        by_year = zip(interval[1], np.moveaxis(parts, 1, 0), digits[1], strict=True)
        shown = np.stack([shown_parts(middle, part.T, digit) for middle, part, digit in by_year])
        for place, name in enumerate(names):
            low, _, high = interval_shown(parts[..., place])
            put(measure, np.stack([low, shown[:, place], high]), definition=headline, **{axis: name})

    put("population_60plus", interval_shown(old.sum(axis=(2, 3))))
    for definition in demand.choice.definitions:
        if definition != headline:
            disabled = demand.severities(definition, old).sum(axis=2)
            put("disabled", interval_shown(disabled), definition=definition)
            continue
        put_whole("disabled", whole.by_severity, "severity", SEVERITIES)
        put_whole("residents", whole.users[:, :, 0], "severity", SEVERITIES)
        put("beds", interval_shown(whole.all_beds), definition=headline)
        put("nursing_beds", interval_shown(whole.beds[..., 1]), definition=headline)
        put("dementia_beds", interval_shown(whole.beds[..., 2]), definition=headline)
        carers = whole.carers.sum(axis=3)
        put_whole("caregivers", carers[..., : len(FACILITIES)], "setting", FACILITIES)
        at_home = carers[..., SETTINGS_OF_CARE.index("home")]
        put("caregivers", interval_shown(at_home), setting="home", definition=headline)
    put("dementia", interval_shown(whole.dementia))
    return pd.concat(tables, ignore_index=True).assign(basis="resident", figure_id=None)


def local_counts(figures: pd.DataFrame, region: str) -> pd.DataFrame:
    """Counts of the disabled that `region` published (in care_figures.csv) as `need_rows`, without an interval."""
    chosen = figures[(figures["region"] == region) & (figures["indicator"] == "disabled_60plus")]
    rows = chosen[["year", "basis"]].assign(shown=chosen["value"], figure_id=chosen["source"], q10=np.nan, q90=np.nan)
    return rows.assign(measure="disabled", definition=LOCAL_COUNT, severity=None, setting=None)


def supply_rows(observed: Iterable[Observation], catalogue: Catalogue, as_of: int) -> pd.DataFrame:
    """One row an observation of the planned regions, the regions that hold them, and the nation."""
    planned = {plan.region for plan in catalogue.plans.values()}
    wanted = planned | {catalogue.regions[name].parent for name in planned}
    wanted |= {name for name, region in catalogue.regions.items() if region.level == "nation"}
    rows = [
        item.model_dump(exclude={"note"})
        | {"unit": catalogue.indicators[item.indicator].unit, "grade": worth(item, as_of)}
        for item in observed
        if item.region in wanted
    ]
    return pd.DataFrame(rows).rename(columns={"indicator": "quantity"}).astype({"value": float})


def norm_rows(national: National, indicators: Mapping[str, Indicator]) -> pd.DataFrame:
    """The nation's latest outcome by quantity, of stocks per 1,000 people, and its goals as stated."""
    rows: list[tuple[str, str, int, float, str, str]] = [
        (norm.quantity, norm.kind, norm.year, norm.value * scale, unit, norm.source)
        for norm in national.norms.values()
        for scale, unit in [(1, "percent") if norm.quantity in SHARES else (1000, "per_1000")]
        if norm.kind == "outcome"
    ]
    rows += [(g.indicator, "goal", g.year, g.value, indicators[g.indicator].unit, g.source) for g in national.goals]
    return pd.DataFrame(rows, columns=["quantity", "kind", "year", "value", "unit", "source"]).astype({"value": float})
