"""What the files of the catalogue say about one another: indicators and their links, plans and figures, corrections."""

import re
from collections.abc import Iterable, Mapping

from pipeline.documents.fault_words import nearest, shown
from pipeline.documents.yaml_file import KeyPath, YamlDocument
from pipeline.domain import Catalogue, Figure, Indicator, Plan
from pipeline.errors import Fault
from pipeline.inputs.corrections import CORRECTIONS_FILE

SOURCES_FILE = "data/sources.yaml"


INDICATORS_FILE = "data/indicators.yaml"


YEARS_BEFORE_BASE = 20


YEARS_AFTER_HORIZON = 10


LONGEST_PLAN = 30


YEARS_BEFORE_PLAN = 10
"""How many years a plan may reach, and how long before its first its base year and its date may lie."""


SCALES = {"percent": 100, "per_100": 100, "per_1000": 1000, "per_10000": 10_000, "persons_per_worker": 1}
"""Scales of the ratios by unit."""


COUNTED = ("persons", "beds", "places", "facilities", "organisations", "person_times")
"""Units of which a plan states whole numbers."""


RESERVED = ("checks", "overview", "tables")
"""Folders under reports/ that hold something else than the report of a plan."""


INDICATOR_LINKS = ("numerator", "denominator", "subset_of", "part_of", "disjoint_from", "gap_of", "increase_of")
"""Keys of an indicator that name other indicators."""


def indicator_faults(catalogue: Catalogue, document: YamlDocument) -> list[Fault]:
    """Faults of indicators: links, scales and ranges that do not fit."""
    indicators = catalogue.indicators
    faults: list[Fault] = []

    def fault(path: KeyPath, value: object, expected: str) -> None:
        faults.append(Fault(document.file, document.place(path), shown(value), expected))

    for name, indicator in indicators.items():
        for key, value, expected in _link_problems(name, indicators):
            fault((name, key), value, expected)
        scale = SCALES.get(indicator.unit)
        if indicator.scale is not None and scale is not None and indicator.scale != scale:
            fault((name, "scale"), indicator.scale, f"{scale}, the scale of {indicator.unit}")
        if indicator.denominator is not None and indicator.scale is None:
            fault((name, "scale"), None, "the scale of the ratio (100 for percent)")
        low, high = indicator.range
        if low > high:
            fault((name, "range"), list(indicator.range), "the lower end first")
        for key in INDICATOR_LINKS:
            linked = getattr(indicator, key)
            for other in linked if isinstance(linked, tuple) else (linked,):
                if other is not None and other not in indicators:
                    fault((name, key), other, f"an indicator of this file{nearest(other, indicators)}")
    return faults


def _link_problems(name: str, indicators: Mapping[str, Indicator]) -> Iterable[tuple[str, object, str]]:
    """Where an indicator's links lead back to it, or say half of what they must: key, value and what was expected."""
    indicator = indicators[name]
    for key in ("subset_of", "part_of", "gap_of", "increase_of"):
        wider = getattr(indicator, key)
        if wider is not None and name in _wider(wider, indicators):
            yield key, wider, f"an indicator that does not lead back to {name}"
    for key in ("numerator", "denominator"):
        if getattr(indicator, key) == name:
            yield key, name, "another indicator than itself"
    if indicator.numerator is not None and indicator.numerator == indicator.denominator:
        yield "denominator", indicator.denominator, "another indicator than the numerator"
    for other in indicator.disjoint_from:
        if other == name or other in {indicator.subset_of, indicator.part_of}:
            yield "disjoint_from", other, "an indicator that is neither this one nor holds it"
    if indicator.scale is not None and indicator.numerator is None and indicator.denominator is None:
        yield "scale", indicator.scale, "null, as the indicator is no ratio"
    if (indicator.increase_of is None) != (indicator.period is None):
        yield "period", indicator.period, "increase_of and period, or neither"
    if indicator.range[0] < 0 and indicator.increase_of is None:
        yield "range", list(indicator.range), "a lower end of at least 0 (only an increase may be negative)"


def _wider(name: str, indicators: Mapping[str, Indicator]) -> set[str]:
    """An indicator and all that it lies in, is the gap of or is the increase of, at any distance."""
    seen: set[str] = set()
    waiting = [name]
    while waiting:
        here = waiting.pop()
        if here in seen or here not in indicators:
            continue
        seen.add(here)
        found = indicators[here]
        waiting += [other for other in (found.subset_of, found.part_of, found.gap_of, found.increase_of) if other]
    return seen


