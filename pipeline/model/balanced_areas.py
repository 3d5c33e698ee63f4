"""The nation and all provinces projected together, so that they add up in every draw."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from pipeline.axes import CENSUS_YEAR, FIVE_YEAR_GROUPS, OLD_BANDS, REPORT_GROUPS, SEXES
from pipeline.demography.age_groups import summing_matrix
from pipeline.demography.area import AreaDraws, Nation, Scenario
from pipeline.demography.balance import project_balanced, unbalanced
from pipeline.domain import Region
from pipeline.model.population import population_rows, with_both, year_ends


def lean(area: AreaDraws) -> AreaDraws:
    """The area with what fills the memory in single precision: all provinces are held at once."""
    return replace(area, migration=area.migration.astype(np.float32))


class BalancedAreas:
    """All draws of the nation and the provinces after balancing.

    factor (draw, time, sex, age) as in `balance.Balanced`; groups (province) of people (draw, year, sex and both,
    report group); five_year (province) of the first `kept`, (draw, year, sex, five-year group); apart (draw,
    year, band of `OLD_BANDS`) percent that the provinces lay above the nation before.
    """

    def __init__(
        self, whole: AreaDraws, areas: Sequence[AreaDraws], nation: Nation, scenario: Scenario, kept: int
    ) -> None:
        draws, steps = whole.draws(), nation.standard_lx.shape[0]
        old = summing_matrix(OLD_BANDS).T
        kept = min(kept, draws)
        self.factor = np.empty((draws, steps, len(SEXES), old.shape[0]), dtype=np.float32)
        # In double precision: a province's people on census day are whole, and single knows none above 16.8 million.
        self.groups = [np.empty((draws, steps, len(SEXES) + 1, len(REPORT_GROUPS))) for _ in areas]
        shape = (kept, steps, len(SEXES), len(FIVE_YEAR_GROUPS))
        self.five_year = [np.empty(shape, dtype=np.float32) for _ in areas]
        self.apart = np.empty((draws, steps, len(OLD_BANDS)))
        report = len(REPORT_GROUPS)
        groups = (*REPORT_GROUPS, *FIVE_YEAR_GROUPS) if kept else REPORT_GROUPS
        for part, found in project_balanced(whole, areas, nation, scenario, groups):
            self.factor[part] = found.factor
            before = np.nan_to_num(unbalanced(found.whole, found.factor)).sum(axis=2) @ old
            nation_old = found.whole.sum(axis=2) @ old
            self.apart[part] = 100.0 * (before[:, 1:] / nation_old[:, 1:] - 1.0)
            stop = min(part.stop, kept)
            for place, area in enumerate(found.areas):
                ends = year_ends(area)
                self.groups[place][part] = with_both(ends[..., :report])
                if part.start < stop:
                    self.five_year[place][part.start : stop] = ends[: stop - part.start, ..., report:]

    @property
    def years(self) -> range:
        """Years of `groups`, the census's first."""
        return range(CENSUS_YEAR, CENSUS_YEAR + self.factor.shape[1])

    def population(self, provinces: Sequence[Region]) -> pd.DataFrame:
        """Rows of the table of populations, of the provinces in their order."""
        return pd.concat(
            population_rows(people, self.years, region) for people, region in zip(self.groups, provinces, strict=True)
        )

    def above_nation(self) -> pd.DataFrame:
        """How far the provinces lay above the nation a year-end before balancing: mean, SD and 95 % ends, percent.

        Of anniversaries of census day, the last of which the projection takes a year further than it reports.
        """
        low, high = np.quantile(self.apart, (0.025, 0.975), axis=0)
        index = pd.MultiIndex.from_product([[year + 1 for year in self.years], OLD_BANDS], names=["year", "age_group"])
        values = {
            "mean": self.apart.mean(axis=0),
            "sd": self.apart.std(axis=0),
            "lower_95": low,
            "upper_95": high,
            "within_03": 100.0 * (np.abs(self.apart) < 0.3).mean(axis=0),
        }
        return pd.DataFrame({name: array.ravel() for name, array in values.items()}, index=index).reset_index()
