"""What the counts since the census move of the nation, the provinces and the cities, in that order."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from pipeline.axes import CENSUS_YEAR, COUNTED_GROUPS, Array
from pipeline.demography.area import AreaDraws, Nation
from pipeline.domain import Region
from pipeline.errors import Fault, raise_if_any
from pipeline.inputs.population_counts import all_counts, observations
from pipeline.inputs.store import load_table
from pipeline.model.areas import Area, census_area, with_whole
from pipeline.model.population import scenario_of
from pipeline.models.assimilation import AreaCounts, CountError, Seen, Update, assimilate, log_people, standard_errors
from pipeline.random import Z80, stream
from pipeline.settings import Settings
from pipeline.settings.forecast import CityError, NationalError, ProvincialError
from pipeline.vocabulary import NATION

FARTHEST = 4.0
"""Standard errors from the forecast beyond which a count must have been reviewed."""


def load_counts(root: Path, regions: Mapping[str, Region]) -> pd.DataFrame:
    """What was counted of residents since the census, of the project's regions, as `observations` chooses it."""
    found = observations(all_counts(load_table(root, "population_counts"), regions))
    return found[found["region"].isin(list(regions))].reset_index(drop=True)


def counts_of(rows: pd.DataFrame) -> AreaCounts:
    """The counts of one region as arrays."""
    places = [COUNTED_GROUPS.index(group) for group in rows["age_group"]]
    year = rows["year"].to_numpy(dtype=np.intp) - CENSUS_YEAR - 1
    return AreaCounts(year, np.array(places, dtype=np.intp), np.log(rows["value"].to_numpy(dtype=float)))


def count_error(settings: Settings, level: str) -> CountError:
    """How wrong the counts of a nation, province or city are taken to be."""
    chosen = settings.counts
    own: NationalError | ProvincialError | CityError = getattr(chosen, level)
    return CountError(
        level=own.level.high / Z80,
        drift=own.drift.high / Z80,
        sampling=own.sampling.high / Z80,
        alike=chosen.alike,
        totals=chosen.totals,
    )


def assimilate_areas(
    root: Path, settings: Settings, regions: Mapping[str, Region], counts: pd.DataFrame, nation: Nation
) -> dict[str, Update]:
    """Updates by region, each given what the counts of the whole it lies in moved; `counts` as from `load_counts`.

    Regions without counts are looked at only where a city lies in them. Raises InputError for counts far off.
    """
    updates: dict[str, Update] = {}
    known: dict[str, Seen] = {}
    faults: list[Fault] = []
    counts = counts[counts["used"]]
    if counts.empty:
        return updates
    scenario = scenario_of(settings.projection)
    last = int(counts["year"].max()) - CENSUS_YEAR
    parents = {region.parent for region in regions.values() if region.level == "city"}
    national: AreaDraws | None = None
    for region in sorted(regions.values(), key=lambda region: ("nation", "province", "city").index(region.level)):
        rows = counts[counts["region"] == region.id]
        if rows.empty and region.id != NATION and region.id not in parents:
            continue
        area = with_whole(census_area(root, region), region, updates)
        people = log_people(area.draws, nation, scenario, last)
        error = count_error(settings, region.level)
        bias = error.draws(last, len(people), stream(settings.seed, "count bias", region.id))
        parent = known.get(str(region.parent))
        beyond = 0.0 if parent is None else parent.bias
        if not rows.empty:
            observed = counts_of(rows)
            faults += faults_of_far_counts(observed, observed.of(people + bias + beyond), rows, error)
            generator = stream(settings.seed, "counts", region.id)
            update = assimilate(_states(area, national), people, bias, observed, error, generator, parent)
            updates[region.id] = update
            area, bias = area.moved(update), bias + update.of("bias")
            people = log_people(area.draws, nation, scenario, last)
        known[region.id] = Seen(people, bias + beyond)
        if region.id == NATION:
            national = area.draws
    raise_if_any(faults)
    return updates


def _states(area: Area, nation: AreaDraws | None) -> dict[str, Array]:
    """What may move: the nation's mortality, consistency and fertility, or what is the area's own beside them."""
    draws = area.draws
    level, births = draws.level[..., 0], np.log(draws.tfr)
    if nation is None:
        return {"consistency": draws.consistency[:, 0], "level": level, "log_tfr": births}
    own = {"migration": draws.migration, "level": level - nation.level[..., 0], "log_tfr": births - np.log(nation.tfr)}
    return own if area.split is None else {**own, "split": area.split}


def faults_of_far_counts(observed: AreaCounts, predicted: Array, rows: pd.DataFrame, error: CountError) -> list[Fault]:
    """Faults for counts that lie more than `FARTHEST` standard errors from what was forecast of them."""
    scatter = error.scatter([COUNTED_GROUPS[place] for place in observed.group])
    away = standard_errors(predicted, observed.log, scatter)
    middle = np.exp(np.median(predicted, axis=0))
    found = []
    for row, distance, expected in zip(rows.itertuples(), away, middle, strict=True):
        if abs(distance) > FARTHEST:
            place = f"{row.region}, {row.year}, {row.age_group}"
            words = (
                f"a value nearer to {expected:.0f}, from which it lies {abs(distance):.1f} standard errors (another "
                "basis or unit?), or in `reviewed` why it is not followed"
            )
            found.append(Fault(str(row.file), place, f"{row.value:.0f}", words))
    return found
