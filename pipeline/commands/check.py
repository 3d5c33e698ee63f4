"""`check`: every fault of parameters, tables and plans at once, without running anything."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pipeline.domain import Catalogue
from pipeline.errors import Doubt, Fault, InputError
from pipeline.inputs.catalogue import PLANS_FOLDER
from pipeline.inputs.catalogue_checks import INDICATORS_FILE, SOURCES_FILE
from pipeline.inputs.declarations import RAW_FILES
from pipeline.inputs.ratings import load_ratings
from pipeline.model.ingest import check_inputs
from pipeline.report.fonts import FAMILY, characters


@dataclass(frozen=True)
class Findings:
    """What was looked at, what is wrong with it, and what is probably a slip."""

    scenarios: int
    regions: int
    plans: int
    figures: int
    tables: int
    faults: tuple[Fault, ...]
    warnings: tuple[Doubt, ...]

    def as_json(self) -> dict[str, Any]:
        """Plain data: `ok`, the counts of what was looked at, the faults and the warnings."""
        return {"ok": not self.faults, **asdict(self)}

    def summary(self) -> str:
        """What was looked at, in words."""
        return (
            f"{self.scenarios} scenarios, {self.regions} regions, {self.plans} plans with {self.figures} figures, "
            f"{self.tables} tables"
        )


def glyph_faults(catalogue: Catalogue) -> list[Fault]:
    """Texts of documents that the reports' typeface cannot write: found here, and not after all stages have run."""
    documents = [
        *(
            (region.census.replace("raw/census", "regions")[:-4] + ".yaml", region)
            for region in catalogue.regions.values()
        ),
        *((f"{PLANS_FOLDER}/{plan.id}.yaml", plan) for plan in catalogue.plans.values()),
    ]
    texts = [(file, place, text) for file, document in documents for place, text in _texts(document.model_dump())]
    for file, entries in ((SOURCES_FILE, catalogue.sources), (INDICATORS_FILE, catalogue.indicators)):
        texts += [
            (file, f"{name}.{place}", text)
            for name, entry in entries.items()
            for place, text in _texts(entry.model_dump())
        ]
    known = characters()
    faults = []
    for file, place, text in texts:
        if lacking := sorted({sign for sign in text if ord(sign) >= 32 and ord(sign) not in known}):
            signs = ", ".join(f"{sign} (U+{ord(sign):04X})" for sign in lacking)
            faults.append(Fault(file, place, signs, f"characters that {FAMILY} of the reports can write"))
    return faults


def _texts(part: Any, place: str = "") -> Iterator[tuple[str, str]]:
    """Every text inside plain data, and where it stands: title.zh, figures[3].note."""
    if isinstance(part, str):
        yield place, part
    elif isinstance(part, Mapping):
        for name, inner in part.items():
            yield from _texts(inner, f"{place}.{name}" if place else str(name))
    elif isinstance(part, Sequence):
        for at, inner in enumerate(part):
            yield from _texts(inner, f"{place}[{at}]")


def check(root: Path) -> Findings:
    """Look at every input of the project, by itself and against the others."""
    inputs = check_inputs(root)
    more = glyph_faults(inputs.catalogue)
    try:
        load_ratings(root)
    except InputError as error:
        more += error.faults
    plans = inputs.catalogue.plans.values()
    return Findings(
        len(inputs.settings),
        len(inputs.catalogue.regions),
        len(plans),
        sum(len(plan.figures) for plan in plans),
        len(RAW_FILES) + len(inputs.catalogue.regions),
        tuple(sorted({*inputs.faults, *more})),
        tuple(sorted(set(inputs.doubts))),
    )
