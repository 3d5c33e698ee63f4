"""The raw tables as the pipeline uses them: read, corrected, and checked against one another."""

import csv
import io
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

import pandas as pd

from pipeline.axes import CENSUS_YEAR, SEXES
from pipeline.documents.text_files import read_text
from pipeline.domain import Correction, Region
from pipeline.errors import Doubt, Fault, InputError, raise_if_any
from pipeline.inputs import care_checks, plausible, reconcile
from pipeline.inputs.bulletins import Margins, margin_faults, margin_rows, margins_by_year
from pipeline.inputs.census_tables import AGES_85, CENSUS_CITY, CENSUS_MARGINS, CENSUS_PROVINCE
from pipeline.inputs.corrections import apply_corrections, corrected_faults, misplaced
from pipeline.inputs.cost_tables import price_faults
from pipeline.inputs.county_checks import counties_whole, successors_known
from pipeline.inputs.declarations import CITY_TABLES, RAW_FILES
from pipeline.inputs.population_counts import PREFECTURE, all_counts, counts_agree, people_at_census
from pipeline.inputs.read import CSV_LIMIT, check_csv
from pipeline.schemas import Table
from pipeline.vocabulary import CensusForm

CENSUS = "census/"
"""Stands for the census tables of all regions."""

CARE_FIGURES = "data/raw/care_figures.csv"

REGION_FILE = "data/regions/cities/{}.yaml"

_FORMS: Mapping[CensusForm, str] = {
    "full": f"ages by sex of 2010 and {CENSUS_YEAR}",
    "full_2020": f"ages by sex of {CENSUS_YEAR} alone",
    "margins": "the margins of a bulletin (rows of the age total)",
}

SURVEY_REGIONS = ("southwest_china",)
"""Regions of published figures that are no region of the project."""


class RawTables:
    """The raw tables of a project, typed, corrected and each read once: frames are shared and must not be changed."""

    def __init__(self, root: Path, corrections: Sequence[Correction] = ()) -> None:
        self.root, self.corrections = root, corrections
        self._found: dict[str, tuple[pd.DataFrame, list[Fault]]] = {}
        self._forms: dict[str, CensusForm] = {}

    def checked(self, file: str, table: Table) -> tuple[pd.DataFrame, list[Fault]]:
        """The table in `file`, declared as `table`, and every fault of it."""
        if file not in self._found:
            frame, faults = check_csv(self.root, file, table)
            if not faults:
                raw = frame
                frame, faults = apply_corrections(raw, file, self.corrections)
                faults = faults or corrected_faults(frame, raw, table, file, self.corrections)
            self._found[file] = frame, faults
        return self._found[file]

    def form(self, region: Region) -> CensusForm:
        """What the census file of a region holds: as its YAML says, else as it looks."""
        if region.level != "city":
            return "full"
        if region.id not in self._forms:
            self._forms[region.id] = region.census_form or form_found(self.root, region.census) or "full"
        return self._forms[region.id]

    def declared(self, region: Region) -> Table:
        """What the census file of a region is declared as."""
        return CITY_TABLES[self.form(region)] if region.level == "city" else CENSUS_PROVINCE

    def form_faults(self, region: Region) -> list[Fault]:
        """One fault where the census file of a city is of another form than its YAML says."""
        found = form_found(self.root, region.census)
        if found is None or region.census_form is None or found == region.census_form:
            return []
        expected = f"{_FORMS[region.census_form]}, or census_form: {found} in {REGION_FILE.format(region.id)}"
        return [Fault(region.census, "", _FORMS[found], expected)]

    def table(self, file: str) -> pd.DataFrame:
        """The shared raw table in `file` (a key of RAW_FILES). Raises InputError with every fault of the file."""
        frame, faults = self.checked(file, RAW_FILES[file])
        raise_if_any(faults)
        return frame

    def census(self, regions: Iterable[Region]) -> pd.DataFrame:
        """Census tables of the regions as one long table: region, year, sex, age, population, deaths, source.

        Persons on 1 November; deaths (Int64, blank for cities) of the twelve months before. Provinces and the nation
        have ages to 100+ in 2000, 2010 and 2020, cities to 85+ in 2010 and 2020. Cities that are known by margins
        alone have no rows. Rows are in the order of the regions given, then of the files. Raises InputError with the
        faults of all files.
        """
        frames = [pd.DataFrame(columns=["region", *CENSUS_CITY.names])]
        faults: list[Fault] = []
        for region in regions:
            if self.form(region) == "margins":
                continue
            found, more = self.checked(region.census, self.declared(region))
            faults += more
            if not more:
                frame = found.astype({"deaths": "Int64"})
                frame.insert(0, "region", region.id)
                frames.append(frame)
        raise_if_any(faults)
        return pd.concat(frames[1:] or frames, ignore_index=True)

    def margins(self, regions: Mapping[str, Region], cities: Iterable[str]) -> dict[tuple[str, int], Margins]:
        """Margins by city and census year of those of the `cities` whose file holds no table by age.

        `regions` must hold the cities and their provinces, whose tables the margins are held against. Every city has
        the census of 2020. Raises InputError with the faults of all files.
        """
        margins, faults = self.checked_margins(regions, cities)
        raise_if_any(faults)
        return margins

    def checked_margins(
        self, regions: Mapping[str, Region], cities: Iterable[str]
    ) -> tuple[dict[tuple[str, int], Margins], list[Fault]]:
        """As `margins`, and the faults; raises InputError with those of the provinces' tables."""
        chosen = [regions[city] for city in cities if self.form(regions[city]) == "margins"]
        if not chosen:
            return {}, []
        parents = dict.fromkeys(str(region.parent) for region in chosen)
        provinces = self.census(regions[parent] for parent in parents)
        margins: dict[tuple[str, int], Margins] = {}
        faults: list[Fault] = []
        for region in chosen:
            frame, found = self.checked(region.census, CENSUS_MARGINS)
            if not found and CENSUS_YEAR not in set(frame["year"]):
                found = [Fault(region.census, "column year", f"no {CENSUS_YEAR}", f"the census of {CENSUS_YEAR}")]
            faults += found
            if found:
                continue
            province = reconcile.fold_open_age(provinces[provinces["region"] == region.parent])
            for year, published in margins_by_year(frame).items():
                margins[region.id, year] = published
                wide = province[province["year"] == year].pivot(index="sex", columns="age", values="population")
                table = wide.loc[list(SEXES), list(AGES_85)].to_numpy(dtype=float)
                faults += margin_faults(published, table, (f"{region.id} {year}", str(region.parent)), region.census)
        return margins, faults


