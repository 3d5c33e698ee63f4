"""Whether the tables, sound by themselves, agree with one another: parts and totals, shares and counts."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipeline.axes import AGES_100, CENSUS_GROUPS, CENSUS_YEAR, SEXES
from pipeline.domain import Region
from pipeline.errors import Fault
from pipeline.inputs import care_checks
from pipeline.inputs.population_counts import all_counts, counts_agree, first_ages, people_at_census
from pipeline.inputs.table_checks import each_row, raw_file
from pipeline.vocabulary import NATION

CELL = ["year", "sex", "age"]
PLACE = "year {year}, sex {sex}, age {age}"
FOLDED = dict.fromkeys(AGES_100[AGES_100.index("85-89") :], "85+")
PREFECTURES = raw_file("prefectures")

INCOMPLETE = {
    (2010, "232700"): "Jiagedaqi, Songling, Xinlin and Huzhong are counted with the prefecture alone",
    (2010, "451100"): "Pinggui is counted with the prefecture alone",
    (2010, "632800"): "Mangya, Lenghu and Da Qaidam are counted with the prefecture alone",
    (2010, "430400"): "six boys stand in no county",
}
"""Prefectures by census and code that the publication counts beyond their counties."""

Faults = Iterator[Fault]


@dataclass(frozen=True)
class AllTables:
    """The raw tables: `shared` ones by name (births, wpp2024/mx), `census` of all regions with a table by age.

    `census` has columns region, year, sex, age, population, deaths; `bands` are those of cities known by margins alone.
    """

    shared: Mapping[str, pd.DataFrame]
    census: pd.DataFrame
    bands: Sequence[pd.DataFrame]
    regions: Mapping[str, Region]

    def codes(self) -> dict[str, str]:
        """The codes of the nation and the provinces by id."""
        return {region.id: region.gb_code for region in self.regions.values() if region.level != "city"}

    def nation(self) -> pd.DataFrame:
        return self.census[self.census["region"] == NATION]


def provinces_sum_to_nation(tables: AllTables) -> Faults:
    """The provinces add up to region china in each year, sex and age, people and deaths; so do their births."""
    census, own = tables.census[tables.census["region"].isin(tables.codes())], tables.regions[NATION].census
    for rows, column, cell, file, place in (
        (census, "population", CELL, own, f"column population, {PLACE}"),
        (census, "deaths", CELL, own, f"column deaths, {PLACE}"),
        (tables.shared["births"], "births", CELL[:2], raw_file("births"), "year {year}, sex {sex}"),
    ):
        sums = rows.groupby([rows["region"] == NATION, *cell])[column].sum().unstack(0, fill_value=-1)
        sums = sums.rename(columns={True: "nation", False: "provinces"})
        sums = sums.reindex(columns=["nation", "provinces"], fill_value=-1).reset_index()
        wrong = sums[sums["nation"] != sums["provinces"]]
        yield from each_row(wrong, file, place, "{nation}", "{provinces}, the sum of the provinces")


def somebody_everywhere(tables: AllTables) -> Faults:
    """No cell counts nobody, nor no death in a table that has deaths: its change has no logarithm."""
    for column, expected in (("population", "people, not 0"), ("deaths", "deaths, not 0")):
        for region, rows in tables.census[tables.census[column] == 0].groupby("region", sort=False):
            place = f"column {column}, region {region}, {PLACE}"
            yield from each_row(rows, tables.regions[str(region)].census, place, f"{{{column}}}", expected)


def cities_within_provinces(tables: AllTables) -> Faults:
    """No city counts more people than its province, in a year, sex and age."""
    cells = fold_open_age(tables.census).set_index(CELL)
    for city in tables.regions.values():
        if city.level == "city":
            own, province = (cells.loc[cells["region"] == name, "population"] for name in (city.id, city.parent))
            both = own.to_frame("own").join(province).reset_index()
            expected = f"at most {{population}}, the count of {city.parent}"
            wrong = both[~(both["own"] <= both["population"])]
            yield from each_row(wrong, city.census, f"region {city.id}, {PLACE}", "{own}", expected)


def fold_open_age(census: pd.DataFrame) -> pd.DataFrame:
    """`census` (region, year, sex, age, population) with the ages from 85 on summed into 85+."""
    folded = census.assign(age=census["age"].replace(FOLDED))
    return folded.groupby(["region", *CELL], as_index=False)[["population"]].sum()


def census_totals_agree(tables: AllTables) -> Faults:
    """A published total of a census is that of its table to the person, a share to its second decimal."""
    area = ["region", "year"]
    census = pd.concat([tables.census, *tables.bands])
    people = census.groupby(area)["population"].sum()
    old = census[first_ages(census["age"]) >= 60].groupby(area)["population"].sum()
    counted = {"population_total": people, "population_60plus": old, "share_60plus": 100 * old / people}
    rows = pd.concat(counted, names=["indicator"]).rename("counted")
    totals = tables.shared["census_totals"]
    both = totals.assign(row=totals.index + 2).join(rows, on=["indicator", *area])
    both["shown"] = both["counted"].map("{:.2f}".format).str.removesuffix(".00")
    slack = (both["unit"] == "percent") * (0.005 + 1e-9)
    wrong = both[~((both["counted"] - both["value"]).abs() <= slack)]
    expected = "{shown}, as the census table of {region} adds up"
    yield from each_row(wrong, raw_file("census_totals"), "row {row}, column value", "{value:.12g}", expected)


def single_ages_agree(tables: AllTables) -> Faults:
    """The nation by single age is the nation by age group: deaths add up.

    People of the single ages are counted half a year before census day, so that they can differ as cohorts of unlike
    size grow older, but never twofold.
    """
    single, file = tables.shared["census_single_age"], raw_file("census_single_age")
    starts = [*first_ages(pd.Series(AGES_100)), 999]
    groups = pd.cut(first_ages(single["age"]), starts, right=False, labels=list(AGES_100))
    sums = single.assign(age=groups.astype("str")).groupby(CELL, as_index=False)[["population", "deaths"]].sum()
    both = sums.merge(tables.nation(), on=CELL, how="left", suffixes=("", "_group"))
    group = "of the age group in the census table of china"
    wrong = both[~(both["deaths"] == both["deaths_group"])]
    expected = f"{{deaths_group}}, the deaths {group}"
    yield from each_row(wrong, file, f"column deaths, {PLACE}", "{deaths}", expected)
    wrong = both[~both["population"].between(both["population_group"] / 2, both["population_group"] * 2)]
    expected = f"about {{population_group}}, the people {group}"
    yield from each_row(wrong, file, f"column population, {PLACE}", "{population:.12g}", expected)


def migration_adds_up(tables: AllTables) -> Faults:
    """Net migration of five years from mid-year to mid-year is that of its calendar years, all ages within 1 %.

    Half of the first year and of the one after the last count; periods beyond the yearly table are passed over.
    """
    yearly = tables.shared["wpp2024/net_migration"].groupby(["sex", "year"])["value"].sum()
    middle = (yearly + yearly.groupby("sex").shift(-1)) / 2
    added = middle.groupby("sex").transform(lambda years: years.rolling(5).sum().shift(-4)).rename("added")
    sums = tables.shared["wpp2024/net_migration_period"].groupby(["period", "sex"], as_index=False)[["value"]].sum()
    both = sums.assign(year=sums["period"].str[:4].astype(int)).join(added, on=["sex", "year"])
    wrong = both[(both["added"] - both["value"]).abs() > 0.01 * both["added"].abs() + 1.0]
    file, place = raw_file("wpp2024/net_migration_period"), "period {period}, sex {sex}, all ages"
    expected = "about {added:.1f}, the sum of the calendar years in wpp2024/net_migration.csv"
    yield from each_row(wrong, file, place, "{value:.1f}", expected)


def asfr_shares_sum_to_100(tables: AllTables) -> Faults:
    """The shares of the ages in fertility sum to 100 in every period, within 0.1."""
    old = tables.shared["wpp2012"].query("quantity == 'asfr_share'")
    for name, rows in (("wpp2024/asfr_shares", tables.shared["wpp2024/asfr_shares"]), ("wpp2012", old)):
        sums = rows.groupby("period", as_index=False)[["value"]].sum()
        wrong = sums[(sums["value"] - 100).abs() > 0.1]
        yield from each_row(wrong, raw_file(name), "period {period}", "{value:.3f}", "a sum of 100")


def both_sexes_agree(tables: AllTables) -> Faults:
    """Male + female is both, to the third decimal; a rate of both sexes lies between those of men and women."""
    for name, key in (("population", ["year"]), ("mx", ["period", "age"]), ("life_expectancy", ["year"])):
        file = f"wpp2024/{name}"
        wide = tables.shared[file].pivot_table(index=key, columns="sex", values="value").reset_index()
        place = ", ".join(f"{column} {{{column}}}" for column in key) + ", sex both"
        if name == "population":
            wide["added"] = wide["male"] + wide["female"]
            wrong = wide[~((wide["added"] - wide["both"]).abs() < 5e-4)]
            yield from each_row(wrong, raw_file(file), place, "{both:.3f}", "{added:.3f}, male + female")
        else:
            wide["low"], wide["high"] = wide[list(SEXES)].min(axis=1), wide[list(SEXES)].max(axis=1)
            wrong = wide[~wide["both"].between(wide["low"] - 1e-6, wide["high"] + 1e-6)]
            yield from each_row(wrong, raw_file(file), place, "{both:g}", "a value from {low:g} to {high:g}")


def un_people_as_counted(tables: AllTables) -> Faults:
    """The nation of the UN's revision of 2022 has about the people of its last census."""
    population, nation = tables.shared["wpp2022_population"], tables.nation()
    counted = nation.loc[nation["year"] == CENSUS_YEAR, "population"].sum()
    thousands = population.loc[population["year"] == CENSUS_YEAR, "value"].sum()
    if not 0.8 * counted <= 1000 * thousands <= 1.25 * counted:
        expected = f"about {counted / 1000:.0f} thousands, as the census counted"
        yield Fault(raw_file("wpp2022_population"), f"year {CENSUS_YEAR}, all ages", f"{thousands:.12g}", expected)


