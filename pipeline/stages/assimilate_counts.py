"""Stage `counts`: what the counts since the census move of the nation, the provinces and the cities, in that order."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from pipeline.axes import CENSUS_YEAR, COUNTED_GROUPS, Array
from pipeline.demography.area import Nation, Scenario
from pipeline.domain import Region
from pipeline.errors import Fault, raise_if_any
from pipeline.inputs.counts import all_counts, observations
from pipeline.inputs.known import load_regions
from pipeline.inputs.store import load_table
from pipeline.model.areas import COUNTS_FOLDER, Area, census_area, load_nation, only, save_update, with_whole
from pipeline.model.files import save_arrays
from pipeline.model.population import scenario_of
from pipeline.models.assimilation import Seen, Told, assimilate, log_people, since_census
from pipeline.models.counts import NONE, CountError, Update, standard_errors
from pipeline.random import Z80, stream
from pipeline.settings import Settings, load_settings
from pipeline.settings.counts import CityError, NationalError, ProvincialError
from pipeline.stages.common import run
from pipeline.vocabulary import NATION

FARTHEST = 4.0
"""Standard errors from the forecast beyond which a count must have been reviewed."""


def counts(root: Path) -> None:
    """Read areas and counts, move the areas from the nation down, write what moved; refuse counts far off."""
    settings = load_settings(root)
    regions = load_regions(root)
    told = load_observations(root, regions)
    told = told[told["used"]]
    nation, bend = load_nation(root), scenario_of(settings.projection)
    last = int(told["year"].max()) - CENSUS_YEAR if len(told) else 0
    work = _Work(settings, nation, bend, last, told)
    order = sorted(regions.values(), key=lambda region: ("nation", "province", "city").index(region.level))
    parents = {region.parent for region in order if region.level == "city"}
    for region in order:
        if work.needs(region, parents):
            work.move(census_area(root, region), region)
    raise_if_any(work.faults)
    for name, update in work.updates.items():
        save_update(root, name, only(update, *(part for part in update.gain if part != "bias")))
    save_arrays(root / COUNTS_FOLDER / "moved.npz", regions=np.array(sorted(work.updates), dtype="U"))


class _Work:
    """Areas moved so far: updates by region, and what is known after them where parts lie in it."""

    def __init__(self, settings: Settings, nation: Nation, bend: Scenario, last: int, told: pd.DataFrame) -> None:
        self.settings, self.nation, self.bend, self.last, self.told = settings, nation, bend, last, told
        self.updates: dict[str, Update] = {}
        self.seen: dict[str, Seen] = {}
        self.whole: Area | None = None
        self.faults: list[Fault] = []

    def needs(self, region: Region, parents: set[str | None]) -> bool:
        """Whether anything hangs on this region."""
        told = set(self.told["region"])
        return bool(told) and (region.id in told or region.id == NATION or region.id in parents)

    def move(self, census: Area, region: Region) -> None:
        """Read the region's counts, given the whole it lies in, and keep what they move."""
        area = with_whole(census, region, self.updates)
        people = self.people(area)
        draws = len(people)
        error = count_error(self.settings, region.level)
        seed = self.settings.seed
        bias = error.draws(since_census(self.last), draws, stream(seed, "count bias", region.id))
        around = self.seen.get(str(region.parent))
        told = told_of(self.told[self.told["region"] == region.id])
        update = NONE
        if told.log.size:
            predicted = people + bias + (0.0 if around is None else around.bias)
            self.faults += far_off(told, told.of(predicted), self.told[self.told["region"] == region.id], error)
            states = self.states(area, region)
            update = assimilate(states, people, bias, told, error, stream(seed, "counts", region.id), around)
            self.updates[region.id] = update
        moved = area.moved(update)
        own = bias + update.of("bias")
        self.seen[region.id] = Seen(self.people(moved), own + (0.0 if around is None else around.bias))
        if region.id == NATION:
            self.whole = moved

    def people(self, area: Area) -> Array:
        return log_people(area.draws, self.nation, self.bend, self.last)

    def states(self, area: Area, region: Region) -> dict[str, Array]:
        """What may move: the nation's mortality, consistency and fertility, or what is the area's own beside them."""
        draws = area.draws
        level, births = draws.level[..., 0], np.log(draws.tfr)
        if region.id == NATION:
            return {"consistency": draws.consistency[:, 0], "level": level, "log_tfr": births}
        if self.whole is None:
            raise ValueError("the nation must be moved before its parts")
        own = {
            "migration": draws.migration,
            "level": level - self.whole.draws.level[..., 0],
            "log_tfr": births - np.log(self.whole.draws.tfr),
        }
        return own if area.split is None else {**own, "split": area.split}


def load_observations(root: Path, regions: Mapping[str, Region]) -> pd.DataFrame:
    """What was counted of residents since the census, of the project's regions; see `inputs.counts.observations`."""
    found = observations(all_counts(load_table(root, "population_counts"), regions))
    return found[found["region"].isin(list(regions))].reset_index(drop=True)


def told_of(rows: pd.DataFrame) -> Told:
    """The counts of one region as arrays."""
    places = [COUNTED_GROUPS.index(group) for group in rows["age_group"]]
    year = rows["year"].to_numpy(dtype=np.intp) - CENSUS_YEAR - 1
    return Told(year, np.array(places, dtype=np.intp), np.log(rows["value"].to_numpy(dtype=float)))


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


def far_off(told: Told, predicted: Array, rows: pd.DataFrame, error: CountError) -> list[Fault]:
    """Faults for counts that lie more than `FARTHEST` standard errors from what was forecast of them."""
    scatter = error.scatter([COUNTED_GROUPS[place] for place in told.group])
    away = standard_errors(predicted, told.log, scatter)
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


if __name__ == "__main__":
    run(counts, owns=(COUNTS_FOLDER,))
