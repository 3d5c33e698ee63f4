"""Made-up plans for the audit's rules, and words for what the rules find."""

from collections.abc import Callable, Iterable, Mapping

import pytest

from pipeline.domain import Catalogue, Indicator
from pipeline.report.audit_words import explanation
from pipeline.report.wording import Words
from pipeline.shortfall.audit.figures import Finding, StatedFigure
from pipeline.shortfall.audit.known_people import References
from pipeline.shortfall.audit.rules import audit


@pytest.fixture(scope="session")
def indicators(catalogue: Catalogue) -> Mapping[str, Indicator]:
    return catalogue.indicators


@pytest.fixture(scope="session")
def in_words(indicators: Mapping[str, Indicator]) -> Callable[[Finding], str]:
    """What a finding says in English."""
    names = {name: item.name for name, item in indicators.items()}
    return lambda finding: explanation(finding, Words("en"), names)


@pytest.fixture(scope="session")
def check(indicators: Mapping[str, Indicator]):
    """The findings of one check on a made-up plan: rows of (indicator, kind, year[.suffix], value, extras)."""

    def run(check: str, rows: Iterable[tuple], references: References | None = None, start=None) -> list[Finding]:
        figures = []
        for indicator, kind, year, value, *extra in rows:
            when = str(year).partition(".")[0]
            name = f"made_up.{indicator}.{kind}.{year}"
            dated = int(when) if when.isdigit() else None
            unit = indicators[indicator].unit
            figures.append(StatedFigure(name, indicator, kind, dated, value, unit, **(extra[0] if extra else {})))
        found = audit(figures, indicators, references or References(), start)
        return [finding for finding in found if finding.check == check]

    return run
