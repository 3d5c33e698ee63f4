"""Whether the tables agree with themselves and with one another: parts and totals, shares and counts.

Each check takes frames and hands back faults; none of them reads a file. `census` is the long table of
`pipeline.inputs.raw_tables.RawTables.census`: region, year, sex, age, population, deaths, source.
"""

from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from pipeline.axes import SEXES
from pipeline.documents.fault_words import nearest, shown
from pipeline.errors import Fault
from pipeline.inputs.census_tables import AGES_85
from pipeline.inputs.raw_columns import AGES_100
from pipeline.inputs.table_checks import limited

CELL = ["year", "sex", "age"]
FOLDED = dict.fromkeys(AGES_100[AGES_100.index("85-89") :], "85+")


def provinces_sum_to_nation(census: pd.DataFrame, provinces: Sequence[str], file: str) -> list[Fault]:
    """Faults where the provinces do not add up to region china, in each year, sex and age, people and deaths."""
    counts = ["population", "deaths"]
    nation = census[census["region"] == "china"][[*CELL, *counts]]
    parts = census[census["region"].isin(provinces)].groupby(CELL, as_index=False)[counts].sum()
    both = nation.merge(parts, on=CELL, how="outer", suffixes=("", "_parts")).fillna(-1)
    return [
        fault
        for column in counts
        for fault in each_row(
            both[both[column] != both[f"{column}_parts"]],
            file,
            f"column {column}, year {{year}}, sex {{sex}}, age {{age}}",
            f"{{{column}}}",
            f"{{{column}_parts}}, the sum of the provinces",
        )
    ]


def somebody_everywhere(census: pd.DataFrame, files: Mapping[str, str]) -> list[Fault]:
    """Faults where a cell counts nobody, or no death of a table that has deaths: its change has no logarithm.

    `files` gives the file of each region.
    """
    place = "region {region}, year {year}, sex {sex}, age {age}"
    faults = []
    for column, expected in (("population", "people"), ("deaths", "deaths")):
        for region, rows in census[census[column] == 0].groupby("region", sort=False):
            faults += each_row(
                rows, files[str(region)], f"column {column}, {place}", f"{{{column}}}", f"{expected}, not 0"
            )
    return faults


def cities_within_provinces(census: pd.DataFrame, parents: Mapping[str, str], files: Mapping[str, str]) -> list[Fault]:
    """Faults where a city counts more people than its province, in a year, sex and age.

    `parents` gives the province of each city, `files` the file of each region.
    """
    cells = fold_open_age(census)
    faults = []
    for city, province in parents.items():
        both = cells[cells["region"] == city].merge(
            cells[cells["region"] == province], on=CELL, how="left", suffixes=("", "_province")
        )
        faults += each_row(
            both[~(both["population"] <= both["population_province"])],
            files[city],
            f"region {city}, year {{year}}, sex {{sex}}, age {{age}}",
            "{population}",
            f"at most {{population_province}}, the count of {province}",
        )
    return faults


def fold_open_age(census: pd.DataFrame) -> pd.DataFrame:
    """`census` (region, year, sex, age, population) with the ages from 85 on summed into 85+."""
    folded = census.assign(age=census["age"].replace(FOLDED))
    return folded.groupby(["region", *CELL], as_index=False)[["population"]].sum()


def census_totals_agree(census: pd.DataFrame, totals: pd.DataFrame, file: str) -> list[Fault]:
    """Faults where a published total or share (`totals`, the table census_totals) is not that of the census table.

    A count must agree to the person, a share to its second decimal.
    """
    area = ["region", "year"]
    people = census.groupby(area)["population"].sum()
    old = census[census["age"].map(_first_age) >= 60].groupby(area)["population"].sum()
    counted = pd.concat(
        [
            people.rename("counted").reset_index().assign(indicator="population_total"),
            old.rename("counted").reset_index().assign(indicator="population_60plus"),
            (100 * old / people).rename("counted").reset_index().assign(indicator="share_60plus"),
        ]
    )
    both = totals.assign(row=totals.index + 2).merge(counted, on=[*area, "indicator"], how="left")
    slack = (both["unit"] == "percent") * (0.005 + 1e-9)
    both["shown"] = both["counted"].map("{:.2f}".format).str.removesuffix(".00")
    return each_row(
        both[~((both["counted"] - both["value"]).abs() <= slack)],
        file,
        "row {row}, column value",
        "{value:.12g}",
        "{shown}, as the census table of {region} adds up",
    )


