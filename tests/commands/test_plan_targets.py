import numpy as np
import pandas as pd
import pytest
from care_plan import observed, supplies
from defaults import default_settings, write_default_params

from pipeline.commands.plan_targets import as_text, proposal, write_proposal
from pipeline.documents.yaml_file import parse_yaml
from pipeline.domain import Plan
from pipeline.errors import InputError
from pipeline.model.plans import next_plan_chosen
from pipeline.shortfall.gap import required_of_region


def rows():
    lines = [
        (2028, "beds", "number", 26_000.0, "beds"),
        (2030, "beds", "number", 28_000.0, "beds"),
        (2030, "beds", "per_1000", 22.9, "per_1000"),
        (2030, "nursing_beds", "number", 20_468.0, "beds"),
        (2030, "nursing_beds", "share", 73.1, "percent"),
        (2030, "caregivers", "number", 3_200.0, "persons"),
        (2030, "beds", "capital_subsidy", 30.0, "million_yuan"),
    ]
    table = pd.DataFrame(lines, columns=["year", "resource", "measure", "shown", "unit"])
    return table.assign(option="need_80", q10=1.0, q90=2.0, grade="C")


def test_a_proposal_loads_and_is_measured_like_any_plan():
    name, text = proposal(rows(), "xuchang", default_settings(), 0.8)
    found = Plan.model_validate(parse_yaml("proposal", text).data)
    assert found.id == name == "xuchang_2030_proposal"
    assert "PROPOSAL" in found.title.zh
    assert "PROPOSAL" in found.title.en
    assert (found.region, found.horizon.start, found.horizon.end, found.status) == ("xuchang", 2026, 2030, "draft")
    here = supplies(observed("institution_beds", 2021, 24_285), plan=found)
    lines = required_of_region(here)
    asked = {item.quantity: item.amount for item in lines if item.yardstick == "plan"}
    at = list(here.region.years).index(2030)
    np.testing.assert_allclose(asked["institution_beds"][:, at], 28_000)
    np.testing.assert_allclose(asked["institution_beds"][:, at - 2], 26_000)
    np.testing.assert_allclose(asked["nursing_bed_share"][:, at], 73.1)
    np.testing.assert_allclose(asked["nursing_beds"][:, at], 0.731 * 28_000)
    np.testing.assert_allclose(asked["caregivers"][:, at], 3_200)


def test_a_certainty_that_was_not_worked_out_is_told():
    with pytest.raises(InputError, match="found no number for need_90"):
        proposal(rows(), "xuchang", default_settings(), 0.9)


def test_a_proposal_is_written_as_a_plan_file_and_over_none(tmp_path):
    write_default_params(tmp_path)
    (file,) = write_proposal(tmp_path, rows(), "xuchang", None, None)
    text = (tmp_path / file).read_text(encoding="utf-8")
    assert text.startswith("# PROPOSAL")
    assert Plan.model_validate(parse_yaml(file, text).data).id == "xuchang_2030_proposal"
    with pytest.raises(InputError, match="found a file that exists"):
        write_proposal(tmp_path, rows().assign(shown=1.0), "xuchang", None, None)
    assert (tmp_path / file).read_text(encoding="utf-8") == text


@pytest.mark.parametrize(
    ("year", "certainty", "told"),
    [(2026, None, "--year: found 2026, expected a year from 2027"), (None, 80.0, "--certainty: found 80, expected")],
)
def test_a_year_or_certainty_that_cannot_be_is_told(year, certainty, told):
    with pytest.raises(InputError, match=told):
        next_plan_chosen(default_settings(), year, certainty)


def test_another_year_and_certainty_are_taken():
    found = next_plan_chosen(default_settings(), 2027, 0.9).next_plan
    assert (found.year, found.mid_term, found.certainty) == (2027, 2026, [0.5, 0.8, 0.9])


def test_the_text_names_what_it_shows():
    text = as_text(rows())
    for word in ("2028", "2030", "28,000", "73.1", "need_80: capital_subsidy 1 to 2 million_yuan, grade C"):
        assert word in text
