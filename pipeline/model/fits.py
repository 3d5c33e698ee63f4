"""What the models of areas are fitted to, and the fit as it is stored.

The residuals of the last two decades are written with nine significant digits by one writer, so that another
processor or library, whose sums differ in their last digits, writes the same file and DVC finds the fit up to date.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from pipeline.demography.cohort_change import COHORT_GROUPS, decade_residual
from pipeline.demography.groups import SEXES, summing_matrix
from pipeline.demography.mortality import yearly_survival
from pipeline.errors import Fault, raise_if_any
from pipeline.models.cohorts import GROUPS
from pipeline.models.forward import past_of
from pipeline.models.old_age import AGES, Known, fit_data
from pipeline.models.sampling import Limits, diagnostics, faults, load_posterior, save_posterior, spaced
from pipeline.results.write import write_text
from pipeline.stages.common import CENSUS_YEAR, NATION, POSTERIOR_FOLDER, SINGLE_AGE_FILE, Array, cube, sex_age

RESIDUALS_FILE = Path("data/derived/residuals.csv")
AREAS_FILE = POSTERIOR_FOLDER / "areas.npz"
MARGINS_FILE = POSTERIOR_FOLDER / "margins.npz"

_OLD = summing_matrix(AGES).T


@dataclass(frozen=True, eq=False)
class Residuals:
    """Log residuals of cohorts, counted ÷ survivors by the nation's table, over the last two residuals.

    `nation` and `nation_before` (sex, 16), `excess` and `excess_before` (province, sex, 16) over the nation, by
    `COHORT_GROUPS` at the decade's end.
    """

    provinces: tuple[str, ...]
    nation: Array
    nation_before: Array
    excess: Array
    excess_before: Array

    @property
    def observed(self) -> Array:
        """What the old-age model is fitted to: (province, sex, 8)."""
        return self.excess[..., -len(AGES) :]

    @property
    def known(self) -> Known:
        """What it knows of the provinces beforehand."""
        return past_of(self.excess_before)


def write_residuals(
    root: Path, people: Mapping[Any, Array], provinces: Sequence[str], survival: Array, first: int
) -> None:
    """Write the residuals of nation and provinces, of people (sex, age) by region and census year.

    `survival` (time, sex, age) of single years from `first` on. Raises InputError where a region has no people of an
    age at a census: no change can be measured.
    """
    raise_if_any(_unmeasured(people, provinces))
    lines = ["region,year,sex,age,residual"]
    for region in (NATION, *sorted(provinces)):
        for last in (CENSUS_YEAR - 10, CENSUS_YEAR):
            ten_years = survival[last - 10 - first : last - first]
            found = decade_residual(people[region, last - 10], people[region, last], ten_years)
            lines += [
                f"{region},{last},{sex},{age},{value:.9g}"
                for sex, by_age in zip(SEXES, found, strict=True)
                for age, value in zip(COHORT_GROUPS, by_age, strict=True)
            ]
    write_text("\n".join(lines) + "\n", root / RESIDUALS_FILE)


def load_residuals(root: Path) -> Residuals:
    """The residuals as `write_residuals` wrote them."""
    table = pd.read_csv(root / RESIDUALS_FILE, float_precision="round_trip")
    provinces = [str(region) for region in table["region"].unique() if region != NATION]
    axes: dict[str, Sequence[object]] = {
        "year": (CENSUS_YEAR - 10, CENSUS_YEAR),
        "region": (NATION, *provinces),
        "sex": SEXES,
        "age": COHORT_GROUPS,
    }
    before, last = cube(table, axes, "residual")
    return Residuals(tuple(provinces), last[0], before[0], last[1:] - last[0], before[1:] - before[0])


def keep_fit(
    root: Path, tree: xr.DataTree, file: Path, draws: int, keep: Sequence[str] | None, accept_bad_fit: bool
) -> None:
    """Write what sampling left: `draws` of the parameters `keep`, and what the sampler's diagnostics say of them all.

    Raises InputError, and writes nothing, where the fit is beyond a limit and `accept_bad_fit` is not set.
    """
    measured = diagnostics(tree)
    if not accept_bad_fit:
        raise_if_any(faults(measured, Limits(), str(file)))
    kept = spaced(tree, draws)
    if "prior" in tree:
        kept["prior"] = tree["prior"]
    save_posterior(kept, root / file, keep)
    measured["value"] = measured["value"].map("{:.9g}".format)
    write_text(measured.to_csv(index=False, lineterminator="\n"), root / diagnostics_file(file))


def diagnostics_file(fit: Path) -> Path:
    """Where the diagnostics of a stored fit are."""
    return fit.with_name(f"{fit.stem}_diagnostics.csv")


def load_diagnostics(root: Path, fit: Path) -> pd.DataFrame:
    """The rows of `sampling.diagnostics` that `keep_fit` wrote."""
    return pd.read_csv(root / diagnostics_file(fit), keep_default_na=False, na_values={"value": ["nan"]})


def load_fit(root: Path) -> xr.DataTree:
    """The stored fit of the provinces with what it was given: the groups posterior, prior and those of `fit_data`."""
    residuals, people = load_residuals(root), load_people(root)
    counted = np.stack([people[name, CENSUS_YEAR] @ _OLD for name in residuals.provinces])
    tree = load_posterior(root / AREAS_FILE)
    given = fit_data(residuals.observed, residuals.known, counted / np.exp(residuals.observed), residuals.provinces)
    for group, dataset in given.items():
        tree[group] = xr.DataTree(dataset)
    return tree


def load_people(root: Path) -> dict[Any, Array]:
    """People (sex, age) of nation and provinces by region and census year."""
    single = pd.read_parquet(root / SINGLE_AGE_FILE)
    return {key: sex_age(rows) for key, rows in single.groupby(["region", "year"])}


def yearly_survival_of(path: Mapping[str, Array]) -> Array:
    """(time, sex, age) of the nation's path of mortality."""
    return np.asarray(yearly_survival(path["standard_lx"], np.zeros((1, 1, 2)))[0])


def _unmeasured(people: Mapping[Any, Array], provinces: Sequence[str]) -> list[Fault]:
    """Faults where a province or the nation has no people of an age at a census."""
    sums = summing_matrix(GROUPS).T
    found = []
    for region in (*provinces, NATION):
        for year in (CENSUS_YEAR - 20, CENSUS_YEAR - 10, CENSUS_YEAR):
            ages = people[region, year]
            # A blank in a matrix product would blank every group.
            groups = np.where(np.isnan(ages) @ sums > 0, np.nan, np.nan_to_num(ages) @ sums)
            for sex, group in np.argwhere(~(np.isfinite(groups) & (groups > 0))):
                place = f"{region}, {year}, {SEXES[sex]}, {GROUPS[group]}"
                found.append(Fault(str(SINGLE_AGE_FILE), place, f"{groups[sex, group]:g}", "people"))
    return found
