"""Observations of supply from plans, regions' own files and the shared table, and what is wrong among them."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import pandas as pd

from pipeline.axes import CENSUS_YEAR
from pipeline.documents.yaml_file import KeyPath, read_yaml
from pipeline.domain import STOCKS, Catalogue, Indicator, Observation, Plan, in_years
from pipeline.errors import Doubt, Fault, nearest
from pipeline.inputs.catalogue import PLANS_FOLDER
from pipeline.inputs.table_checks import each_row
from pipeline.vocabulary import POPULATIONS

SUPPLY = "data/raw/supply.csv"

BEDS, PARTS_OF_BEDS = "elderly_care_beds", ("institution_beds", "community_beds")
"""A stock that is the sum of others, where one date holds them all."""


@dataclass(frozen=True)
class Placed:
    """An observation, its file and where in it."""

    found: Observation
    file: str
    path: KeyPath

    @property
    def name(self) -> str:
        return SUPPLY if self.file == SUPPLY else self.found.origin

    def fault(self, root: Path, key: str, value: str, expected: str, kind: type[Fault] = Fault) -> Fault:
        """A fault of one key of it."""
        if self.file == SUPPLY:
            place = f"row {int(self.path[0]) + 2}, column {key}"
        else:
            # A figure of a plan names what an observation calls its date by year.
            key = "year" if self.path[0] == "figures" and key == "date" else key
            place = read_yaml(root, self.file).place((*self.path, key))
        return kind(self.file, place, value, expected)


def counts_supply(indicator: str, indicators: Mapping[str, Indicator]) -> bool:
    """Whether an indicator is a stock, a ratio or share of one, or its increase."""
    item = indicators.get(indicator)
    return indicator in STOCKS or (item is not None and bool({item.numerator, item.increase_of} & {*STOCKS}))


def observations(catalogue: Catalogue, table: pd.DataFrame) -> list[Observation]:
    """All observations of supply: what plans state as facts, regions bring, and the shared table holds."""
    return [placed.found for placed in _placed(catalogue, table)]


def supply_faults(
    root: Path, catalogue: Catalogue, table: pd.DataFrame, prefectures: Mapping[str, str], as_of: str, last_year: int
) -> list[Fault]:
    """Faults and doubts of the observations: of each by itself, then of those of one thing and moment together.

    `prefectures` names by six-digit code; `as_of` the day after which nothing can have been observed, `last_year` the
    last of the projection, outside of which a target is left blank.
    """
    known = list(_placed(catalogue, table))
    faults = [
        placed.fault(root, *problem) for placed in known for problem in _problems(placed, catalogue, prefectures, as_of)
    ]
    own = table["indicator"].map({name: item.unit for name, item in catalogue.indicators.items()})
    wrong = table.assign(row=table.index + 2, own=own)[own.notna() & (own != table["unit"])]
    faults += each_row(wrong, SUPPLY, "row {row}, column unit", "{unit}", "{own}, its unit")
    if faults:
        return faults
    together: dict[tuple[object, ...], list[Placed]] = {}
    for placed in known:
        found = placed.found
        thing = (found.region, found.part, found.indicator, found.definition, found.when)
        together.setdefault(thing, []).append(placed)  # 2024 and 2024-12 are one moment
    findings = [finding for same in together.values() for finding in _disagreement(root, same)]
    for plan in catalogue.plans.values():
        findings += _target_doubts(root, plan, catalogue, known, last_year)
    return [*findings, *_sums(table)]


def _placed(catalogue: Catalogue, table: pd.DataFrame) -> Iterator[Placed]:
    for plan in catalogue.plans.values():
        for at, figure in enumerate(plan.figures):
            stated = figure.kind == "baseline" and figure.value is not None and figure.year is not None
            if stated and counts_supply(figure.indicator, catalogue.indicators):
                content = figure.model_dump(include={"indicator", "value", "comparator", "basis"})
                if figure.basis_inferred is not None:
                    content["basis"] = figure.basis_inferred.value
                content |= {"region": plan.region, "date": str(figure.year), "source": plan.source, "origin": figure.id}
                yield Placed(Observation(**content), plan.file, ("figures", at))
    for region in catalogue.regions.values():
        for at, own in enumerate(region.supply):
            found = Observation(region=region.id, origin=f"{region.id}.supply", **own.model_dump())
            yield Placed(found, region.file, ("supply", at))
    for at, row in enumerate(table.drop(columns="unit").to_dict("records")):
        cells: dict[str, Any] = {str(name): None if pd.isna(value) else value for name, value in row.items()}
        yield Placed(Observation(origin="supply", **cells), SUPPLY, (at,))


def _problems(
    placed: Placed, catalogue: Catalogue, prefectures: Mapping[str, str], as_of: str
) -> Iterator[tuple[str, str, str]]:
    """What is wrong with one observation: key, value and what was expected."""
    found, indicators = placed.found, catalogue.indicators
    if placed.file != SUPPLY and found.source not in catalogue.sources:
        yield "source", found.source, "a source of data/sources.yaml"
    if not counts_supply(found.indicator, indicators):
        stocks = [name for name in indicators if counts_supply(name, indicators)]
        yield "indicator", found.indicator, f"a stock, or a ratio or share of one{nearest(found.indicator, stocks)}"
        return
    item = indicators[found.indicator]
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


def _disagreement(root: Path, same: Sequence[Placed]) -> Iterator[Fault]:
    """Observations of one thing, definition and moment of which not all can be true.

    What a plan states beside another publication is a doubt: a plan rounds, and the table may know better. What is
    meant about stands back behind what is meant exactly.
    """
    exact = [item for item in same if item.found.comparator == "="] or [item for item in same if item.found.exact]
    exact.sort(key=lambda item: item.file != SUPPLY)
    for first, other in pairwise(exact):
        agree = math.isclose(first.found.value, other.found.value, rel_tol=1e-9)
        if not agree and first.found.basis == other.found.basis:
            expected = f"{first.found.value:.12g} as in {first.name}, or another definition"
            kind = Doubt if other.file.startswith(PLANS_FOLDER) else Fault
            yield other.fault(root, "value", f"{other.found.value:.12g}", expected, kind)
    if not (bounds := [item for item in same if item.found.comparator == ">="]):
        return
    low = max(bounds, key=lambda item: item.found.value)
    for item in same:
        at_most = item.found.comparator in ("=", "<=") and item.found.basis == low.found.basis
        if at_most and item.found.value < low.found.value:
            expected = f"at least {low.found.value:.12g}, as {low.name} says"
            yield item.fault(root, "value", f"{item.found.value:.12g}", expected)


def _sums(table: pd.DataFrame) -> list[Fault]:
    """Parts of the shared table that do not add up to their whole within the digits printed."""
    exact, key = table[table["comparator"] == "="].fillna({"part": ""}), ["region", "part", "date"]
    wide = exact.pivot_table("value", key, "indicator", aggfunc="last").reindex(columns=[BEDS, *PARTS_OF_BEDS])
    whole = wide.dropna().reset_index()
    whole["added"] = whole[list(PARTS_OF_BEDS)].sum(axis=1)
    whole["place"] = [", ".join(filter(None, (*row, BEDS))) for row in whole[key].itertuples(index=False)]
    wrong = whole[(whole["added"] - whole[BEDS]).abs() > 5e-4 * whole[BEDS]]
    return each_row(
        wrong, SUPPLY, "{place}", f"{{{BEDS}:.12g}}", f"{{added:.12g}}, the sum of {' and '.join(PARTS_OF_BEDS)}"
    )


def _target_doubts(
    root: Path, plan: Plan, catalogue: Catalogue, known: Iterable[Placed], last_year: int
) -> Iterator[Doubt]:
    """Targets that are a share of a stock which nobody published and the plan does not set, or of a year that the
    projection, which begins with the census, does not reach."""
    indicators, document = catalogue.indicators, read_yaml(root, plan.file)
    there = {item.found.indicator for item in known if item.found.region == plan.region and item.found.part is None}
    set_by_plan = [figure for figure in plan.figures if figure.kind in ("target", "norm") and figure.value is not None]
    there |= {figure.indicator for figure in set_by_plan}
    stocks = there | {indicators[name].numerator for name in there if indicators[name].denominator in POPULATIONS}
    for at, figure in enumerate(plan.figures):
        if figure.kind != "target" or figure.value is None:
            continue
        item, year = indicators[figure.indicator], figure.year
        share = figure.unit == "percent" and item.numerator in STOCKS and item.denominator in STOCKS
        if share and item.denominator not in stocks:
            expected = f"a stock of {item.denominator} for {plan.region} too: without it the share cannot become beds"
            yield document.doubt(("figures", at, "value"), figure.value, expected)
        outside = year is not None and year >= plan.horizon.start and not CENSUS_YEAR <= year <= last_year
        if outside and counts_supply(figure.indicator, indicators):
            expected = f"a year from {CENSUS_YEAR} to {last_year}, those projected: the target is left blank"
            yield document.doubt(("figures", at, "year"), year, expected)
