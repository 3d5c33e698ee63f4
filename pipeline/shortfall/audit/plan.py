"""Arithmetic checks over the figures of a plan: what follows from one figure against what another states.

No rule names a plan or a region: a rule reads the catalogue's relations (ratio of what, part of what, gap of
what) and looks for figures that they tie together. A rule keeps silent where it is not certain that two figures
speak of the same thing, year and people. Stated values are rounded: the rounding of every operand is carried
through (half a unit of its last digit), and a finding says

    consistent      the recomputed value rounds to the stated one
    rounding        it does not, but the rounding of the operands can explain it
    basis           the figure depends on which population or which whole is meant, and the plan does not say
    contradiction   no rounding reconciles the two

Rules on the plan alone are here, those that need counts from outside in `population`.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping

import pandas as pd

from pipeline.shortfall.audit import population
from pipeline.shortfall.audit.evidence import (
    Case,
    Figure,
    Finding,
    Quantity,
    References,
    Severity,
    Span,
    compatible,
    en,
    ids,
    percent,
    rate_en,
    rate_zh,
    weigh,
    within,
    zh,
)

COLUMNS = (
    "plan",
    "check",
    "figure_ids",
    "stated",
    "expected",
    "difference",
    "severity",
    "explanation_zh",
    "explanation_en",
)
ORDER: tuple[Severity, ...] = ("contradiction", "basis", "rounding", "consistent")

SAME_THING = 0.05
"""Two values of one indicator and year that differ by more speak of different things, not of one twice."""

FLOWS = frozenset({"person_times", "yuan"})
"""Units of sums over a period: a later value need not lie beyond an earlier one."""


def audit(figures: Iterable[Figure], catalogue: Mapping[str, Quantity], references: References) -> list[Finding]:
    """All findings on one plan, gravest first.

    `figures` are the plan's figures that have a value, `catalogue` the indicators by id, `references` the counts
    known for the plan's region (resident and registered people apart, never mixed). Raises KeyError where a
    figure's indicator is not in the catalogue.
    """
    case = Case(tuple(figures), catalogue, references)
    found = [finding for rule in RULES for finding in rule(case)]
    return sorted(found, key=lambda finding: (ORDER.index(finding.severity), finding.check, finding.figure_ids))


def findings_table(findings: Mapping[str, Iterable[Finding]]) -> pd.DataFrame:
    """The findings by plan as a frame with the columns COLUMNS; ids joined by `;`, difference relative."""
    rows = [
        (plan, f.check, ";".join(f.figure_ids), f.stated, f.expected, f.difference, f.severity, f.zh, f.en)
        for plan, of_plan in findings.items()
        for f in of_plan
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def ratios(case: Case) -> Iterator[Finding]:
    """A ratio or share against its numerator and denominator, and whether another denominator fits better.

    The denominator may be a year off; then only agreement is reported.
    """
    for figure, quantity, _ in case.dated():
        top = case.beside(figure, quantity.numerator)
        whole = case.beside(figure, quantity.denominator, years=1)
        if top is None or whole is None or not quantity.scale or whole.value == 0 or not compatible(top, whole):
            continue
        value = top.value / whole.value * quantity.scale
        severity = weigh(value, figure.span, top.span.over(whole.span, quantity.scale))
        if severity == "contradiction" and whole.year != figure.year:
            continue
        stated_zh, stated_en = rate_zh(figure.value, figure.unit), rate_en(figure.value, figure.unit)
        text_zh = f"{zh(top.value)} ÷ {zh(whole.value)} = {rate_zh(value, figure.unit)}；规划写 {stated_zh}。"
        text_en = f"{en(top.value)} ÷ {en(whole.value)} = {rate_en(value, figure.unit)}; the plan says {stated_en}."
        used = [figure, top, whole]
        check = "share" if quantity.scale == 100 else "ratio"
        other = _other_label(case, figure, quantity, top) if severity == "contradiction" else None
        if other is not None:
            check = "label"
            label, total, rest = other
            used += rest
            text_zh += (
                f"标签为“{quantity.zh}”，数值只合“{label.zh}”：{zh(top.value)} ÷ {zh(total)} = "
                f"{rate_zh(top.value / total * quantity.scale, figure.unit)}。"
            )
            text_en += (
                f" Labelled “{quantity.en}”, the number only fits “{label.en}”: {en(top.value)} ÷ {en(total)} = "
                f"{rate_en(top.value / total * quantity.scale, figure.unit)}."
            )
        yield Finding(check, ids(used), figure.value, value, severity, text_zh, text_en)


def _other_label(
    case: Case, figure: Figure, quantity: Quantity, top: Figure
) -> tuple[Quantity, float, list[Figure]] | None:
    """Another ratio of the same numerator that the number fits, its denominator, and what that rests on."""
    for label in case.catalogue.values():
        same = (label.numerator, label.scale, label.unit) == (quantity.numerator, quantity.scale, quantity.unit)
        if not same or label.id == quantity.id or quantity.scale is None:
            continue
        stated = case.beside(figure, label.denominator)
        totals = [(stated.value, [stated])] if stated else []
        for via in case.catalogue.values():
            share, part = case.beside(figure, via.id), case.beside(figure, via.numerator)
            if via.denominator == label.denominator and share and part and via.scale and share.value:
                totals.append((part.value / share.value * via.scale, [share, part]))
        for total, rest in totals:
            if top.value / total * quantity.scale in figure.span:
                return label, total, rest
    return None


def parts(case: Case) -> Iterator[Finding]:
    """The parts of a whole, all of them stated, against it."""
    for figure, quantity, _ in case.dated():
        members = [member.id for member in case.catalogue.values() if member.part_of == quantity.id]
        found = [case.beside(figure, member) for member in members]
        stated = [member for member in found if member is not None]
        if len(members) < 2 or len(stated) < len(members):
            continue
        total = sum(member.value for member in stated)
        low, high = (sum(member.span[end] for member in stated) for end in (0, 1))
        severity = weigh(total, figure.span, Span(low, high))
        terms_zh = " + ".join(zh(member.value) for member in stated)
        terms_en = " + ".join(en(member.value) for member in stated)
        name_zh, name_en = quantity.zh, quantity.en
        yield Finding(
            "parts",
            ids([figure, *stated]),
            figure.value,
            total,
            severity,
            f"{name_zh}：{terms_zh} = {zh(total)}；规划写 {zh(figure.value)}。",
            f"{name_en}: {terms_en} = {en(total)}; the plan says {en(figure.value)}.",
        )


def subsets(case: Case) -> Iterator[Finding]:
    """A quantity against one that it lies within: counts, or ratios to the same denominator."""
    for figure, quantity, _ in case.dated():
        for whole in _wholes(case, figure, quantity):
            if figure.bounds.low > whole.bounds.high:
                severity: Severity = "contradiction"
                words = ("大于", "more than")
            elif figure.value <= whole.value:
                severity, words = "consistent", ("不大于", "no more than")
            else:
                continue
            container = case.catalogue[whole.indicator]
            yield Finding(
                "subset",
                ids([figure, whole]),
                figure.value,
                whole.value,
                severity,
                f"{quantity.zh} {rate_zh(figure.value, figure.unit)}，{words[0]}"
                f"{container.zh} {rate_zh(whole.value, whole.unit)}。",
                f"{quantity.en}: {rate_en(figure.value, figure.unit)}, {words[1]} "
                f"{within(container.en)}: {rate_en(whole.value, whole.unit)}.",
            )


def _wholes(case: Case, figure: Figure, quantity: Quantity) -> Iterator[Figure]:
    names = [quantity.whole] if quantity.whole else []
    part = case.catalogue.get(quantity.numerator or "")
    if part is not None and part.whole:
        names += [
            other.id
            for other in case.catalogue.values()
            if (other.numerator, other.denominator, other.scale) == (part.whole, quantity.denominator, quantity.scale)
        ]
    for name in names:
        whole = case.beside(figure, name)
        if whole is not None:
            yield whole


def overlaps(case: Case) -> Iterator[Finding]:
    """Quantities that by their names share nothing, added up, against the whole that holds them all."""
    for figure, quantity, _ in case.dated():
        others = [case.beside(figure, name) for name in quantity.disjoint_from]
        stated = [figure, *(other for other in others if other is not None)]
        whole = case.beside(figure, quantity.whole)
        if whole is None or len(stated) < 2:
            continue
        total = sum(member.value for member in stated)
        low = sum(member.bounds.low for member in stated)
        if total > whole.value and low <= whole.bounds.high:
            continue
        severity: Severity = "contradiction" if low > whole.bounds.high else "consistent"
        terms_zh = " + ".join(f"{case.catalogue[m.indicator].zh} {zh(m.value)}" for m in stated)
        terms_en = " + ".join(f"{case.catalogue[m.indicator].en} {en(m.value)}" for m in stated)
        more = total - whole.value
        tail_zh = f"，多出 {zh(more)}：至少有这么多同时记在两个名目下。" if more > 0 else "，容得下。"
        tail_en = (
            f", {en(more)} too many: at least so many are counted under two of the labels."
            if more > 0
            else ", which has room for them."
        )
        container = case.catalogue[whole.indicator]
        yield Finding(
            "overlap",
            ids([*stated, whole]),
            total,
            whole.value,
            severity,
            f"{terms_zh} = {zh(total)}；{container.zh} {zh(whole.value)}{tail_zh}",
            f"{terms_en} = {en(total)}; {container.en}: {en(whole.value)}{tail_en}",
        )


def gaps(case: Case) -> Iterator[Finding]:
    """A stated gap against target less stock; of several targets of one quantity the nearest counts."""
    for figure, quantity, year in case.dated():
        targets = [f for f in case.by_indicator.get(quantity.gap_of or "", ()) if f.kind == "target" and f.value]
        stock = case.beside(figure, quantity.gap_of)
        later = [target for target in targets if target.year is not None and target.year > year]
        if figure.aim or stock is None or not later:
            continue
        target = min(later, key=lambda f: abs(f.value - stock.value - figure.value))
        value = target.value - stock.value
        span = Span(target.span.low - stock.span.high, target.span.high - stock.span.low)
        yield Finding(
            "gap",
            ids([figure, target, stock]),
            figure.value,
            value,
            weigh(value, figure.span, span),
            f"{zh(target.value)} − {zh(stock.value)} = {zh(value)}；规划写缺口 {zh(figure.value)}。",
            f"{en(target.value)} − {en(stock.value)} = {en(value)}; the plan says {en(figure.value)} are lacking.",
        )


def increases(case: Case) -> Iterator[Finding]:
    """A stated increase against the levels at both ends of its period."""
    for figure, quantity, year in case.dated():
        levels = {
            level.year: level
            for level in case.by_indicator.get(quantity.increase_of or "", ())
            if level.kind == "baseline" and level.suffix == figure.suffix
        }
        last, first = levels.get(year), levels.get(year - (quantity.period or 0))
        if not quantity.period or last is None or first is None:
            continue
        value = last.value - first.value
        span = Span(last.span.low - first.span.high, last.span.high - first.span.low)
        yield Finding(
            "increase",
            ids([figure, last, first]),
            figure.value,
            value,
            weigh(value, figure.span, span),
            f"{zh(last.value)}（{last.year}年）− {zh(first.value)}（{first.year}年）= {zh(value)}；"
            f"规划写增加 {zh(figure.value)}。",
            f"{en(last.value)} ({last.year}) − {en(first.value)} ({first.year}) = {en(value)}; "
            f"the plan says {en(figure.value)} more.",
        )


def own_baselines(case: Case) -> Iterator[Finding]:
    """A target against the plan's own latest fact on the same indicator: is there anything left to do?"""
    for figure, quantity, year in case.dated():
        facts = [
            fact
            for fact in case.by_indicator[figure.indicator]
            if fact.kind == "baseline"
            and fact.year is not None
            and fact.year < year
            and (fact.suffix, fact.unit) == (figure.suffix, figure.unit)
            and compatible(fact, figure)
        ]
        if figure.kind != "target" or figure.comparator not in (">=", "<=") or figure.unit in FLOWS or not facts:
            continue
        fact = max(facts, key=lambda f: f.year or 0)
        up = figure.comparator == ">="
        ahead = figure.value > fact.value if up else figure.value < fact.value
        met = fact.span.low >= figure.span.high if up else fact.span.high <= figure.span.low
        if not ahead and not met and fact.value != figure.value:
            continue
        severity: Severity = "consistent" if ahead else "contradiction"
        if not ahead and fact.value == figure.value:
            severity = "rounding"
        sign = "≥" if up else "≤"
        tail_zh = "尚未达到。" if ahead else "目标在制定时已经达到。"
        tail_en = "not met when it was set." if ahead else "met when it was set."
        yield Finding(
            "own_baseline",
            ids([figure, fact]),
            figure.value,
            fact.value,
            severity,
            f"{quantity.zh}：{fact.year}年 {rate_zh(fact.value, fact.unit)}，{year}年目标 {sign} "
            f"{rate_zh(figure.value, figure.unit)}；{tail_zh}",
            f"{quantity.en}: {rate_en(fact.value, fact.unit)} in {fact.year}, target for {year} {sign} "
            f"{rate_en(figure.value, figure.unit)}; {tail_en}",
        )


