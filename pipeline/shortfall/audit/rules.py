"""The audit of a plan: every rule over its figures, in a stable order.

No rule names a plan or a region: a rule reads the catalogue's relations (ratio of what, part of what, gap of
what) and looks for figures that they tie together. A rule keeps silent where it is not certain that two figures
speak of the same thing, year and people. Stated values are rounded: the rounding of every operand is carried
through (half a unit of its last digit), and a finding says

    consistent      the recomputed value rounds to the stated one
    rounding        it does not, but the rounding of the operands, or the wording of a date, can explain it
    borderline      it lies so near an end of our interval that another sample of draws could decide otherwise
    basis           the figure depends on which population or which whole is meant, and the plan does not say
    contradiction   no rounding reconciles the two

All but `borderline` follow from published figures, or lie farther from our published interval than chance can move it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping

import pandas as pd

from pipeline.domain import Indicator, Plan
from pipeline.shortfall.audit import arithmetic, people
from pipeline.shortfall.audit.audit_case import AuditCase, References
from pipeline.shortfall.audit.figures import Finding, StatedFigure, say
from pipeline.vocabulary import AUDIT_SEVERITIES

RULES = (*arithmetic.RULES, *people.RULES)

INEQUALITIES = frozenset({"subset", "overlap", "own_baseline", "outcome", "recipients"})
"""Checks of which those that merely hold say nothing one by one: they are counted."""


def audit(
    figures: Iterable[StatedFigure],
    indicators: Mapping[str, Indicator],
    references: References,
    start: int | None = None,
) -> list[Finding]:
    """All findings on one plan, gravest first.

    `figures` are the plan's figures that have a value, `references` the counts known for the plan's region (resident
    and registered people apart, never mixed), `start` the first year of its period. Raises KeyError where a figure's
    indicator is not among `indicators`.
    """
    case = AuditCase(tuple(figures), indicators, references, start)
    found = [finding for rule in RULES for finding in rule(case)]
    return sorted(_counted(found), key=lambda f: (AUDIT_SEVERITIES.index(f.severity), f.check, f.figure_ids))


def audited(plan: Plan, indicators: Mapping[str, Indicator], references: pd.DataFrame) -> list[Finding]:
    """The findings on one plan, given reference rows of its region among others; see `audit`."""
    stated = [StatedFigure.of(figure) for figure in plan.figures if figure.value is not None]
    return audit(stated, indicators, References.of_region(references, plan.region), plan.horizon.start)


def _counted(found: Iterable[Finding]) -> list[Finding]:
    """The findings, with those of one inequality that hold as one."""
    listed: list[Finding] = []
    held = defaultdict[str, list[Finding]](list)
    for one in found:
        merely = one.severity == "consistent" and (one.check in INEQUALITIES or one.bound)
        (held[one.check] if merely else listed).append(one)
    for check, several in held.items():
        figures = sorted({figure for one in several for figure in one.figures}, key=lambda figure: figure.id)
        words = say(f"{check}_holds", count=len(several))
        listed.append(Finding(check, tuple(figures), None, None, "consistent", (words,), count=len(several)))
    return listed
