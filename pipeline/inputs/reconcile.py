"""Whether the tables, sound by themselves, agree with one another: parts and totals, shares and counts."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipeline.axes import CENSUS_YEAR, SEXES
from pipeline.domain import Region
from pipeline.errors import Fault
from pipeline.inputs import care_checks
from pipeline.inputs.population_counts import all_counts, counts_agree, first_ages, people_at_census
from pipeline.inputs.table_checks import each_row, raw_file
from pipeline.schemas import AGES_85, AGES_100
from pipeline.vocabulary import NATION

CELL = ["year", "sex", "age"]
FOLDED = dict.fromkeys(AGES_100[AGES_100.index("85-89") :], "85+")
PREFECTURES = raw_file("prefectures")

INCOMPLETE = {
    (2010, "232700"): "Jiagedaqi, Songling, Xinlin and Huzhong are counted with the prefecture alone",
    (2010, "451100"): "Pinggui is counted with the prefecture alone",
    (2010, "632800"): "Mangya, Lenghu and Da Qaidam are counted with the prefecture alone",
    (2010, "430400"): "six boys stand in no county",
}
"""Prefectures by census and code that the publication counts beyond their counties."""


@dataclass(frozen=True)
class AllTables:
    """The raw tables: `shared` ones by name (births, wpp2024/mx), `census` of all regions with a table by age.

    `census` has columns region, year, sex, age, population, deaths; `bands` the same of cities known by margins alone.
    """

    shared: Mapping[str, pd.DataFrame]
    census: pd.DataFrame
    bands: pd.DataFrame
    regions: Mapping[str, Region]

    def codes(self) -> dict[str, str]:
        """The codes of the nation and the provinces by id."""
        return {region.id: region.gb_code for region in self.regions.values() if region.level != "city"}


def provinces_sum_to_nation(tables: AllTables) -> list[Fault]:
    """The provinces add up to region china in each year, sex and age, people and deaths; so do their births."""
    census, file = tables.census[tables.census["region"].isin(tables.codes())], tables.regions[NATION].census
    place = "year {year}, sex {sex}"
    return [
        *_sums_to_nation(census, "population", CELL, file, f"column population, {place}, age {{age}}"),
        *_sums_to_nation(census, "deaths", CELL, file, f"column deaths, {place}, age {{age}}"),
        *_sums_to_nation(tables.shared["births"], "births", ["year", "sex"], raw_file("births"), place),
    ]


def _sums_to_nation(rows: pd.DataFrame, column: str, cell: list[str], file: str, place: str) -> list[Fault]:
    nation = rows["region"] == NATION
    parts = rows[~nation].groupby(cell, as_index=False)[[column]].sum()
    both = rows.loc[nation, [*cell, column]].merge(parts, on=cell, how="outer", suffixes=("", "_parts")).fillna(-1)
    wrong = both[both[column] != both[f"{column}_parts"]]
    return each_row(wrong, file, place, f"{{{column}}}", f"{{{column}_parts}}, the sum of the provinces")


def somebody_everywhere(tables: AllTables) -> list[Fault]:
    """No cell counts nobody, nor no death in a table that has deaths: its change has no logarithm."""
    place = "region {region}, year {year}, sex {sex}, age {age}"
    faults = []
    for column, expected in (("population", "people, not 0"), ("deaths", "deaths, not 0")):
        for region, rows in tables.census[tables.census[column] == 0].groupby("region", sort=False):
            file = tables.regions[str(region)].census
            faults += each_row(rows, file, f"column {column}, {place}", f"{{{column}}}", expected)
    return faults


def cities_within_provinces(tables: AllTables) -> list[Fault]:
    """No city counts more people than its province, in a year, sex and age."""
    cells = fold_open_age(tables.census)
    faults = []
    for city in tables.regions.values():
        if city.level != "city":
            continue
        province = cells[cells["region"] == city.parent]
        both = cells[cells["region"] == city.id].merge(province, on=CELL, how="left", suffixes=("", "_province"))
        faults += each_row(
            both[~(both["population"] <= both["population_province"])],
            city.census,
            f"region {city.id}, year {{year}}, sex {{sex}}, age {{age}}",
            "{population}",
            f"at most {{population_province}}, the count of {city.parent}",
        )
    return faults


def fold_open_age(census: pd.DataFrame) -> pd.DataFrame:
    """`census` (region, year, sex, age, population) with the ages from 85 on summed into 85+."""
    folded = census.assign(age=census["age"].replace(FOLDED))
    return folded.groupby(["region", *CELL], as_index=False)[["population"]].sum()


def census_totals_agree(tables: AllTables) -> list[Fault]:
    """A published total of a census is that of its table to the person, a share to its second decimal."""
    area = ["region", "year"]
    census = pd.concat([tables.census, tables.bands]) if len(tables.bands) else tables.census
    people = census.groupby(area)["population"].sum()
    old = census[first_ages(census["age"]) >= 60].groupby(area)["population"].sum()
    counted = {"population_total": people, "population_60plus": old, "share_60plus": 100 * old / people}
    rows = pd.concat(counted, names=["indicator"]).rename("counted").reset_index()
    totals = tables.shared["census_totals"]
    both = totals.assign(row=totals.index + 2).merge(rows, on=[*area, "indicator"], how="left")
    slack = (both["unit"] == "percent") * (0.005 + 1e-9)
    both["shown"] = both["counted"].map("{:.2f}".format).str.removesuffix(".00")
    return each_row(
        both[~((both["counted"] - both["value"]).abs() <= slack)],
        raw_file("census_totals"),
        "row {row}, column value",
        "{value:.12g}",
        "{shown}, as the census table of {region} adds up",
    )


def single_ages_agree(tables: AllTables) -> list[Fault]:
    """The nation by single age is the nation by age group: deaths add up.

    People of the single ages are counted half a year before census day, so that they can differ as cohorts of unlike
    size grow older, but never twofold.
    """
    single, file = tables.shared["census_single_age"], raw_file("census_single_age")
    starts = [*first_ages(pd.Series(AGES_100)), 999]
    groups = pd.cut(first_ages(single["age"]), starts, right=False, labels=list(AGES_100))
    sums = single.assign(age=groups.astype("str")).groupby(CELL, as_index=False)[["population", "deaths"]].sum()
    nation = tables.census[tables.census["region"] == NATION]
    both = sums.merge(nation, on=CELL, how="left", suffixes=("", "_group"))
    place, group = "year {year}, sex {sex}, age {age}", "of the age group in the census table of china"
    wrong = both[~(both["deaths"] == both["deaths_group"])]
    faults = each_row(wrong, file, f"column deaths, {place}", "{deaths}", f"{{deaths_group}}, the deaths {group}")
    wrong = both[~both["population"].between(both["population_group"] / 2, both["population_group"] * 2)]
    expected = f"about {{population_group}}, the people {group}"
    return faults + each_row(wrong, file, f"column population, {place}", "{population:.12g}", expected)


def migration_adds_up(tables: AllTables) -> list[Fault]:
    """Net migration of five years from mid-year to mid-year is that of its calendar years, all ages within 1 %.

    Half of the first year and of the one after the last count; periods beyond the yearly table are passed over.
    """
    yearly = tables.shared["wpp2024/net_migration"].groupby(["sex", "year"])["value"].sum()
    middle = (yearly + yearly.groupby("sex").shift(-1)) / 2
    added = middle.groupby("sex").transform(lambda years: years.rolling(5).sum().shift(-4)).rename("added")
    sums = tables.shared["wpp2024/net_migration_period"].groupby(["period", "sex"], as_index=False)[["value"]].sum()
    both = sums.assign(year=sums["period"].str[:4].astype(int)).join(added, on=["sex", "year"])
    wrong = both[(both["added"] - both["value"]).abs() > 0.01 * both["added"].abs() + 1.0]
    expected = "about {added:.1f}, the sum of the calendar years in wpp2024/net_migration.csv"
    file = raw_file("wpp2024/net_migration_period")
    return each_row(wrong, file, "period {period}, sex {sex}, all ages", "{value:.1f}", expected)


def asfr_shares_sum_to_100(tables: AllTables) -> list[Fault]:
    """The shares of the ages in fertility sum to 100 in every period, within 0.1."""
    faults = []
    for name in ("wpp2024/asfr_shares", "wpp2012"):
        rows = tables.shared[name]
        rows = rows[rows["quantity"] == "asfr_share"] if "quantity" in rows else rows
        sums = rows.groupby("period", as_index=False)[["value"]].sum()
        wrong = sums[(sums["value"] - 100).abs() > 0.1]
        faults += each_row(wrong, raw_file(name), "period {period}", "{value:.3f}", "a sum of 100")
    return faults


def both_sexes_agree(tables: AllTables) -> list[Fault]:
    """Male + female is both, to the third decimal; a rate of both sexes lies between those of men and women."""
    name = "wpp2024/population"
    wide = tables.shared[name].pivot_table(index="year", columns="sex", values="value").reset_index()
    wide["added"] = wide["male"] + wide["female"]
    wrong = wide[~((wide["added"] - wide["both"]).abs() < 5e-4)]
    faults = each_row(wrong, raw_file(name), "year {year}, sex both", "{both:.3f}", "{added:.3f}, male + female")
    for name, key in (("wpp2024/mx", ["period", "age"]), ("wpp2024/life_expectancy", ["year"])):
        wide = tables.shared[name].pivot_table(index=key, columns="sex", values="value").reset_index()
        wide["low"], wide["high"] = wide[list(SEXES)].min(axis=1), wide[list(SEXES)].max(axis=1)
        wrong = wide[~wide["both"].between(wide["low"] - 1e-6, wide["high"] + 1e-6)]
        place = ", ".join(f"{column} {{{column}}}" for column in key)
        expected = "a value from {low:g} to {high:g}"
        faults += each_row(wrong, raw_file(name), f"{place}, sex both", "{both:g}", expected)
    return faults


def un_people_as_counted(tables: AllTables) -> list[Fault]:
    """The nation of the UN's revision of 2022 has about the people of its last census."""
    population, nation = tables.shared["wpp2022_population"], tables.census[tables.census["region"] == NATION]
    counted = nation[nation["year"] == CENSUS_YEAR]["population"].sum()
    thousands = population.loc[population["year"] == CENSUS_YEAR, "value"].sum()
    if 0.8 * counted <= 1000 * thousands <= 1.25 * counted:
        return []
    expected = f"about {counted / 1000:.0f} thousands, as the census counted"
    return [Fault(raw_file("wpp2022_population"), f"year {CENSUS_YEAR}, all ages", f"{thousands:.12g}", expected)]


