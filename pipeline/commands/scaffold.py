"""`new-region` and `new-plan`: files to fill in, every field explained; nothing that exists is overwritten.

What is left to fill in is blank, and a blank is a fault: `check` lists what is still to do.
"""

import re
from itertools import product
from pathlib import Path
from typing import Literal

from pipeline.documents.fault_words import nearest, shown
from pipeline.errors import Fault, raise_if_any
from pipeline.inputs.catalogue import load_regions
from pipeline.inputs.census_tables import CENSUS_CITY, CENSUS_PROVINCE
from pipeline.results.write import write_text
from pipeline.schemas import IDENTIFIER, Table

MARGINS = (
    ("male", "total"),
    ("female", "total"),
    ("both", "total"),
    ("both", "0-14"),
    ("both", "15-59"),
    ("both", "60+"),
    ("both", "65+"),
)
"""Rows of a census file of which only a bulletin is known: sex and age."""

REGION = """\
# A region: fill in what is blank, then `python -m pipeline check`.

# Id of the region, the name of this file.
id: {id}
# Code of GB/T 2260, six digits, in quotes.
gb_code: "{gb_code}"
# nation, province or city.
level: {level}
# Id of the region that holds this one: a city's province, a province's nation.
parent: {parent}
# Names in Chinese and English as the reports print them, without 省 or 市.
name: {{zh: "{zh}", en: "{en}"}}
# Its census table.
{census_note}
census: {census}
{form}# What a reader must know of its population: boundary changes, revisions, who is counted. Printed in the report.
basis_notes: []
# What was counted since the census, as in a bulletin, with the year of its end:
# counts: [{{year: 2024, indicator: population_60plus, value: 1000000, unit: persons, basis: resident, source: ID}}]
# Beds and staff that were observed there and stand in no plan, each with its date:
# supply: [{{indicator: institution_beds, date: "2024-12-31", value: 20000, source: ID}}]
# Sources that no other file needs, each as in data/sources.yaml; {{}} where all of them stand there.
sources: {{}}
"""

FORM = """\
# What the table holds: full (ages by sex of 2010 and 2020), full_2020 (of 2020 alone) or margins (of a bulletin).
census_form: {form}
"""

CENSUS_NOTE = {
    "table": """\
# One row a census, sex and age group, residents (常住) on 1 November, whole persons;
# `deaths` is {deaths};
# `source` an id of data/sources.yaml. The boundary must be the same in all censuses: people moved from one area to
# the next by decree would pass for migrants. For a prefecture 2010 is put into the boundary of 2020 by itself.""",
    "margins": """\
# Only margins are known: the total, the sexes, and the people aged 0-14, 15-59, 60+ and 65+ as the bulletin gives
# them, residents (常住) on 1 November 2020, whole persons; `deaths` stays blank; `source` is an id of
# data/sources.yaml. Ages within the margins are reconstructed from the province and are uncertain.""",
}

PLAN = """\
# A plan: every quantified figure it states on the care of older people. Fill in what is blank, then
# `python -m pipeline check`. What the plan does not state is left out; it is never zero.

# Id of the plan, the name of this file, and the first part of the id of each figure.
id: {id}
# Title as printed, and in English.
title:
  zh: ""
  en: ""
# Document number such as 浙发改规划〔2021〕136号; null where the copy has none.
document_number: null
# Who issued it.
issuer:
  zh: ""
  en: ""
# Date of issue such as 2021-03-31; null where it is not known.
date: null
# issued or draft (a draft for comment, 征求意见稿).
status: issued
# Id of the region under data/regions that the plan is for.
region: {region}
# Year its stocks and shares are of; null where it states none.
base_year: null
# First and last year of the plan.
horizon:
  start: 2021
  end: 2025
# Id of the plan itself among the sources below, or in data/sources.yaml.
source: plan_{id}
# Sources that no other file needs.
sources:
  plan_{id}:
    # Who published it.
    producer: ""
    title: {{zh: "", en: ""}}
    # Year, month or day, in quotes: 2021, 2021-04 or 2021-04-02.
    published: ""
    # Under what licence, or: official document.
    licence: official document
    # How it is cited.
    citation: ""
    table_or_section: see the section of each figure
    # Where the copy that was read differs from the original, or is incomplete.
    notes: ""
# What a reader must know of the plan as a whole: missing annexes, what was left out.
notes: []
# The same in Chinese, one for each.
notes_zh: []
# Where several targets ask for one resource, the one a verdict is of, and what the others are, with the reason:
# rules:
#   nursing_beds: {{main: nursing_bed_share, others: check, reason: ""}}
# One entry a figure, in the order of the plan. Two are laid out here: a stock and a target.
figures:
  # PLAN.INDICATOR.KIND.YEAR; a further part where two figures would have the same id.
  - id: {id}.elderly_care_beds.baseline.2020
    # An indicator of data/indicators.yaml, which says what it is a ratio of and in which unit.
    indicator: elderly_care_beds
    # baseline: a fact; target: what is aimed at; projection: a forecast of the plan; norm: a standing rule.
    kind: baseline
    # Year the value is of; null for a norm without one.
    year: 2020
    # The value in the unit below: persons and beds in ones (not 万), shares in percent. null where the plan leaves
    # it blank.
    value:
    # The unit of the indicator.
    unit: beds
    # How the value is meant: "=" exactly, ">=" at least, "<=" at most, about.
    comparator: "="
    # Whom the plan counts: resident (常住), hukou (户籍), unspecified, or not_applicable for beds and staff.
    basis: not_applicable
    # Section of the plan it stands in, as the plan numbers it.
    section: ""
    # How it was read, in your own words.
    note: ""
  - id: {id}.beds_per_1000_60plus.target.2025
    indicator: beds_per_1000_60plus
    kind: target
    year: 2025
    value:
    unit: per_1000
    comparator: ">="
    basis: unspecified
    section: ""
    # Two keys more where they are needed. Upper end of a range, whose lower end is `value`:
    # upper: 40
    # Basis that another figure of the plan supports, where it states none, and why:
    # basis_inferred: {{value: hukou, reason: ""}}
"""

