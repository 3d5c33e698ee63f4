"""Observations of supply from plans, regions' own files and the shared table, and what is wrong among them."""

import math
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from pathlib import Path

import pandas as pd

from pipeline.documents.fault_words import nearest
from pipeline.documents.yaml_file import KeyPath, read_yaml
from pipeline.domain import STOCKS, Catalogue, Indicator, Observation, Plan, in_years
from pipeline.errors import Doubt, Fault
from pipeline.inputs.catalogue import CITIES, PLANS_FOLDER, REGIONS_FOLDERS
from pipeline.vocabulary import POPULATIONS

SUPPLY = "data/raw/supply.csv"

PARTS = (("elderly_care_beds", ("institution_beds", "community_beds")),)
"""Stocks that are the sum of others, where one date holds them all."""


def counts_supply(indicator: str, indicators: Mapping[str, Indicator]) -> bool:
    """Whether an indicator is a stock, a ratio or share of one, or its increase."""
    item = indicators.get(indicator)
    return indicator in STOCKS or (item is not None and bool({item.numerator, item.increase_of} & {*STOCKS}))


def observations(catalogue: Catalogue, table: pd.DataFrame) -> list[Observation]:
    """All observations of supply: what plans state as facts, regions bring, and the shared table holds."""
    return [found for found, _, _ in _placed(catalogue, table)]


def supply_faults(
    root: Path, catalogue: Catalogue, table: pd.DataFrame, prefectures: Mapping[str, str], as_of: str, last_year: int
) -> tuple[list[Fault], list[Doubt]]:
    """What is wrong among the observations: each by itself, then those of one thing and date against each other.

    `prefectures` names by six-digit code; `as_of` the day after which nothing can have been observed, `last_year` the
    last of the projection, outside of which a target is left blank.
    """
    faults: list[Fault] = []
    known = list(_placed(catalogue, table))
    for found, file, path in known:
        for key, value, expected in _problems(found, catalogue, prefectures, as_of):
            faults.append(Fault(file, _place(root, file, path, key), value, expected))
        if file == SUPPLY:
            continue
        if found.source not in catalogue.sources:
            faults.append(
                Fault(file, _place(root, file, path, "source"), found.source, "a source of data/sources.yaml")
            )
    for at, row in enumerate(table.itertuples()):
        item = catalogue.indicators.get(str(row.indicator))
        if item is not None and row.unit != item.unit:
            faults.append(Fault(SUPPLY, f"row {at + 2}, column unit", str(row.unit), f"{item.unit}, its unit"))
    if faults:
        return faults, []
    together: dict[tuple[object, ...], list[tuple[Observation, str, KeyPath]]] = {}
    for entry in known:
        found = entry[0]
        thing = (found.region, found.part, found.indicator, found.definition, found.date)
        together.setdefault(thing, []).append(entry)
    disagreements = [item for same in together.values() for item in _disagreement(root, same)]
    doubts = [item for item in disagreements if isinstance(item, Doubt)]
    faults += [item for item in disagreements if not isinstance(item, Doubt)]
    faults += _sums(known)
    doubts += [doubt for plan in catalogue.plans.values() for doubt in _wholes(root, plan, catalogue, known)]
    doubts += [doubt for plan in catalogue.plans.values() for doubt in _outside(root, plan, catalogue, last_year)]
    return faults, doubts


def _placed(catalogue: Catalogue, table: pd.DataFrame) -> Iterator[tuple[Observation, str, KeyPath]]:
    """Every observation, its file and where in it."""
    for plan in catalogue.plans.values():
        for at, figure in enumerate(plan.figures):
            if figure.kind != "baseline" or figure.value is None or figure.year is None:
                continue
            if not counts_supply(figure.indicator, catalogue.indicators):
                continue
            basis = figure.basis_inferred.value if figure.basis_inferred is not None else figure.basis
            found = Observation(
                plan.region,
                None,
                figure.indicator,
                str(figure.year),
                figure.value,
                figure.comparator,
                basis,
                None,
                "published",
                plan.source,
                figure.id,
            )
            yield found, f"{PLANS_FOLDER}/{plan.id}.yaml", ("figures", at)
    for region in catalogue.regions.values():
        file = f"{CITIES if region.level == 'city' else REGIONS_FOLDERS[0]}/{region.id}.yaml"
        for at, own in enumerate(region.supply):
            content = {"region": region.id, "part": None, **own.model_dump(exclude={"note"})}
            yield Observation(**content, origin=f"{region.id}.supply"), file, ("supply", at)
    for at, row in enumerate(table.drop(columns=["unit", "note"]).to_dict("records")):
        content = {str(name): None if pd.isna(value) else value for name, value in row.items()}
        yield Observation(**content, origin="supply"), SUPPLY, (at,)


def _place(root: Path, file: str, path: KeyPath, key: str) -> str:
    if file == SUPPLY:
        return f"row {int(path[0]) + 2}, column {key}"
    # A figure of a plan names what an observation calls its date by year.
    key = "year" if path[0] == "figures" and key == "date" else key
    return read_yaml(root, file).place((*path, key))


