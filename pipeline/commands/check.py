"""`check`: every fault of parameters, tables and plans at once, without running anything."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pipeline.errors import Doubt, Fault
from pipeline.inputs.declarations import RAW_FILES
from pipeline.model.ingest import check_inputs


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


def check(root: Path) -> Findings:
    """Look at every input of the project, by itself and against the others."""
    inputs = check_inputs(root)
    plans = inputs.catalogue.plans.values()
    return Findings(
        len(inputs.settings),
        len(inputs.catalogue.regions),
        len(plans),
        sum(len(plan.figures) for plan in plans),
        len(RAW_FILES) + len(inputs.catalogue.regions),
        tuple(sorted(set(inputs.faults))),
        tuple(sorted(set(inputs.doubts))),
    )
