"""What the files of the catalogue say about one another: regions, indicators, plans and figures, corrections."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from pipeline.documents.yaml_file import KeyPath, YamlDocument
from pipeline.domain import Catalogue, Figure, Indicator, Plan, Region
from pipeline.errors import Fault, nearest, shown
from pipeline.inputs.raw_tables import CORRECTIONS_FILE
from pipeline.vocabulary import Level

CITIES = "data/regions/cities"
SOURCES_FILE = "data/sources.yaml"
INDICATORS_FILE = "data/indicators.yaml"

YEARS_BEFORE_BASE, YEARS_AFTER_HORIZON = 20, 10
"""How far the year of a figure may lie from its plan's years."""
LONGEST_PLAN = 30
YEARS_BEFORE_PLAN = 10
"""How many years a plan may reach, and how long before its first its base year and its date may lie."""

SCALES = {"percent": 100, "per_100": 100, "per_1000": 1000, "per_10000": 10_000, "persons_per_worker": 1}
"""Scales of the ratios by unit."""

COUNTED = ("persons", "beds", "places", "facilities", "organisations", "person_times")
"""Units of which a plan states whole numbers."""

RESERVED = ("checks", "overview", "tables")
"""Folders under reports/ that hold something else than the report of a plan."""

WIDER = ("subset_of", "part_of", "gap_of", "increase_of")
INDICATOR_LINKS = ("numerator", "denominator", "disjoint_from", *WIDER)
"""Keys of an indicator that name other indicators; the wider ones lead away from it."""

PARENTS: Mapping[Level, Level | None] = {"nation": None, "province": "nation", "city": "province"}

Problem = tuple[KeyPath, object, str]
"""Where in a file, what was found there, what was expected."""


def region_faults(catalogue: Catalogue, documents: Mapping[str, YamlDocument], root: Path) -> list[Fault]:
    """Faults of regions: parents, codes and names that do not fit, census files that are not there."""
    codes: dict[str, str] = {}
    names: dict[tuple[object, ...], str] = {}
    faults = []
    for region in catalogue.regions.values():
        document = documents[region.id]
        problems = [
            *_parent_problems(region, catalogue.regions),
            *_code_problems(region, catalogue.regions, codes),
            *_file_problems(region, Path(document.file).parent.name, root),
        ]
        # A county or district has its name within its prefecture: two cities of Jiangsu have a 鼓楼区.
        within = "" if region.gb_code.endswith("00") else region.gb_code[:4]
        other = names.setdefault((region.level, within, region.name.zh), region.id)
        if other != region.id:
            problems.append((("name", "zh"), region.name.zh, f"a name of its own ({other} has this one)"))
        for at, count in enumerate(region.counts):
            if count.source not in catalogue.sources:
                problems.append((("counts", at, "source"), count.source, _a_source(count.source, catalogue)))
        faults += [document.fault(*problem) for problem in problems]
    return faults


def _a_source(name: str, catalogue: Catalogue) -> str:
    return f"a source of {SOURCES_FILE}{nearest(name, catalogue.sources)}"


def _parent_problems(region: Region, regions: Mapping[str, Region]) -> Iterator[Problem]:
    wanted, parent = PARENTS[region.level], region.parent
    if wanted is None:
        if parent is not None:
            yield ("parent",), parent, "null: a nation has no parent here"
    elif parent is None or parent not in regions:
        yield ("parent",), parent, f"the id of a {wanted}{nearest(parent, regions)}"
    elif regions[parent].level != wanted:
        yield ("parent",), parent, f"the id of a {wanted}"


def _code_problems(region: Region, regions: Mapping[str, Region], codes: dict[str, str]) -> Iterator[Problem]:
    """A code that others have, or that does not fit level and province; `codes` are those of the regions before."""
    code, parent = region.gb_code, regions.get(region.parent or "")
    expected = ""
    if code in codes:
        expected = f"a code of its own ({codes[code]} has this one)"
    elif region.level == "nation":
        expected = "" if code == "000000" else "000000, the nation's"
    elif region.level == "province":
        expected = "" if code.endswith("0000") and code != "000000" else "the code of a province, as 410000"
    elif parent is not None and parent.level == "province" and code[:2] != parent.gb_code[:2]:
        expected = f"a code that begins with {parent.gb_code[:2]}, as that of {parent.id}"
    elif code.endswith("0000"):
        expected = "the code of a city, as 411000"
    if expected:
        yield ("gb_code",), code, expected
    codes[code] = region.id


def _file_problems(region: Region, folder: str, root: Path) -> Iterator[Problem]:
    own = region.file.replace("data/regions", "data/raw/census").replace(".yaml", ".csv")
    if Path(region.file).parent.name != folder:
        yield ("level",), region.level, f"the level of a region in data/regions/{folder}"
    elif region.census != own:
        yield ("census",), region.census, f"{own}, the table of its own"
    elif not (root / own).is_file():
        yield ("census",), region.census, "a file that exists"


def indicator_faults(catalogue: Catalogue, document: YamlDocument) -> list[Fault]:
    """Faults of indicators: links, scales and ranges that do not fit."""
    return [
        document.fault((name, key), value, expected)
        for name in catalogue.indicators
        for key, value, expected in _indicator_problems(name, catalogue.indicators)
    ]