def _aims_by_indicator(case: Case) -> Iterator[tuple[Figure, Figure]]:
    """Pairs of aims of one kind on one indicator for the same population."""
    for figures in case.by_indicator.values():
        for one, other in itertools.combinations(figures, 2):
            dated = one.year is not None and other.year is not None
            same = one.aim and one.kind == other.kind and {one.basis, other.basis} != {"resident", "hukou"}
            if dated and same:
                yield (one, other)


def restatements(case: Case) -> Iterator[Finding]:
    """The same target or forecast for the same year, stated twice."""
    for one, other in _aims_by_indicator(case):
        largest = max(abs(one.value), abs(other.value))
        if one.year != other.year or not largest or abs(one.value - other.value) / largest > SAME_THING:
            continue
        rough, fine = sorted((one, other), key=lambda f: (f.span.high - f.span.low, f.value == largest), reverse=True)
        if one.value == other.value:
            severity: Severity = "consistent"
        else:
            severity = "rounding" if fine.value in rough.span else "contradiction"
        quantity = case.catalogue[one.indicator]
        yield Finding(
            "restatement",
            ids([rough, fine]),
            rough.value,
            fine.value,
            severity,
            f"{quantity.zh}，{one.year}年：一处 {rate_zh(rough.value, rough.unit)}（{rough.section}），"
            f"一处 {rate_zh(fine.value, fine.unit)}（{fine.section}）。",
            f"{quantity.en}, {one.year}: {rate_en(rough.value, rough.unit)} in one place ({rough.section}), "
            f"{rate_en(fine.value, fine.unit)} in another ({fine.section}).",
        )


