"""What both backtests read: three censuses of provinces and nation, and the survival between them."""

from collections.abc import Sequence
from pathlib import Path

from pipeline.axes import AGES_100, SEXES, Array
from pipeline.inputs.store import load_provinces_census, load_table
from pipeline.model.result_files import cube
from pipeline.models.backtest.folds import CENSUSES, Decades
from pipeline.models.backtest.rivals import Survival
from pipeline.models.cohorts import PERIOD_MIDDLES, extrapolated, open_at_85, survival_steps
from pipeline.models.sampling import SamplerSettings
from pipeline.settings import Settings
from pipeline.vocabulary import NATION

FOLDS_FILE = Path("data/backtest/province_folds.npz")
KEPT_DIGITS = 6
"""Significant digits of forecasts: git keeps them, so that nobody need score the models again."""


def load_decades(root: Path) -> Decades:
    """Censuses of all provinces and the nation, and survival by the sources of `rivals.INFORMATION`.

    Nothing of cities is read: a new one leaves what was foretold of the past as it is.
    """
    census = load_provinces_census(root)
    provinces = sorted({*census["region"]} - {NATION})
    areas = [*provinces, NATION]
    axes: dict[str, Sequence[object]] = {"year": CENSUSES, "region": areas, "sex": SEXES, "age": AGES_100}
    people, deaths = cube(census, axes, "population"), cube(census, axes, "deaths")
    rates = deaths[:2] / people[:2]
    survival = {
        "census": _between(rates[:, -1]),
        "census_own": _between(rates),
        "wpp2012": _of_un(root, "wpp2012"),
        "wpp2024": _of_un(root, "wpp2024/mx"),
    }
    return Decades(tuple(provinces), open_at_85(people), survival)


def _between(rates: Array) -> Survival:
    """Past and coming along one line through the death rates (census, ..., sex, 22 ages) of the first two."""
    first, second = rates
    past, coming = ([middle - ago for middle in PERIOD_MIDDLES] for ago in (10.0, 0.0))
    return Survival(*(survival_steps(extrapolated(first, second, years)) for years in (past, coming)))


def _of_un(root: Path, name: str) -> Survival:
    table = load_table(root, name)
    rates = table[table["quantity"] == "mx"] if "quantity" in table else table

    def steps(first: int) -> Array:
        periods = [f"{year}-{year + 5}" for year in (first, first + 5)]
        return survival_steps(cube(rates, {"period": periods, "sex": SEXES, "age": AGES_100}, "value"))

    return Survival(steps(CENSUSES[0]), steps(CENSUSES[1]))


def fold_settings(settings: Settings) -> SamplerSettings:
    """How every fold is sampled."""
    own, usual = settings.backtest, settings.sampler
    return SamplerSettings(own.chains, own.draws, own.tune, usual.target_accept, settings.seed, usual.cores)
