"""`check`: every fault of parameters, tables and plans at once, without running anything."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pipeline.errors import Fault, InputError
from pipeline.settings import PARAMS_FILE, Settings, settings_of
from pipeline.sources.catalogue import Catalogue
from pipeline.sources.load import check_catalogue
from pipeline.sources.yaml_file import Document, KeyPath, read_yaml
from pipeline.stages.care import Options, load_options
from pipeline.tables.load import check_raw
from pipeline.tables.raw import RAW_FILES
from pipeline.tables.words import nearest


@dataclass(frozen=True)
class Findings:
    """What was looked at, and what is wrong with it."""

    scenarios: int
    regions: int
    plans: int
    figures: int
    tables: int
    faults: tuple[Fault, ...]

    def as_json(self) -> dict[str, Any]:
        """Plain data: `ok`, the counts of what was looked at, and the faults."""
        return {"ok": not self.faults, **asdict(self)}

    def summary(self) -> str:
        """One sentence on what was looked at."""
        return (
            f"{self.scenarios} scenarios, {self.regions} regions, {self.plans} plans with {self.figures} figures, "
            f"{self.tables} tables"
        )


def check(root: Path, overlay: Document | None = None) -> Findings:
    """Look at every input, by itself, against the others, and for names that nothing answers to.

    `overlay` stands in for params.yaml.
    """
    settings: dict[str, Settings] = {}
    faults: list[Fault] = []
    try:
        document = overlay or read_yaml(root, PARAMS_FILE)
        settings = settings_of(document)
    except InputError as error:
        faults += error.faults
    catalogue, found = check_catalogue(root)
    faults += found
    faults += check_raw(root, catalogue.regions, catalogue.sources, catalogue.corrections)
    if not faults:
        faults += _unknown_names(root, settings, catalogue, document)
    return Findings(
        len(settings),
        len(catalogue.regions),
        len(catalogue.plans),
        sum(len(plan.figures) for plan in catalogue.plans.values()),
        len(RAW_FILES) + len(catalogue.regions),
        tuple(sorted(set(faults))),
    )


def _unknown_names(
    root: Path, settings: Mapping[str, Settings], catalogue: Catalogue, document: Document
) -> Iterator[Fault]:
    """A fault for each name in params.yaml that no table, region or plan answers to."""
    cities = [name for name, region in catalogue.regions.items() if region.level == "city"]
    offered: dict[float, Options] = {}
    planned = {plan.region for plan in catalogue.plans.values()}
    for scenario, item in settings.items():

        def fault(path: KeyPath, name: str, expected: str, scenario: str = scenario, item: Settings = item) -> Fault:
            layers: tuple[KeyPath, ...] = (("scenarios", scenario), ("profiles", item.profile), ())
            found = next(((*layer, *path) for layer in layers if (*layer, *path) in document.lines), path)
            return Fault(document.file, document.place(found), repr(name), expected)

        for position, name in enumerate(item.cities):
            if name not in cities:
                yield fault(("cities", position), name, f"a city of data/regions/cities{nearest(name, cities)}")
        for name in planned.intersection(cities).difference(item.cities):
            yield fault(("cities",), ", ".join(item.cities), f"{name} too, which has a plan")
        for name in item.care.hukou_per_resident_60plus:
            if name not in catalogue.regions:
                expected = f"a region of data/regions{nearest(name, catalogue.regions)}"
                yield fault(("care", "hukou_per_resident_60plus", name), name, expected)
        hours = item.need.fte_hours
        try:
            options = offered[hours] = offered.get(hours) or load_options(root, hours, catalogue.corrections)
        except InputError as error:
            yield from error.faults
            continue
        for key, name, known in options.unknown(item.need):
            yield fault(("need", key), name, f"one of {', '.join(known)}{nearest(name, known)}")
