"""The catalogue: the project's own files load; each thing wrong in one gets a sentence that names the place."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.documents.yaml_file import YAML_LIMIT, read_yaml
from pipeline.errors import InputError
from pipeline.inputs.catalogue import check_catalogue, load_catalogue

ROOT = Path(__file__).parents[2]
PLAN = "data/plans/testplan.yaml"
INDICATORS = "data/indicators.yaml"
SOURCES = "data/sources.yaml"
WUHAN = "data/regions/cities/wuhan.yaml"

INDICATOR_TEXT = """\
nursing_bed_share:
  name: {zh: 护理型床位占比, en: Share of nursing beds}
  unit: percent
  numerator: nursing_beds
  denominator: institution_beds
  scale: 100
  resource: nursing_beds
  range: [0, 100]
  note: nursing beds among institution beds
nursing_beds:
  name: {zh: 护理型床位, en: Nursing beds}
  unit: beds
  numerator: null
  denominator: null
  scale: null
  resource: nursing_beds
  range: [0, 20000000]
  note: beds for people who need nursing
  subset_of: institution_beds
institution_beds:
  name: {zh: 养老机构床位, en: Institution beds}
  unit: beds
  numerator: null
  denominator: null
  scale: null
  resource: beds
  range: [0, 20000000]
  note: beds in institutions
"""

PLAN_TEXT = """\
# A plan for these tests.
id: testplan
title: {zh: 测试规划, en: Test plan}
document_number: null
issuer: {zh: 武汉市, en: Wuhan}
date: 2021-04-02
status: issued
region: wuhan
base_year: 2020
horizon: {start: 2021, end: 2025}
source: plan_wuhan
notes: [a note]
figures:
  - id: testplan.nursing_bed_share.target.2025
    indicator: nursing_bed_share
    kind: target
    year: 2025
    value: 58
    unit: percent
    comparator: ">="
    basis: not_applicable
    section: 三、(二)
    note: as printed
  - id: testplan.institution_beds.baseline.2020
    indicator: institution_beds
    kind: baseline
    year: 2020
    value: null
    unit: beds
    comparator: "="
    basis: unspecified
    basis_inferred: {value: hukou, reason: fits registered people}
    section: 一、(一)
    note: left blank by the plan
