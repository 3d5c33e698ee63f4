"""Stage `check_models`: whether the fits keep to their limits, the fits beside the censuses, scores of backtests.

The run stops where a fit is beyond a limit. Pictures are beside the censuses the fits were made from.
"""

from pathlib import Path

from pipeline.axes import OLD_BANDS
from pipeline.errors import raise_if_any
from pipeline.inputs.store import load_provinces
from pipeline.model.comparisons import backtest_tables
from pipeline.model.fits import judged_fits, load_fit
from pipeline.model.result_files import SHARED_FILE, load_arrays
from pipeline.models.city_errors import replicates
from pipeline.models.cohorts import split
from pipeline.models.old_age import AGES, forecast, known_of
from pipeline.models.predictive import band_change, key_quantities, leave_one_out, left_out_position, statistics
from pipeline.models.sampling import posterior_arrays
from pipeline.random import stream
from pipeline.report import check_figures
from pipeline.results.write import replaced
from pipeline.settings import Settings, load_settings
from pipeline.stages.common import publish, run

CHECKS_FOLDER = Path("reports/checks")
FIT = "provinces"
REPLICATES, CITY_REPLICATES = 2000, 500


def check_models(root: Path) -> None:
    settings = load_settings(root)
    diagnose(root, settings)
    draw_checks(root, settings.seed)
    for table, rows in backtest_tables(root, settings.seed).items():
        publish(root, rows, table)


def diagnose(root: Path, settings: Settings) -> None:
    """Write the worst of each measure of every fit. Raises InputError at one beyond its limit that nobody accepted."""
    rows, faults = judged_fits(root)
    if not settings.sampler.accept_bad_fit:
        raise_if_any(faults)
    publish(root, rows, "diagnostics")


def draw_checks(root: Path, seed: int) -> None:
    """Replicate the censuses from the posteriors, write the pictures and the table of leave-one-out."""
    regions = load_provinces(root)
    tree = load_fit(root)
    observed = tree["observed_data"]["y"]
    y, expected = observed.to_numpy(), tree["constant_data"]["expected"].to_numpy()
    areas = [str(area) for area in observed["area"].to_numpy()]
    known = known_of(tree)
    prior, posterior = posterior_arrays(tree, "prior"), posterior_arrays(tree)
    before = forecast(prior, known, stream(seed, "checks", "prior"))
    after = forecast(posterior, known, stream(seed, "checks", "posterior"))
    spaced = slice(None, None, -(-len(after) // REPLICATES))

    likelihood, loo = leave_one_out(tree, posterior)
    counted, foretold = band_change(y, expected), band_change(after, expected)
    position = left_out_position(
        likelihood,
        tree["posterior"].to_dataset()[["nu"]],
        {band: counted[:, i] for i, band in enumerate(OLD_BANDS)},
        {band: foretold[..., i] for i, band in enumerate(OLD_BANDS)},
    )
    quantities = key_quantities(posterior)
    chains = tree["posterior"].sizes["chain"]
    seen, replicated = statistics(y, expected), statistics(after[spaced], expected)
    shared = load_arrays(root / SHARED_FILE)
    deviation, expected_cities = shared["city_deviation"], shared["city_expected"]
    scale = shared["city_scale"][:CITY_REPLICATES].astype(float)
    drawn = replicates(scale, len(deviation), stream(seed, "checks", "cities"))
    seen_cities = statistics(deviation, expected_cities)
    names = [(regions[area].name.zh, regions[area].name.en) for area in areas]
    pictures = {
        "sampling": check_figures.sampler({name: draws.reshape(chains, -1) for name, draws in quantities.items()}),
        "prior_posterior": check_figures.prior_posterior(key_quantities(prior), quantities),
        "provinces_prior": check_figures.replicated(
            seen, statistics(before, expected), "prior", "provinces", len(areas)
        ),
        "provinces": check_figures.replicated(seen, replicated, "posterior", "provinces", len(areas)),
        "provinces_by_age": check_figures.by_age(split(y)[0], split(after[spaced])[0], AGES),
        "provinces_by_area": check_figures.by_area(counted, foretold[spaced], names, OLD_BANDS),
        "provinces_left_out": check_figures.left_out(position),
        "cities": check_figures.replicated(
            seen_cities, statistics(drawn, expected_cities), "posterior", "cities", len(deviation)
        ),
    }
    for name, picture in pictures.items():
        with replaced(root / CHECKS_FOLDER / f"{name}.png") as temporary:
            temporary.write_bytes(picture)
    publish(root, loo.assign(model=FIT), "loo")


if __name__ == "__main__":
    run(check_models, owns=(CHECKS_FOLDER,))
