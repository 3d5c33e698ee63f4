import shutil
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from defaults import ROOT

from pipeline.axes import CENSUS_GROUPS, SEXES
from pipeline.domain import Region
from pipeline.errors import Doubt
from pipeline.inputs.bulletins import margins_by_year
from pipeline.inputs.catalogue import load_regions
from pipeline.inputs.raw_tables import RawTables, load_corrections
from pipeline.model import city_slips as slips
from pipeline.model.cities import CENSUS_YEAR, FIRST_CENSUS, PREFECTURES, country_of, settled
from pipeline.models.margins import margins_of

HEAD = "year,sex,age,population,deaths,source\n"
CODES = {
    "hefei": ("340100", "anhui"),
    "siping": ("220300", "jilin"),
    "jinan": ("370100", "shandong"),
    "chengdu": ("510100", "sichuan"),
    "maanshan": ("340500", "anhui"),
    "tongren": ("520600", "guizhou"),
    "turpan": ("650400", "xinjiang"),
    "shigatse": ("540200", "tibet"),
    "bijie": ("520500", "guizhou"),
    "sansha": ("460300", "hainan"),
    "luoyang": ("410300", "henan"),
    "huizhou": ("441300", "guangdong"),
    "zigong": ("510300", "sichuan"),
    "qiqihar": ("230200", "heilongjiang"),
}


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A copy of the inputs without cities, and what each test would read again."""
    root = tmp_path_factory.mktemp("cities")
    made = shutil.ignore_patterns("inputs", "derived", "results", "backtest", "cities")
    shutil.copytree(ROOT / "data", root / "data", ignore=made)
    (root / "data/raw/census/cities").mkdir()
    country = country_of(RawTables(root, load_corrections(root)))
    regions = {name: region for name, region in load_regions(ROOT).items() if region.level != "city"}
    return SimpleNamespace(root=root, regions=regions, country=country)


def counted(project, code):
    """What the table of prefectures has under a code, by census year."""
    both = {FIRST_CENSUS: project.country.first, CENSUS_YEAR: project.country.second}
    return {year: part.people[part.codes.index(code)] for year, part in both.items() if code in part.codes}


def text(tables):
    rows = [
        f"{year},{sex},{age},{people[at, k]:.0f},,census_county_{year}\n"
        for year, people in sorted(tables.items())
        for at, sex in enumerate(SEXES)
        for k, age in enumerate(CENSUS_GROUPS)
    ]
    return HEAD + "".join(rows)


def settle(project, name, content, code="", form=None):
    """The city `name` with a census file of that content, under its own code or another."""
    own, parent = CODES[name]
    file = f"data/raw/census/cities/{name}.csv"
    (project.root / file).write_text(content, encoding="utf-8")
    names = {"zh": name, "en": name}
    place = {"id": name, "gb_code": code or own, "level": "city", "parent": parent, "name": names}
    region = Region.model_validate(place | {"census": file, "census_form": form})
    raw = RawTables(project.root, load_corrections(project.root))
    cities, findings = settled(raw, {**project.regions, name: region}, project.country)
    assert {finding.file for finding in findings} <= {file}
    doubts = [finding for finding in findings if isinstance(finding, Doubt)]
    return cities[name], [finding for finding in findings if finding not in doubts], doubts


@pytest.mark.parametrize(
    ("name", "people"),
    [
        ("hefei", 7_457_027),
        ("siping", 2_292_220),
        ("jinan", 6_813_984 + 1_298_529),
        ("chengdu", 15_118_839),
        ("maanshan", 2_304_774),
    ],
)
def test_a_moved_boundary_is_that_of_2020_in_both_censuses(project, name, people):
    """合肥 took 巢湖 and 庐江, 济南 all of 莱芜, 四平 gave 公主岭 away: 2010 is of counties that lie in them now."""
    tables = counted(project, CODES[name][0])
    city, faults, (doubt,) = settle(project, name, text(tables))
    assert faults == []
    assert city.made
    assert city.rows[city.rows["year"] == 2010]["population"].sum() == people
    assert doubt.place == "year 2010"
    assert str(people) in doubt.expected
    moved = {**tables, 2010: project.country.moved.people[project.country.moved.codes.index(CODES[name][0])]}
    city, faults, doubts = settle(project, name, text(moved))
    assert (city.made, faults, doubts) == ("", [], [])
    assert city.rows[city.rows["year"] == 2010]["population"].sum() == people


@pytest.mark.parametrize(
    ("name", "before"), [("bijie", "522400"), ("tongren", "522200"), ("turpan", "652100"), ("shigatse", "542300")]
)
def test_a_code_that_changed_is_followed(project, name, before):
    """毕节 was 522400 in 2010."""
    tables = counted(project, CODES[name][0])
    assert set(tables) == {2020}
    city, faults, (doubt,) = settle(project, name, text(tables))
    assert faults == []
    assert city.form == "full"
    assert city.rows[city.rows["year"] == 2010]["population"].sum() == counted(project, before)[2010].sum()
    assert "no count of 2010" in doubt.value
    city, faults, doubts = settle(project, name, text(tables), form="full_2020")
    assert (city.form, set(city.rows["year"]), faults, doubts) == ("full_2020", {2020}, [], [])


def test_a_table_of_2020_alone_is_taken(project):
    """三沙, of 2,333 people, was founded in 2012."""
    table = pd.read_csv(ROOT / PREFECTURES, dtype={"code": str}).query("code == '460300' and level == 'prefecture'")
    people = np.stack([table[table["sex"] == sex][list(CENSUS_GROUPS)].to_numpy(float)[0] for sex in SEXES])
    city, faults, doubts = settle(project, "sansha", text({2020: people}))
    assert (city.form, faults, doubts) == ("full_2020", [], [])
    assert city.rows["population"].sum() == 2333


def test_the_table_of_another_place_is_one_fault_a_census(project):
    _, faults, _ = settle(project, "luoyang", text(counted(project, "410200")))
    assert [fault.place for fault in faults] == ["year 2020", "year 2010"]
    assert "gb_code" in faults[0].expected


def slip(change):
    """`change` at work in place on a copy of the tables."""

    def slipped(tables):
        copy = {year: people.copy() for year, people in tables.items()}
        change(copy)
        return copy

    return slipped


def times(factor, year, *at):
    """The cells of a census at (sex, age), or all of them, times a factor and whole."""

    def change(tables):
        tables[year][at or ...] = tables[year][at or ...] * factor // 1

    return slip(change)


def rows_exchanged(year, sex, one, other):
    def change(tables):
        tables[year][sex, [one, other]] = tables[year][sex, [other, one]]

    return slip(change)


SIXTY, EIGHTY = CENSUS_GROUPS.index("60-64"), CENSUS_GROUPS.index("80-84")
SLIPS = {
    "sexes exchanged": (lambda tables: {year: people[::-1] for year, people in tables.items()}, "column sex"),
    "sexes of one census": (lambda tables: {**tables, 2020: tables[2020][::-1]}, "year 2020, sex"),
    "years exchanged": (lambda tables: {2010: tables[2020], 2020: tables[2010]}, "column year"),
    "2010 copied": (lambda tables: {**tables, 2020: tables[2010]}, "year 2020"),
    "2020 copied": (lambda tables: {**tables, 2010: tables[2020]}, "year 20"),
    "one cell tenfold": (times(10, 2020, 0, SIXTY), "year 2020, sex male, age 60-64"),
    "a digit lost": (times(0.1, 2010, 1, EIGHTY), "year 2010, sex female, age 80-84"),
    "rows far apart exchanged": (rows_exchanged(2020, 0, SIXTY, EIGHTY), "year 2020, sex male, age"),
    "neighbours exchanged": (rows_exchanged(2020, 1, EIGHTY - 1, EIGHTY), "year 2020, sex female, age"),
    "one census tenfold": (times(10, 2020), "year 20"),
    "one sex in thousands": (times(1e-3, 2020, 1), "year 20"),
    "in units of 10,000": (lambda tables: times(1e-4, 2010)(times(1e-4, 2020)(tables)), "year 20"),
    "men as women": (lambda tables: {**tables, 2020: tables[2020][[0, 0]]}, "year 2020"),
    "both sexes as men": (slip(lambda tables: np.add.at(tables[2020], 0, tables[2020][1])), "year 2020, sex male"),
}


@pytest.mark.parametrize("slip", SLIPS)
@pytest.mark.parametrize("name", ["luoyang", "zigong", "qiqihar"])
def test_a_slip_in_a_table_is_told_with_its_cell(project, slip, name):
    """Held against the table of prefectures where it has the code, else against the province."""
    wrong, place = SLIPS[slip]
    code = CODES[name][0]
    content = text(wrong(counted(project, code)))
    faults = settle(project, name, content, code)[1]
    assert any(f"{place}"[:4] in fault.place for fault in faults), faults
    _, faults, doubts = settle(project, name, content, f"{code[:2]}9900")
    assert faults == []
    assert any(place in doubt.place for doubt in doubts), doubts
    assert len(doubts) <= 4


def test_a_count_of_nobody_is_looked_at_and_stops_nothing(project):
    """It is a fault by itself; here it must not break what looks for slips."""
    tables = times(0, 2020, 0, SIXTY)(counted(project, "410300"))
    _, faults, doubts = settle(project, "luoyang", text(tables), "419900")
    assert faults == []
    assert [doubt.place for doubt in doubts] == ["year 2020, sex male, age 60-64"]


@pytest.mark.parametrize(("factor", "code", "told"), [(0.1, "419900", 2), (3, "419900", 2), (0.1, "419921", 0)])
def test_a_city_beyond_the_sizes_of_its_province_is_doubted_and_a_county_is_not(project, factor, code, told):
    tables = times(factor, 2010)(times(factor, 2020)(counted(project, "410300")))
    _, faults, doubts = settle(project, "luoyang", text(tables), code)
    assert faults == []
    assert len(doubts) == told
    assert all("all ages" in doubt.place and "another unit" in doubt.expected for doubt in doubts)


def test_the_right_table_under_a_code_that_is_nowhere_raises_no_doubt(project):
    assert settle(project, "luoyang", text(counted(project, "410300")), "419900")[1:] == ([], [])


def test_no_prefecture_of_the_country_is_doubted(project):
    first, second = project.country.moved, project.country.second
    known = {code: at for at, code in enumerate(second.codes)}
    told = {}
    for code, people, around in zip(first.codes, first.people, first.provinces, strict=True):
        if code in known and (people > 0).all():
            tables = {2010: people, 2020: second.people[known[code]]}
            provinces = {2010: around, 2020: second.provinces[known[code]]}
            told[code] = slips.odd_table(tables, provinces, project.country.usual, "file", "parent")
    assert len(told) > 320
    assert [code for code, doubts in told.items() if doubts] == []


BANDS = ("0-14", "15-59", "60+", "65+", "80+")


def bulletin(people, **changed):
    said = margins_of(people, BANDS)
    cells = {"male,total": said.male, "female,total": said.female, "both,total": said.total}
    cells |= {f"both,{band}": count for band, count in said.bands.items()} | changed
    return HEAD + "".join(f"2020,{cell},{count:.0f},,census_county_2020\n" for cell, count in cells.items())


@pytest.mark.parametrize("code", ["410300", "419900"])
@pytest.mark.parametrize(
    ("change", "band", "stops"),
    [
        (lambda b: {"both,65+": b["65+"] // 10, "both,80+": b["80+"] // 100}, "65+", False),
        (lambda b: {"both,80+": b["80+"] // 10}, "80+", False),
        (lambda _: {"both,80+": 1}, "80+", True),
        (lambda b: {"both,0-14": b["15-59"], "both,15-59": b["0-14"]}, "0-14", False),
        (lambda b: {"both,65+": b["60+"] - 1}, " 65+", True),
    ],
)
def test_a_slip_in_margins_is_told_with_its_band(project, code, change, band, stops):
    people = counted(project, "410300")[2020]
    content = bulletin(people, **change(margins_of(people, BANDS).bands))
    _, faults, doubts = settle(project, "luoyang", content, code)
    assert any(band in told.place for told in (faults if stops else doubts)), (faults, doubts)
    assert bool(faults) == stops


@pytest.mark.parametrize("census", ["first", "second"])
def test_exchanged_sexes_of_a_bulletin_are_doubted_in_most_places_and_right_ones_hardly_anywhere(project, census):
    part = getattr(project.country, census)
    large = part.people.sum(axis=(1, 2)) >= slips.SMALLEST_PLACE
    own, usual = (
        tables[large, 0].sum(axis=1) / tables[large, 1].sum(axis=1) for tables in (part.people, part.provinces)
    )
    wrong = [slips.sexes_exchanged(1 / mine, around) for mine, around in zip(own, usual, strict=True)]
    right = [slips.sexes_exchanged(mine, around) for mine, around in zip(own, usual, strict=True)]
    assert len(own) > 320
    assert np.mean(wrong) > 0.7
    assert sum(right) <= 3


def test_exchanged_sexes_of_a_bulletin_are_told_with_the_ratio(project):
    said = margins_of(counted(project, "441300")[2020], BANDS)
    content = bulletin(counted(project, "441300")[2020], **{"male,total": said.female, "female,total": said.male})
    _, faults, (doubt,) = settle(project, "huizhou", content, "449900")
    assert faults == []
    assert doubt.place == "huizhou 2020, male and female"
    assert doubt.expected == "them the other way round, as guangdong has 113.1 men to 100 women"


@pytest.mark.parametrize("code", ["410300", "419900"])
def test_right_margins_raise_no_doubt(project, code):
    content = bulletin(counted(project, "410300")[2020])
    city, faults, doubts = settle(project, "luoyang", content, code)
    assert (city.form, faults, doubts) == ("margins", [], [])
    assert set(margins_by_year(city.rows)) == {2020}
