"""Stage `assimilate_counts`: what the counts since the census move of the nation, the provinces and the cities."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from pipeline.axes import CENSUS_YEAR, Array
from pipeline.demography.area import AreaDraws
from pipeline.errors import Fault, raise_if_any
from pipeline.inputs.store import load_regions
from pipeline.model import areas
from pipeline.model.result_files import save_arrays
from pipeline.models.assimilation import CountError, Seen, Update, assimilate, log_people, standard_errors
from pipeline.random import stream
from pipeline.settings import load_settings
from pipeline.stages.common import run
from pipeline.vocabulary import NATION

FARTHEST = 4.0
"""Standard errors from the forecast beyond which a count must have been reviewed."""


def assimilate_counts(root: Path) -> None:
    """Each area given what the counts of the whole it lies in moved.

    Regions without counts are looked at only where a city lies in them. Raises InputError for counts far off.
    """
    settings, regions, nation = load_settings(root), load_regions(root), areas.load_nation(root)
    scenario = settings.projection
    counts = areas.load_counts(root, regions).query("used")
    last = int(max(counts["year"], default=CENSUS_YEAR)) - CENSUS_YEAR
    parents = {region.parent for region in regions.values() if region.level == "city"}
    ordered = sorted(regions.values(), key=lambda region: ("nation", "province", "city").index(region.level))
    updates: dict[str, Update] = {}
    known: dict[str, Seen] = {}
    faults: list[Fault] = []
    national: AreaDraws | None = None
    for region in ordered if last else ():
        rows = counts[counts["region"] == region.id]
        if rows.empty and region.id != NATION and region.id not in parents:
            continue
        area = areas.with_whole(areas.census_area(root, region), region, updates)
        people = log_people(area.draws, nation, scenario, last)
        error = areas.count_error(settings, region.level)
        bias = error.draws(last, len(people), stream(settings.seed, "count bias", region.id))
        parent = known.get(str(region.parent))
        beyond = 0.0 if parent is None else parent.bias
        if not rows.empty:
            observed = areas.counts_of(rows)
            faults += far_counts(rows, observed.of(people + bias + beyond), error)
            generator = stream(settings.seed, "counts", region.id)
            update = assimilate(states(area, national), people, bias, observed, error, generator, parent)
            updates[region.id] = update
            area, bias = area.moved(update), bias + update.of("bias")
            people = log_people(area.draws, nation, scenario, last)
        known[region.id] = Seen(people, bias + beyond)
        if region.id == NATION:
            national = area.draws
    raise_if_any(faults)
    for name, update in updates.items():
        areas.save_update(root, name, update.only(*(part for part in update.gain if part != "bias")))
    save_arrays(root / areas.COUNTS_FOLDER / "moved.npz", regions=np.array(sorted(updates), dtype="U"))


def states(area: areas.Area, nation: AreaDraws | None) -> dict[str, Array]:
    """What may move: the nation's mortality, consistency and fertility, or what is the area's own beside them."""
    draws = area.draws
    level, births = draws.level[..., 0], np.log(draws.tfr)
    if nation is None:
        return {"consistency": draws.consistency[:, 0], "level": level, "log_tfr": births}
    own = {"migration": draws.migration, "level": level - nation.level[..., 0], "log_tfr": births - np.log(nation.tfr)}
    return own if area.split is None else {**own, "split": area.split}


def far_counts(rows: pd.DataFrame, predicted: Array, error: CountError) -> Iterator[Fault]:
    """A fault for each count that lies far from its prediction, the log (draw, count)."""
    away = standard_errors(
        predicted, np.log(rows["value"].to_numpy(dtype=float)), error.scatter(list(rows["age_group"]))
    )
    for row, distance, expected in zip(rows.itertuples(), away, np.exp(np.median(predicted, axis=0)), strict=True):
        if abs(distance) > FARTHEST:
            words = (
                f"a value nearer to {expected:.0f}, from which it lies {abs(distance):.1f} standard errors (another "
                "basis or unit?), or in `reviewed` why it is not followed"
            )
            yield Fault(str(row.file), f"{row.region}, {row.year}, {row.age_group}", f"{row.value:.0f}", words)


if __name__ == "__main__":
    run(assimilate_counts, owns=(areas.COUNTS_FOLDER,))
