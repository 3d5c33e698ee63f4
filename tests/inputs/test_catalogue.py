import shutil

import pytest
from defaults import ROOT
from ruamel.yaml import YAML

from pipeline.errors import InputError
from pipeline.inputs.catalogue import RATINGS_FILE, check_catalogue, load_catalogue, load_ratings
from pipeline.settings import NeedSettings, SupplySettings

PLAN = "data/plans/xuchang.yaml"
WUHAN = "data/regions/cities/wuhan.yaml"


@pytest.fixture
def project(tmp_path):
    """A copy of what the project knows of regions, indicators and sources, and one plan."""
    for folder in ("data/regions", "data/raw/census"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    (tmp_path / "data/plans").mkdir()
    for file in ("data/sources.yaml", "data/corrections.yaml", "data/indicators.yaml", PLAN):
        shutil.copy(ROOT / file, tmp_path / file)
    return tmp_path


def test_the_projects_own_catalogue_has_no_fault(catalogue):
    assert len(catalogue.regions) == 1 + 31 + 3
    assert {"zhejiang", "inner_mongolia", "wuhan", "xuchang", "panzhihua"} <= set(catalogue.plans)
    assert sum(len(plan.figures) for plan in catalogue.plans.values()) >= 130
    assert {plan.source for plan in catalogue.plans.values()} <= set(catalogue.sources)
    assert {region.gb_code[:2] for region in catalogue.regions.values() if region.parent == "hubei"} == {"42"}
    assert catalogue.regions["tibet"].gb_code == "540000"
    assert (catalogue.regions["shanxi"].gb_code, catalogue.regions["shaanxi"].gb_code) == ("140000", "610000")


def test_one_plan_loads_and_a_blank_is_no_zero(project):
    (project / PLAN).write_text((project / PLAN).read_text().replace("value: 862700", "value: null"))
    (plan,) = load_catalogue(project).plans.values()
    figures = {figure.id.removeprefix("xuchang."): figure for figure in plan.figures}
    assert figures["population_60plus.baseline.2020"].value is None
    assert figures["nursing_bed_share.target.2025"].value == 55


def test_missing_files_are_named(project):
    (project / PLAN).unlink()
    assert list(map(str, check_catalogue(project)[1])) == ["data/plans: found no YAML file, expected one file for each"]


def test_two_regions_cannot_share_an_id(project):
    shutil.copy(project / WUHAN, project / "data/regions/cities/xuchang.yaml")
    _, faults = check_catalogue(project)
    assert any(fault.expected == "an id no other file has" for fault in faults)


def test_a_source_may_stand_in_the_file_that_needs_it_once(project):
    own = "{producer: Wuhan, title: {zh: 公报, en: Bulletin}, published: '2021', licence: none, "
    own += "citation: Bulletin, table_or_section: '1'}"
    text = (project / WUHAN).read_text()
    for name, faults in (("bulletin_wuhan", []), ("census_2020", ["an id no other source has"])):
        (project / WUHAN).write_text(f"{text}sources:\n  {name}: {own}\n")
        catalogue, found = check_catalogue(project)
        assert [fault.expected for fault in found] == faults
        assert faults or catalogue.sources[name].citation == "Bulletin"


def test_a_plan_without_a_base_year_counts_from_its_start(project):
    text = (project / PLAN).read_text().replace("base_year: 2021", "base_year: null")
    first = "population_60plus.baseline.2020\n    indicator: population_60plus\n    kind: baseline\n    year: 2020"
    assert first in text
    (project / PLAN).write_text(text.replace(first, first.replace("2020", "2000")))
    (fault,) = check_catalogue(project)[1]
    assert fault.expected.startswith("a year from 2001 to 2035")


@pytest.mark.parametrize(("codes", "refused"), [(("410306", "410106"), False), (("410306", "410307"), True)])
def test_a_district_has_its_name_within_its_prefecture(project, codes, refused):
    for name, code in zip(("one", "other"), codes, strict=True):
        region = {**YAML(typ="safe").load(project / WUHAN), "id": name, "gb_code": code, "parent": "henan"}
        region |= {"name": {"zh": "鼓楼区", "en": name}, "census": f"data/raw/census/cities/{name}.csv"}
        shutil.copy(project / "data/raw/census/cities/wuhan.csv", project / region["census"])
        YAML().dump(region, project / f"data/regions/cities/{name}.yaml")
    said = [str(fault) for fault in check_catalogue(project)[1]]
    assert len(said) == refused
    assert all("name.zh: found '鼓楼区', expected a name of its own (one has this one)" in line for line in said)


def test_every_assumption_of_need_and_supply_is_rated():
    rated = set(load_ratings(ROOT))
    for section, model in (("need", NeedSettings), ("supply", SupplySettings)):
        intervals = {
            f"{section}.{name}"
            for name, field in model.model_fields.items()
            if {"low", "high"} <= set(getattr(field.annotation, "model_fields", ()))
        }
        assert len(intervals) > 3
        assert intervals <= rated
        own = {name.split(".")[1] for name in rated if name.startswith(f"{section}.")}
        assert own <= set(model.model_fields)


def test_the_ratings_tell_parameters_apart():
    ratings = load_ratings(ROOT).values()
    assert {rating.impact for rating in ratings} == {"low", "medium", "high"}
    assert {rating.quality for rating in ratings} >= {"low", "medium"}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "need.trent: {quality: low, impact: low, reason: a slip}",
            "data/ratings.yaml, line 1, need.trent: found 'need.trent', expected a key of params.yaml "
            "(did you mean need.trend?)",
        ),
        (
            "need.trend: {quality: good, impact: low, reason: a slip}",
            "need.trend.quality: found 'good', expected low, medium or high",
        ),
        ("need.trend: {quality: low, impact: low}", "expected the key reason"),
    ],
)
def test_a_slip_in_the_ratings_is_one_clear_sentence(tmp_path, text, told):
    file = tmp_path / RATINGS_FILE
    file.parent.mkdir()
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_ratings(tmp_path)
    (fault,) = caught.value.faults
    assert told in str(fault)
