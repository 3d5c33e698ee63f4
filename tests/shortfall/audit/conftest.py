"""Made-up plans for the audit's rules, and words for what the rules find."""

import pytest

from pipeline.domain import BasisInferred
from pipeline.report.audit_words import explanation
from pipeline.report.wording import Words
from pipeline.shortfall.audit.audit_case import AuditCase
from pipeline.shortfall.audit.figures import StatedFigure
from pipeline.shortfall.audit.rules import audit


@pytest.fixture(scope="session")
def indicators(catalogue):
    return catalogue.indicators


@pytest.fixture(scope="session")
def in_words(indicators):
    """What a finding says in English."""
    names = {name: item.name for name, item in indicators.items()}
    return lambda finding: explanation(finding, Words("en"), names)


KINDS = ("baseline", "target", "projection", "norm")


def row(text, indicators):
    """A figure from `indicator [kind] year[.suffix] [comparator]value [basis] [key=value]`, a baseline by default."""
    indicator, *words = text.split()
    kind = words.pop(0) if words[0] in KINDS else "baseline"
    year, stated, *more = words
    keys = {"basis": "unspecified", "section": "goals"}
    keys |= dict(word.split("=") if "=" in word else ("basis", word) for word in more)
    read_as = keys.pop("read_as", None)
    inferred = None if read_as is None else BasisInferred(value=read_as, reason="a reason")
    value = stated.lstrip(">=<~")
    comparator = {"": "=", "~": "about"}.get(stated.removesuffix(value), stated.removesuffix(value))
    dated = int(year.partition(".")[0]) if year[0].isdigit() else None
    return StatedFigure(
        id=f"made_up.{indicator}.{kind}.{year}",
        indicator=indicator,
        kind=kind,
        year=dated,
        value=float(value),
        unit=indicators[indicator].unit,
        comparator=comparator,
        basis_inferred=inferred,
        **keys,
    )


@pytest.fixture(scope="session")
def check(indicators):
    """The findings of one check on a made-up plan: its figures as `row` reads them, one after another by semicolon."""

    def run(check, plan, references=(), start=None):
        figures = [row(text, indicators) for text in plan.split(";")]
        found = audit(AuditCase(tuple(figures), indicators, references, start))
        return [finding for finding in found if finding.check == check]

    return run
