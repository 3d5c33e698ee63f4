"""`check`: every fault of parameters, tables and plans at once, without running anything."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from pipeline.domain import Catalogue
from pipeline.errors import Doubt, Fault, InputError
from pipeline.inputs.catalogue import INDICATORS_FILE, SOURCES_FILE, load_ratings
from pipeline.inputs.declarations import RAW_FILES
from pipeline.model.ingest import check_inputs
from pipeline.report.fonts import FAMILY, characters


def check_project(root: Path) -> tuple[dict[str, int], list[Fault], list[Doubt]]:
    """How much of what was looked at, by itself and against the rest; what is wrong, and what is probably a slip."""
    inputs = check_inputs(root)
    catalogue = inputs.catalogue
    faults = {*inputs.faults, *glyph_faults(catalogue)}
    try:
        load_ratings(root)
    except InputError as error:
        faults |= {*error.faults}
    counts = {
        "scenarios": len(inputs.settings),
        "regions": len(catalogue.regions),
        "plans": len(catalogue.plans),
        "figures": sum(len(plan.figures) for plan in catalogue.plans.values()),
        "tables": len(RAW_FILES) + len(catalogue.regions),
    }
    return counts, sorted(faults), sorted(set(inputs.doubts))


def glyph_faults(catalogue: Catalogue) -> Iterator[Fault]:
    """Texts of documents that the reports' typeface cannot write: found here, and not after all stages have run."""
    documents: list[tuple[str, str, BaseModel]] = [
        *((plan.file, "", plan) for plan in catalogue.plans.values()),
        *((region.file, "", region) for region in catalogue.regions.values()),
        *((SOURCES_FILE, name, source) for name, source in catalogue.sources.items()),
        *((INDICATORS_FILE, name, indicator) for name, indicator in catalogue.indicators.items()),
    ]
    known = characters()
    for file, name, document in documents:
        for place, text in _texts(document.model_dump(), name):
            if lacking := sorted({sign for sign in text if ord(sign) >= 32 and ord(sign) not in known}):
                signs = ", ".join(f"{sign} (U+{ord(sign):04X})" for sign in lacking)
                yield Fault(file, place, signs, f"characters that {FAMILY} of the reports can write")


def _texts(part: Any, place: str) -> Iterator[tuple[str, str]]:
    """Every text inside plain data, and where it stands: title.zh, figures[3].note."""
    if isinstance(part, str):
        yield place, part
    elif isinstance(part, dict):
        for name, inner in part.items():
            yield from _texts(inner, f"{place}.{name}".removeprefix("."))
    elif isinstance(part, list | tuple):
        for at, inner in enumerate(part):
            yield from _texts(inner, f"{place}[{at}]")
