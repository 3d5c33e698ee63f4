"""`place`: one place of the atlas, found by name, pinyin or code, and what is known of it."""

from collections.abc import Iterable, Sequence
from itertools import starmap
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from pipeline.axes import CENSUS_GROUPS, COUNTED_GROUPS, SEXES
from pipeline.errors import Fault, InputError
from pipeline.inputs.raw_tables import load_corrections, load_table
from pipeline.model.places import ATLAS_FILE
from pipeline.model.result_files import TABLES_FOLDER
from pipeline.models.counties.matching import in_boundary_of, matches, tree
from pipeline.pinyin import pinyin_of, stem_of
from pipeline.vocabulary import COUNTY_KINDS

ATLAS_TABLE = TABLES_FOLDER / "atlas.csv"
WIDE = ("province", "prefecture")
ENDS = ["q10", "median", "q90"]

SHOWN = 12
"""Places named at most where a name stands more than once."""


class AtlasPlace(NamedTuple):
    """A place: GB/T 2260 code, Chinese name, level and the id of its province."""

    code: str
    name_zh: str
    level: str
    province: str


def load_atlas(root: Path) -> pd.DataFrame:
    """The table atlas.csv. Raises InputError where it is not there."""
    file = root / ATLAS_TABLE
    if not file.is_file():
        raise InputError([Fault(str(ATLAS_TABLE), "", "no such file", "what `dvc repro project_atlas` writes")])
    return pd.read_csv(file, dtype={"code": str})


def candidates(atlas: pd.DataFrame, name: str) -> list[AtlasPlace]:
    """Places by that code, name (also without 市, 县, 区 …) or pinyin; the one province or prefecture goes first."""
    places = atlas.drop_duplicates("code")[[*AtlasPlace._fields]]
    wanted = name.strip().lower().replace(" ", "").replace("'", "")
    chosen = places[(places["code"] == wanted) | (places["name_zh"] == wanted)]
    if chosen.empty:
        chosen = places[places["name_zh"].map(stem_of) == wanted]
    if chosen.empty and wanted.isascii():
        chosen = places[places["name_zh"].map(pinyin_of).str.lower() == wanted]
    found = list(starmap(AtlasPlace, chosen.itertuples(index=False)))
    wide = [place for place in found if place.level in WIDE]
    return wide if len(wide) == 1 else found


def place_of(atlas: pd.DataFrame, name: str) -> AtlasPlace:
    """The one place meant. Raises InputError where there is none, and naming all where there are several."""
    found = candidates(atlas, name)
    if len(found) == 1:
        return found[0]
    if not found:
        raise InputError([Fault("place", "", repr(name), "the name, pinyin or code of a place of the atlas")])
    names = [f"{place.code} {full_name(atlas, place)}" for place in found[:SHOWN]]
    more = f" and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
    raise InputError([Fault("place", "", f"{len(found)} places of that name", f"one of {', '.join(names)}{more}")])


def full_name(atlas: pd.DataFrame, place: AtlasPlace) -> str:
    """The name after those of its province and prefecture: 江苏省南京市鼓楼区."""
    names = atlas.drop_duplicates("code").set_index("code")["name_zh"]
    chain = dict.fromkeys((f"{place.code[:2]}0000", f"{place.code[:4]}00", place.code))
    return "".join(names[code] for code in chain if code in names.index)


def people(atlas: pd.DataFrame, place: AtlasPlace) -> pd.DataFrame:
    """Rows year, age_group, q10, median, q90 of a place."""
    return atlas.loc[atlas["code"] == place.code, ["year", "age_group", *ENDS]]


def care(root: Path, place: AtlasPlace) -> pd.DataFrame:
    """Rows year, measure, q10, median, q90 of need, norms and additions; none where the full table is not there."""
    file, columns = root / ATLAS_FILE, ["year", "measure", *ENDS]
    if not file.is_file():
        return pd.DataFrame(columns=columns)
    rows = pd.read_parquet(file, filters=[("code", "==", place.code)])
    return rows.loc[~rows["measure"].isin(COUNTED_GROUPS), columns]