AddedLevel = Literal["province", "city"]


def new_region(
    root: Path, name: str, level: AddedLevel, parent: str, *, margins: bool = False, place: str = ""
) -> list[str]:
    """Write data/regions/…/NAME.yaml and its census table to fill in; return the files written.

    A `place` of the atlas (name, pinyin or code) fills in its code, names, province and counted people.
    """
    names, census_text = {"gb_code": "", "zh": "", "en": ""}, None
    if place:
        from pipeline.model.place import census_csv, census_rows, load_atlas, place_of
        from pipeline.pinyin import pinyin_of, stem_of

        found = place_of(load_atlas(root), place)
        names = {"gb_code": found.code, "zh": stem_of(found.name), "en": pinyin_of(found.name)}
        parent = parent or found.province
        if level == "city" and not margins:
            census_text = census_csv(census_rows(root, found.code), CENSUS_CITY.names)
    folder = "cities" if level == "city" else "provinces"
    known = load_regions(root)
    above = "province" if level == "city" else "nation"
    faults = _name_faults(name)
    if parent not in known or known[parent].level != above:
        options = [region.id for region in known.values() if region.level == above]
        faults.append(Fault("new-region", "--parent", shown(parent), f"the id of a {above}{nearest(parent, options)}"))
    if name in known:
        faults.append(Fault("new-region", "ID", shown(name), "an id that no region has"))
    if margins and level != "city":
        faults.append(Fault("new-region", "--margins", level, "a city: provinces have a full table"))
    raise_if_any(faults)
    census = f"data/raw/census/{folder}/{name}.csv"
    deaths = "left blank" if level == "city" else "those reported for the twelve months before"
    note = CENSUS_NOTE["margins" if margins else "table"].format(deaths=deaths)
    whole = census_text is None or "\n2010," in census_text
    form = FORM.format(form="margins" if margins else "full" if whole else "full_2020") if level == "city" else ""
    table = CENSUS_CITY if level == "city" else CENSUS_PROVINCE
    files = {
        f"data/regions/{folder}/{name}.yaml": REGION.format(
            id=name, level=level, parent=parent, census=census, census_note=note, form=form, **names
        ),
        census: census_text or (_margin_rows() if margins else _grid_rows(table)),
    }
    return _write(root, files)


def new_plan(root: Path, name: str, region: str) -> list[str]:
    """Write data/plans/NAME.yaml to fill in; return the files written."""
    faults = _name_faults(name)
    known = load_regions(root)
    if region not in known:
        faults.append(Fault("new-plan", "--region", shown(region), f"a region of data/regions{nearest(region, known)}"))
    raise_if_any(faults)
    return _write(root, {f"data/plans/{name}.yaml": PLAN.format(id=name, region=region)})


def _name_faults(name: str) -> list[Fault]:
    if re.fullmatch(IDENTIFIER, name):
        return []
    return [Fault("ID", "", shown(name), "lower-case letters, digits and _, a letter first, such as luoyang")]


def _grid_rows(table: Table) -> str:
    """The header and one row for every cell of the table's grid, the counts blank."""
    (grid,) = table.grids
    keys = (dict(zip(grid.axes, cell, strict=True)) for cell in product(*grid.axes.values()))
    rows = (",".join(str(key.get(column, "")) for column in table.names) for key in keys)
    return "\n".join([",".join(table.names), *rows, ""])


def _margin_rows() -> str:
    rows = [f"2020,{sex},{age},,," for sex, age in MARGINS]
    return "\n".join([",".join(CENSUS_CITY.names), *rows, ""])


def _write(root: Path, files: dict[str, str]) -> list[str]:
    """Write all of the files, or none where one exists."""
    raise_if_any(Fault(file, "", "a file that exists", "no such file") for file in files if (root / file).exists())
    for file, text in files.items():
        write_text(text, root / file)
    return list(files)
