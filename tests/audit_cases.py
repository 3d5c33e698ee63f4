"""What tests of the audit are made of: rows of counts, and short forms of findings."""

import pandas as pd

from pipeline.shortfall.audit.audit_case import references_of


def reference(year, indicator, value, **more):
    """A row of what is known of the region `here`: a census of residents unless `more` says otherwise."""
    row = {"region": "here", "basis": "resident", "origin": "census", "low": value, "high": value}
    return row | {"year": year, "indicator": indicator, "value": value} | more


def known(*rows):
    return references_of(pd.DataFrame(rows), "here")


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