def prefectures_agree(tables: AllTables) -> list[Fault]:
    """The county table: each row where its code says, cells that add up, the counties of a prefecture all of it."""
    areas = tables.shared["prefectures"]
    return [*_in_place(areas, tables.codes())] or [*areas_add_up(areas, tables)] or counties_whole(areas)


def areas_add_up(areas: pd.DataFrame, tables: AllTables) -> Faults:
    """Rows of the nation and the provinces equal their census tables folded to 85+; no area is less than those inside.

    It may be more: some zones have no row, and some prefectures no counties.
    """
    codes, cell = tables.codes(), ["code", *CELL]

    def summed(rows: pd.DataFrame, code: str, name: str) -> pd.DataFrame:
        sums = rows.groupby([rows[code].rename("code"), "year", "sex"])[list(CENSUS_GROUPS)].sum().reset_index()
        return sums.melt(["code", "year", "sex"], var_name="age", value_name=name)

    counties = areas["level"].isin(("county", "zone"))
    sums = summed(areas[~counties | areas["code"].isin(set(codes.values()))], "code", "population")
    census = tables.census[tables.census["region"].isin(codes) & tables.census["year"].isin(areas["year"])]
    counted = fold_open_age(census)
    both = counted.assign(code=counted["region"].map(codes)).merge(sums, on=cell, suffixes=("_census", ""))
    place = "year {year}, code {code}, sex {sex}, column {age}"
    wrong = both[both["population"] != both["population_census"]]
    expected = "{population_census}, as the census table of {region}"
    yield from each_row(wrong, PREFECTURES, place, "{population}", expected)
    for levels in (("county", "zone"), ("prefecture", "direct_group")):
        both = summed(areas[areas["level"].isin(levels)], "parent", "inside").merge(sums, on=cell, how="left")
        wrong = both[~(both["inside"] <= both["population"]).fillna(False).astype(bool)]
        yield from each_row(wrong, PREFECTURES, place, "{population}", "at least {inside}, the sum of the areas inside")