def two_dates(case: Case) -> Iterator[Finding]:
    """One thing to be done completely (100 %), by two dates in two sections."""
    for one, other in _aims_by_indicator(case):
        whole = one.value == other.value == 100 and one.unit == "percent" and one.kind == "target"
        if not whole or one.year == other.year or one.suffix != other.suffix or one.section == other.section:
            continue
        early, late = sorted((one, other), key=lambda f: f.year or 0)
        quantity = case.catalogue[one.indicator]
        apart = (late.year or 0) - (early.year or 0)
        yield Finding(
            "two_dates",
            ids([early, late]),
            float(late.year or 0),
            float(early.year or 0),
            "contradiction",
            f"{quantity.zh}：{early.section}要求{early.year}年全部完成，{late.section}写{late.year}年，"
            f"相差 {apart} 年。",
            f"{quantity.en}: complete by {early.year} according to {early.section}, by {late.year} according to "
            f"{late.section}: {apart} {'year' if apart == 1 else 'years'} apart.",
        )


def denominators(case: Case) -> Iterator[Finding]:
    """One number stated as a share of two wholes, one of which is only part of the other."""
    for one, other in itertools.permutations(case.figures, 2):
        small, large = case.catalogue[one.indicator], case.catalogue[other.indicator]
        inner = case.catalogue.get(small.denominator or "")
        if (
            inner is None
            or inner.whole is None
            or inner.whole != large.denominator
            or (small.numerator, small.scale) != (large.numerator, large.scale)
            or (one.kind, one.year, one.value) != (other.kind, other.year, other.value)
            or small.numerator is None
            or one.year is None
        ):
            continue
        outer = case.catalogue[inner.whole]
        top = case.catalogue[small.numerator]
        yield Finding(
            "denominator",
            ids([one, other]),
            one.value,
            other.value,
            "basis",
            f"{one.year}年同一个 {rate_zh(one.value, one.unit)}：{one.section}以{inner.zh}为分母，"
            f"{other.section}以{outer.zh}为分母。前者只是后者的一部分，同一比例要求的{top.zh}数不同；"
            "规划未说明以哪个为准。",
            f"The same {rate_en(one.value, one.unit)} for {one.year} is a share of {within(inner.en)} in "
            f"{one.section} and of {within(outer.en)} in {other.section}. The first are only part of the second, "
            f"so the two ask for different numbers of {within(top.en)}; the plan does not say which holds.",
        )


