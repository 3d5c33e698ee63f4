"""A task of the atlas without the stages before it: real counties, an invented future of their province."""

from dataclasses import replace
from functools import cache

import need_case
import numpy as np
from array_engine import scenario
from defaults import ROOT

from pipeline.care.need import BedUse
from pipeline.demography.area import AreaDraws, Nation
from pipeline.inputs.raw_tables import load_corrections, load_table
from pipeline.model.atlas import Task, county_expectation
from pipeline.model.places import provinces
from pipeline.models.counties.matching import matches, tree
from pipeline.models.counties.model import CELLS, MIDDLE, Errors, Model
from pipeline.vocabulary import COUNTY_KINDS

DRAWS = need_case.DRAWS
YEARS = tuple(range(2020, 2036))
NEED_YEARS = (2020, 2025, 2026)


@cache
def model():
    """Means and errors of about the size that the censuses show, so that no test fits one."""
    means = {kind: np.full((3, 2, 16), 0.02 * at) for at, kind in enumerate(COUNTY_KINDS)}
    scale = 0.06**2 * (0.1 * np.eye(CELLS) + 0.9)
    return Model(means, {kind: Errors(scale, np.array([[0.2, 0.3], [0.25, 0.4]])) for kind in (*COUNTY_KINDS, MIDDLE)})


@cache
def known():
    table = load_table(ROOT, "data/raw/prefectures.csv", load_corrections(ROOT))
    first, second = tree(table, 2010), tree(table, 2020)
    successors = load_table(ROOT, "data/raw/county_successors.csv")
    return provinces(first, second, matches(first, second, successors))


def nation():
    steps = len(YEARS)
    alive = np.exp(-0.00005 / 0.1 * np.expm1(0.1 * np.arange(102.0)))
    asfr = np.zeros((steps, 101))
    asfr[:, 20:35] = 1.0 / 15.0
    return Nation(np.broadcast_to(alive, (steps, 2, len(alive))).copy(), asfr, np.full(steps, 1.1))


def area(people, draws=DRAWS):
    """An area of so many people by the groups 0-4 … 85+, (sex, 18); draws differ in migration and fertility."""
    base = np.zeros((1, 2, 101))
    base[0, :, :85] = np.repeat(people[:, :17] / 5.0, 5, axis=1)
    base[0, :, 85:] = people[:, 17:] / 16.0
    steps = np.linspace(-1.0, 1.0, draws)
    move = 0.04 * steps[:, None, None, None] * np.linspace(1.0, -1.0, 16)
    return AreaDraws(
        base,
        np.zeros((1, len(YEARS), 2)),
        np.zeros((1, 1, 2, 16)),
        np.broadcast_to(move, (draws, 1, 2, 16)).copy(),
        np.broadcast_to(1.2 + 0.1 * steps[:, None], (draws, len(YEARS))).copy(),
    )


def demand(draws=DRAWS):
    """Need of the invented region of `need_case`, its draws said again as often as asked for."""
    drawn = replace(need_case.drawn(), years=tuple(need_case.YEARS)).some(slice(need_case.DRAWS), NEED_YEARS)

    def again(values):
        return np.resize(values, (draws, *values.shape[1:])) if len(values) > 1 else values

    factors = {name: again(getattr(drawn, name)) for name in ("dementia", "institution_factor", "users_factor")}
    disabled, severity = ({name: again(v) for name, v in part.items()} for part in (drawn.shares, drawn.severity))
    return replace(drawn, shares=disabled, severity=severity, beds=BedUse(*map(again, drawn.beds)), **factors)


def task(name, own=(), draws=DRAWS):
    """The task of a province, some of its prefectures (by row) drawn by themselves."""
    province = known()[name]
    branch = province.branch
    return Task(
        id=name,
        area=area(branch.province, draws),
        own={row: area(branch.middles[row], draws) for row in own},
        nation=nation(),
        scenario=scenario(),
        province=province,
        codes=([f"m{row}" for row in province.middle_rows], [f"c{row}" for row in province.county_rows]),
        model=model(),
        expectation=county_expectation(province, model(), np.full(draws, 0.6)),
        demand=demand(draws),
        norms={"norm_beds": 0.04},
        stocks={},
        hukou={},
        indicators={},
        as_of=2025,
        plan_year=NEED_YEARS[-1],
        years=YEARS,
        seed=1,
    )
