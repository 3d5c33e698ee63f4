from dataclasses import replace
from functools import partial

import atlas_case as case
import numpy as np
import pytest

from pipeline.axes import OLD_GROUPS
from pipeline.demography.area import at_year_ends, project_area
from pipeline.domain import Observation
from pipeline.model.atlas import places, quantiles, summary
from pipeline.models.counties.county_people import divided, in_cells
from pipeline.models.counties.model import CELLS
from pipeline.random import stream
from pipeline.results.tables import MEASURES


def parts(name, own=()):
    task = case.task(name, own)
    kept = {row: in_cells(project_area(area, task.nation, task.scenario)) for row, area in task.own.items()}
    whole = in_cells(project_area(task.area, task.nation, task.scenario))
    streams = partial(stream, 1, "atlas")
    return list(divided(whole, kept, task.province.branch, task.model, task.expectation, streams, task.codes, 40.0))


def ends(area, name="ningxia"):
    task = case.task(name)
    return at_year_ends(project_area(area, task.nation, task.scenario))


@pytest.mark.parametrize("name", ["ningxia", "hainan", "shanghai"])
def test_parts_add_up_in_every_draw_year_sex_and_age(name):
    task, found = case.task(name), parts(name)
    whole = ends(task.area, name)
    old = np.add.reduceat(whole, [60 + 5 * at for at in range(len(OLD_GROUPS))], axis=-1)
    assert np.allclose(sum(part.old for _, part, _ in found), old, rtol=1e-9)
    assert np.allclose(sum(part.total for _, part, _ in found), whole.sum(axis=-1), rtol=1e-9)
    rest = task.province.branch.rest
    held = 0
    for row, part, counties in found:
        if counties:
            inside = sum(county.old for _, county in counties)
            assert (inside <= part.old * (1 + 1e-9)).all()
            if not rest[row].any():
                assert np.allclose(inside, part.old, rtol=1e-9)
                held += 1
    assert held > 0


def test_on_census_day_every_place_has_its_counted_people_in_every_draw():
    branch = case.known()["ningxia"].branch
    checked = 0
    for row, part, counties in parts("ningxia"):
        assert np.allclose(part.total[:, 0], branch.middles[row].sum(axis=-1))
        for at, county in counties:
            assert np.allclose(county.old[:, 0].sum(axis=-1), branch.counties[at][:, 12:].sum(axis=-1))
            assert np.allclose(county.total[:, 0], branch.counties[at].sum(axis=-1))
            checked += 1
    assert checked > 20


def test_a_place_with_a_plan_keeps_its_own_draws_and_the_others_make_room():
    task, found = case.task("ningxia", own=(1,)), parts("ningxia", own=(1,))
    own = ends(task.own[1])
    assert np.allclose(found[1][1].total, own.sum(axis=-1), rtol=1e-12)
    assert np.allclose(sum(part.total for _, part, _ in found), ends(task.area).sum(axis=-1), rtol=1e-9)
    older = own[..., 60:].sum(axis=(2, 3))
    values = places(task)[task.codes[0][1]]
    assert np.allclose(values[MEASURES.index("60+")], quantiles(older), rtol=1e-12)


def test_need_of_a_place_is_that_of_its_people():
    task = case.task("ningxia")
    part = parts("ningxia")[0][1]
    values = summary(task, task.codes[0][0], part)
    at = [task.years.index(year) for year in task.demand.years]
    need = task.demand.need("li_2022", part.old[:, at])
    assert np.allclose(values[MEASURES.index("dementia"), at], quantiles(need.dementia))
    assert np.allclose(values[MEASURES.index("norm_beds"), at], 0.04 * values[MEASURES.index("60+"), at])
    assert np.isnan(values[MEASURES.index("need_beds"), task.years.index(2030)]).all()
    added = quantiles((need.all_beds[:, -1] - need.all_beds[:, -2])[:, None])[0]
    assert np.allclose(values[MEASURES.index("added_need_beds"), task.years.index(task.plan_year)], added)


def test_status_quo_is_the_places_own_stock_and_else_a_blank():
    plain = case.task("ningxia")
    code, other = plain.codes[0][:2]
    keys = {"region": "ningxia", "indicator": "institution_beds", "date": "2022", "value": 500.0, "source": "s"}
    found, old, bound = (
        Observation(**keys | change, origin="supply") for change in ({}, {"date": "2019"}, {"comparator": ">="})
    )
    part = parts("ningxia")[0][1]

    def beds(*observed):
        task = replace(plain, stocks={code: observed})
        assert np.isnan(summary(task, other, part)[row]).all()
        return np.asarray(summary(task, code, part)[row])

    row = MEASURES.index("status_quo_beds")
    held = beds(old, found)
    older = part.old.sum(axis=(2, 3))
    at = [plain.years.index(year) for year in plain.demand.years]
    then = older[:, plain.years.index(2022)]
    assert np.allclose(held[at], quantiles(500.0 / then[:, None] * older[:, at]))
    assert np.isnan(np.delete(held, at, axis=0)).all()
    assert np.isnan(beds(old)).all()
    assert np.isnan(beds(bound)).all()


def test_small_places_are_wider():
    errors = case.model().errors["county"]
    size = errors.factor(np.array([3e4, 1e5, 3e5, 1e6]))
    assert size.shape == (4, CELLS)
    assert (np.diff(size, axis=0) < 0).all()
    assert size[2] == pytest.approx(1.0)
    assert (size[0] > size[0, 0]).nonzero()[0].tolist() == [14, 15, 30, 31]  # 80 and over