def _per_other(figure: Figure, quantity: Quantity, staff: str) -> tuple[str, float, Span] | None:
    """What a ratio on `staff` is counted against, and the staff it asks for per unit of that, with rounding."""
    scale = quantity.scale
    if scale is None or figure.value <= 0 or quantity.numerator is None or quantity.denominator is None:
        return None
    low, high = figure.span
    if quantity.numerator == staff:
        return quantity.denominator, figure.value / scale, Span(low / scale, high / scale)
    if quantity.denominator == staff:
        return quantity.numerator, scale / figure.value, Span(scale / high, scale / low)
    return None


def other_units(case: Case) -> Iterator[Finding]:
    """A ratio of staff to people (per 10,000) against one of people to staff (1 : n) for the same year.

    Where one is for everybody and the other for the people of one setting, a difference only counts when the
    plan states them as equal in another year.
    """
    pairs = list(_unit_pairs(case))
    equal = {(a.indicator, b.indicator) for a, b, severity, _ in pairs if severity == "consistent"}
    for total, part, severity, value in pairs:
        whole, narrow = case.catalogue[total.indicator], case.catalogue[part.indicator]
        same_people = whole.serves == narrow.serves
        if severity != "consistent" and not same_people and (total.indicator, part.indicator) not in equal:
            continue
        years = [
            a.year
            for a, b, s, _ in pairs
            if s == "consistent" and (a.indicator, b.indicator) == (total.indicator, part.indicator)
        ]
        tail_zh = tail_en = ""
        if severity != "consistent" and years:
            listed = "、".join(str(year) for year in years)
            tail_zh = f"；{listed}年两者相等。"
            tail_en = f"; in {', '.join(str(year) for year in years)} the two are equal."
        yield Finding(
            "other_unit",
            ids([total, part]),
            total.value,
            value,
            severity,
            f"{part.year}年 1:{en(part.value)} 即 {rate_zh(value, total.unit)}，{whole.zh}写 "
            f"{rate_zh(total.value, total.unit)}（{percent(total.value / value - 1)}）{tail_zh or '。'}",
            f"{part.year}: 1 to {en(part.value)} is {rate_en(value, total.unit)}; {within(whole.en)}: "
            f"{rate_en(total.value, total.unit)} ({percent(total.value / value - 1)}){tail_en or '.'}",
        )