def plan_faults(catalogue: Catalogue, documents: Mapping[str, YamlDocument]) -> list[Fault]:
    """Faults of plans: what they name, their years, and their figures."""
    faults: list[Fault] = []
    planned: dict[tuple[str, int], str] = {}
    for plan in catalogue.plans.values():
        document = documents[plan.id]

        def fault(path: KeyPath, value: object, expected: str, document: YamlDocument = document) -> None:
            faults.append(Fault(document.file, document.place(path), shown(value), expected))

        if plan.id in RESERVED:
            fault(("id",), plan.id, f"another id: {', '.join(RESERVED)} are folders under reports/ for something else")
        if plan.region not in catalogue.regions:
            fault(("region",), plan.region, f"a region of data/regions{nearest(plan.region, catalogue.regions)}")
        if plan.source not in catalogue.sources:
            fault(("source",), plan.source, f"a source of {SOURCES_FILE}{nearest(plan.source, catalogue.sources)}")
        other = planned.setdefault((plan.region, plan.horizon.start), plan.id)
        if other != plan.id:
            expected = f"another first year than that of {other}: the later plan of a region supersedes the earlier"
            fault(("horizon", "start"), plan.horizon.start, expected)
        for resource, rule in plan.rules.items():
            heading = [figure.indicator for figure in plan.figures if figure.kind in ("target", "norm")]
            if rule.main not in heading:
                expected = f"an indicator on which the plan sets a target or norm{nearest(rule.main, heading)}"
                fault(("rules", resource, "main"), rule.main, expected)
        start, end = plan.horizon.start, plan.horizon.end
        if start > end:
            fault(("horizon",), f"{start} to {end}", "the first year first")
        elif end - start > LONGEST_PLAN:
            fault(("horizon",), f"{start} to {end}", f"at most {LONGEST_PLAN} years")
        for key, year in (("base_year", plan.base_year), ("date", plan.date.year if plan.date else None)):
            if year is not None and not start - YEARS_BEFORE_PLAN <= year <= end:
                expected = f"a year from {start - YEARS_BEFORE_PLAN} to {end}, the plan's last"
                fault((key,), getattr(plan, key), expected)
        seen: set[str] = set()
        for position, figure in enumerate(plan.figures):
            at: KeyPath = ("figures", position)
            if figure.id in seen:
                fault((*at, "id"), figure.id, "an id used once")
            seen.add(figure.id)
            for key, value, expected in _figure_problems(figure, plan, catalogue.indicators):
                fault((*at, key), value, f"{expected} (figure {figure.id})")
    return faults


def _figure_problems(
    figure: Figure, plan: Plan, indicators: Mapping[str, Indicator]
) -> Iterable[tuple[str, object, str]]:
    """What is wrong with a figure: key, value and what was expected."""
    first = (plan.base_year or plan.horizon.start) - YEARS_BEFORE_BASE
    last = plan.horizon.end + YEARS_AFTER_HORIZON
    if figure.year is None:
        if figure.kind != "norm":
            yield "year", None, "a year (only a norm may have none)"
    elif not first <= figure.year <= last:
        yield "year", figure.year, f"a year from {first} to {last}"
    elif figure.kind == "target" and figure.year < (plan.base_year or plan.horizon.start):
        yield "year", figure.year, f"a target's year, not before {plan.base_year or plan.horizon.start}"
    elif figure.kind == "baseline" and figure.year > plan.horizon.end:
        yield "year", figure.year, f"a baseline's year, not after {plan.horizon.end}, the plan's last"
    stem = f"{plan.id}.{figure.indicator}.{figure.kind}"
    if figure.id != stem and not figure.id.startswith(f"{stem}."):
        yield "id", figure.id, f"an id that begins with {stem}"
    in_id = [int(part) for part in figure.id.split(".")[3:] if re.fullmatch(r"\d{4}", part)]
    if in_id and figure.year not in in_id:
        yield "year", figure.year, f"{in_id[0]}, the year of the id"
    if figure.basis_inferred is not None and figure.basis != "unspecified":
        yield "basis_inferred", figure.basis_inferred.value, f"none, as the plan states the basis {figure.basis}"
    indicator = indicators.get(figure.indicator)
    if indicator is None:
        expected = f"an indicator of {INDICATORS_FILE}{nearest(figure.indicator, indicators)}"
        yield "indicator", figure.indicator, expected
        return
    if figure.unit != indicator.unit:
        yield "unit", figure.unit, f"{indicator.unit}, the unit of {figure.indicator}"
    low, high = indicator.range
    for key, value in (("value", figure.value), ("upper", figure.upper)):
        if value is not None and not low <= value <= high:
            yield key, value, f"a value from {low:.12g} to {high:.12g} ({indicator.unit})"
    if figure.unit in COUNTED and figure.value is not None and figure.value % 1:
        yield "value", figure.value, f"a whole number of {figure.unit} (a figure in 万 or thousands?)"
    if figure.upper is not None and (figure.value is None or figure.upper <= figure.value):
        yield "upper", figure.upper, "the upper end of a range, above its value"


def correction_faults(catalogue: Catalogue) -> list[Fault]:
    """Faults of corrections: of one cell twice, that change nothing, or without a source."""
    faults = []
    seen: dict[object, int] = {}
    for number, correction in enumerate(catalogue.corrections, start=1):
        same = (correction.file, frozenset(correction.key.items()), correction.column)
        if (first := seen.setdefault(same, number)) != number:
            expected = f"another cell than correction {first} replaces"
            faults.append(Fault(CORRECTIONS_FILE, f"correction {number}", f"column {correction.column}", expected))
        if correction.value == correction.expected:
            expected = "a value other than the old one"
            faults.append(Fault(CORRECTIONS_FILE, f"correction {number}", shown(correction.value), expected))
        for source in (correction.source, *(kept.source for kept in correction.kept)):
            if source not in catalogue.sources:
                expected = f"a source of {SOURCES_FILE}{nearest(source, catalogue.sources)}"
                faults.append(Fault(CORRECTIONS_FILE, f"correction {number}", shown(source), expected))
    return faults