def rank(atlas: pd.DataFrame, place: AtlasPlace, year: int) -> tuple[int, int]:
    """Rank in the province and the nation by people of 60 and over, counties, cities and districts being one level."""
    rows = _old(atlas, year)
    peers = rows[rows["level"].isin([place.level] if place.level in WIDE else [*COUNTY_KINDS])]
    larger = peers[peers["median"] > peers.loc[place.code, "median"]]
    return int((larger["province"] == place.province).sum()) + 1, len(larger) + 1


def _old(atlas: pd.DataFrame, year: int) -> pd.DataFrame:
    return atlas[(atlas["age_group"] == "60+") & (atlas["year"] == year)].set_index("code")


def as_text(atlas: pd.DataFrame, place: AtlasPlace, need: pd.DataFrame, until: int) -> str:
    """What is known of a place: in the first year, and the two last ones up to `until`, which fit on a terminal."""
    first, *later = sorted(year for year in atlas["year"].unique() if year <= until)
    years = [first, *later[-2:]]
    within, nation = rank(atlas, place, years[-1])
    old = _old(atlas, years[-1])
    provinces = old[old["level"] == "province"].set_index("province")["median"]
    wholes = (provinces[place.province], provinces.sum())
    of_province, of_nation = (f"{float(f'{100 * old["median"][place.code] / whole:.2g}'):g} %" for whole in wholes)
    lines = [
        f"{full_name(atlas, place)} ({place.code}, {place.level}, {pinyin_of(place.name_zh)})",
        f"people aged 60+ in {years[-1]}: rank {within} in its province, {nation} in China among its level; "
        f"{of_province} of its province, {of_nation} of China",
        _line("median, 80 % interval", map(str, years)),
    ]
    named = people(atlas, place).rename(columns={"age_group": "measure"})
    for name, rows in pd.concat([named, need]).groupby("measure", sort=False):
        lines.append(_line(str(name), _cells(rows, years, share=str(name).startswith("share"))))
    if place.level == "district":
        lines.append("Renewal and new quarters move people across district lines; read it beside its whole city.")
    return "\n".join(lines)


def _cells(rows: pd.DataFrame, years: Sequence[int], *, share: bool) -> list[str]:
    cells = dict.fromkeys(years, "")
    for year, *ends in rows[rows["year"].isin(years)][["year", "median", "q10", "q90"]].to_numpy().tolist():
        middle, low, high = (f"{100 * end:.1f} %" if share else f"{end:,.0f}" for end in ends)
        cells[int(year)] = middle if low == high else f"{middle} ({low} to {high})"
    return list(cells.values())


def _line(name: str, cells: Iterable[str]) -> str:
    return "  ".join([f"{name:<22}", *(f"{cell:>32}" for cell in cells)]).rstrip()


def census_rows(root: Path, code: str) -> dict[int, np.ndarray]:
    """Counted people of a prefecture or county by census, (sex, 0, 1-4 … 85+), 2010 in the boundary of 2020.

    2010 is left out where part of the place cannot be followed back. Raises InputError where the code is neither's.
    """
    table = load_table(root, "data/raw/prefectures.csv", load_corrections(root))
    first, second = tree(table, 2010), tree(table, 2020)
    found = matches(first, second, load_table(root, "data/raw/county_successors.csv"))
    for now in np.flatnonzero(second.counties["code"] == code):
        before = found.before[now]
        return ({2010: first.county_people[before]} if before >= 0 else {}) | {2020: second.county_people[now]}
    for now in np.flatnonzero(second.middles["code"] == code):
        was, whole = in_boundary_of(first, second, found)
        return ({2010: was[now]} if whole[now] else {}) | {2020: second.middle_people[now]}
    raise InputError([Fault("place", "", code, "the code of a prefecture, county, city or district of 2020")])


def census_csv(people_by_year: dict[int, np.ndarray], names: Sequence[str]) -> str:
    """A census file of a city, its columns `names`, from `census_rows`."""
    cells = [
        f"{year},{sex},{age},{number:.0f},,census_county_{year}"
        for year, counted in people_by_year.items()
        for sex, by_age in zip(SEXES, counted, strict=True)
        for age, number in zip(CENSUS_GROUPS, by_age, strict=True)
    ]
    return "\n".join([",".join(names), *cells, ""])
