"""Whether the county table is whole: no code twice, every parent there, the counties of a prefecture all of it."""

import pandas as pd

from pipeline.axes import SEXES
from pipeline.errors import Fault
from pipeline.inputs.census_tables import AGES_85

INCOMPLETE = {
    (2010, "232700"): "Jiagedaqi, Songling, Xinlin and Huzhong are counted with the prefecture alone",
    (2010, "451100"): "Pinggui is counted with the prefecture alone",
    (2010, "632800"): "Mangya, Lenghu and Da Qaidam are counted with the prefecture alone",
    (2010, "430400"): "six boys stand in no county",
}
"""Prefectures by census and code that the publication counts beyond their counties."""


def counties_whole(areas: pd.DataFrame, file: str) -> list[Fault]:
    """One fault for each code that stands twice, parent without a row, and prefecture with a hole in its counties.

    `areas` is the raw table `prefectures`.
    """
    faults = []
    coded = areas[areas["code"].notna()]
    for key, rows in coded[coded.duplicated(["year", "code", "sex"], keep=False)].groupby(["year", "code"]):
        names = " and ".join(dict.fromkeys(rows["name"]))
        faults.append(Fault(file, f"year {key[0]}, code {key[1]}", f"{len(rows)} rows ({names})", "one for each sex"))
    if faults:
        return faults
    known = set(zip(coded["year"], coded["code"], strict=True))
    inner = areas[areas["level"].isin(("county", "zone"))]
    for (year, parent), rows in inner.groupby(["year", "parent"]):
        if (year, parent) not in known:
            place = f"year {year}, column parent"
            names = f"{parent}, of {rows['name'].iloc[0]}"
            faults.append(Fault(file, place, names, "the code of an area that has a row of that year"))
    if faults:
        return faults
    people = areas.assign(people=areas[list(AGES_85)].sum(axis=1).astype(int))
    inside = people.loc[inner.index].groupby(["year", "parent"], as_index=False)["people"].sum()
    own = people[people["level"] == "prefecture"].groupby(["year", "code"], as_index=False)["people"].sum()
    held_by = dict(zip(zip(inside["year"], inside["parent"], strict=True), inside["people"], strict=True))
    for year, code, whole in zip(own["year"], own["code"], own["people"], strict=True):
        held = held_by.get((year, code), whole)
        if held < whole and (year, code) not in INCOMPLETE:
            expected = f"{whole}, as in the row of the prefecture: a county is missing or has a hole"
            faults.append(Fault(file, f"year {year}, code {code}", f"{held} people in its counties", expected))
    return faults


def successors_known(successors: pd.DataFrame, areas: pd.DataFrame, file: str) -> list[Fault]:
    """A fault for each county of the table of new names that the county table has not, or not with these people."""
    counties = areas[areas["level"] == "county"]
    people = counties.assign(people=counties[list(AGES_85)].sum(axis=1)).groupby(["year", "code", "name"])["people"]
    known, rows = people.sum(), people.size()
    faults = []
    for at, row in enumerate(successors.itertuples(), start=2):
        for year, code, name in ((2010, row.code_2010, row.name_2010), (2020, row.code_2020, row.name_2020)):
            if rows.get((year, code, name), 0) != len(SEXES):
                expected = f"a county of data/raw/prefectures.csv in {year}"
                faults.append(Fault(file, f"row {at}, column code_{year}", f"{code} {name}", expected))
        there = known.get((2010, row.code_2010, row.name_2010))
        if there is not None and there != row.people_2010:
            faults.append(Fault(file, f"row {at}, column people_2010", str(row.people_2010), f"{there}, as counted"))
    return faults