def _in_place(areas: pd.DataFrame, codes: Mapping[str, str]) -> Faults:
    """A row is where its code says, and an area has both sexes.

    A code begins like that of the row's province; a prefecture's ends in 00 and its parent is the province; a county's
    parent lies in the province.
    """
    rows = areas.assign(row=areas.index + 2, own=areas["province"].map(codes).fillna(""))
    code, first = rows["code"].fillna(""), rows["own"].str[:2]
    wide, inner = (rows["level"].isin(levels) for levels in (("prefecture", "direct_group"), ("county", "zone")))
    astray = (code != "") & (code.str[:2] != first)
    level = (code != "") & (code.str.endswith("00") == inner)
    parent = (wide & (rows["parent"] != rows["own"])) | (inner & (rows["parent"].str[:2] != first))
    parent |= rows["parent"] == code
    sexes = rows.groupby(["year", "code", "parent", "name"], dropna=False)["sex"].transform("nunique")
    for wrong, column, found, expected in (
        (rows["own"] == "", "province", "{province}", f"one of {', '.join(codes)}"),
        ((rows["own"] != "") & astray, "province", "{province}", "that of {code}"),
        (level, "level", "{level}", "the level of an area with the code {code}"),
        (parent & ~astray, "parent", "{parent}", "the code of an area of {province}"),
        (sexes != len(SEXES), "sex", "{sex} alone", "a row for each sex of {name}"),
    ):
        yield from each_row(rows[wrong], PREFECTURES, f"row {{row}}, column {column}", found, expected)