def _unit_pairs(case: Case) -> Iterator[tuple[Figure, Figure, Severity, float]]:
    """Staff per people and people per staff on the same two quantities and year, with what the second implies."""
    for total, part in itertools.permutations(case.figures, 2):
        whole, narrow = case.catalogue[total.indicator], case.catalogue[part.indicator]
        if (
            not (whole.serves and narrow.serves and whole.scale and narrow.scale and part.value > 0)
            or (whole.numerator, whole.denominator) != (narrow.denominator, narrow.numerator)
            or whole.scale <= narrow.scale
            or None in (whole.numerator, whole.denominator, total.year)
            or (total.kind, total.year) != (part.kind, part.year)
            or not compatible(total, part)
        ):
            continue
        factor = whole.scale * narrow.scale
        span = Span(factor / part.span.high, factor / part.span.low)
        yield total, part, weigh(factor / part.value, total.span, span), factor / part.value


def staff_sums(case: Case) -> Iterator[Finding]:
    """A staffing ratio for everybody against the sum of those for institution and community.

    The institution's rule counts beds; the plan's own ratios of beds to people turn it into people, from the
    smallest to the largest that it states (aims of the year, facts before it, standing norms). People in the
    community are all people less those the beds can hold. Silent where the community's ratio by itself already
    restates the total (then the total leaves institutions out) or where the plan states no ratio of beds.
    """
    for total, whole, year in case.dated():
        staff, people, scale = whole.numerator, whole.denominator, whole.scale
        if whole.serves != "all" or staff is None or people is None or scale is None or not total.aim:
            continue
        community = list(_terms(case, total, staff, "community", year))
        institution = list(_terms(case, total, staff, "institution", year))
        if len(community) != 1 or len(institution) != 1 or community[0][1] != people:
            continue
        (outside, _, per_person, person_span), (inside, counted, per_bed, bed_span) = community[0], institution[0]
        stated = [(f.value / (case.catalogue[f.indicator].scale or 1), f) for f in _ratios(case, counted, people, year)]
        if counted == people or not stated:
            continue
        few, many = min(stated, key=lambda b: b[0]), max(stated, key=lambda b: b[0])
        alone = Span(person_span.low * (1 - many[0]) * scale, person_span.high * scale)
        if alone.meets(total.span):
            continue
        span = Span(alone.low + bed_span.low * few[0] * scale, alone.high + bed_span.high * many[0] * scale)
        agrees = span.meets(total.span)
        sums = {f: (beds * scale, (per_person + beds * per_bed) * scale) for beds, f in (few, many)}
        terms_zh, terms_en = [], []
        for f, (beds, value) in sums.items():
            adding = f"{_tenths(per_person * scale)} + {_tenths(value - per_person * scale)} = {_tenths(value)}"
            terms_zh.append(f"按每{_round(scale)}名老年人 {en(beds)} 张（{_when(f, '长期标准', '年')}），{adding}")
            terms_en.append(f"with {en(beds)} beds per {en(scale)} ({_when(f, 'standing norm', '')}) {adding}")
        end_zh = "与两项之和相符。" if agrees else "既不等于社区一项，也不等于两项之和。"
        end_en = "which is their sum." if agrees else "neither the community's ratio alone nor the sum."
        yield Finding(
            "staff_sum",
            ids([total, outside, inside, *sums]),
            total.value,
            min((value for _, value in sums.values()), key=lambda value: abs(value - total.value)),
            "consistent" if agrees else "contradiction",
            f"{year}年社区与机构两项标准服务不同的人，应相加：{'；'.join(terms_zh)}；{whole.zh}写 "
            f"{rate_zh(total.value, total.unit)}，{end_zh}",
            f"{year}: the ratios for community and institutions serve different people and add up: "
            f"{'; '.join(terms_en)}; {within(whole.en)}: {rate_en(total.value, total.unit)}, {end_en}",
        )