def prefectures_agree(tables: AllTables) -> list[Fault]:
    """The county table: each row where its code says, cells that add up, the counties of a prefecture all of it."""
    areas = tables.shared["prefectures"]
    return _in_place(areas, tables.codes()) or areas_add_up(areas, tables) or counties_whole(areas)


def areas_add_up(areas: pd.DataFrame, tables: AllTables) -> list[Fault]:
    """Rows of the nation and the provinces equal their census tables folded to 85+; no area is less than those inside.

    It may be more than they are: some zones have no row, and some prefectures no counties.
    """
    codes = tables.codes()

    def summed(rows: pd.DataFrame, code: str, name: str) -> pd.DataFrame:
        sums = rows.groupby([code, "year", "sex"])[list(AGES_85)].sum().reset_index()
        return sums.rename(columns={code: "code"}).melt(["code", "year", "sex"], var_name="age", value_name=name)

    counties = areas["level"].isin(("county", "zone"))
    sums = summed(areas[~counties | areas["code"].isin(set(codes.values()))], "code", "population")
    census = tables.census[tables.census["region"].isin(codes) & tables.census["year"].isin(areas["year"])]
    counted = fold_open_age(census)
    both = counted.assign(code=counted["region"].map(codes)).merge(
        sums, on=["code", *CELL], how="inner", suffixes=("_census", "")
    )
    place = "year {year}, code {code}, sex {sex}, column {age}"
    wrong = both[both["population"] != both["population_census"]]
    faults = each_row(wrong, PREFECTURES, place, "{population}", "{population_census}, as the census table of {region}")
    for levels in (("county", "zone"), ("prefecture", "direct_group")):
        inside = summed(areas[areas["level"].isin(levels)], "parent", "inside")
        both = inside.merge(sums, on=["code", *CELL], how="left")
        wrong = both[~(both["inside"] <= both["population"]).fillna(False).astype(bool)]
        faults += each_row(wrong, PREFECTURES, place, "{population}", "at least {inside}, the sum of the areas inside")
    return faults