"""


@pytest.fixture
def project(tmp_path):
    """A small project: all regions and sources of the real one, three indicators and one plan."""
    shutil.copytree(ROOT / "data/regions", tmp_path / "data/regions")
    shutil.copytree(ROOT / "data/raw/census", tmp_path / "data/raw/census")
    for file in (SOURCES, "data/corrections.yaml"):
        shutil.copy(ROOT / file, tmp_path / file)
    (tmp_path / INDICATORS).write_text(INDICATOR_TEXT)
    (tmp_path / "data/plans").mkdir()
    (tmp_path / PLAN).write_text(PLAN_TEXT)
    return tmp_path


def test_the_projects_own_catalogue_has_no_fault():
    catalogue = load_catalogue(ROOT)
    assert len(catalogue.regions) == 1 + 31 + 3
    assert {"zhejiang", "inner_mongolia", "wuhan", "xuchang", "panzhihua"} <= set(catalogue.plans)
    assert sum(len(plan.figures) for plan in catalogue.plans.values()) >= 130
    assert {plan.source for plan in catalogue.plans.values()} <= set(catalogue.sources)
    assert {region.gb_code[:2] for region in catalogue.regions.values() if region.parent == "hubei"} == {"42"}
    assert catalogue.regions["tibet"].gb_code == "540000"
    assert (catalogue.regions["shanxi"].gb_code, catalogue.regions["shaanxi"].gb_code) == ("140000", "610000")


def test_small_project_loads_and_a_blank_is_no_zero(project):
    catalogue = load_catalogue(project)
    target, baseline = catalogue.plans["testplan"].figures
    assert target.value == 58
    assert baseline.value is None
    assert baseline.basis_inferred is not None
    assert catalogue.indicators["nursing_bed_share"].range == (0, 100)


def swap(old: str, new: str) -> Callable[[str], str]:
    def edit(text: str) -> str:
        assert old in text
        return text.replace(old, new, 1)

    return edit


BROKEN: dict[str, tuple[str, Callable[[str], str], str]] = {
    "misspelt key": (
        PLAN,
        swap("    comparator:", "    comparatr:"),
        r"line 20, figures\[0\].comparatr: found the unknown key comparatr, expected .*did you mean comparator\?",
    ),
    "missing key": (
        PLAN,
        swap("    unit: percent\n", ""),
        r"line 14, figures\[0\].unit: found no such key, expected the key unit",
    ),
    "misspelt indicator": (
        PLAN,
        lambda text: text.replace("nursing_bed_share", "nursing_bed_shar"),
        r"line 15, figures\[0\].indicator: found 'nursing_bed_shar', expected .*did you mean nursing_bed_share\?",
    ),
    "misspelt kind": (
        PLAN,
        swap("kind: target", "kind: tarGet"),
        r"found 'tarGet', expected .*did you mean target\?",
    ),
    "misspelt basis": (
        PLAN,
        swap("basis: unspecified", "basis: residents"),
        r"'residents'.*did you mean resident\?",
    ),
    "unknown region": (
        PLAN,
        swap("region: wuhan", "region: wuhann"),
        r"line 8, region: found 'wuhann'.*mean wuhan\?",
    ),
    "unknown source": (
        PLAN,
        swap("source: plan_wuhan", "source: plan_wuhn"),
        r"line 11, source: .*mean plan_wuhan\?",
    ),
    "other unit": (
        PLAN,
        swap("unit: percent", "unit: per_1000"),
        r"found 'per_1000', expected percent, the unit of",
    ),
    "share over 100": (
        PLAN,
        swap("value: 58", "value: 158"),
        r"line 18, .*value: found 158, expected a value from 0 to 100",
    ),
    "negative": (PLAN, swap("value: 58", "value: -58"), r"found -58, expected a value from 0"),
    "text for a number": (
        PLAN,
        swap("value: 58", "value: '58'"),
        r"figures\[0\].value: found '58', expected a number",
    ),
    "full-width digits": (PLAN, swap("value: 58", "value: ５８"), r"found '５８', expected a number"),
    "not a number": (PLAN, swap("value: 58", "value: .nan"), r"found nan, expected a finite number"),
    "infinite": (PLAN, swap("value: 58", "value: .inf"), r"found inf, expected a finite number"),
    "truth for a number": (PLAN, swap("value: 58", "value: true"), r"found true, expected a number"),
    "year outside": (
        PLAN,
        swap("year: 2025", "year: 2045"),
        r"line 17, .*year: found 2045, expected a year from 2000 to 2035",
    ),
    "no year": (
        PLAN,
        swap("year: 2025", "year: null"),
        r"found null, expected a year \(only a norm may have none\)",
    ),
    "id of another plan": (
        PLAN,
        swap("id: testplan.nursing", "id: otherplan.nursing"),
        r"an id that begins with testplan",
    ),
    "id of no form": (
        PLAN,
        swap("id: testplan.nursing_bed_share.target.2025", "id: Nursing"),
        r"found 'Nursing', expected text of",
    ),
    "id twice": (
        PLAN,
        lambda text: text + PLAN_TEXT[PLAN_TEXT.index("  - id: testplan.institution") :],
        r"line 35, figures\[2\].id: found 'testplan.institution_beds.baseline.2020', expected an id used once",
    ),
    "range upside down": (
        PLAN,
        swap("    note: as printed", "    upper: 50\n    note: as printed"),
        r"upper: found 50,",
    ),
    "horizon upside down": (PLAN, swap("start: 2021", "start: 2029"), r"line 10, horizon: found '2029 to 2025'"),
    "no figures": (PLAN, lambda text: text[: text.index("figures:")] + "figures: []\n", r"at least 1"),
    "other name": (
        PLAN,
        swap("id: testplan\n", "id: otherplan\n"),
        r"line 2, id: found 'otherplan', expected testplan, as the file is named",
    ),
    "date as text": (
        PLAN,
        swap("date: 2021-04-02", "date: spring 2021"),
        r"found 'spring 2021', expected a date such as",
    ),
    "no such day": (
        PLAN,
        swap("date: 2021-04-02", "date: 2021-04-42"),
        r"line 6, date: found '2021-04-42', expected a date",
    ),
    "syntax": (
        PLAN,
        swap("title: {zh: 测试规划,", "title: {zh: 测试规划"),
        r"line \d+, column \d+: found a YAML error",
    ),
    "repeated key": (
        PLAN,
        swap("status: issued", "status: issued\nstatus: draft"),
        r"line 8, status: found the key status again \(first in line 7\)",
    ),
    "anchor": (PLAN, swap("notes: [a note]", "notes: &x [a note]"), r"line 12: found the anchor &x"),
    "alias": (PLAN, swap("notes: [a note]", "notes: *x"), r"line 12, column 8: found an alias"),
    "tag": (
        PLAN,
        swap("notes: [a note]", "notes: !!python/object/apply:os.system [ls]"),
        r"line 12: found the tag",
    ),
    "merge key": (PLAN, swap("notes: [a note]", "<<: {notes: [a]}"), r"line 12: found the key '<<'"),
    "two documents": (PLAN, lambda text: text + "---\na: 1\n", r"YAML error"),
    "deep nesting": (
        PLAN,
        swap("notes: [a note]", "notes: " + "[" * 30 + "]" * 30),
        r"line 12: found deeper nesting",
    ),
    "bottomless": (PLAN, swap("notes: [a note]", "notes: " + "[" * 5000 + "]" * 5000), r"found deeper nesting"),
    "list for a mapping": (PLAN, lambda text: "- a\n- b\n", r"line 1: found \['a', 'b'\], expected a mapping"),
    "tab": (PLAN, swap("    kind:", "\tkind:"), r"YAML error"),
    "empty": (PLAN, lambda text: "", r"found an empty file"),
    "comment only": (PLAN, lambda text: "# nothing\n", r"found no content"),
    "byte-order mark": (PLAN, lambda text: "\ufeff" + text, r"found a byte-order mark"),
    "CRLF": (PLAN, lambda text: text.replace("\n", "\r\n"), r"found a carriage return"),
    "too long": (PLAN, lambda text: text + "#" * YAML_LIMIT, r"expected at most 1 MiB"),
    "indicator without a unit": (INDICATORS, swap("  unit: beds\n", ""), r"nursing_beds.unit: found no such key"),
    "key of an indicator": (
        INDICATORS,
        swap("  scale: 100", "  scael: 100"),
        r"found the unknown key scael.*did you mean scale\?",
    ),
    "unknown resource": (INDICATORS, swap("resource: beds", "resource: bed"), r"found 'bed'.*did you mean beds\?"),
    "range of an indicator": (INDICATORS, swap("[0, 100]", "[100, 0]"), r"line 8, .*range: .*the lower end first"),
    "short range": (INDICATORS, swap("[0, 100]", "[100]"), r"range"),
    "unknown denominator": (
        INDICATORS,
        swap("denominator: institution_beds", "denominator: institution_bed"),
        r"mean institution_beds\?",
    ),
    "unknown whole": (
        INDICATORS,
        swap("subset_of: institution_beds", "subset_of: beds"),
        r"subset_of: found 'beds'",
    ),
    "key of a source": (
        SOURCES,
        swap("  licence:", "  license:"),
        r"license: found the unknown key license.*mean licence\?",
    ),
    "title in one language": (
        SOURCES,
        swap("zh: 中国2000年人口普查资料, ", ""),
        r"census_2000.title.zh: found no such key",
    ),
    "unknown parent": (
        WUHAN,
        swap("parent: hubei", "parent: hube"),
        r"line 4, parent: found 'hube'.*mean hubei\?",
    ),
    "parent of no province": (WUHAN, swap("parent: hubei", "parent: china"), r"expected the id of a province"),
    "level": (WUHAN, swap("level: city", "level: town"), r"found 'town', expected nation, province or city"),
    "code as a number": (WUHAN, swap('"420100"', "420100"), r"gb_code: found 420100, expected text"),
    "code of another": (
        WUHAN,
        swap("420100", "411000"),
        r"gb_code: found '411000', expected a code of its own|xuchang",
    ),
    "file that leaves": (
        WUHAN,
        swap("data/raw/census/cities/wuhan.csv", "../../wuhan.csv"),
        r"census: found '../../wuhan.csv'",
    ),
    "no census file": (
        WUHAN,
        swap("cities/wuhan.csv", "cities/wuhn.csv"),
        r"census: .*expected data/raw/census/cities/wuhan.csv, the table of its own",
    ),
    "source of a correction": (
        "data/corrections.yaml",
        swap("source: yearbook_wuhan_2021", "source: yearbook"),
        r"correction 1: found 'yearbook'",
    ),
    "reason of a correction": (
        "data/corrections.yaml",
        swap("  reason: >-\n    The bulletin", "  raeson: >-\n    The bulletin"),
        r"did you mean reason\?",
    ),
}


@pytest.mark.parametrize("fault", BROKEN)
def test_broken_yaml_is_refused_with_its_place(project, fault):
    file, breaking, sentence = BROKEN[fault]
    path = project / file
    path.write_bytes(breaking(path.read_text()).encode())
    with pytest.raises(InputError) as error:
        load_catalogue(project)
    told = str(error.value).splitlines()
    assert any(line.startswith(("data/",)) and re.search(sentence, line) for line in told), error.value
    assert all("found" in line and "expected" in line for line in told)


def test_gbk_yaml_is_named(project):
    (project / PLAN).write_bytes(PLAN_TEXT.encode("gbk"))
    with pytest.raises(InputError, match=r"testplan.yaml, row 3: found text that looks like GBK, expected UTF-8"):
        load_catalogue(project)


def test_faults_of_all_files_are_told_at_once(project):
    for file, old, new in (
        (PLAN, "value: 58", "value: x"),
        (WUHAN, "level: city", "level: x"),
        (SOURCES, "title:", "titel:"),
    ):
        (project / file).write_text((project / file).read_text().replace(old, new))
    _, faults = check_catalogue(project)
    assert {fault.file for fault in faults} == {PLAN, WUHAN, SOURCES}


def test_missing_files_are_named(project):
    (project / INDICATORS).unlink()
    (project / PLAN).unlink()
    _, faults = check_catalogue(project)
    assert {str(fault) for fault in faults} == {
        "data/indicators.yaml: found no such file, expected a text file",
        "data/plans: found no YAML file, expected one file for each",
    }


def test_two_regions_cannot_share_an_id(project):
    shutil.copy(project / WUHAN, project / "data/regions/cities/xuchang.yaml")
    _, faults = check_catalogue(project)
    assert any(fault.expected == "an id no other file has" for fault in faults)


def test_a_count_of_a_region_names_a_source_that_is_known(project):
    file = project / WUHAN
    count = (
        "{year: 2023, indicator: population_total, value: 13774000, unit: persons, basis: resident, source: hearsay}"
    )
    file.write_text(f"{file.read_text()}counts:\n  - {count}\n")
    with pytest.raises(
        InputError, match=r"wuhan.yaml, line \d+, counts\[0\].source: found 'hearsay', expected a source"
    ):
        load_catalogue(project)


def test_a_plan_without_a_base_year_counts_from_its_start(project):
    text = PLAN_TEXT.replace("base_year: 2020", "base_year: null")
    (project / PLAN).write_text(text.replace("baseline.2020", "baseline.2000").replace("year: 2020", "year: 2000"))
    (fault,) = check_catalogue(project)[1]
    assert fault.expected.startswith("a year from 2001 to 2035")


def test_lines_and_nothing_executed(tmp_path):
    (tmp_path / "a.yaml").write_text("# head\na:\n  - b: 1\n    c: {d: 2}\n")
    document = read_yaml(tmp_path, "a.yaml")
    assert document.place(("a", 0, "c", "d")) == "line 4, a[0].c.d"
    assert document.place(("a", 0, "missing")) == "line 3, a[0].missing"
