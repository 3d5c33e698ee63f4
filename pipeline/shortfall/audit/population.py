"""Audit rules that hold a plan's people against counts from outside it: censuses, registers, our projection.

Residents (常住) and registered people (户籍) are compared apart. A figure without a stated basis is tried on each;
what is only drawn between two censuses is named as such and never decides alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import inf

from pipeline.shortfall.audit.evidence import (
    BASES,
    Case,
    Evidence,
    Figure,
    Finding,
    Quantity,
    Severity,
    Span,
    en,
    ids,
    percent,
    rate_en,
    rate_zh,
    within,
    zh,
)

NAMES_ZH = {"resident": "常住", "hukou": "户籍"}
NAMES_EN = {"resident": "resident", "hukou": "registered"}

FAR = 0.05
"""A count that no published count of the same people comes nearer than this contradicts them."""

PROJECTION_MARGIN = 0.02
"""A forecast this far outside our own interval is reported; nearer ones are left alone."""

SHARE_DRIFT = 0.5
"""Percentage points by which the share of older people may move in the one year between figure and count."""


def _bases(*figures: Figure) -> tuple[str, ...]:
    """The populations that the figures may speak of: the stated one, else both."""
    return tuple({figure.basis for figure in figures if figure.basis in BASES}) or BASES


def baselines(case: Case) -> Iterator[Finding]:
    """A stated fact on a population against the counts of its year, or of the census a year before or after."""
    for figure, quantity, year in case.dated():
        if figure.kind != "baseline":
            continue
        known = {basis: case.references.evidence(figure.indicator, basis, year) for basis in _bases(figure)}
        found = {basis: evidence for basis, evidence in known.items() if evidence is not None}
        if not found:
            continue
        fitting = [basis for basis, evidence in found.items() if evidence.span.meets(figure.bounds)]
        basis = (fitting or list(found))[0]
        evidence = found[basis]
        count = evidence.named.value
        off = figure.value / count - 1
        if not fitting and (min(_distance(figure.bounds, e.span) for e in found.values()) < FAR):
            continue
        severity: Severity = "consistent" if fitting else "contradiction"
        unnamed = figure.basis not in BASES
        tail_zh = "规划未注明口径。" if unnamed and not fitting else ""
        tail_en = " The plan names no population basis." if unnamed and not fitting else ""
        yield Finding(
            "population",
            ids([figure]),
            figure.value,
            count,
            severity,
            f"{quantity.zh}，{year}年：规划写 {zh(figure.value)}；{_counted_zh(evidence, basis)}，"
            f"相差 {percent(off)}。{tail_zh}",
            f"{quantity.en}, {year}: the plan says {en(figure.value)}; {_counted_en(evidence, basis)}, "
            f"a difference of {percent(off)}.{tail_en}",
        )


def _distance(one: Span, other: Span) -> float:
    """Relative distance between two intervals, 0 where they meet."""
    if one.meets(other):
        return 0.0
    return one.low / other.high - 1 if one.low > other.high else 1 - one.high / other.low


def _counted_zh(evidence: Evidence, basis: str) -> str:
    name, rows = NAMES_ZH[basis], evidence.references
    if evidence.exact or len({row.year for row in rows}) == 1:
        row = evidence.named
        source = "普查" if row.origin == "census" else "公布的"
        return f"{row.year}年{source}{name}数 {zh(row.value)}"
    low, high = evidence.span
    years = "、".join(f"{row.year}年 {zh(row.value)}" for row in rows)
    return f"{name}数当年未公布，按普查（{years}）内插约 {zh(low)}—{zh(high)}"


def _counted_en(evidence: Evidence, basis: str) -> str:
    name, rows = NAMES_EN[basis], evidence.references
    if evidence.exact or len({row.year for row in rows}) == 1:
        row = evidence.named
        source = "the census" if row.origin == "census" else "the published count"
        return f"{source} of {row.year} has {en(row.value)} ({name})"
    low, high = evidence.span
    years = ", ".join(f"{en(row.value)} in {row.year}" for row in rows)
    between = f"between the censuses ({years}) it was about {en(low)} to {en(high)}"
    return f"no {name} count of the year is published, {between}"


def implied_denominators(case: Case) -> Iterator[Finding]:
    """Numerator ÷ ratio = the people a stated fact must refer to, against the counts on each basis."""
    for figure, quantity, year in case.dated():
        top = case.beside(figure, quantity.numerator)
        if figure.kind != "baseline" or top is None or not quantity.scale or figure.value <= 0:
            continue
        if case.beside(figure, quantity.denominator) is not None:
            continue
        known = {basis: case.references.evidence(quantity.denominator or "", basis, year) for basis in _bases(figure)}
        found = {basis: evidence for basis, evidence in known.items() if evidence is not None}
        implied = top.value / figure.value * quantity.scale
        span = top.span.over(figure.span, quantity.scale)
        fitting = [basis for basis, evidence in found.items() if evidence.span.meets(span)]
        counted = [basis for basis in fitting if found[basis].exact]
        if not fitting or (len(found) > 1 and not counted):
            continue
        basis = (counted or fitting)[0]
        decided = len(found) == 1 or len(counted) > 1
        severity: Severity = "consistent" if decided else "basis"
        tail_zh = tail_en = ""
        for other in (name for name in found if name != basis):
            also_zh, also_en = (
                ("也不能排除", "is not excluded either") if other in fitting else ("不合", "does not fit")
            )
            tail_zh += f"；{_counted_zh(found[other], other)}，{also_zh}"
            tail_en += f"; {_counted_en(found[other], other)}, which {also_en}"
        unnamed_zh = "规划未注明口径：" if severity == "basis" else ""
        unnamed_en = "The plan names no population basis: " if severity == "basis" else ""
        yield Finding(
            "implied_denominator",
            ids([figure, top]),
            implied,
            found[basis].named.value,
            severity,
            f"{unnamed_zh}{zh(top.value)} ÷ {rate_zh(figure.value, figure.unit)} = {zh(implied)}"
            f"（舍入范围 {zh(span.low)}—{zh(span.high)}）；{_counted_zh(found[basis], basis)}，相合{tail_zh}。",
            f"{unnamed_en}{en(top.value)} ÷ {rate_en(figure.value, figure.unit)} = {en(implied)} "
            f"({en(span.low)} to {en(span.high)} by rounding); {_counted_en(found[basis], basis)}, "
            f"which fits{tail_en}.",
        )


def shares(case: Case) -> Iterator[Finding]:
    """A share of older people in everybody against the shares counted on each basis, at most a year off."""
    for figure, quantity, year in case.dated():
        if quantity.denominator != "population_total" or quantity.unit != "percent":
            continue
        known = {basis: case.references.share(quantity, basis, year) for basis in _bases(figure)}
        found = {basis: share for basis, share in known.items() if share is not None}
        fitting = [
            basis
            for basis, (share, when) in found.items()
            if share + SHARE_DRIFT * (when != year) >= figure.span.low
            and share - SHARE_DRIFT * (when != year) <= figure.span.high
        ]
        if len(fitting) != 1 or (len(found) == 1 and figure.kind != "baseline"):
            continue
        basis = fitting[0]
        share, when = found[basis]
        severity: Severity = "consistent" if len(found) == 1 else "basis"
        top = case.beside(figure, quantity.numerator)
        rest = [(other, *found[other]) for other in found if other != basis]
        tail_zh = "".join(f"；{NAMES_ZH[other]}口径{then}年为 {value:.2f}%，不合" for other, value, then in rest)
        tail_en = "".join(
            f"; among {NAMES_EN[other]} people it was {value:.2f}% in {then}, which does not fit"
            for other, value, then in rest
        )
        if top is not None and severity == "basis":
            implied = top.value / figure.value * 100
            known_totals = {b: case.references.evidence("population_total", b, year) for b in found}
            totals = {b: evidence.named.value for b, evidence in known_totals.items() if evidence is not None}
            listed_zh = "、".join(f"{NAMES_ZH[b]} {zh(total)}" for b, total in totals.items())
            listed_en = ", ".join(f"{NAMES_EN[b]} {en(total)}" for b, total in totals.items())
            stated_zh, stated_en = rate_zh(figure.value, figure.unit), rate_en(figure.value, figure.unit)
            tail_zh += f"。{zh(top.value)} ÷ {stated_zh} = {zh(implied)}（总人口：{listed_zh}）"
            tail_en += f". {en(top.value)} ÷ {stated_en} = {en(implied)} people in all ({listed_en})"
        unnamed_zh = "规划未注明口径：" if severity == "basis" else ""
        unnamed_en = "The plan names no population basis: " if severity == "basis" else ""
        used = [figure, top] if top is not None and severity == "basis" else [figure]
        yield Finding(
            "share_basis" if severity == "basis" else "share",
            ids(used),
            figure.value,
            share,
            severity,
            f"{unnamed_zh}{quantity.zh} {rate_zh(figure.value, figure.unit)}（{year}年）与{NAMES_ZH[basis]}口径"
            f"{when}年的 {share:.2f}% 相合{tail_zh}。",
            f"{unnamed_en}{quantity.en} {rate_en(figure.value, figure.unit)} ({year}) fits the {share:.2f}% of "
            f"{NAMES_EN[basis]} people in {when}{tail_en}.",
        )


def implied_totals(case: Case) -> Iterator[Finding]:
    """A forecast's count ÷ share = the total it must expect, against the last census and our projection.

    A contradiction only where the total would have to leave the last census against the trend of the last two,
    and, where we project that total, leaves our interval too. Only for forecasts of residents, or without a
    stated basis where no register count is known.
    """
    for figure, quantity, year in case.dated():
        top = case.beside(figure, quantity.numerator)
        if figure.kind != "projection" or top is None or not quantity.scale or quantity.denominator is None:
            continue
        if not _on_residents(case, figure, top, quantity.denominator):
            continue
        censuses = case.references.of(quantity.denominator, "resident", "census")
        if len(censuses) < 2 or year <= censuses[-1].year:
            continue
        before, last = censuses[-2:]
        implied = top.value / figure.value * quantity.scale
        span = top.bounds.over(figure.span, quantity.scale)
        growing = last.value > before.value
        against = span.high < last.value if growing else span.low > last.value
        projected = [
            row.span for row in case.references.of(quantity.denominator, "resident", "projection") if row.year == year
        ]
        outside = not any(row.meets(span) for row in projected)
        if against and not outside:
            continue
        if not against and last.value not in span:
            continue
        severity: Severity = "contradiction" if against else "consistent"
        range_zh = f"{zh(span.low)} 以上" if span.high == inf else f"{zh(span.low)}—{zh(span.high)}"
        range_en = f"{en(span.low)} or more" if span.high == inf else f"{en(span.low)} to {en(span.high)} by rounding"
        direction_zh, direction_en = ("增长", "grew") if growing else ("减少", "shrank")
        tail_zh = (
            f"，两次普查间（{before.year}年 {zh(before.value)}）总人口在{direction_zh}，数量与占比不能同时成立。"
            if against
            else f"，可以同时成立：{zh(last.value)} × {rate_zh(figure.value, figure.unit)} = "
            f"{zh(last.value * figure.value / quantity.scale)}。"
        )
        tail_en = (
            f"; between the censuses ({en(before.value)} in {before.year}) it {direction_en}: count and share "
            "cannot both hold unless that turned round."
            if against
            else f"; both can hold: {rate_en(figure.value, figure.unit)} of {en(last.value)} is "
            f"{en(last.value * figure.value / quantity.scale)}."
        )
        yield Finding(
            "implied_total",
            ids([top, figure]),
            implied,
            last.value,
            severity,
            f"{year}年：{zh(top.value)} ÷ {rate_zh(figure.value, figure.unit)} = {zh(implied)}（{range_zh}）；"
            f"{last.year}年普查（{last.known_from_year}年公布）常住 {zh(last.value)}{tail_zh}",
            f"{year}: {en(top.value)} ÷ {rate_en(figure.value, figure.unit)} = {en(implied)} ({range_en}); "
            f"the census of {last.year} (published {last.known_from_year}) counted {en(last.value)} "
            f"residents{tail_en}",
        )


def _on_residents(case: Case, *of: Figure | str) -> bool:
    """Whether figures are about residents: they say so, or say nothing and nobody counts registered people."""
    figures = [item for item in of if isinstance(item, Figure)]
    names = [item if isinstance(item, str) else item.indicator for item in of]
    if any(figure.basis == "hukou" for figure in figures):
        return False
    registered = any(case.references.of(name, "hukou", "published", "census") for name in names)
    return all(figure.basis == "resident" for figure in figures) or not registered


def forecasts(case: Case) -> Iterator[Finding]:
    """A forecast of older people against what the census cohorts allow, and against our projection."""
    for figure, quantity, year in case.dated():
        if figure.kind != "projection" or not _on_residents(case, figure):
            continue
        for origin in ("cohort", "projection"):
            rows = [r for r in case.references.of(figure.indicator, "resident", origin) if r.year == year]
            if not rows:
                continue
            row = rows[0]
            margin = PROJECTION_MARGIN if origin == "projection" else 0.0
            inside = figure.bounds.meets(row.span)
            if not inside and _distance(figure.bounds, row.span) <= margin:
                continue
            below = figure.bounds.high < row.low
            limit = row.low if below else row.high
            severity: Severity = "consistent" if inside else "contradiction"
            at_least = figure.comparator == ">="
            said_zh = f"{'超过 ' if at_least else ''}{zh(figure.value)}"
            said_en = f"{'over ' if at_least else ''}{en(figure.value)}"
            range_zh, range_en = f"{zh(row.low)}—{zh(row.high)}", f"{en(row.low)} to {en(row.high)}"
            source_zh, source_en = {
                "cohort": (
                    "按最近一次普查的队列（存活与迁移不差于此前十年）可有",
                    "the cohorts of the last census, if survival and migration are no worse than in the ten years "
                    "before it, allow",
                ),
                "projection": ("本项目的推算区间", "our projection's interval is"),
            }[origin]
            off = percent(abs(figure.value / limit - 1)).lstrip("+")
            end_zh, end_en = ("低于下限", "below its lower end") if below else ("高于上限", "above its upper end")
            tail_zh = "，在其内。" if inside else f"，{end_zh} {off}。"
            tail_en = ", which holds it." if inside else f": {off} {end_en}."
            yield Finding(
                origin,
                ids([figure]),
                figure.value,
                row.value if inside else limit,
                severity,
                f"{quantity.zh}，{year}年预测 {said_zh}；{source_zh} {range_zh}{tail_zh}",
                f"{quantity.en}, forecast for {year}: {said_en}; {source_en} {range_en}{tail_en}",
            )


def recipients(case: Case) -> Iterator[Finding]:
    """People served or paid against the people of that age, where the plan does not count these itself."""
    for figure, quantity, year in case.dated():
        whole: Quantity | None = case.catalogue.get(quantity.whole or "")
        if figure.kind != "baseline" or figure.unit != "persons" or whole is None or figure.value <= 0:
            continue
        if case.references.of(figure.indicator, "resident", "census") or case.beside(figure, whole.id):
            continue
        known = [(basis, case.references.evidence(whole.id, basis, year)) for basis in _bases(figure)]
        found = [(basis, evidence) for basis, evidence in known if evidence is not None]
        if not found:
            continue
        basis, evidence = max(found, key=lambda item: item[1].span.high)
        count = evidence.named
        growth = case.references.growth(whole.id, basis, year)
        by_year = count.value * (1 + (growth or 0.0)) ** (year - count.year)
        more = figure.bounds.low > evidence.span.high
        if not more and figure.value > by_year:
            continue
        people_zh, people_en = _counted_zh(evidence, basis), _counted_en(evidence, basis)
        tail_zh = "，超过该年龄人数。" if more else "，未超过该年龄人数。"
        tail_en = ": more than there are." if more else ": no more than there are."
        grown_zh = f"，按普查间增速{year}年约 {zh(by_year)}" if year != count.year and growth is not None else ""
        grown_en = (
            f", by {year} about {en(by_year)} at the growth between the censuses"
            if year != count.year and growth is not None
            else ""
        )
        yield Finding(
            "recipients",
            ids([figure]),
            figure.value,
            by_year,
            "contradiction" if more else "consistent",
            f"{quantity.zh} {zh(figure.value)}（{year}年）；{whole.zh}：{people_zh}{grown_zh}{tail_zh}",
            f"{quantity.en}, {year}: {en(figure.value)}; {within(whole.en)}: {people_en}{grown_en}{tail_en}",
        )


RULES: tuple[Callable[[Case], Iterator[Finding]], ...] = (
    baselines,
    implied_denominators,
    shares,
    implied_totals,
    forecasts,
    recipients,
)
