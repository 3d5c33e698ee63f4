from types import SimpleNamespace

import numpy as np
import pytest

from pipeline.axes import AGES_100
from pipeline.demography.cohort_change import COHORT_GROUPS
from pipeline.model.areas import load_area, save_area, save_balance, save_update, save_years
from pipeline.models.assimilation import Update
from pipeline.models.forward import orders
from pipeline.settings.forecast import YearlySettings

DRAWS, YEARS, GROUPS = 6, 4, len(COHORT_GROUPS)
RNG = np.random.default_rng(1)
NATION = SimpleNamespace(id="china", level="nation", parent=None)
PROVINCE = SimpleNamespace(id="henan", level="province", parent="china")
CITY = SimpleNamespace(id="xuchang", level="city", parent="henan")


@pytest.fixture
def project(tmp_path):
    census = AGES_100
    for region, folder in ((NATION, "provinces"), (PROVINCE, "provinces"), (CITY, "cities")):
        draws = {
            "base": RNG.uniform(100.0, 200.0, (1, 2, 101)),
            "level": RNG.standard_normal((DRAWS, YEARS, 2)),
            "consistency": RNG.standard_normal((DRAWS, 2, GROUPS)),
            "migration": RNG.standard_normal((1 if region is NATION else DRAWS, 2, GROUPS)),
            "tfr": RNG.uniform(1.0, 2.0, (DRAWS, YEARS)),
        }
        split = None if region is NATION else 0.1 * RNG.standard_normal((DRAWS, 101))
        save_area(tmp_path, folder, region.id, draws, census, split)
    order = orders(DRAWS, YEARS, RNG)
    save_years(tmp_path, YearlySettings(persistent=0.5, phi=0.3), order, np.full((DRAWS, YEARS, 2, GROUPS), 0.01))
    return tmp_path


def arrays(area):
    return {name: array for name, array in area._asdict().items() if array is not None}


def test_what_makes_provinces_add_up_comes_back_for_parts_alone(project):
    factor = RNG.standard_normal((DRAWS, YEARS, 2, 101)).astype(np.float32)
    save_balance(project, factor, counts=True)
    np.testing.assert_array_equal(load_area(project, PROVINCE, counts=True).balance, factor)
    assert load_area(project, NATION, counts=True).balance is None
    with pytest.raises(FileNotFoundError):
        load_area(project, PROVINCE, counts=False)


def load(project, region, counts):
    return arrays(load_area(project, region, counts=counts, balanced=False))


@pytest.mark.parametrize("region", [NATION, PROVINCE, CITY], ids=lambda region: region.level)
def test_without_counts_an_area_is_that_of_the_census_to_the_byte(project, region):
    before, after = load(project, region, False), load(project, region, True)
    assert before.keys() == after.keys()
    for name, array in before.items():
        assert array.tobytes() == after[name].tobytes(), name


def test_parts_follow_their_whole_and_no_other(project):
    innovation = RNG.standard_normal((DRAWS, 1))
    nation = {"consistency": np.full((2, GROUPS, 1), 0.5), "level": np.full((YEARS, 1), 0.1)}
    own = {"migration": np.full((YEARS, 2, GROUPS, 1), 0.2), "level": np.full((YEARS, 1), 0.3)}
    save_update(project, "china", Update(innovation, nation))
    save_update(project, "henan", Update(innovation, own))
    moved = {}
    for region in (NATION, PROVINCE, CITY):
        before, after = load(project, region, False), load(project, region, True)
        moved[region.level] = {
            name: float(np.ravel((after[name] - before[name])[0])[0] / innovation[0, 0])
            for name in ("consistency", "level", "migration")
        }
    assert moved["nation"] == pytest.approx({"consistency": 0.5, "level": 0.1, "migration": 0.0})
    assert moved["province"] == pytest.approx({"consistency": 0.5, "level": 0.4, "migration": 0.2})
    # A city has its own mortality beside the nation's, and the migration of its province.
    assert moved["city"] == pytest.approx({"consistency": 0.5, "level": 0.1, "migration": 0.2})


def test_single_ages_may_move_within_groups_that_stay(project):
    gain = np.zeros((101, 1))
    gain[62] = 0.5
    save_update(project, "henan", Update(np.ones((DRAWS, 1)), {"split": gain}))
    before, after = load(project, PROVINCE, False)["base"], load(project, PROVINCE, True)["base"]
    np.testing.assert_allclose(after[..., 60:65].sum(axis=-1), before[..., 60:65].sum(axis=-1), rtol=1e-9)
    assert (after[..., 62] > before[..., 62]).all()
