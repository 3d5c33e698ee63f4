"""For notebooks: one plan measured again under other parameters, in seconds and without touching a file.

    from pipeline.api import measured
    before = measured(Path(), "xuchang")
    after = measured(Path(), "xuchang", {"need": {"headline": "adl"}})

The draws of the stored run are used as they are: with nothing overridden, the numbers are those of the run. A region
under choices of one's own, as the explorer works them out, comes from a sample of the same draws:

    explored(Path(), "xuchang").outcome("institution_beds", "need", 2030, Choices(occupancy=0.9))
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from pydantic import ValidationError

from pipeline.care.yardstick import GapLine
from pipeline.errors import Fault, InputError, nearest, raise_if_any, shown
from pipeline.inputs.store import load_planned
from pipeline.model.areas import FIRST_OLD_GROUP, load_area, load_nation, region_population
from pipeline.model.plans import load_old, load_shared
from pipeline.model.result_files import SAMPLE_FILE
from pipeline.settings import Settings, load_settings, merged
from pipeline.shortfall.choices import ALL, Sample
from pipeline.shortfall.gap import region_lines, required_by_need
from pipeline.summary import QUANTILES, summarised
from pipeline.vocabulary import CENTRAL

SECTIONS = ("projection", "care", "need", "supply")
"""Sections of params.yaml that may be overridden; the others are settled before the draws are made."""

LABELS = ("resource", "quantity", "yardstick", "definition", "measure", "supply_path", "unit")


def measured(
    root: Path, plan: str, overrides: Mapping[str, Any] | None = None, scenario: str = CENTRAL
) -> pd.DataFrame:
    """Requirement, supply and gap of one plan in every year, under a scenario and `overrides` of it.

    `overrides` is a mapping like that of a scenario in params.yaml: {"supply": {"leave": {"low": 0.1, "high": 0.2}}}.
    Where it has a section `projection`, the plan's region is projected again from its stored draws.

    One row a line and year: resource, quantity, yardstick, definition, measure, supply_path, unit, year, shown, mean
    and the quantiles (q50 is the median); blank where nothing is known. Parts by severity and setting are left out.
    Raises InputError for an unknown plan or scenario and for each override that params.yaml would not take.
    """
    changes = dict(overrides or {})
    settings = overridden(load_settings(root, scenario), changes)
    catalogue = load_planned(root)
    if plan not in catalogue.plans:
        expected = f"one of {', '.join(catalogue.plans)}{nearest(plan, catalogue.plans)}"
        raise InputError([Fault("data/plans", "", f"no plan {shown(plan)}", expected)])
    chosen = catalogue.plans[plan]
    if "projection" in changes:
        area = load_area(root, catalogue.regions[chosen.region], counts=settings.counts.use)
        _, five_year = region_population(area, load_nation(root), settings.projection)
        # To the digits that are stored, so that an override gives what the same scenario of params.yaml does.
        old = five_year[..., FIRST_OLD_GROUP:].astype(np.float32).astype(float)
    else:
        old = load_old(root, scenario, chosen.region)
    shared = load_shared(root, settings, len(old))
    supplies = shared.supplies(chosen.region, old, chosen)
    lines = region_lines(supplies, required_by_need(shared.demand, old, supplies))
    return pd.concat([_rows(line, shared.years) for line in lines], ignore_index=True)


def explored(root: Path, region: str, scenario: str = CENTRAL, table: pd.DataFrame | None = None) -> Sample:
    """The sample of draws of one region under one scenario, which answers for any `Choices` as the explorer does.

    `table` are the rows of all regions where they were read before. Raises InputError for a region or scenario that
    the sample does not hold.
    """
    rows = pd.read_parquet(root / SAMPLE_FILE) if table is None else table
    scenarios = rows.loc[rows["region"] == region, "scenario"]
    for column, name, held in (("region", region, rows["region"]), ("scenario", scenario, scenarios)):
        known = sorted({*held} - {ALL})
        if name not in known:
            expected = f"one of {', '.join(known)}{nearest(name, known)}"
            raise InputError([Fault(str(SAMPLE_FILE), column, f"no {column} {shown(name)}", expected)])
    return Sample(rows, region, scenario, int(load_settings(root, scenario).as_of[:4]))


def overridden(settings: Settings, overrides: Mapping[str, Any]) -> Settings:
    """`settings` with `overrides` laid over them. Raises InputError with a fault for each that cannot be."""
    expected = f"one of {', '.join(SECTIONS)}"
    raise_if_any(
        Fault("overrides", name, "no such section", expected + nearest(name, SECTIONS))
        for name in overrides
        if name not in SECTIONS
    )
    try:
        return Settings.model_validate(merged(settings.model_dump(), overrides))
    except ValidationError as error:
        faults = [
            (".".join(map(str, item["loc"])), shown(item["input"]), item["msg"].removeprefix("Value error, "))
            for item in error.errors()
        ]
        raise InputError(Fault("overrides", *fault) for fault in faults) from None


def _rows(line: GapLine, years: Sequence[int]) -> pd.DataFrame:
    summary = summarised(line.amount)
    columns = {f"q{100 * level:g}": row for level, row in zip(QUANTILES, summary[1:], strict=True)}
    labels = {name: getattr(line, name) for name in LABELS}
    return pd.DataFrame({**labels, "year": list(years), "shown": line.shown, "mean": summary[0], **columns})
