"""`new-region` and `new-plan`: files to fill in, nothing that exists is overwritten; `defaults`: params.yaml renewed.

What is left to fill in is blank, and a blank is a fault: `check` lists what is still to do.
"""

import re
from itertools import product
from pathlib import Path
from string import Template
from typing import Literal

from pipeline.errors import Fault, nearest, raise_if_any, shown
from pipeline.inputs.catalogue import PLANS_FOLDER, load_regions
from pipeline.inputs.declarations import CENSUS_CITY, CENSUS_MARGINS, CENSUS_PROVINCE
from pipeline.results.write import write_text
from pipeline.schemas import IDENTIFIER, Table
from pipeline.settings import PARAMS_FILE
from pipeline.settings.manual import SCHEMA_FILE, TABLE_FILE, default_file, renewed, schema_file, table_file

TEMPLATES = Path(__file__).with_name("templates")


def new_region(
    root: Path, name: str, level: Literal["province", "city"], parent: str, *, margins: bool = False, place: str = ""
) -> list[str]:
    """Write data/regions/…/NAME.yaml and its census table to fill in; return the files written.

    A `place` of the atlas (name, pinyin or code) fills in its code, names, province and counted people.
    """
    city = level == "city"
    table = CENSUS_MARGINS if margins else CENSUS_CITY if city else CENSUS_PROVINCE
    names, rows = {"gb_code": "", "zh": "", "en": ""}, blank_rows(table)
    form = "margins" if margins else "full"
    if place:
        from pipeline.commands.place import census_csv, census_rows, load_atlas, place_of
        from pipeline.pinyin import pinyin_of, stem_of

        found = place_of(load_atlas(root), place)
        names = {"gb_code": found.code, "zh": stem_of(found.name_zh), "en": pinyin_of(found.name_zh)}
        parent = parent or found.province
        if city and not margins:
            people = census_rows(root, found.code)
            rows, form = census_csv(people, table.names), "full" if 2010 in people else "full_2020"
    known = load_regions(root)
    above = "province" if city else "nation"
    faults = _name_faults(name)
    if parent not in known or known[parent].level != above:
        options = [region.id for region in known.values() if region.level == above]
        faults.append(Fault("new-region", "--parent", shown(parent), f"the id of a {above}{nearest(parent, options)}"))
    if name in known:
        faults.append(Fault("new-region", "ID", shown(name), "an id that no region has"))
    if margins and not city:
        faults.append(Fault("new-region", "--margins", level, "a city: provinces have a full table"))
    raise_if_any(faults)
    folder = "cities" if city else "provinces"
    census = f"data/raw/census/{folder}/{name}.csv"
    text = fill_in("region", id=name, level=level, parent=parent, census=census, form=form, **names)
    if not city:
        text = re.sub(r"census_form: .*\n", "", text)
    return write_new(root, {f"data/regions/{folder}/{name}.yaml": text, census: rows})


def new_plan(root: Path, name: str, region: str) -> list[str]:
    """Write data/plans/NAME.yaml to fill in; return the files written."""
    faults = _name_faults(name)
    known = load_regions(root)
    if region not in known:
        faults.append(Fault("new-plan", "--region", shown(region), f"a region of data/regions{nearest(region, known)}"))
    raise_if_any(faults)
    return write_new(root, {f"{PLANS_FOLDER}/{name}.yaml": fill_in("plan", id=name, region=region)})


def _name_faults(name: str) -> list[Fault]:
    if re.fullmatch(IDENTIFIER, name):
        return []
    return [Fault("ID", "", shown(name), "lower-case letters, digits and _, a letter first, such as luoyang")]


def fill_in(template: str, **values: str) -> str:
    """A template with the values that are known."""
    return Template((TEMPLATES / f"{template}.yaml").read_text(encoding="utf-8")).substitute(values)


def blank_rows(table: Table) -> str:
    """The header of a census table and one row for every cell of its grids, the counts blank."""
    cells = [
        {"year": 2020, **grid.where, **dict(zip(grid.axes, cell, strict=True))}
        for grid in table.grids
        for cell in product(*grid.axes.values())
    ]
    rows = (",".join(str(cell.get(column, "")) for column in table.names) for cell in cells)
    return "\n".join([",".join(table.names), *dict.fromkeys(rows), ""])


def write_new(root: Path, files: dict[str, str]) -> list[str]:
    """Write all of the files, or none where one exists; their names."""
    raise_if_any(Fault(file, "", "a file that exists", "no such file") for file in files if (root / file).exists())
    for file, text in files.items():
        write_text(text, root / file)
    return list(files)


def write_defaults(root: Path, *, reset: bool = False) -> list[str]:
    """Write the schema, the table and params.yaml; return the files written.

    Of a params.yaml that is there the comments above keys are renewed and new keys are added with their defaults;
    values, scenarios and profiles stay as they are written, unless `reset`. Raises InputError for a file that is no
    YAML or has a key that nothing reads.
    """
    file = root / PARAMS_FILE
    text = default_file() if reset or not file.exists() else renewed(file.read_text(encoding="utf-8"))
    write_text(schema_file(), root / SCHEMA_FILE)
    write_text(table_file(), root / TABLE_FILE)
    write_text(text, file)
    return [SCHEMA_FILE, TABLE_FILE, PARAMS_FILE]
