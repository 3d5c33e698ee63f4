"""`check`: every fault of parameters, tables and plans at once, without running anything."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pipeline.domain import Catalogue
from pipeline.errors import Doubt, Fault
from pipeline.inputs.declarations import RAW_FILES
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
    """Texts that reports print and their typeface cannot write: found here, and not after all stages have run."""
    texts: list[tuple[str, str, str]] = []
    for region in catalogue.regions.values():
        file = f"data/regions/{'cities' if region.level == 'city' else 'provinces'}/{region.id}.yaml"
        texts += [
            (file, "name", f"{region.name.zh} {region.name.en}"),
            (file, "basis_notes", " ".join(region.basis_notes)),
        ]
    for plan in catalogue.plans.values():
        file = f"data/plans/{plan.id}.yaml"
        texts += [
            (file, "title", f"{plan.title.zh} {plan.title.en}"),
            (file, "issuer", f"{plan.issuer.zh} {plan.issuer.en}"),
            (file, "document_number", plan.document_number or ""),
            (file, "notes", " ".join(plan.notes)),
            *((file, f"figure {figure.id}", f"{figure.section} {figure.note}") for figure in plan.figures),
        ]
    texts += [
        (
            "data/sources.yaml",
            f"source {name}",
            f"{source.title.zh} {source.title.en} {source.producer} {source.citation}",
        )
        for name, source in catalogue.sources.items()
    ]
    known = characters()
    faults = []
    for file, place, text in texts:
        if lacking := sorted({sign for sign in text if ord(sign) >= 32 and ord(sign) not in known}):
            signs = ", ".join(f"{sign} (U+{ord(sign):04X})" for sign in lacking)
            faults.append(Fault(file, place, signs, f"characters that {FAMILY} of the reports can write"))
    return faults


def check(root: Path) -> Findings:
    """Look at every input of the project, by itself and against the others."""
    inputs = check_inputs(root)
    unwritable = glyph_faults(inputs.catalogue)
    plans = inputs.catalogue.plans.values()
    return Findings(
        len(inputs.settings),
        len(inputs.catalogue.regions),
        len(plans),
        sum(len(plan.figures) for plan in plans),
        len(RAW_FILES) + len(inputs.catalogue.regions),
        tuple(sorted({*inputs.faults, *unwritable})),
        tuple(sorted(set(inputs.doubts))),
    )
