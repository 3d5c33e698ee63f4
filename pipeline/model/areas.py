"""Areas and their people: what fits and cities left, what counts moved, what makes provinces add up, the projection."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.axes import CENSUS_YEAR, COUNTED_GROUPS, FIVE_YEAR_GROUPS, REPORT_GROUPS, SEXES, Array
from pipeline.demography.area import AreaDraws, Nation, at_year_ends, project_area
from pipeline.demography.graduation import split_anew
from pipeline.domain import Region
from pipeline.inputs.population_counts import all_counts, observations
from pipeline.inputs.store import load_planned_regions, load_regions, load_table
from pipeline.model.result_files import AREA_FOLDER, NATION_FILE, load_arrays, save_arrays
from pipeline.models.assimilation import NONE, AreaCounts, CountError, Update
from pipeline.models.forward import Orders, yearly
from pipeline.random import Z80
from pipeline.results.write import replaced
from pipeline.settings import Settings
from pipeline.settings.forecast import ProjectionSettings, YearlySettings
from pipeline.summary import long_table, summarised
from pipeline.vocabulary import CENTRAL, NATION, UNCOUNTED

YEARS_FILE = AREA_FOLDER / "provinces" / "years.npz"
COUNTS_FOLDER = Path("models/counts")
BALANCE_FOLDER = Path("models/balance")
PROVINCES_FOLDER = Path("data/derived/provinces")
KEPT_DRAWS = 1000
"""Draws of each province, the first ones, that are kept by five-year group for what lies within provinces."""

PROVINCES_FILE = PROVINCES_FOLDER / "population.parquet"
"""People of all provinces before and after counts, by scenario."""


FIRST_OLD_GROUP = FIVE_YEAR_GROUPS.index("60-64")
"""From here on ages are kept by draw for what follows: care is a matter of the old."""

GROUPS = (*REPORT_GROUPS, *FIVE_YEAR_GROUPS)

type RegionsPeople = tuple[pd.DataFrame, pd.DataFrame, Mapping[str, NDArray[np.float32]]]
"""Rows of the tables population and ages, and by region the old (draw, year, sex, five-year group from 60)."""


class Area(NamedTuple):
    """One area's draws before they are put together: what counts may move stands by itself.

    `base` holds the people on census day before `split` moves them, (sex, age), or with draws first; `split` (draw,
    age) how single ages depart from the base within `groups`, None where single ages were published.
    """

    draws: AreaDraws
    base: Array
    groups: Sequence[str]
    split: Array | None

    def moved(self, update: Update) -> "Area":
        """The area after what counts moved of it: consistency, migration, level, log_tfr and split, where named."""
        before = self.draws
        base, split = before.base, self.split
        if split is not None and "split" in update.gain:
            split = split + update.of("split")
            base = split_anew(self.base, self.groups, split)
        after = AreaDraws(
            base,
            before.level + _along(update, "level", -1),
            before.consistency + _along(update, "consistency", 1),
            before.migration + update.of("migration"),
            before.tfr * np.exp(update.of("log_tfr")),
            before.balance,
        )
        return Area(after, self.base, self.groups, split)


def _along(update: Update, name: str, axis: int) -> Array | float:
    """What an update moves of `name`, the same along a new axis."""
    return np.expand_dims(update.of(name), axis) if name in update.gain else 0.0


def save_area(
    root: Path, folder: str, region: str, draws: Mapping[str, Array], groups: Sequence[str], split: Array | None
) -> None:
    """Write the draws of one area (as from `forward.area_draws`) to its own file; the census day stays exact.

    `split` (draw, age), as from `graduation.split_steps`, is how the area's single ages depart from the base within
    the census groups `groups`; none where single ages were published.
    """
    lean = {name: array if name == "base" else array.astype(np.float32) for name, array in draws.items()}
    if split is not None:
        lean |= {"groups": np.array(groups), "split": split.astype(np.float32)}
    save_arrays(root / AREA_FOLDER / folder / f"{region}.npz", **lean)


def save_years(root: Path, shape: YearlySettings, order: Orders, shared: Array) -> None:
    """Write how the decades of all areas fall on their years, and what of their excess they have together."""
    numbers = {"persistent": np.array(shape.persistent), "phi": np.array(shape.phi)}
    save_arrays(root / YEARS_FILE, order=order.astype(np.int32), shared=shared.astype(np.float32), **numbers)


def census_area(root: Path, region: Region) -> Area:
    """The area as it is known from censuses alone, as `save_area` wrote it, its decades spread over years."""
    folder = "cities" if region.level == "city" else "provinces"
    parts, years = load_arrays(root / AREA_FOLDER / folder / f"{region.id}.npz"), load_arrays(root / YEARS_FILE)
    groups = parts.pop("groups", np.array([])).tolist()
    parts = {name: array.astype(float) for name, array in parts.items()}
    shape = YearlySettings(persistent=float(years["persistent"]), phi=float(years["phi"]))
    shared = 0.0 if region.level == "nation" else years["shared"]
    base, split = parts["base"], parts.get("split")
    draws = AreaDraws(
        base if split is None else split_anew(base, groups, split),
        parts["level"],
        parts["consistency"][:, None],
        yearly(parts["migration"], shape, years["order"]) - shared,
        parts["tfr"],
    )
    return Area(draws, base, groups, split)


def save_update(root: Path, region: str, update: Update) -> None:
    gains = {f"gain_{name}": gain for name, gain in update.gain.items()}
    save_arrays(root / COUNTS_FOLDER / f"{region}.npz", innovation=update.innovation, **gains)


def load_update(root: Path, region: str) -> Update:
    """What counts moved of one area: nothing where it had none."""
    path = root / COUNTS_FOLDER / f"{region}.npz"
    if not path.exists():
        return NONE
    arrays = load_arrays(path)
    return Update(arrays.pop("innovation"), {name.removeprefix("gain_"): gain for name, gain in arrays.items()})


def with_whole(area: Area, region: Region, updates: Mapping[str, Update]) -> Area:
    """The area after what the counts of the nation, and for a city those of its province, move of it.

    An area follows the nation's mortality, consistency and fertility, a city its province's migration too.
    """
    area = area.moved(updates.get(NATION, NONE))
    if region.level == "city":
        area = area.moved(updates.get(str(region.parent), NONE).only("migration"))
    return area


def load_area(root: Path, region: Region, *, counts: bool, balanced: bool = True) -> AreaDraws:
    """Draws of one area, with what `counts` moved of it or without, and `balanced` so that provinces add up."""
    area = census_area(root, region)
    if counts:
        names = {NATION, str(region.parent)} - {region.id}
        area = with_whole(area, region, {name: load_update(root, name) for name in names})
        area = area.moved(load_update(root, region.id))
    if not balanced or region.level == "nation":
        return area.draws
    # Mapped, since every region has the same 50 MB: read once, they stay with the operating system.
    balance = np.load(root / BALANCE_FOLDER / f"{balance_name(counts)}.npy", mmap_mode="c")
    return area.draws._replace(balance=np.asarray(balance))


def save_balance(root: Path, factor: NDArray[np.floating], *, counts: bool) -> None:
    """Write what makes provinces add up, (draw, time, sex, age) as in `AreaDraws`."""
    with replaced(root / BALANCE_FOLDER / f"{balance_name(counts)}.npy") as temporary, temporary.open("wb") as file:
        np.save(file, factor.astype(np.float32), allow_pickle=False)


def balance_name(counts: bool) -> str:
    """The scenario whose provinces a balance is of."""
    return CENTRAL if counts else UNCOUNTED


def load_nation(root: Path) -> Nation:
    """What all areas share, for the years from the last census on."""
    path = load_arrays(root / NATION_FILE)
    since = int(np.flatnonzero(path["start_years"] == CENSUS_YEAR)[0])
    return Nation(path["standard_lx"][since:], path["asfr_shape"][since:], path["srb"][since:])


def load_counts(root: Path, regions: Mapping[str, Region]) -> pd.DataFrame:
    """What was counted of residents since the census, of the project's regions, as `observations` chooses it."""
    found = observations(all_counts(load_table(root, "population_counts"), regions))
    return found[found["region"].isin(list(regions))].reset_index(drop=True)