def form_found(root: Path, file: str) -> CensusForm | None:
    """What the census file of a city holds by its ages and years; nothing where it cannot be read."""
    try:
        rows = list(csv.DictReader(io.StringIO(read_text(root, file, CSV_LIMIT), newline=""), strict=True))
    except (InputError, csv.Error):
        return None
    if not rows or not {"year", "sex", "age"} <= rows[0].keys():
        return None
    ages, years = ({row.get(name) for row in rows} for name in ("age", "year"))
    if "total" in ages and "0" not in ages:
        return "margins"
    return "full_2020" if years == {str(CENSUS_YEAR)} else "full"


def load_table(root: Path, file: str, corrections: Sequence[Correction] = ()) -> pd.DataFrame:
    """The shared raw table in `file` (a key of RAW_FILES), typed and corrected.

    Raises InputError with every fault of the file, and KeyError where `file` is no raw table.
    """
    return RawTables(root, corrections).table(file)


def check_tables(
    raw: RawTables, regions: Mapping[str, Region], sources: Iterable[str] | None, only: Collection[str] | None = None
) -> tuple[list[Fault], list[Doubt]]:
    """Every fault of the raw data, and, where there is none, what is probably a slip.

    Each table is checked by itself, then, where all could be read, against one another.

    Without `sources` each table is checked by itself alone: what regions and sources there are is not known. With
    `only`, files that changed since all were sound: they are checked, and whatever they take part in.
    """
    files = {region.id: region.census for region in regions.values()}
    censuses = {region.census: raw.declared(region) for region in regions.values()}
    known = {**RAW_FILES, **censuses}
    changed = [file for file in known if only is None or file in only]
    faults = misplaced(raw.corrections, known) if sources is not None else []
    known_sources, known_regions = set(sources or ()), {*regions, *SURVEY_REGIONS}
    of_cities = {region.census: region for region in regions.values() if region.level == "city"}
    for file in changed:
        frame, found = raw.checked(file, known[file])
        faults += (raw.form_faults(of_cities[file]) if file in of_cities and found else []) or found
        if sources is not None:
            faults += reconcile.sources_known(frame, known_sources, file)
        if sources is not None and "region" in frame:
            by_code = frame["region"].str.fullmatch(PREFECTURE)
            faults += reconcile.regions_known(frame[~by_code], known_regions, file)
    if faults or sources is None:
        return faults, []

    @cache
    def census() -> pd.DataFrame:
        return raw.census(regions.values())

    def shared(name: str) -> tuple[pd.DataFrame, str]:
        file = f"data/raw/{name}"
        return raw.table(file), file

    def margins() -> tuple[dict[tuple[str, int], Margins], list[Fault]]:
        return raw.checked_margins(regions, regions)

    for names, check in _cross_checks(regions, files, census, margins, shared):
        if any(file in censuses if name == CENSUS else file.endswith(name) for name in names for file in changed):
            faults += check()
    if faults:
        return faults, []
    sound = {file: raw.checked(file, known[file])[0] for file in changed}
    doubts = [doubt for file, frame in sound.items() for doubt in plausible.jumps(frame, known[file], file)]
    if CARE_FIGURES in sound:
        doubts += plausible.regions_alike(sound[CARE_FIGURES], CARE_FIGURES)
    return faults, doubts


