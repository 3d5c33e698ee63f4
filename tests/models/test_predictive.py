from types import SimpleNamespace

import arviz
import numpy as np
import pandas as pd
import pytest
import xarray as xr
from defaults import ROOT, write_default_params
from scipy import stats
from smoke import edit
from test_old_age import known as known_areas
from test_old_age import parameters, scale_matrix

from pipeline.inputs.catalogue import load_catalogue
from pipeline.model.fits import AREAS_FILE, MARGINS_FILE, diagnostics_file, keep_fit
from pipeline.model.result_files import SHARED_FILE, TABLES_FOLDER, save_arrays
from pipeline.models import city_errors, old_age
from pipeline.models import predictive as checks
from pipeline.models.old_age import AGES
from pipeline.models.sampling import posterior_arrays
from pipeline.report.wording import Words
from pipeline.settings import load_settings
from pipeline.stages import check_models as stage
from pipeline.stages import sample_areas as sampling

AREAS = ("heilongjiang", "jilin", "tibet", "beijing", "zhejiang", "henan", "guangdong", "sichuan")
SIZE = len(AGES)


def draws_of_parameters(chains, draws, seed=1):
    """Plausible parameters (chain, draw, ...) that differ a little from draw to draw."""
    rng = np.random.default_rng(seed)
    usual = {name: value for name, value in parameters(chains * draws, features=2).items() if name != "w"}
    varied = {name: value * np.exp(0.02 * rng.standard_normal(value.shape)) for name, value in usual.items()}
    return {name: value.reshape(chains, draws, *value.shape[1:]) for name, value in varied.items()}


KNOWN = known_areas(len(AREAS), features=2)


@pytest.fixture(scope="module")
def tree():
    """A fit made by hand, with the groups that sampling leaves."""
    statistics = {"diverging": np.zeros((2, 200), dtype=bool)}
    prior = draws_of_parameters(1, 100, seed=2)
    return arviz.from_dict({"posterior": draws_of_parameters(2, 200), "prior": prior, "sample_stats": statistics})


@pytest.fixture(scope="module")
def y(tree):
    first = {name: value[:1] for name, value in posterior_arrays(tree).items()}
    return old_age.forecast(first, KNOWN, np.random.default_rng(7))[0]


def test_the_log_likelihood_of_an_area_is_that_of_two_multivariate_ts(tree, y):
    posterior = posterior_arrays(tree)
    found = checks.log_likelihood(posterior, y, KNOWN)
    assert found.shape == (400, len(AREAS))
    middle = old_age.expected(posterior, KNOWN)
    for draw, area in ((0, 0), (399, 5)):
        p = {name: value[draw] for name, value in posterior.items()}
        rest = y[area] - middle[draw, area]
        mean, contrast = rest.mean(axis=0), (rest[0] - rest[1]) / 2
        of_mean = stats.multivariate_t(None, scale_matrix(p["s"], p["phi"], p["lam"]), p["nu"])
        of_contrast = stats.multivariate_t(None, scale_matrix(p["s_d"], p["phi_d"]), p["nu_d"])
        assert found[draw, area] == pytest.approx(of_mean.logpdf(mean) + of_contrast.logpdf(contrast), rel=1e-9)


def test_bands_are_sums_of_persons_and_not_of_logs():
    """Two areas, worked out by hand: 100 persons expected in each cell, twice as many of the men aged 80-84."""
    y = np.zeros((2, 2, SIZE))
    y[0, 0, AGES.index("80-84")] = np.log(2.0)
    found = checks.band_change(y, np.full((2, 2, SIZE), 100.0))
    np.testing.assert_allclose(found[0], np.log([13 / 12, 11 / 10, 5 / 4]))
    np.testing.assert_array_equal(found[1], 0.0)


def test_quantities_of_areas_are_those_worked_out_by_hand():
    """Areas off by −.3, 0, .1 and .2 at all ages alike: one shift, ages correlated by one, no difference of sexes."""
    off = np.array([-0.3, 0.0, 0.1, 0.2])
    y = off[:, None, None] * np.ones((4, 2, SIZE))
    found = checks.statistics(y, np.ones((4, 2, SIZE)))
    assert found["mean"] == pytest.approx(0.0)
    assert found["spread"] == found["spread_oldest"] == pytest.approx(off.std())
    assert found["neighbours"] == pytest.approx(1.0)
    assert found["sexes"] == 0.0
    assert found["outermost"] == pytest.approx(0.35 / 0.1)
    by_draw = checks.statistics(np.stack([y, 2 * y]), np.ones((4, 2, SIZE)))
    np.testing.assert_allclose(by_draw["spread"], off.std() * np.array([1, 2]))


