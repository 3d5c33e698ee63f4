"""The nation's path that every area follows: mortality, fertility and single ages, from published tables."""

from collections.abc import Sequence

import numpy as np

from pipeline.axes import Array
from pipeline.demography.fertility import single_age_asfr
from pipeline.demography.graduation import deblur
from pipeline.demography.mortality import census_year_mean, yearly_standard, yearly_survival


def national_path(
    period_nmx: Array,
    period_starts: Sequence[int],
    e0: Array,
    asfr_shares: Array,
    tfr: Array,
    srb: Array,
    first_calendar_year: int,
    start_years: Sequence[int],
) -> dict[str, Array]:
    """Mortality and fertility of the nation for years from 1 November of each of `start_years`.

    period_nmx (period, sex, 22) and asfr_shares (period, 7) by five-year periods from mid-year to mid-year that
    begin in `period_starts`; e0 (calendar year, sex), tfr and srb (calendar year,) from `first_calendar_year`.
    Returns standard_lx (time, sex, exact age), e0 (time, sex), asfr_shape (time, age) of one child per woman,
    tfr (time,), srb (time,).
    """
    middles = [start + 3.0 for start in period_starts]

    def yearly(values: Array) -> Array:
        return census_year_mean(values, first_calendar_year, start_years)

    level = yearly(e0)
    # A census year lies in the period that holds its middle, 1 May.
    period = np.searchsorted(np.asarray(period_starts) + 0.5, np.asarray(start_years) + 4.0 / 3.0) - 1
    return {
        "standard_lx": yearly_standard(period_nmx, middles, level, start_years),
        "e0": level,
        "asfr_shape": single_age_asfr(np.ones(len(start_years)), asfr_shares[period]),
        "tfr": yearly(tfr),
        "srb": yearly(srb),
    }


def national_single_ages(mean_population: Array, group_totals: Array, groups: Sequence[str], lx_before: Array) -> Array:
    """The nation by single age on census day, (sex, age).

    `mean_population` (sex, 101) of the twelve months before, `group_totals` (sex, group) of the census,
    `lx_before` (sex, exact age) the tables of those months.
    """
    survival = yearly_survival(lx_before[None], np.zeros((1, 1, lx_before.shape[0])))[0, 0]
    onward = np.concatenate([survival[:, 1:], survival[:, -1:]], axis=1)
    return deblur(mean_population, group_totals, groups, onward)