def single_ages_agree(single: pd.DataFrame, census: pd.DataFrame, file: str) -> list[Fault]:
    """Faults where the nation by single age is not the nation by age group.

    Deaths must add up. People of the single ages are counted half a year before census day, so that they can
    differ as cohorts of unlike size grow older, but never twofold.
    """
    starts = [_first_age(group) for group in AGES_100]
    groups = pd.cut(single["age"].map(_first_age), [*starts, 999], right=False, labels=list(AGES_100))
    sums = single.assign(age=groups.astype("str")).groupby(CELL, as_index=False)[["population", "deaths"]].sum()
    both = sums.merge(census[census["region"] == "china"], on=CELL, how="left", suffixes=("", "_group"))
    place = "year {year}, sex {sex}, age {age}"
    return each_row(
        both[~(both["deaths"] == both["deaths_group"])],
        file,
        f"column deaths, {place}",
        "{deaths}",
        "{deaths_group}, the deaths of the age group in the census table of china",
    ) + each_row(
        both[~both["population"].between(both["population_group"] / 2, both["population_group"] * 2)],
        file,
        f"column population, {place}",
        "{population:.12g}",
        "about {population_group}, the people of the age group in the census table of china",
    )


def births_sum_to_nation(births: pd.DataFrame, file: str) -> list[Fault]:
    """Faults where the births of the provinces do not add up to those of region china."""
    cell = ["year", "sex"]
    national = births["region"] == "china"
    parts = births[~national].groupby(cell, as_index=False)[["births"]].sum()
    both = births[national].merge(parts, on=cell, how="outer", suffixes=("", "_parts"))
    wrong = both[~(both["births"] == both["births_parts"])]
    return each_row(wrong, file, "year {year}, sex {sex}", "{births}", "{births_parts}, the sum of the provinces")


def migration_adds_up(yearly: pd.DataFrame, periods: pd.DataFrame, file: str) -> list[Fault]:
    """Faults where net migration of a period from mid-year to mid-year is not that of its calendar years.

    `yearly` has columns year, sex, age, value, `periods` period, sex, age, value. Half of the first year and of the
    one after the last count, so that totals of all ages agree within 1 %; periods that `yearly` does not cover are
    passed over.
    """
    totals = yearly.pivot_table(index="year", columns="sex", values="value", aggfunc="sum")
    middle = (totals + totals.shift(-1)) / 2
    sums = periods.groupby(["period", "sex"], as_index=False)[["value"]].sum()
    first = sums["period"].str[:4].astype(int)
    sums["added"] = [
        sum(middle[sex].get(year + step, float("nan")) for step in range(5))
        for year, sex in zip(first, sums["sex"], strict=True)
    ]
    wrong = sums[(sums["added"] - sums["value"]).abs() > 0.01 * sums["added"].abs() + 1.0]
    expected = "about {added:.1f}, the sum of the calendar years in wpp2024/net_migration.csv"
    return each_row(wrong, file, "period {period}, sex {sex}, all ages", "{value:.1f}", expected)


def asfr_shares_sum_to_100(shares: pd.DataFrame, file: str) -> list[Fault]:
    """Faults where the shares of a period (columns period, value) do not sum to 100 within 0.1."""
    sums = shares.groupby("period", as_index=False)[["value"]].sum()
    return each_row(sums[(sums["value"] - 100).abs() > 0.1], file, "period {period}", "{value:.3f}", "a sum of 100")


def both_sexes_agree(population: pd.DataFrame, file: str) -> list[Fault]:
    """Faults where male + female is not both (columns year, sex, value), to the third decimal."""
    wide = population.pivot_table(index="year", columns="sex", values="value").reset_index()
    wide["added"] = wide["male"] + wide["female"]
    wrong = wide[~((wide["added"] - wide["both"]).abs() < 5e-4)]
    return each_row(wrong, file, "year {year}, sex both", "{both:.3f}", "{added:.3f}, male + female")


def both_between_sexes(rates: pd.DataFrame, key: Sequence[str], file: str) -> list[Fault]:
    """Faults where the rate of both sexes lies outside the rates of men and women (columns key, sex, value)."""
    wide = rates.pivot_table(index=list(key), columns="sex", values="value").reset_index()
    wide["low"], wide["high"] = wide[list(SEXES)].min(axis=1), wide[list(SEXES)].max(axis=1)
    wrong = wide[~wide["both"].between(wide["low"] - 1e-6, wide["high"] + 1e-6)]
    place = ", ".join(f"{name} {{{name}}}" for name in key)
    return each_row(wrong, file, f"{place}, sex both", "{both:g}", "a value from {low:g} to {high:g}")