def test_leaving_one_out_is_exact_where_its_answer_is_known(monkeypatch):
    """y ~ N(μ, 1) with a flat μ: without y_i, it is N(mean of the others, 1 + 1/(n − 1))."""
    y = np.array([-1.2, 0.3, 0.4, 0.9, 1.4, -0.2, 0.1, 0.8])
    n, chains, draws = len(y), 4, 2000
    mu = y.mean() + np.random.default_rng(3).standard_normal((chains, draws)) / n**0.5
    posterior = {"mu": mu.reshape(-1)}
    monkeypatch.setattr(checks, "log_likelihood", lambda p, y, known: stats.norm(p["mu"][:, None], 1).logpdf(y))
    fit = xr.Dataset({"mu": (("chain", "draw"), mu)})
    likelihood, table = checks.leave_one_out(fit, posterior, y, KNOWN, AREAS)
    others = (y.sum() - y) / (n - 1)
    exact = stats.norm(others, (1 + 1 / (n - 1)) ** 0.5)
    table = table.set_index("area")
    np.testing.assert_allclose(table.loc[list(AREAS), "elpd"], exact.logpdf(y), atol=0.03)
    assert table.loc["all", "elpd"] == pytest.approx(table.loc[list(AREAS), "elpd"].sum())
    assert table.loc["all", "p_loo"] == pytest.approx(table.loc[list(AREAS), "p_loo"].sum())
    assert bool(table.loc["all", "reliable"])
    replicates = mu.reshape(-1, 1) + np.random.default_rng(4).standard_normal((chains * draws, n))
    position = checks.left_out_position(likelihood, fit, {"y": y}, {"y": replicates})
    np.testing.assert_allclose(position["y"], exact.cdf(y), atol=0.03)


@pytest.fixture
def project(tmp_path, tree, y, monkeypatch):
    """The parts of a project that the stage `check_models` reads, its fit made by hand."""
    write_default_params(tmp_path)
    provinces = load_catalogue(ROOT).regions
    monkeypatch.setattr(stage, "load_provinces", lambda root: provinces)
    expected = 1e5 * np.exp(-0.3 * np.arange(SIZE)) * np.ones((len(AREAS), 2, 1))
    given = SimpleNamespace(observed=y, known=KNOWN, provinces=AREAS)
    monkeypatch.setattr(stage, "load_fit", lambda root: (tree, given, expected))
    rng = np.random.default_rng(5)
    scale = np.repeat(0.003 * (0.1 * np.eye(16) + 0.9)[None], 60, axis=0)
    deviation = city_errors.replicates(scale[:1], 40, rng)[0]
    save_arrays(
        tmp_path / SHARED_FILE,
        city_scale=scale,
        city_deviation=deviation,
        city_expected=np.full(deviation.shape, 1000.0),
    )
    return tmp_path


def test_pictures_and_table_are_the_same_to_the_byte_and_small(project):
    def made():
        stage.draw_checks(project, 1)
        files = [*sorted((project / stage.CHECKS_FOLDER).iterdir()), project / TABLES_FOLDER / "loo.csv"]
        return {file.name: file.read_bytes() for file in files}

    first = made()
    assert first == made()
    pictures = {name: content for name, content in first.items() if name.endswith(".png")}
    assert set(pictures) == {f"{key.removeprefix('picture.')}.png" for key in Words("en").beginning("picture.")}
    assert all(content.startswith(b"\x89PNG") for content in pictures.values())
    assert sum(map(len, pictures.values())) < 600_000
    table = pd.read_csv(project / TABLES_FOLDER / "loo.csv")
    assert set(table["area"]) == {*AREAS, "all"}
    assert table["se"].notna().sum() == 1


def bad(tree):
    """The same fit with one chain of φ elsewhere."""
    posterior = tree["posterior"].to_dataset().copy(deep=True)
    posterior["phi"][0] += 0.2
    return xr.DataTree.from_dict({"posterior": posterior, "sample_stats": tree["sample_stats"].to_dataset()})


def test_a_bad_fit_stops_diagnose_with_its_parameters_and_leaves_the_last_table(project, tree, as_stage):
    keep_fit(project, bad(tree), AREAS_FILE, 100, None, accept_bad_fit=True)
    keep_fit(project, tree, MARGINS_FILE, 100, None, accept_bad_fit=True)
    table = project / TABLES_FOLDER / "diagnostics.csv"
    table.parent.mkdir(parents=True)
    table.write_text("the last good one\n", encoding="utf-8")
    work = stage, lambda root: stage.diagnose(root, load_settings(root))
    code, _, said = as_stage(project, *work)
    assert code == 1
    assert "models/posterior/areas.npz" in said
    assert "parameter phi" in said
    assert "at most 1.01" in said
    assert table.read_text(encoding="utf-8") == "the last good one\n"

    edit(project / "params.yaml", "accept_bad_fit: false", "accept_bad_fit: true")
    assert as_stage(project, *work)[0] == 0
    measured = pd.read_csv(table).set_index(["model", "quantity"])
    assert not bool(measured.loc[("provinces", "r_hat"), "passed"])
    assert set(measured.index.get_level_values("model")) == {"provinces", "margins"}


def test_a_sampler_that_does_not_converge_stops_before_anything_is_written(tree, tmp_path, monkeypatch, as_stage):
    """`sample_areas` where the posterior of the last run is there, its sampler replaced by one that fails."""
    write_default_params(tmp_path)
    known = SimpleNamespace(observed=None, known=None)
    fakes = {"load_residuals": known, "area_model": None, "needed": ("phi",), "compiled": None, "draw": bad(tree)}
    for name, found in fakes.items():
        monkeypatch.setattr(sampling, name, lambda *arguments, found=found: found)
    monkeypatch.setattr(sampling, "prior_draws", lambda *arguments: tree["prior"].to_dataset())
    old = {tmp_path / AREAS_FILE: b"old fit", tmp_path / diagnostics_file(AREAS_FILE): b"old measures"}
    for file, content in old.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    code, _, said = as_stage(tmp_path, sampling, sampling.sample_areas)
    assert code == 1
    assert "parameter phi" in said
    assert {file: file.read_bytes() for file in (tmp_path / "models").rglob("*") if file.is_file()} == old
