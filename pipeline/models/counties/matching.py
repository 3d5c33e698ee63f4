"""Places of two censuses: each census as a tree, what became of each county, prefectures in today's boundary.

The middle of a tree are prefectures, and for what a province runs without one (counties right under it, the districts
of a municipality) one group that is no place of its own. What a prefecture counts beyond its coded counties (zones
without a code, islands, a blank county) is its remainder, so that the parts make up the whole in every cell.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from pipeline.axes import CENSUS_GROUPS, SEXES, Array, Indices, Mask
from pipeline.demography.cohort_change import COHORT_GROUPS
from pipeline.models.cohorts import Cities, cohorts, five_year
from pipeline.vocabulary import COUNTY_KINDS

LEVELS = ("province", "prefecture", *COUNTY_KINDS)

_ZONE_CODE = re.compile(r"\d{4}7\d")
_DISTRICT = re.compile(r"(?<!特)(?<!林)区$")
_COUNTY_ENDING = r"(?:自治县|自治旗|特区|林区|县|区|市|旗)$"
_DISTRICT_CODES = range(1, 21)  # last two digits of the code of a district (市辖区), GB/T 2260

MOVED_BEYOND = 0.5
"""Log departure of a county's old from its province's change: where towns moved to another county, the old of both
change as no migration changes them. 98 % of the matches lie within, nearly all others are known to have moved."""

MOVED_BELOW_COUNTIES: Mapping[str, str] = {
    "610100": "the new area Xixian was counted with Xi'an in 2020, its towns with Xianyang in 2010",
    "610400": "its towns in the new area Xixian were counted with Xi'an in 2020",
}
"""Prefectures by code whose boundary moved without a county changing hands, with the reason."""

OLD = slice(COHORT_GROUPS.index("60-64"), None)


def kind_of(code: str, name: str) -> str:
    """One of `COUNTY_KINDS`: a zone with a code of its own (its last two digits 71 to 79) counts as a district."""
    if _ZONE_CODE.fullmatch(code) or _DISTRICT.search(name):
        return "district"
    return "county_city" if name.endswith("市") else "county"


def county_stems(names: pd.Series) -> pd.Series:
    """Names without the word for the kind of county, which changes when a county becomes a district or a city."""
    short = names.str.replace(_COUNTY_ENDING, "", regex=True)
    return short.where(short.str.len() >= 2, names)


def place_tables(rows: pd.DataFrame) -> tuple[pd.DataFrame, Array]:
    """Of one census and level of the table `prefectures`, in the order of the codes: code, parent, province and name,
    and people (place, sex, 19), NaN where a cell is blank."""
    men, women = (rows[rows["sex"] == sex].set_index("code") for sex in SEXES)
    men = men.sort_index()
    cells = (frame[list(CENSUS_GROUPS)].to_numpy(dtype=float, na_value=np.nan) for frame in (men, women.loc[men.index]))
    return men.reset_index()[["code", "parent", "province", "name"]], np.stack(list(cells), axis=1)


@dataclass(frozen=True, eq=False)
class Tree:
    """One census; people (…, sex, 19) by `CENSUS_GROUPS`."""

    provinces: list[str]  # id of the region, in the order of the codes
    province_people: Array
    middles: pd.DataFrame  # code ("" for a group that is no place), name, province
    middle_people: Array
    counties: pd.DataFrame  # code, name, kind, province, middle (row of `middles`)
    county_people: Array

    def remainders(self) -> Array:
        """What each middle counts beyond its counties, (middle, sex, 19); below zero where the table is at odds."""
        inside = np.zeros_like(self.middle_people)
        np.add.at(inside, self.counties["middle"].to_numpy(), self.county_people)
        return self.middle_people - inside


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

    counties, people = place_tables(rows[(rows["level"] == "county") & rows["code"].notna()])
    known = ~np.isnan(people).any(axis=(1, 2))
    counties = counties[known].reset_index(drop=True)
    group = pd.Index(groups["province"]).get_indexer(pd.Index(counties["province"]))
    middle = pd.Index(wide["code"]).get_indexer(pd.Index(counties["parent"]))
    middle = np.where(middle < 0, np.where(group < 0, -1, len(wide) + group), middle)
    kinds = [kind_of(code, name) for code, name in zip(counties["code"], counties["name"], strict=True)]
    labels = counties[["code", "name", "province"]].assign(kind=kinds, middle=middle)
    return Tree(names, whole, middles, np.concatenate([wide_people, direct[grouped]]), labels, people[known])


class Matches(NamedTuple):
    """By county of the second census: `before` the row of the same land in the first, -1 where there is none; `how` it
    was found (code, name, successor), or why not: new_zone (with a code of its own), new_or_merged or split, moved, or
    blank (a cell of either census); `linked` as `before`, but also where the boundary moved."""

    before: Indices
    how: list[str]
    linked: Indices


def matches(first: Tree, second: Tree, successors: pd.DataFrame) -> Matches:
    """Match the counties of two censuses; `successors` is the table of new codes.

    A match is set aside as moved where its people of 60 and over, of either sex, depart by more than `MOVED_BEYOND`.
    """
    linked, how = links(first.counties, second.counties, successors)
    there = linked >= 0
    was, now = ([census.provinces.index(name) for name in second.counties["province"]] for census in (first, second))
    start, whole_start = (
        cohorts(five_year(rows)) for rows in (first.county_people[linked], first.province_people[was])
    )
    end, whole_end = (five_year(rows)[..., 2:] for rows in (second.county_people, second.province_people[now]))
    change, usual = (
        later[..., OLD].sum(axis=-1) / before[..., OLD].sum(axis=-1)
        for before, later in ((start, end), (whole_start, whole_end))
    )
    moved = there & (np.abs(np.log(change / usual)).max(axis=1) > MOVED_BEYOND)
    empty = there & ~moved & ((start <= 0) | (end <= 0)).any(axis=(1, 2))
    zone = second.counties["code"].str[4].to_numpy() == "7"
    reasons = np.select([moved, empty, there, zone], ["moved", "blank", how, "new_zone"], "new_or_merged")
    return Matches(np.where(moved | empty, -1, linked), reasons.tolist(), linked)


def links(
    first: pd.DataFrame, second: pd.DataFrame, successors: pd.DataFrame | None = None
) -> tuple[Indices, list[str]]:
    """Row of each county of `second` in `first`, -1 for none, and how it was found: by code and name, else by a name
    that only it has within its province in both years, else by the table of new codes, if given."""
    left = first[["code", "province"]].assign(stem=county_stems(first["name"]), row=np.arange(len(first)))
    right = second[["code", "province"]].assign(stem=county_stems(second["name"]), at=np.arange(len(second)))
    before, how = np.full(len(second), -1, dtype=np.intp), [""] * len(second)

    def take(pairs: pd.DataFrame, name: str) -> None:
        for row, at in zip(pairs["row"], pairs["at"], strict=True):
            before[at], how[at] = row, name

    def rest() -> tuple[pd.DataFrame, pd.DataFrame]:
        return left[~left["row"].isin(before)], right[right["at"].isin(np.flatnonzero(before < 0))]

    take(left.merge(right, on=["code", "stem"]), "code")
    alone = [frame[~frame.duplicated(["province", "stem"], keep=False)] for frame in rest()]
    take(alone[0].merge(alone[1], on=["province", "stem"]), "name")
    if successors is not None:
        left_over = rest()
        renamed = successors.merge(left_over[0], left_on="code_2010", right_on="code")
        take(renamed.merge(left_over[1], left_on="code_2020", right_on="code"), "successor")
    return before, how


def unchanged_cities(first: Tree, second: Tree) -> Cities:
    """The prefectures whose counties stayed together from one census to the other.

    Codes often survive a change of boundary, so counties tell: all that were found again must be in one prefecture at
    the other census, both ways; a prefecture without counties is matched by its own code and name. Left out are those
    of `MOVED_BELOW_COUNTIES`, and prefectures with an empty or blank cell.
    """
    linked, _ = links(first.counties, second.counties)
    home, later = (census.counties["middle"].to_numpy() for census in (first, second))
    flow = np.zeros((len(second.middles), len(first.middles)), dtype=bool)
    flow[later[linked >= 0], home[linked[linked >= 0]]] = True
    code, old_code = (census.middles["code"].to_numpy() for census in (second, first))
    stem, old_stem = (county_stems(census.middles["name"]).to_numpy() for census in (second, first))
    same = (code[:, None] == old_code) & (stem[:, None] == old_stem)
    childless = ~flow.any(axis=1, keepdims=True) & ~flow.any(axis=0)
    together = flow & (flow.sum(axis=1, keepdims=True) == 1) & (flow.sum(axis=0) == 1)
    places = (code != "")[:, None] & ~np.isin(old_code, ["", *MOVED_BELOW_COUNTIES])
    after, before = np.nonzero((together | (childless & same)) & places)
    tables = np.stack([first.middle_people[before], second.middle_people[after]])
    usable = (tables > 0).all(axis=(0, 2, 3))
    district = first.counties["code"].str[4:].astype(int).isin(_DISTRICT_CODES)
    urban = _share(first.county_people.sum(axis=(1, 2)), district.to_numpy(), home, len(first.middles))
    labels = second.middles.loc[after[usable], ["code", "province", "name"]].reset_index(drop=True)
    return Cities(labels, tables[:, usable], urban[before[usable]])


def _share(people: Array, urban: Mask, home: Indices, middles: int) -> Array:
    """Share of the people of counties who live in `urban` ones, by middle; a middle without counties is all urban."""
    inside, whole = (np.bincount(home, counted, middles) for counted in (np.where(urban, people, 0.0), people))
    return np.divide(inside, whole, out=np.ones(middles), where=whole > 0)


def in_boundary_of(first: Tree, second: Tree, found: Matches) -> tuple[Array, Mask]:
    """The first census in the boundary of the second: people of its middles (middle, sex, 19), and which are whole.

    A county of the first goes where the second has it; one without a match (merged or split) stays with the prefecture
    of its own code, and so does what a prefecture counts beyond its counties. Not whole, and NaN, are middles that took
    in counties of a prefecture of which others found no match: nobody can say where these went.
    """
    ids = (one.middles["code"].where(one.middles["code"] != "", one.middles["province"]) for one in (first, second))
    before, after = map(pd.Index, ids)
    own = after.get_indexer(before)
    home = first.counties["middle"].to_numpy()
    there = np.flatnonzero(found.linked >= 0)
    target = own[home]
    target[found.linked[there]] = second.counties["middle"].to_numpy()[there]
    people = np.zeros_like(second.middle_people)
    np.add.at(people, target[target >= 0], first.county_people[target >= 0])
    beyond = first.remainders()
    np.add.at(people, own[own >= 0], beyond[own >= 0])
    whole = people.sum(axis=(1, 2)) > 0
    gave, lost = home[target != own[home]], home[np.setdiff1d(np.arange(len(home)), found.linked)]
    receivers = target[np.isin(home, np.intersect1d(gave, lost))]
    whole[receivers[receivers >= 0]] = False
    people[~whole] = np.nan
    return people, whole


def moved_cities(first: Tree, second: Tree, found: Matches, unchanged: Cities) -> Cities:
    """Prefectures of the second census that are not `unchanged`, their first census in the boundary of the second.

    Those whole, without an empty cell, and not of `MOVED_BELOW_COUNTIES`. The urban share is that of people in counties
    that were found again.
    """
    people, whole = in_boundary_of(first, second, found)
    tables = np.stack([people, second.middle_people])
    codes = second.middles["code"]
    known = (codes != "") & ~codes.isin([*unchanged.labels["code"], *MOVED_BELOW_COUNTIES])
    there = np.flatnonzero(found.linked >= 0)
    counted = first.county_people[found.linked[there]].sum(axis=(1, 2))
    district = (first.counties["kind"].iloc[found.linked[there]] == "district").to_numpy()
    urban = _share(counted, district, second.counties["middle"].to_numpy()[there], len(codes))
    usable = whole & known.to_numpy() & (tables > 0).all(axis=(0, 2, 3))
    labels = second.middles.loc[usable, ["code", "province", "name"]].reset_index(drop=True)
    return Cities(labels, tables[:, usable], urban[usable])
