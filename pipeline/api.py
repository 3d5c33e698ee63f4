"""For notebooks: one plan measured again under other parameters, in seconds and without touching a file.

    from pipeline.api import measured
    before = measured(Path(), "xuchang")
    after = measured(Path(), "xuchang", {"need": {"headline": "adl"}})

The draws of the stored run are used as they are: with nothing overridden, the numbers are those of the run.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from pydantic import ValidationError

from pipeline.domain import Catalogue
from pipeline.errors import Fault, InputError
from pipeline.inputs.known import load_planned
from pipeline.inputs.store import load_table
from pipeline.inputs.words import nearest, shown
from pipeline.model.areas import load_area, load_nation
from pipeline.model.files import CENSUS_YEAR, RESULTS_FOLDER, Array
from pipeline.model.plans import (
    drawn_demand,
    load_choice,
    load_old,
    outlook,
    past_people,
    planned_region,
    published_by_plan,
)
from pipeline.settings import CENTRAL, Settings, load_settings, merged
from pipeline.shortfall.gap import Series, region_series
from pipeline.stages.measure_gap import FIRST_STOCK_YEAR
from pipeline.stages.project_population import FIRST_OLD_GROUP, region_population, scenario_of
from pipeline.summary import QUANTILES

SECTIONS = ("projection", "care", "need", "supply")
"""Sections of params.yaml that may be overridden; the others are settled before the draws are made."""

LABELS = ("resource", "yardstick", "definition", "measure", "supply_path", "bed_basis", "unit_basis", "unit", "assumed")


def measured(
    root: Path, plan: str, overrides: Mapping[str, Any] | None = None, scenario: str = CENTRAL
) -> pd.DataFrame:
    """Requirement, supply and gap of one plan in every year, under a scenario and `overrides` of it.

    `overrides` is a mapping like that of a scenario in params.yaml: {"supply": {"leave": {"low": 0.1, "high": 0.2}}}.
    Where it has a section `projection`, the plan's region is projected again from its stored draws.

    One row a line and year: resource, yardstick, definition, measure, supply_path, bed_basis, unit_basis, unit,
    assumed, year, mean and the quantiles (q50 is the median); blank where nothing is known. Parts by
    severity and setting are left out. Raises InputError for an unknown plan or scenario and for each override that
    params.yaml would not take.
    """
    changes = dict(overrides or {})
    settings = overridden(load_settings(root, scenario), changes)
    catalogue = load_planned(root)
    if plan not in catalogue.plans:
        expected = f"one of {', '.join(catalogue.plans)}{nearest(plan, catalogue.plans)}"
        raise InputError([Fault("data/plans", "", f"no plan {shown(plan)}", expected)])
    years = list(range(CENSUS_YEAR, settings.last_year + 1))
    old = old_people(root, catalogue, plan, settings, scenario, "projection" in changes)
    figures = load_table(root, "care_figures")
    demand = drawn_demand(load_choice(root, settings), settings, len(old), years)
    supply = outlook(settings.supply, settings.seed, len(old), settings.last_year - FIRST_STOCK_YEAR)
    published = published_by_plan(figures, catalogue, settings.supply.trend_from)[plan]
    region = planned_region(catalogue.plans[plan], old, past_people(root, settings.cities), years, settings, supply)
    lines = region_series(region, catalogue.indicators, published, demand, old)
    return pd.concat([_rows(line, years) for line in lines if line.severity is None], ignore_index=True)


def overridden(settings: Settings, overrides: Mapping[str, Any]) -> Settings:
    """`settings` with `overrides` laid over them. Raises InputError with a fault for each that cannot be."""
    strange = [name for name in overrides if name not in SECTIONS]
    if strange:
        expected = f"one of {', '.join(SECTIONS)}"
        raise InputError(
            [Fault("overrides", name, "no such section", expected + nearest(name, SECTIONS)) for name in strange]
        )
    try:
        return Settings.model_validate(merged(settings.model_dump(), overrides))
    except ValidationError as error:
        raise InputError(
            Fault(
                "overrides",
                ".".join(map(str, item["loc"])),
                shown(item["input"]),
                item["msg"].removeprefix("Value error, "),
            )
            for item in error.errors()
        ) from None


def old_people(root: Path, catalogue: Catalogue, plan: str, settings: Settings, scenario: str, again: bool) -> Array:
    """The old of the plan's region, (draw, year, sex, five-year group from 60): as stored, or projected `again`."""
    region = catalogue.regions[catalogue.plans[plan].region]
    if not again:
        return load_old(root / RESULTS_FOLDER / scenario, region.id)
    people = region_population(load_area(root, region), load_nation(root), scenario_of(settings.projection))
    # To the digits that are stored, so that an override gives what the same scenario of params.yaml does.
    return people.five_year[..., FIRST_OLD_GROUP:].astype(np.float32).astype(float)


def _rows(line: Series, years: Sequence[int]) -> pd.DataFrame:
    """A line as rows, one a year; a probability has a mean alone."""
    summary = line.amount.summary
    if line.measure == "met_probability":
        summary = np.concatenate([line.values.mean(axis=0)[None], np.full((len(QUANTILES), len(years)), np.nan)])
    columns = {f"q{100 * level:g}": row for level, row in zip(QUANTILES, summary[1:], strict=True)}
    labels = {name: getattr(line, name) for name in LABELS}
    return pd.DataFrame({**labels, "year": list(years), "mean": summary[0], **columns})