def counties_whole(areas: pd.DataFrame) -> list[Fault]:
    """No code stands twice, every parent has a row, and no county of a prefecture is missing or has a hole."""
    coded = areas[areas["code"].notna()]
    twice = coded[coded.duplicated(["year", "code", "sex"], keep=False)].groupby(["year", "code"], as_index=False)
    rows = twice.agg(rows=("name", "size"), names=("name", lambda names: " and ".join(dict.fromkeys(names))))
    place = "year {year}, code {code}"
    people = areas.assign(people=areas[list(CENSUS_GROUPS)].sum(axis=1).astype(int))
    inner = people[people["level"].isin(("county", "zone"))]
    known = pd.MultiIndex.from_frame(coded[["year", "code"]])
    parents = inner.drop_duplicates(["year", "parent"])
    orphans = parents[~pd.MultiIndex.from_frame(parents[["year", "parent"]]).isin(known)]
    own = people[people["level"] == "prefecture"].groupby(["year", "code"])["people"].sum()
    inside = inner.rename(columns={"parent": "code", "code": "own"}).groupby(["year", "code"])["people"].sum()
    both = pd.concat([own, inside.rename("held")], axis=1, join="inner").drop(index=list(INCOMPLETE), errors="ignore")
    parent, expected = "year {year}, column parent", "the code of an area that has a row of that year"
    lacking = both[both["held"] < both["people"]].reset_index()
    whole = "{people}, as in the row of the prefecture: a county is missing or has a hole"
    return (
        each_row(rows, PREFECTURES, place, "{rows} rows ({names})", "one for each sex")
        or each_row(orphans, PREFECTURES, parent, "{parent}, of {name}", expected)
        or each_row(lacking, PREFECTURES, place, "{held} people in its counties", whole)
    )


def successors_known(tables: AllTables) -> Faults:
    """Counties of the table of new names stand in the county table of both censuses, the first with these people."""
    areas, file = tables.shared["prefectures"], raw_file("county_successors")
    counties = areas[areas["level"] == "county"].set_index(["year", "code", "name"])[list(CENSUS_GROUPS)].sum(axis=1)
    known = counties.groupby(level=["year", "code", "name"]).agg(["sum", "size"]).reset_index()
    successors = tables.shared["county_successors"].assign(row=lambda rows: rows.index + 2)
    for year in (2010, 2020):
        one = known[known["year"] == year].rename(columns={"code": f"code_{year}", "name": f"name_{year}"})
        both = successors.merge(one, how="left")
        place, expected = f"row {{row}}, column code_{year}", f"a county of {PREFECTURES} in {year}"
        wrong = both[both["size"].fillna(0) != len(SEXES)]
        yield from each_row(wrong, file, place, f"{{code_{year}}} {{name_{year}}}", expected)
        if year == 2010:
            wrong = both[both["sum"].notna() & (both["sum"] != both["people_2010"])]
            place = "row {row}, column people_2010"
            yield from each_row(wrong, file, place, "{people_2010}", "{sum:.0f}, as counted")


def prices_lead_to_the_last(tables: AllTables) -> Faults:
    """Consumer prices lack no year between a cost's own and the last."""
    known, costs = set(tables.shared["consumer_prices"]["year"]), tables.shared["unit_costs"]
    last = max(known)
    reached = [year <= last and known.issuperset(range(year + 1, last + 1)) for year in costs["year"]]
    expected = f"a year from which consumer_prices.csv leads to {last} without a hole"
    wrong = costs[~np.array(reached)]
    yield from each_row(wrong, raw_file("unit_costs"), "{place}, {kind} {variant}, year", "{year}", expected)


def counts_since_agree(tables: AllTables) -> list[Fault]:
    """Counts since the census, those of the regions' own files too, agree with it and with one another."""
    return counts_agree(all_counts(tables.shared["population_counts"], tables.regions), people_at_census(tables.census))


def care_agrees(tables: AllTables) -> Faults:
    """The published tables on care agree with themselves."""
    for name in care_checks.CHECKS:
        yield from care_checks.care_faults(name, tables.shared[name])


CHECKS: Sequence[Callable[[AllTables], Iterator[Fault] | list[Fault]]] = (
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