def prefectures_agree(
    prefectures: pd.DataFrame, census: pd.DataFrame, codes: Mapping[str, str], file: str
) -> list[Fault]:
    """Faults where the rows of the prefecture table contradict one another or the census tables.

    The rows of the regions in `codes` (region id → code) must equal their census tables folded to 85+; the
    counties and zones of a prefecture, and the prefectures of a province, must not exceed it in any cell. They may
    fall short: some zones have no row, and some prefectures no counties.
    """

    def summed(rows: pd.DataFrame, code: str, name: str) -> pd.DataFrame:
        sums = rows.groupby([code, "year", "sex"])[list(AGES_85)].sum().reset_index()
        return sums.rename(columns={code: "code"}).melt(["code", "year", "sex"], var_name="age", value_name=name)

    counties = prefectures["level"].isin(("county", "zone"))
    areas = summed(prefectures[~counties | prefectures["code"].isin(set(codes.values()))], "code", "population")
    counted = fold_open_age(census[census["region"].isin(codes) & census["year"].isin(prefectures["year"])])
    both = counted.assign(code=counted["region"].map(codes)).merge(
        areas, on=["code", *CELL], how="inner", suffixes=("_census", "")
    )
    place = "year {year}, code {code}, sex {sex}, column {age}"
    wrong = both[both["population"] != both["population_census"]]
    faults = each_row(wrong, file, place, "{population}", "{population_census}, as the census table of {region}")
    for levels in (("county", "zone"), ("prefecture", "direct_group")):
        inside = summed(prefectures[prefectures["level"].isin(levels)], "parent", "inside")
        both = inside.merge(areas, on=["code", *CELL], how="left")
        wrong = both[~(both["inside"] <= both["population"]).fillna(False).astype(bool)]
        faults += each_row(wrong, file, place, "{population}", "at least {inside}, the sum of the areas inside")
    return faults


def prefectures_in_place(prefectures: pd.DataFrame, codes: Mapping[str, str], file: str) -> list[Fault]:
    """Faults where a row of the prefecture table is not where its code says, or an area has one sex alone.

    `codes` are those of the provinces and the nation by id. A code begins like that of the row's province; a
    prefecture's ends in 00 and its parent is the province; a county's parent lies in the province.
    """
    rows = prefectures.assign(row=prefectures.index + 2, own=prefectures["province"].map(codes).fillna(""))
    code, first = rows["code"].fillna(""), rows["own"].str[:2]
    whole = rows["level"].isin(("nation", "province"))
    wide = rows["level"].isin(("prefecture", "direct_group"))
    astray = (code != "") & (code.str[:2] != first)
    level = (code != "") & (code.str.endswith("00") == rows["level"].isin(("county", "zone")))
    parent = (wide & (rows["parent"] != rows["own"])) | (~wide & ~whole & (rows["parent"].str[:2] != first))
    parent |= rows["parent"] == code
    known = ", ".join(codes)
    sexes = (
        rows.assign(code=code, parent=rows["parent"].fillna(""))
        .groupby(["year", "code", "parent", "name"])["sex"]
        .transform("nunique")
    )
    return (
        each_row(rows[rows["own"] == ""], file, "row {row}, column province", "{province}", f"one of {known}")
        + each_row(
            rows[(rows["own"] != "") & astray], file, "row {row}, column province", "{province}", "that of {code}"
        )
        + each_row(rows[level], file, "row {row}, column level", "{level}", "the level of an area with the code {code}")
        + each_row(
            rows[parent & ~astray], file, "row {row}, column parent", "{parent}", "the code of an area of {province}"
        )
        + each_row(
            rows[sexes != len(SEXES)], file, "row {row}, column sex", "{sex} alone", "a row for each sex of {name}"
        )
    )


def people_as_counted(population: pd.DataFrame, census: pd.DataFrame, year: int, file: str) -> list[Fault]:
    """A fault where the nation's thousands in `population` are not about the people of its census of that year."""
    nation = census[(census["region"] == "china") & (census["year"] == year)]["population"].sum()
    thousands = population.loc[population["year"] == year, "value"].sum()
    if 0.8 * nation <= 1000 * thousands <= 1.25 * nation:
        return []
    expected = f"about {nation / 1000:.0f} thousands, as the census counted"
    return [Fault(file, f"year {year}, all ages", f"{thousands:.12g}", expected)]


def sources_known(frame: pd.DataFrame, sources: Iterable[str], file: str) -> list[Fault]:
    """Faults where a row's source is not in data/sources.yaml."""
    return _unknown(frame, "source", set(sources), "a source of data/sources.yaml", file)


def regions_known(frame: pd.DataFrame, regions: Iterable[str], file: str) -> list[Fault]:
    """Faults where a row's region is not in data/regions."""
    return _unknown(frame, "region", set(regions), "a region of data/regions", file)


def _unknown(frame: pd.DataFrame, column: str, known: set[str], expected: str, file: str) -> list[Fault]:
    strangers = frame[~frame[column].isin(known)]
    faults = [
        Fault(file, f"row {row + 2}, column {column}", shown(value), expected + nearest(value, known))
        for row, value in zip(strangers.index.to_list(), strangers[column].to_list(), strict=True)
    ]
    return limited(faults, file)


def each_row(wrong: pd.DataFrame, file: str, place: str, found: str, expected: str) -> list[Fault]:
    """A fault for each row, its three parts being formats filled with the row's values."""
    rows = [{str(name): value for name, value in row.items()} for row in wrong.to_dict("records")]
    faults = [Fault(file, place.format_map(row), found.format_map(row), expected.format_map(row)) for row in rows]
    return limited(faults, file)


def _first_age(group: str) -> int:
    return int(group.rstrip("+").split("-")[0])