def _terms(case: Case, total: Figure, staff: str, serves: str, year: int) -> Iterator[tuple[Figure, str, float, Span]]:
    """Ratios on `staff` for one setting that hold in the year, as `_per_other` reads them."""
    for figure in case.figures:
        quantity = case.catalogue[figure.indicator]
        per = _per_other(figure, quantity, staff)
        current = (figure.year, figure.kind) == (year, total.kind)
        standing = figure.kind == "norm" and figure.year in (None, year)
        if quantity.serves == serves and per is not None and (current or standing) and compatible(figure, total):
            yield (figure, *per)


def _ratios(case: Case, counted: str, people: str, year: int) -> list[Figure]:
    """What the plan says of how many `counted` there are per person: aims of the year, the last fact, norms."""
    found = [
        figure
        for figure in case.figures
        if (q := case.catalogue[figure.indicator]).scale and (q.numerator, q.denominator) == (counted, people)
    ]
    facts = [f for f in found if f.kind == "baseline" and f.year is not None and f.year <= year]
    return [
        *(f for f in found if f.kind == "target" and f.year == year),
        *sorted(facts, key=lambda f: f.year or 0)[-1:],
        *(f for f in found if f.kind == "norm"),
    ]


def _when(figure: Figure, undated: str, suffix: str) -> str:
    return undated if figure.year is None else f"{figure.year}{suffix}"


def _tenths(value: float) -> str:
    return f"{value:.1f}"


def _round(scale: float) -> str:
    return {1000: "千", 10000: "万", 100: "百"}.get(int(scale), en(scale))


RULES: tuple[Callable[[Case], Iterator[Finding]], ...] = (
    ratios,
    parts,
    subsets,
    overlaps,
    gaps,
    increases,
    own_baselines,
    restatements,
    two_dates,
    denominators,
    other_units,
    staff_sums,
    *population.RULES,
)
