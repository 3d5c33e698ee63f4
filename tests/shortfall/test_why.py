"""Why need moves: drivers that sum to what is shown, and inputs ranked by what they move."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from need_case import PEOPLE, RAW, YEARS, choice, drawn

from pipeline.care import care_tables as tables
from pipeline.settings import LogitNormal, Lognormal
from pipeline.shortfall.need_rows import need_rows
from pipeline.shortfall.why import (
    DRIVERS,
    FACTORED,
    Uncertainty,
    need_factors,
    need_model,
    ranked,
    requirement_waterfall,
    waterfall_rows,
)


def test_need_by_factors_is_need_of_the_place() -> None:
    found = need_model([choice().use])(need_factors(drawn(), PEOPLE, 2025))
    whole = drawn().need("li_2022", PEOPLE)
    expected = dict(
        zip(FACTORED, (whole.all_beds, whole.beds[..., 1], whole.beds[..., 2], whole.facility_carers), strict=True)
    )
    for column, resource in enumerate(FACTORED):
        np.testing.assert_allclose(found[:, column], expected[resource][:, 5], rtol=1e-9)


@pytest.mark.parametrize(("trend", "use", "staff"), [("constant", 0.0, 0.0), ("falling", 0.03, -0.02)])
def test_a_waterfall_sums_exactly_and_names_what_moved(trend: str, use: float, staff: float) -> None:
    trends = tables.trends(pd.read_csv(RAW / "disability_prevalence.csv"))
    need = drawn(replace(choice(), trend=trends[trend]), use, staff)
    aged = PEOPLE * (1 + 0.01 * np.arange(9.0) * np.arange(7.0)[:, None, None])
    found = requirement_waterfall(need, aged, 2020, 2026)
    np.testing.assert_allclose(
        found.base + sum(found.contributions.values()) + found.interaction, found.target, rtol=1e-12
    )
    rows = waterfall_rows(found, DRIVERS)
    table = need_rows(need, aged, YEARS).set_index(["measure", "year"])
    table = table[table["severity"].isna() & table["setting"].isna()]
    for resource, part in rows.groupby("resource"):
        steps = part.set_index("driver")["shown"]
        assert steps[:-1].sum() == steps["target"]
        for end, year in (("base", 2020), ("target", 2026)):
            assert steps[end] == table.loc[(resource, year), "shown"], "the same number as in the need table"
    carers = rows[rows["resource"] == "caregivers"].set_index("driver")["shown"]
    assert carers["population_size"] > 0
    assert carers["age_structure"] > 0
    assert (carers["disability_trend"] < 0) == (trend == "falling")
    assert (carers["staffing"] > 0) == (staff < 0)
    beds = rows[rows["resource"] == "beds"].set_index("driver")["shown"]
    assert (beds["use"] > 0) == (use > 0)
    assert beds["staffing"] == 0


def test_need_is_ranked_by_the_inputs_that_can_move_it() -> None:
    uncertain = Uncertainty(
        old=PEOPLE[:, 5],
        year=2025,
        elapsed=5,
        choice=replace(choice(), definitions={"li_2022": choice().definitions["li_2022"]}),
        steepness={"selfcare": Lognormal(low=2.2, high=2.8), "severity": Lognormal(low=1.5, high=2.1)},
        institution_use=Lognormal(low=0.6, high=1.6),
        users_per_caregiver=Lognormal(low=0.7, high=1.4),
        target_occupancy=LogitNormal(low=0.6, high=0.9),
        dementia_in_institution=LogitNormal(low=0.03, high=0.09),
        mild_in_nursing_beds=LogitNormal(low=0.25, high=0.75),
        growth=(0.0, 0.0),
    )
    table = ranked(uncertain, 1, 64)
    assert set(table["resource"]) == set(FACTORED)
    beds = table[table["resource"] == "beds"].set_index("input")
    assert {"population", "disability", "severity", "institution_use", "target_occupancy"} <= set(beds.index)
    assert not {"users_per_caregiver", "dementia", "dementia_in_institution", "mild_in_nursing_beds"} & set(beds.index)
    assert beds["rank"].idxmin() == "institution_use"
    assert beds.loc["target_occupancy", "at_low"] > beds.loc["target_occupancy", "at_high"]
    assert (table.groupby("resource")["total"].sum() > 0.9).all()