def _problems(
    found: Observation, catalogue: Catalogue, prefectures: Mapping[str, str], as_of: str
) -> Iterator[tuple[str, str, str]]:
    """What is wrong with one observation: key, value and what was expected."""
    if not counts_supply(found.indicator, catalogue.indicators):
        stocks = [name for name in catalogue.indicators if counts_supply(name, catalogue.indicators)]
        yield "indicator", found.indicator, f"a stock, or a ratio or share of one{nearest(found.indicator, stocks)}"
        return
    item = catalogue.indicators[found.indicator]
    low, high = item.range
    if not low <= found.value <= high:
        yield "value", f"{found.value:.12g}", f"a value from {low:.12g} to {high:.12g} ({item.unit})"
    if found.when > in_years(as_of):
        yield "date", found.date, f"a date not after {as_of}, the day as_of of params.yaml"
    region = catalogue.regions.get(found.region)
    if found.part is not None and region is not None:
        if found.part not in prefectures:
            yield "part", found.part, "the code of a prefecture in data/raw/prefectures.csv"
        elif found.part[:2] != region.gb_code[:2]:
            yield "part", found.part, f"a prefecture of {found.region}"


def _disagreement(root: Path, same: list[tuple[Observation, str, KeyPath]]) -> Iterator[Fault]:
    """Observations of one thing, definition and date of which not all can be true.

    What a plan states beside another publication is a doubt: a plan rounds, and the table may know better.
    """
    exact = sorted((item for item in same if item[0].comparator == "="), key=lambda item: item[1] != SUPPLY)
    for (first, *_), (other, file, path) in pairwise(exact):
        if not math.isclose(first.value, other.value, rel_tol=1e-9) and first.basis == other.basis:
            expected = f"{first.value:.12g} as in {_named(first)}, or another definition"
            kind = Doubt if file.startswith(PLANS_FOLDER) else Fault
            yield kind(file, _place(root, file, path, "value"), f"{other.value:.12g}", expected)
    low = max((item for item in same if item[0].comparator == ">="), key=lambda item: item[0].value, default=None)
    for value, file, path in same:
        if low is None or value is low[0] or value.comparator not in ("=", "<="):
            continue
        if value.value < low[0].value and value.basis == low[0].basis:
            expected = f"at least {low[0].value:.12g}, as {_named(low[0])} says"
            yield Fault(file, _place(root, file, path, "value"), f"{value.value:.12g}", expected)


def _sums(known: Iterable[tuple[Observation, str, KeyPath]]) -> Iterator[Fault]:
    """Parts of the shared table that do not add up to their whole within the digits printed."""
    by_date: dict[tuple[object, ...], dict[str, float]] = {}
    for found, file, _ in known:
        if file == SUPPLY and found.comparator == "=":
            key = (found.region, found.part, found.date)
            by_date.setdefault(key, {})[found.indicator] = found.value
    for (region, part, date), values in by_date.items():
        for whole, parts in PARTS:
            if {whole, *parts} <= values.keys():
                added = sum(values[name] for name in parts)
                if abs(added - values[whole]) > 5e-4 * values[whole]:
                    place = ", ".join(str(name) for name in (region, part, date, whole) if name)
                    expected = f"{added:.12g}, the sum of {' and '.join(parts)}"
                    yield Fault(SUPPLY, place, f"{values[whole]:.12g}", expected)


def _wholes(
    root: Path, plan: Plan, catalogue: Catalogue, known: Iterable[tuple[Observation, str, KeyPath]]
) -> Iterator[Doubt]:
    """Targets that are a share of a stock which nobody published and the plan itself does not set."""
    indicators = catalogue.indicators
    there = {found.indicator for found, *_ in known if found.region == plan.region and found.part is None}
    there |= {
        figure.indicator for figure in plan.figures if figure.kind in ("target", "norm") and figure.value is not None
    }
    stocks = there | {indicators[name].numerator for name in there if indicators[name].denominator in POPULATIONS}
    for at, figure in enumerate(plan.figures):
        item = indicators[figure.indicator]
        if figure.kind != "target" or figure.value is None or figure.unit != "percent" or item.numerator not in STOCKS:
            continue
        if item.denominator in STOCKS and item.denominator not in stocks:
            file = f"{PLANS_FOLDER}/{plan.id}.yaml"
            expected = f"a stock of {item.denominator} for {plan.region} too: without it the share cannot become beds"
            yield Doubt(file, read_yaml(root, file).place(("figures", at, "value")), f"{figure.value:.12g}", expected)


def _outside(root: Path, plan: Plan, catalogue: Catalogue, last_year: int) -> Iterator[Doubt]:
    """Targets on beds and staff in years that the projection does not reach."""
    file = f"{PLANS_FOLDER}/{plan.id}.yaml"
    for at, figure in enumerate(plan.figures):
        if figure.kind != "target" or figure.value is None or figure.year is None or figure.year < plan.horizon.start:
            continue
        if counts_supply(figure.indicator, catalogue.indicators) and not FIRST_YEAR <= figure.year <= last_year:
            expected = f"a year from {FIRST_YEAR} to {last_year}, those projected: the target is left blank"
            yield Doubt(file, read_yaml(root, file).place(("figures", at, "year")), str(figure.year), expected)


FIRST_YEAR = 2020
"""First year of the projection, that of the census."""


def _named(found: Observation) -> str:
    return found.origin if found.origin != "supply" else SUPPLY