def counts_of(rows: pd.DataFrame) -> AreaCounts:
    places = [COUNTED_GROUPS.index(group) for group in rows["age_group"]]
    year = rows["year"].to_numpy(dtype=np.intp) - CENSUS_YEAR - 1
    return AreaCounts(year, np.array(places, dtype=np.intp), np.log(rows["value"].to_numpy(dtype=float)))


def count_error(settings: Settings, level: str) -> CountError:
    """How wrong the counts of a nation, province or city are taken to be."""
    chosen = settings.counts
    own = getattr(chosen, level)
    sd = {name: getattr(own, name).high / Z80 for name in ("level", "drift", "sampling")}
    return CountError(**sd, alike=chosen.alike, totals=chosen.totals)


def dated(table: pd.DataFrame) -> pd.DataFrame:
    """Rows of a population with the day each is of: the census in its year, then ends of years."""
    ends = table["year"].astype(str) + "-12-31"
    return table.assign(date=np.where(table["year"] == CENSUS_YEAR, f"{CENSUS_YEAR}-11-01", ends))


def region_population(area: AreaDraws, nation: Nation, scenario: ProjectionSettings) -> tuple[Array, Array]:
    """Project one region: people as from `by_age`."""
    return by_age(project_area(area, nation, scenario, GROUPS))


