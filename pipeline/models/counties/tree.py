"""The places of one census as a tree: provinces, what they are made of, and the counties inside.

The middle of the tree are prefectures, and for what a province runs without one (counties right under it, the
districts of a municipality) one group that is no place of its own. What a prefecture counts beyond its coded counties
(zones without a code, islands, a blank county) is its remainder, so that the parts make up the whole in every cell.
"""

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipeline.axes import Array
from pipeline.models.cohorts import place_tables
from pipeline.vocabulary import COUNTY_KINDS

LEVELS = ("province", "prefecture", *COUNTY_KINDS)

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
    """The tree of a census from the table `prefectures`; counties without a code or with a blank stay outside.

    A blank cell is not a zero: its county goes into the remainder of its prefecture, which the blank does not touch.
    """
    rows = prefectures[prefectures["year"] == year]
    provinces, whole = place_tables(rows[rows["level"] == "province"])
    wide, wide_people = place_tables(rows[rows["level"] == "prefecture"])
    names = provinces["province"].tolist()
    within = np.zeros_like(whole)
    np.add.at(within, pd.Index(names).get_indexer(pd.Index(wide["province"])), wide_people)
    direct = whole - within
    grouped = direct.any(axis=(1, 2))
    groups = provinces.loc[grouped, ["province"]].assign(code="", name="")
    middles = pd.concat([wide[["code", "name", "province"]], groups], ignore_index=True)
    middle_people = np.concatenate([wide_people, direct[grouped]])

    counties, people = place_tables(rows[(rows["level"] == "county") & rows["code"].notna()])
    known = ~np.isnan(people).any(axis=(1, 2))
    counties = counties[known].reset_index(drop=True)
    by_code = {code: at for at, code in enumerate(wide["code"])}
    by_group = {name: len(wide) + at for at, name in enumerate(groups["province"])}
    labels = counties[["code", "name", "province"]].assign(
        kind=[kind_of(code, name) for code, name in zip(counties["code"], counties["name"], strict=True)],
        middle=[
            by_code.get(parent, by_group.get(province, -1))
            for parent, province in zip(counties["parent"], counties["province"], strict=True)
        ],
    )
    return Tree(names, whole, middles, middle_people, labels, people[known])
