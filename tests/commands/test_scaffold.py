import re

import pandas as pd
from defaults import ROOT
from smoke import called, edit, files

from pipeline.commands.scaffold import new_region
from pipeline.domain import BasisInferred, Figure, Horizon, Names, Plan, Region, Source


def refused(project, file, *models):
    """What was laid out in the file, which has every field of the models and is to be filled in."""
    text = (project / file).read_text(encoding="utf-8")
    assert [name for model in models for name in model.model_fields if f"{name}:" not in text] == []
    code, _, faults = called("check")
    assert code == 1
    assert file in faults
    return text


def test_a_new_plan_and_a_new_city_are_laid_out_with_every_field_and_have_no_faults_when_filled_in(project):
    before = called("check")[2]
    assert called("new-plan", "henan_plan", "--region", "henan")[0] == 0
    text = refused(project, "data/plans/henan_plan.yaml", Plan, Names, Horizon, Source, Figure, BasisInferred)
    filled = re.sub(r'(zh|en|section|producer|citation): ""', r'\1: "示例"', text)
    filled = filled.replace('published: ""', 'published: "2021-04"')
    # A stock of beds and a ratio to people, near the nation's.
    filled = re.sub(r"value:(?=  #)", "value: 400000", filled, count=1, flags=re.MULTILINE)
    filled = re.sub(r"value:$", "value: 40", filled, flags=re.MULTILINE)
    (project / "data/plans/henan_plan.yaml").write_text(filled, encoding="utf-8")

    region, file = "data/regions/cities/luoyang.yaml", project / "data/raw/census/cities/luoyang.csv"
    code, said, _ = called("new-region", "luoyang", "--level", "city", "--parent", "henan")
    assert code == 0
    assert region in said
    refused(project, region, Region, Names)
    like = pd.read_csv(ROOT / "data/raw/census/cities/xuchang.csv", dtype=str)
    census = pd.read_csv(file, dtype=str)
    assert census[["year", "sex", "age"]].equals(like[["year", "sex", "age"]])
    assert list(census) == list(like)
    edit(project / region, 'gb_code: ""', 'gb_code: "410300"')
    edit(project / region, 'name: {zh: "", en: ""}', "name: {zh: 洛阳, en: Luoyang}")
    table = pd.read_csv(ROOT / "data/raw/prefectures.csv", dtype=str)
    rows = table[(table["code"] == "410300") & (table["level"] == "prefecture")].set_index(["year", "sex"])
    census["population"] = [rows.loc[(row.year, row.sex), row.age] for row in census.itertuples()]
    census["source"] = [rows.loc[(row.year, row.sex), "source"] for row in census.itertuples()]
    census.to_csv(file, index=False, lineterminator="\n")
    edit(project / "params.yaml", "cities: [panzhihua,", "cities: [luoyang, panzhihua,")
    code, _, said = called("check")
    assert (code, said) == (0, before)


def test_a_city_of_which_only_margins_are_known_has_their_rows(project):
    assert called("new-region", "luoyang", "--parent", "henan", "--margins")[0] == 0
    census = pd.read_csv(project / "data/raw/census/cities/luoyang.csv", dtype=str)
    assert list(census["age"]) == ["total", "total", "total", "0-14", "15-59", "60+", "65+"]


REFUSED = {
    "new-region xuchang --parent henan": "an id that no region has",
    "new-region Luo/yang --parent henan": "lower-case letters",
    "new-region ../luoyang --parent henan": "lower-case letters",
    "new-region luoyang --parent henn": "did you mean henan?",
    "new-region luoyang --parent china": "expected the id of a province",
    "new-region somewhere --level province --parent china --margins": "provinces have a full",
    "new-plan xuchang --region xuchang": "data/plans/xuchang.yaml: found a file that exists",
    "new-plan luoyang --region luoyan": "a region of data/regions",
}


def test_nothing_is_laid_out_over_what_exists_or_out_of_place(project):
    before = files(project)
    for words, sentence in REFUSED.items():
        code, _, faults = called(*words.split())
        assert code == 1, words
        assert sentence in faults
    assert files(project) == before


def test_a_file_that_exists_alone_stops_both(project):
    orphan = project / "data/raw/census/cities/luoyang.csv"
    orphan.write_text("kept", encoding="utf-8")
    code, _, faults = called("new-region", "luoyang", "--parent", "henan")
    assert code == 1
    assert "data/raw/census/cities/luoyang.csv: found a file that exists" in faults
    assert orphan.read_text(encoding="utf-8") == "kept"
    assert not (project / "data/regions/cities/luoyang.yaml").exists()


def test_a_new_region_starts_from_the_atlas(project):
    place = {"code": "410300", "name_zh": "洛阳市", "level": "prefecture", "province": "henan", "age_group": "60+"}
    rows = pd.DataFrame([{**place, "year": year, "q10": 90.0, "median": 100.0, "q90": 110.0} for year in (2020, 2035)])
    (project / "reports/tables").mkdir(parents=True)
    rows.to_csv(project / "reports/tables/atlas.csv", index=False)
    written = new_region(project, "luoyang", "city", "", place="洛阳")
    text = (project / written[0]).read_text(encoding="utf-8")
    for line in ('gb_code: "410300"', "parent: henan", 'name: {zh: "洛阳", en: "Luoyang"}'):
        assert line in text
    table = pd.read_csv(project / written[1])
    assert table[table["year"] == 2020]["population"].sum() == 7_056_699
    assert set(table["source"]) == {"census_county_2010", "census_county_2020"}
