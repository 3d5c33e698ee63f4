"""What tests of the audit are made of: rows of counts, and short forms of findings."""

import pandas as pd
from care_plan import INDICATORS

from pipeline.domain import BasisInferred
from pipeline.report.audit_words import explanation
from pipeline.report.wording import Words
from pipeline.shortfall.audit.audit_case import AuditCase, references_of
from pipeline.shortfall.audit.figures import StatedFigure
from pipeline.shortfall.audit.rules import audit


def reference(year, indicator, value, **more):
    """A row of what is known of the region `here`: a census of residents unless `more` says otherwise."""
    row = {"region": "here", "basis": "resident", "origin": "census", "low": value, "high": value}
    return row | {"year": year, "indicator": indicator, "value": value} | more


def known(*rows):
    return references_of(pd.DataFrame(rows), "here")


KINDS = ("baseline", "target", "projection", "norm")


def row(text):
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
        unit=INDICATORS[indicator].unit,
        comparator=comparator,
        basis_inferred=inferred,
        **keys,
    )


def check(rule, plan, references=(), start=None):
    """The findings of one rule on a made-up plan: its figures as `row` reads them, one after another by semicolon."""
    found = audit(AuditCase(tuple(map(row, plan.split(";"))), INDICATORS, references, start))
    return [finding for finding in found if finding.check == rule]


def in_words(finding):
    """What a finding says in English."""
    return explanation(finding, Words("en"), {name: item.name for name, item in INDICATORS.items()})


def severities(findings):
    return [finding.severity for finding in findings]


CENSUSES = (
    reference(2000, "population_60plus", 2_000_000.0),
    reference(2010, "population_60plus", 2_400_000.0),
    reference(2020, "population_60plus", 3_600_000.0),
    reference(2000, "population_total", 18_000_000.0),
    reference(2010, "population_total", 19_000_000.0),
    reference(2020, "population_total", 20_000_000.0),
)