def _in_place(areas: pd.DataFrame, codes: Mapping[str, str]) -> list[Fault]:
    """A row is where its code says, and an area has both sexes.

    A code begins like that of the row's province; a prefecture's ends in 00 and its parent is the province; a county's
    parent lies in the province.
    """
    rows = areas.assign(row=areas.index + 2, own=areas["province"].map(codes).fillna(""))
    code, first = rows["code"].fillna(""), rows["own"].str[:2]
    wide = rows["level"].isin(("prefecture", "direct_group"))
    inner = ~wide & ~rows["level"].isin(("nation", "province"))
    astray = (code != "") & (code.str[:2] != first)
    level = (code != "") & (code.str.endswith("00") == rows["level"].isin(("county", "zone")))
    parent = (wide & (rows["parent"] != rows["own"])) | (inner & (rows["parent"].str[:2] != first))
    parent |= rows["parent"] == code
    same = rows.assign(code=code, parent=rows["parent"].fillna("")).groupby(["year", "code", "parent", "name"])
    wrong = (
        (rows["own"] == "", "province", "{province}", f"one of {', '.join(codes)}"),
        ((rows["own"] != "") & astray, "province", "{province}", "that of {code}"),
        (level, "level", "{level}", "the level of an area with the code {code}"),
        (parent & ~astray, "parent", "{parent}", "the code of an area of {province}"),
        (same["sex"].transform("nunique") != len(SEXES), "sex", "{sex} alone", "a row for each sex of {name}"),
    )
    return [
        fault
        for chosen, column, found, expected in wrong
        for fault in each_row(rows[chosen], PREFECTURES, f"row {{row}}, column {column}", found, expected)
    ]