def by_age(anniversaries: Array) -> tuple[Array, Array]:
    """People on census day, then at year-ends, from those of `GROUPS` on anniversaries of it, (draw, year, sex, group).

    By report group, the sexes and then both, (draw, year, 3, group), and by five-year group, (draw, year, sex, group).
    """
    report, five_year = np.split(at_year_ends(anniversaries), [len(REPORT_GROUPS)], axis=-1)
    return np.concatenate([report, report.sum(axis=2, keepdims=True)], axis=2), five_year


def population_rows(report: Array, years: Sequence[int], region: Region) -> pd.DataFrame:
    """Rows of the table of populations from a region's people (draw, year, sex and both, report group)."""
    axes: Mapping[str, Sequence[object]] = {"year": years, "sex": [*SEXES, "both"], "age_group": REPORT_GROUPS}
    return long_table(summarised(report), axes).assign(region=region.id, gb_code=region.gb_code)


def project_regions(root: Path, task: tuple[Settings, bool]) -> RegionsPeople:
    """The nation and the regions with a plan under some settings, in the first table with all other cities or none."""
    settings, all_cities = task
    known, planned = load_regions(root), load_planned_regions(root)
    nation, scenario = load_nation(root), settings.projection
    years = list(range(CENSUS_YEAR, settings.last_year + 1))
    axes: Mapping[str, Sequence[object]] = {"year": years, "sex": SEXES, "age_group": FIVE_YEAR_GROUPS}
    chosen = [name for name in known if name in planned or name == NATION]
    cities = [name for name in known if known[name].level == "city" and name not in chosen]
    population, ages, old = [], [], {}
    for name in [*chosen, *(cities if all_cities else [])]:
        report, five_year = region_population(
            load_area(root, known[name], counts=settings.counts.use), nation, scenario
        )
        population.append(population_rows(report, years, known[name]))
        if name in chosen:
            ages.append(long_table(summarised(five_year), axes).assign(region=name))
            old[name] = five_year[..., FIRST_OLD_GROUP:].astype(np.float32)
    return pd.concat(population), pd.concat(ages), old
