"""Stage `check_models`: whether the fits keep to their limits (else the run stops), pictures of the fits beside their
censuses, scores of backtests."""

from pathlib import Path

import numpy as np
import pandas as pd
import xarray as xr

from pipeline.axes import CENSUS_YEAR, OLD_BANDS, Array
from pipeline.demography.age_groups import summing_matrix
from pipeline.errors import raise_if_any
from pipeline.inputs.store import load_provinces
from pipeline.model.fits import AREAS_FILE, FITS, Residuals, load_diagnostics, load_posterior, load_residuals
from pipeline.model.result_files import BACKTEST_FOLDER, SHARED_FILE, load_arrays, load_people
from pipeline.models.backtest.forecast_scores import look_ahead, paired, summary
from pipeline.models.city_errors import replicates
from pipeline.models.cohorts import split
from pipeline.models.old_age import AGES, forecast
from pipeline.models.predictive import band_change, key_quantities, leave_one_out, left_out_position, statistics
from pipeline.models.sampling import LIMITS, faults, posterior_arrays
from pipeline.random import stream
from pipeline.report import check_figures
from pipeline.results.write import replaced
from pipeline.settings import Settings, load_settings
from pipeline.stages.common import publish, run
from pipeline.vocabulary import COHORT_MODEL, NATION

CHECKS_FOLDER = Path("reports/checks")
REPLICATES, CITY_REPLICATES = 2000, 500
TESTS = {"provinces": "provinces", "cities": "cities", "moved_cities": "moved_cities", "series": "national_series"}
"""What the file of each backtest is called in the tables."""

CLUSTERS = {
    **dict.fromkeys(("provinces", "nation"), "region"),
    **dict.fromkeys(("cities", "moved_cities"), "fold"),
    "national_series": "origin",
}
"""What is resampled for the intervals of coverage: areas that err together stay together."""


def check_models(root: Path) -> None:
    settings = load_settings(root)
    diagnose(root, settings)
    draw_checks(root, settings.seed)
    publish_backtests(root, settings.seed)


def diagnose(root: Path, settings: Settings) -> None:
    """Publish the worst of each measure of every fit; InputError where one is beyond its limit and not accepted."""
    rows, beyond = [], []
    for name, file in FITS.items():
        measured = load_diagnostics(root, file)
        beyond += faults(measured, str(file))
        for measure, values in measured.groupby("measure")["value"]:
            limit = LIMITS[str(measure)]
            worst = float(values.max() if limit.most else values.min())
            row = {"model": name, "quantity": measure, "value": worst, "limit": limit.value}
            rows.append({**row, "passed": limit.keeps(worst)})
    if not settings.sampler.accept_bad_fit:
        raise_if_any(beyond)
    publish(root, pd.DataFrame(rows), "diagnostics")


def load_fit(root: Path) -> tuple[xr.DataTree, Residuals, Array]:
    """The stored fit of the provinces, what it was given, and the people (province, sex, 8) expected were that zero."""
    residuals, people = load_residuals(root), load_people(root)
    old = summing_matrix(AGES).T
    counted = np.stack([people[name, CENSUS_YEAR] @ old for name in residuals.provinces])
    return load_posterior(root / AREAS_FILE), residuals, counted / np.exp(residuals.observed)


def draw_checks(root: Path, seed: int) -> None:
    """Replicate the censuses from the posteriors, write the pictures and the table of leave-one-out."""
    regions, (tree, residuals, expected) = load_provinces(root), load_fit(root)
    y, known, areas = residuals.observed, residuals.known, residuals.provinces
    names = [(regions[area].name.zh, regions[area].name.en) for area in areas]
    fit, prior, posterior = tree["posterior"].to_dataset(), posterior_arrays(tree, "prior"), posterior_arrays(tree)
    before = forecast(prior, known, stream(seed, "checks", "prior"))
    after = forecast(posterior, known, stream(seed, "checks", "posterior"))
    spaced = slice(None, None, -(-len(after) // REPLICATES))

    likelihood, loo = leave_one_out(fit, posterior, y, known, areas)
    publish(root, loo.assign(model="provinces"), "loo")
    counted, foretold = band_change(y, expected), band_change(after, expected)
    position = left_out_position(
        likelihood,
        fit[["nu"]],
        {band: counted[:, i] for i, band in enumerate(OLD_BANDS)},
        {band: foretold[..., i] for i, band in enumerate(OLD_BANDS)},
    )
    quantities = key_quantities(posterior)
    chains = {name: draws.reshape(fit.sizes["chain"], -1) for name, draws in quantities.items()}
    shared = load_arrays(root / SHARED_FILE)
    deviation, of_cities = shared["city_deviation"], shared["city_expected"]
    scale = shared["city_scale"][:CITY_REPLICATES].astype(float)
    drawn = replicates(scale, len(deviation), stream(seed, "checks", "cities"))

    def replicated(counts: Array, draws: Array, persons: Array, given: str, model: str) -> bytes:
        seen, again = statistics(counts, persons), statistics(draws, persons)
        return check_figures.replicated(seen, again, given, model, len(counts))

    pictures = {
        "sampling": check_figures.sampler(chains),
        "prior_posterior": check_figures.prior_posterior(key_quantities(prior), quantities),
        "provinces_prior": replicated(y, before, expected, "prior", "provinces"),
        "provinces": replicated(y, after[spaced], expected, "posterior", "provinces"),
        "provinces_by_age": check_figures.by_age(split(y)[0], split(after[spaced])[0], AGES),
        "provinces_by_area": check_figures.by_area(counted, foretold[spaced], names, OLD_BANDS),
        "provinces_left_out": check_figures.left_out(position),
        "cities": replicated(deviation, drawn, of_cities, "posterior", "cities"),
    }
    for name, picture in pictures.items():
        with replaced(root / CHECKS_FOLDER / f"{name}.png") as temporary:
            temporary.write_bytes(picture)


def publish_backtests(root: Path, seed: int) -> None:
    """The tables of all backtests together; of the many cities, forecasts of the model alone."""
    files = {test: root / BACKTEST_FOLDER / f"{name}.parquet" for name, test in TESTS.items()}
    rows = pd.concat([pd.read_parquet(file).assign(test=test) for test, file in files.items()], ignore_index=True)
    # The provinces add up to the nation, which no rule was fitted without: it stands by itself.
    rows.loc[(rows["test"] == "provinces") & (rows["region"] == NATION), "test"] = "nation"
    counted = ["observed", "mean", "median", "q025", "q10", "q90", "q975"]
    brief = rows.astype(dict.fromkeys(counted, float))
    people = rows["test"] != "national_series"
    brief.loc[people, counted] = brief.loc[people, counted].round()
    publish(root, brief[rows["model"].str.startswith(COHORT_MODEL) | (rows["test"] != "cities")], "backtest")

    groups = [(part, CLUSTERS[str(test)]) for test, part in rows.groupby("test", sort=False)]
    pairs = [
        paired(part, COHORT_MODEL, seed, cluster=cluster)
        for part, cluster in groups
        if (part["model"] == COHORT_MODEL).any() and len({*part["model"]}) > 1
    ]
    publish(root, pd.concat(pairs, ignore_index=True), "backtest_pairs")
    table = pd.concat([summary(part, seed, cluster=cluster) for part, cluster in groups], ignore_index=True)
    table["look_ahead"] = list(map(look_ahead, table["model"], table["information"]))
    shares = [name for name in table.columns if name.startswith("coverage_")]
    table[shares] = 100.0 * table[shares]
    publish(root, table, "backtest_scores")


if __name__ == "__main__":
    run(check_models, owns=(CHECKS_FOLDER,))