def _cross_checks(
    regions: Mapping[str, Region],
    files: Mapping[str, str],
    census: Callable[[], pd.DataFrame],
    margins: Callable[[], tuple[dict[tuple[str, int], Margins], list[Fault]]],
    shared: Callable[[str], tuple[pd.DataFrame, str]],
) -> Iterator[tuple[tuple[str, ...], Callable[[], list[Fault]]]]:
    """What the tables say of one another: the tables that take part in a check, and the check."""
    provinces = [region.id for region in regions.values() if region.level == "province"]
    cities = {region.id: region.parent for region in regions.values() if region.level == "city" and region.parent}
    codes = {region.id: region.gb_code for region in regions.values() if region.level != "city"}

    def prefectures() -> list[Fault]:
        table, file = shared("prefectures.csv")
        misplaced_rows = reconcile.prefectures_in_place(table, codes, file)
        agree = misplaced_rows or reconcile.prefectures_agree(table, census(), codes, file)
        return agree or counties_whole(table, file)

    def successors() -> list[Fault]:
        table, file = shared("county_successors.csv")
        return successors_known(table, shared("prefectures.csv")[0], file)

    def un_of_2022() -> list[Fault]:
        table, file = shared("wpp2022_population.csv")
        return reconcile.people_as_counted(table, census(), CENSUS_YEAR, file)

    def totals() -> list[Fault]:
        table, file = shared("census_totals.csv")
        known, _ = margins()
        counted = pd.concat([census(), margin_rows(known)]) if known else census()
        return reconcile.census_totals_agree(counted, table, file)

    def counts() -> list[Fault]:
        table, _ = shared("population_counts.csv")
        everywhere = all_counts(table, regions)
        return counts_agree(everywhere, people_at_census(census()))

    def single_ages() -> list[Fault]:
        table, file = shared("census_single_age.csv")
        return reconcile.single_ages_agree(table, census(), file)

    def shares_of_2012() -> list[Fault]:
        table, file = shared("wpp2012.csv")
        return reconcile.asfr_shares_sum_to_100(table[table["quantity"] == "asfr_share"], file)

    def migration() -> list[Fault]:
        yearly, _ = shared("wpp2024/net_migration.csv")
        return reconcile.migration_adds_up(yearly, *shared("wpp2024/net_migration_period.csv"))

    def prices() -> list[Fault]:
        costs, file = shared("unit_costs.csv")
        return price_faults(costs, shared("consumer_prices.csv")[0], file)

    def between_sexes(name: str, *key: str) -> list[Fault]:
        table, file = shared(name)
        return reconcile.both_between_sexes(table, key, file)

    def alone(
        check: Callable[[pd.DataFrame, str], list[Fault]], name: str
    ) -> tuple[tuple[str, ...], Callable[[], list[Fault]]]:
        return (name,), lambda: check(*shared(name))

    yield (CENSUS,), lambda: reconcile.somebody_everywhere(census(), files)
    yield (CENSUS,), lambda: reconcile.provinces_sum_to_nation(census(), provinces, files["china"])
    yield (CENSUS,), lambda: reconcile.cities_within_provinces(census(), cities, files)
    yield (CENSUS,), lambda: margins()[1]
    yield (CENSUS, "census_totals.csv"), totals
    yield (CENSUS, "census_single_age.csv"), single_ages
    yield (CENSUS, "prefectures.csv"), prefectures
    yield ("county_successors.csv", "prefectures.csv"), successors
    yield (CENSUS, "population_counts.csv"), counts
    yield alone(reconcile.births_sum_to_nation, "births.csv")
    yield alone(reconcile.asfr_shares_sum_to_100, "wpp2024/asfr_shares.csv")
    yield alone(reconcile.both_sexes_agree, "wpp2024/population.csv")
    yield ("wpp2024/mx.csv",), lambda: between_sexes("wpp2024/mx.csv", "period", "age")
    yield ("wpp2024/life_expectancy.csv",), lambda: between_sexes("wpp2024/life_expectancy.csv", "year")
    yield ("wpp2024/net_migration.csv", "wpp2024/net_migration_period.csv"), migration
    yield ("wpp2012.csv",), shares_of_2012
    yield (CENSUS, "wpp2022_population.csv"), un_of_2022
    yield alone(care_checks.transitions_add_up, "disability_transitions.csv")
    yield alone(care_checks.figures_agree, "care_figures.csv")
    yield alone(care_checks.trends_run, "disability_prevalence.csv")
    yield alone(care_checks.one_doubling_age, "dementia.csv")
    yield alone(care_checks.severities_add_up, "severity.csv")
    yield alone(care_checks.settings_add_up, "care_settings.csv")
    yield alone(care_checks.staffing_complete, "staffing.csv")
    yield ("unit_costs.csv", "consumer_prices.csv"), prices
