"""The places of one census as a tree: provinces, what they are made of, and the counties inside.

The middle of the tree are prefectures, and for what a province runs without one (counties right under it, the
districts of a municipality) one group that is no place of its own. What a prefecture counts beyond its coded counties
(zones without a code, islands, a blank county) is its remainder, so that the parts make up the whole in every cell.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipeline.axes import SEXES, Array
from pipeline.demography.age_groups import five_year_groups
from pipeline.vocabulary import COUNTY_KINDS

LEVELS = ("province", "prefecture", *COUNTY_KINDS)
COLUMNS = list(five_year_groups(85))

_ZONE_CODE = re.compile(r"\d{4}7\d")
_DISTRICT = re.compile(r"(?<!特)(?<!林)区$")


def kind_of(code: str, name: str) -> str:
    """One of `KINDS`: a zone with a code of its own (its last two digits 71 to 79) counts as a district."""
    if _ZONE_CODE.fullmatch(code) or _DISTRICT.search(name):
        return "district"
    return "county_city" if name.endswith("市") else "county"


@dataclass(frozen=True, eq=False)
class Tree:
    """One census. `people` (…, sex, 19) persons by 0, 1-4, 5-9 … 85+.

    provinces   id of the region, in the order of the codes; `province_people`
    middles     code ("" for a group that is no place), name, province; `middle_people`
    counties    code, name, kind, province, middle (row of `middles`); `county_people`
    """

    provinces: list[str]
    province_people: Array
    middles: pd.DataFrame
    middle_people: Array
    counties: pd.DataFrame
    county_people: Array

    def remainders(self) -> Array:
        """What each middle counts beyond its counties, (middle, sex, 19); below zero where the table is at odds."""
        inside = np.zeros_like(self.middle_people)
        np.add.at(inside, self.counties["middle"].to_numpy(), self.county_people)
        return np.asarray(self.middle_people - inside)


def tree(prefectures: pd.DataFrame, year: int) -> Tree:
    """The tree of a census from the raw table `prefectures`; counties without a code or with a blank stay outside.

    A blank cell is not a zero: its county goes into the remainder of its prefecture, which the blank does not touch.
    """
    rows = prefectures[prefectures["year"] == year]
    provinces = _both(rows[rows["level"] == "province"]).sort_values("code")
    whole = {str(name): table for name, table in zip(provinces["province"], _tables(provinces), strict=True)}
    wide = _both(rows[rows["level"] == "prefecture"]).sort_values("code")
    wide_tables = _tables(wide)
    middles = wide[["code", "name", "province"]].reset_index(drop=True)
    within = np.zeros((len(whole), *wide_tables.shape[1:]))
    np.add.at(within, pd.Index(list(whole)).get_indexer(pd.Index(middles["province"])), wide_tables)
    direct = {name: whole[name] - within[at] for at, name in enumerate(whole)}
    groups = [name for name, table in direct.items() if table.any()]
    middles = pd.concat([middles, pd.DataFrame({"code": "", "name": "", "province": groups})], ignore_index=True)
    middle_people = np.concatenate([wide_tables, *(direct[name][None] for name in groups)])

    counties = _both(rows[(rows["level"] == "county") & rows["code"].notna()]).sort_values("code")
    tables = _tables(counties)
    known = ~np.isnan(tables).any(axis=(1, 2))
    counties, tables = counties[known], tables[known]
    by_code = {code: at for at, code in enumerate(middles["code"]) if code}
    by_group = {name: len(wide) + at for at, name in enumerate(groups)}
    middle = [
        by_code.get(parent, by_group.get(province, -1))
        for parent, province in zip(counties["parent"], counties["province"], strict=True)
    ]
    labels = counties[["code", "name", "province"]].reset_index(drop=True)
    labels["kind"] = [kind_of(code, name) for code, name in zip(labels["code"], labels["name"], strict=True)]
    labels["middle"] = middle
    return Tree(list(whole), np.stack(list(whole.values())), middles, middle_people, labels, tables)


def _both(rows: pd.DataFrame) -> pd.DataFrame:
    """One row a place, its men's columns with the suffix _male and its women's with _female."""
    keys = ["code", "name", "province", "parent"]
    men, women = (rows[rows["sex"] == sex].set_index(keys)[COLUMNS] for sex in SEXES)
    both = men.add_suffix("_male").join(women.add_suffix("_female"), how="left")
    return both.reset_index()


def _tables(rows: pd.DataFrame) -> Array:
    columns: Sequence[list[str]] = [[f"{age}_{sex}" for age in COLUMNS] for sex in SEXES]
    return np.stack([rows[names].to_numpy(dtype=float, na_value=np.nan) for names in columns], axis=1)