def _indicator_problems(name: str, indicators: Mapping[str, Indicator]) -> Iterator[tuple[str, object, str]]:
    """Key, value and what was expected."""
    indicator = indicators[name]
    above, below, scale, usual = indicator.numerator, indicator.denominator, indicator.scale, SCALES.get(indicator.unit)
    for key in INDICATOR_LINKS:
        linked = getattr(indicator, key)
        for other in linked if isinstance(linked, tuple) else (linked,):
            if other is not None and other not in indicators:
                yield key, other, f"an indicator of this file{nearest(other, indicators)}"
    for key in WIDER:
        wider = getattr(indicator, key)
        if wider is not None and name in _wider(wider, indicators):
            yield key, wider, f"an indicator that does not lead back to {name}"
    for key, other in (("numerator", above), ("denominator", below)):
        if other == name:
            yield key, name, "another indicator than itself"
    if above is not None and above == below:
        yield "denominator", below, "another indicator than the numerator"
    for other in indicator.disjoint_from:
        if other in {name, indicator.subset_of, indicator.part_of}:
            yield "disjoint_from", other, "an indicator that is neither this one nor holds it"
    if scale is not None and usual is not None and scale != usual:
        yield "scale", scale, f"{usual}, the scale of {indicator.unit}"
    if below is not None and scale is None:
        yield "scale", None, "the scale of the ratio (100 for percent)"
    if scale is not None and above is None and below is None:
        yield "scale", scale, "null, as the indicator is no ratio"
    if (indicator.increase_of is None) != (indicator.period is None):
        yield "period", indicator.period, "increase_of and period, or neither"
    low, high = indicator.range
    if low > high:
        yield "range", [low, high], "the lower end first"
    if low < 0 and indicator.increase_of is None:
        yield "range", [low, high], "a lower end of at least 0 (only an increase may be negative)"


def _wider(name: str, indicators: Mapping[str, Indicator]) -> set[str]:
    """An indicator and all that it lies in, is the gap of or is the increase of, at any distance."""
    seen: set[str] = set()
    waiting = [name]
    while waiting:
        here = waiting.pop()
        if here in indicators and here not in seen:
            seen.add(here)
            waiting += filter(None, (getattr(indicators[here], key) for key in WIDER))
    return seen


def plan_faults(catalogue: Catalogue, documents: Mapping[str, YamlDocument]) -> list[Fault]:
    """Faults of plans: what they name, their years, and their figures."""
    planned: dict[tuple[str, int], str] = {}
    faults = []
    for plan in catalogue.plans.values():
        problems = [*_plan_problems(plan, catalogue)]
        other = planned.setdefault((plan.region, plan.horizon.start), plan.id)
        if other != plan.id:
            expected = f"another first year than that of {other}: the later plan of a region supersedes the earlier"
            problems.append((("horizon", "start"), plan.horizon.start, expected))
        seen: set[str] = set()
        for at, figure in enumerate(plan.figures):
            if figure.id in seen:
                problems.append((("figures", at, "id"), figure.id, "an id used once"))
            seen.add(figure.id)
            problems += [
                (("figures", at, key), value, f"{expected} (figure {figure.id})")
                for key, value, expected in _figure_problems(figure, plan, catalogue.indicators)
            ]
        faults += [documents[plan.id].fault(*problem) for problem in problems]
    return faults


def _plan_problems(plan: Plan, catalogue: Catalogue) -> Iterator[Problem]:
    if plan.id in RESERVED:
        yield ("id",), plan.id, f"another id: {', '.join(RESERVED)} are folders under reports/ for something else"
    if plan.region not in catalogue.regions:
        yield ("region",), plan.region, f"a region of data/regions{nearest(plan.region, catalogue.regions)}"
    if plan.source not in catalogue.sources:
        yield ("source",), plan.source, _a_source(plan.source, catalogue)
    for resource, rule in plan.rules.items():
        heading = [figure.indicator for figure in plan.figures if figure.kind in ("target", "norm")]
        if rule.main not in heading:
            expected = f"an indicator on which the plan sets a target or norm{nearest(rule.main, heading)}"
            yield ("rules", resource, "main"), rule.main, expected
    start, end = plan.horizon.start, plan.horizon.end
    if start > end:
        yield ("horizon",), f"{start} to {end}", "the first year first"
    elif end - start > LONGEST_PLAN:
        yield ("horizon",), f"{start} to {end}", f"at most {LONGEST_PLAN} years"
    for key, year in (("base_year", plan.base_year), ("date", plan.date.year if plan.date else None)):
        if year is not None and not start - YEARS_BEFORE_PLAN <= year <= end:
            yield (key,), getattr(plan, key), f"a year from {start - YEARS_BEFORE_PLAN} to {end}, the plan's last"


def _figure_problems(
    figure: Figure, plan: Plan, indicators: Mapping[str, Indicator]
) -> Iterator[tuple[str, object, str]]:
    """What is wrong with a figure: key, value and what was expected."""
    begun = plan.base_year or plan.horizon.start
    first, last = begun - YEARS_BEFORE_BASE, plan.horizon.end + YEARS_AFTER_HORIZON
    if figure.year is None:
        if figure.kind != "norm":
            yield "year", None, "a year (only a norm may have none)"
    elif not first <= figure.year <= last:
        yield "year", figure.year, f"a year from {first} to {last}"
    elif figure.kind == "target" and figure.year < begun:
        yield "year", figure.year, f"a target's year, not before {begun}"
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
    if (indicator := indicators.get(figure.indicator)) is None:
        yield "indicator", figure.indicator, f"an indicator of {INDICATORS_FILE}{nearest(figure.indicator, indicators)}"
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
        problems = []
        same = (correction.file, frozenset(correction.key.items()), correction.column)
        if (first := seen.setdefault(same, number)) != number:
            problems.append((f"column {correction.column}", f"another cell than correction {first} replaces"))
        if correction.value == correction.expected:
            problems.append((shown(correction.value), "a value other than the old one"))
        for source in (correction.source, *(kept.source for kept in correction.kept)):
            if source not in catalogue.sources:
                problems.append((shown(source), _a_source(source, catalogue)))
        faults += [Fault(CORRECTIONS_FILE, f"correction {number}", *problem) for problem in problems]
    return faults