def counties_whole(areas: pd.DataFrame) -> list[Fault]:
    """No code stands twice, every parent has a row, and no county of a prefecture is missing or has a hole."""
    coded = areas[areas["code"].notna()]
    twice = coded[coded.duplicated(["year", "code", "sex"], keep=False)]
    rows = twice.groupby(["year", "code"], as_index=False).agg(
        rows=("name", "size"), names=("name", lambda names: " and ".join(dict.fromkeys(names)))
    )
    place = "year {year}, code {code}"
    inner = areas[areas["level"].isin(("county", "zone"))]
    known = pd.MultiIndex.from_frame(coded[["year", "code"]])
    orphans = inner[~pd.MultiIndex.from_frame(inner[["year", "parent"]]).isin(known)]
    people = areas.assign(people=areas[list(AGES_85)].sum(axis=1).astype(int))
    inside = people.loc[inner.index].groupby(["year", "parent"])["people"].sum().rename("held")
    own = people[people["level"] == "prefecture"].groupby(["year", "code"], as_index=False)["people"].sum()
    both = own.join(inside, on=["year", "code"], how="inner")
    complete = ~pd.MultiIndex.from_frame(both[["year", "code"]]).isin(list(INCOMPLETE))
    return (
        each_row(rows, PREFECTURES, place, "{rows} rows ({names})", "one for each sex")
        or each_row(
            orphans.drop_duplicates(["year", "parent"]),
            PREFECTURES,
            "year {year}, column parent",
            "{parent}, of {name}",
            "the code of an area that has a row of that year",
        )
        or each_row(
            both[(both["held"] < both["people"]) & complete],
            PREFECTURES,
            place,
            "{held} people in its counties",
            "{people}, as in the row of the prefecture: a county is missing or has a hole",
        )
    )


def successors_known(tables: AllTables) -> list[Fault]:
    """Counties of the table of new names stand in the county table of both censuses, the first with these people."""
    areas, file = tables.shared["prefectures"], raw_file("county_successors")
    counties = areas[areas["level"] == "county"]
    people = counties.assign(people=counties[list(AGES_85)].sum(axis=1)).groupby(["year", "code", "name"])["people"]
    known, rows = people.sum(), people.size()
    faults = []
    for at, row in enumerate(tables.shared["county_successors"].itertuples(), start=2):
        for year, code, name in ((2010, row.code_2010, row.name_2010), (2020, row.code_2020, row.name_2020)):
            if rows.get((year, code, name), 0) != len(SEXES):
                expected = f"a county of {PREFECTURES} in {year}"
                faults.append(Fault(file, f"row {at}, column code_{year}", f"{code} {name}", expected))
        there = known.get((2010, row.code_2010, row.name_2010))
        if there is not None and there != row.people_2010:
            faults.append(Fault(file, f"row {at}, column people_2010", str(row.people_2010), f"{there}, as counted"))
    return faults


def prices_lead_to_the_last(tables: AllTables) -> list[Fault]:
    """Consumer prices lack no year between a cost's own and the last."""
    known = set(tables.shared["consumer_prices"]["year"])
    last = max(known)
    costs = tables.shared["unit_costs"]
    reached = [year <= last and known.issuperset(range(year + 1, last + 1)) for year in costs["year"]]
    place = "{place}, {kind} {variant}, year"
    expected = f"a year from which consumer_prices.csv leads to {last} without a hole"
    return each_row(costs[~np.array(reached)], raw_file("unit_costs"), place, "{year}", expected)


def counts_since_agree(tables: AllTables) -> list[Fault]:
    """Counts since the census, those of the regions' own files too, agree with it and with one another."""
    return counts_agree(all_counts(tables.shared["population_counts"], tables.regions), people_at_census(tables.census))


def care_agrees(tables: AllTables) -> list[Fault]:
    """The published tables on care agree with themselves."""
    return [fault for name in care_checks.CHECKS for fault in care_checks.care_faults(name, tables.shared[name])]


CHECKS: Sequence[Callable[[AllTables], Iterable[Fault]]] = (
    somebody_everywhere,
    provinces_sum_to_nation,
    cities_within_provinces,
    census_totals_agree,
    single_ages_agree,
    prefectures_agree,
    successors_known,
    counts_since_agree,
    asfr_shares_sum_to_100,
    both_sexes_agree,
    migration_adds_up,
    un_people_as_counted,
    prices_lead_to_the_last,
    care_agrees,
)
