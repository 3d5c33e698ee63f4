"""Small result tables of every plan's region and the nation, made up in the form in which the stages publish them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd
from defaults import default_settings

from pipeline.domain import Catalogue, Horizon
from pipeline.inputs.catalogue import load_catalogue
from pipeline.report.facts import SharedFacts, Tables, shared_facts
from pipeline.report.sections.scores_section import GOALS
from pipeline.settings import Settings
from pipeline.summary import QUANTILES

ROOT = Path(__file__).parents[2]
SIZES = {"china": 320.0, "zhejiang": 14.0, "inner_mongolia": 5.6, "wuhan": 2.5, "panzhihua": 0.3}
"""How many times as many people as in Xuchang."""

SCRIPT = "<script>alert(1)</script>"
DEFINITIONS = ("li_2022", "adl", "census_selfcare", "survey_2015")
SEVERITY = {"mild": 0.6, "moderate": 0.25, "severe": 0.15}
PLANNED = {"beds": 0.03, "nursing_beds": 0.02, "dementia_beds": 0.004, "caregivers": 0.012, "social_workers": 0.001}
"""Units of a resource for one person aged 60 and over."""

QUANTITIES = {"beds": "institution_beds"}
PLACES = ("institution", "community", "home")
Row = dict[str, object]


def shown(value: float | None, spread: float) -> Row:
    """Whole numbers of a result and the ends of its interval, blank where there is none."""
    if value is None:
        return dict.fromkeys(("shown", "q10", "q90"), np.nan)
    return {"shown": round(value), "q10": round(value * (1 - spread)), "q90": round(value * (1 + spread))}


def sixty(region: str, year: int) -> float:
    """People aged 60 and over."""
    return 862656 * SIZES.get(region, 1.0) * (1 + 0.03 * (year - 2020))


def tables(catalogue: Catalogue, last: int, spread: float) -> dict[str, pd.DataFrame]:
    """Every table that the reports read; `spread` 0 is a run without uncertainty."""
    regions = list(dict.fromkeys(plan.region for plan in catalogue.plans.values() if plan.region != "china"))
    nation = any(plan.region == "china" for plan in catalogue.plans.values())
    measured = [*regions, *(["china"] if nation else [])]
    made = {
        "population": population([*regions, "china"], last, spread),
        "ages": ages([*regions, "china"], last),
        "single_age": single_ages([*regions, "china"]),
        "need": [row for region in [*regions, "china"] for row in need(region, last, spread)],
        "headline": [row for plan in catalogue.plans.values() for row in headline(plan.id, plan.region, spread)],
        "gap": [row for region in measured for row in gap(region, last, spread)],
        "sample": list(sample([*regions, "china"], last)),
        "supply": [
            {
                "region": region,
                "part": None,
                "quantity": "institution_beds",
                "date": date,
                "value": 0.02 * sixty(region, 2020),
            }
            | {"unit": "beds", "comparator": ">=", "basis": "not_applicable", "grade": "B", "confidence": "published"}
            | {"definition": None, "origin": "supply", "source": "mca_bulletin"}
            for region in measured
            for date in ("2019-09", "2023")
        ],
        "norms": [
            {"quantity": name, "kind": kind, "year": 2024, "value": value, "unit": unit, "source": "mca_bulletin"}
            for name, kind, value, unit in (
                ("institution_beds", "outcome", 16.4, "per_1000"),
                ("nursing_bed_share", "outcome", 65.7, "percent"),
                ("nursing_bed_share", "goal", 73.0, "percent"),
            )
        ],
        "additions": [row for region in measured for row in additions(region, last, spread)],
        "next_plan": [row for region in measured for row in next_plan(region, min(2030, last), spread)],
        "cost": [
            {"region": region, "resource": resource, "yardstick": yardstick, "period": "2026-2030", "kind": kind}
            | {
                "q10": 12.0,
                "shown": 20.0,
                "q90": 340.0,
                "unit": "million_yuan",
                "price_year": 2024,
                "grade": "C",
                "own": own,
            }
            for region in measured
            for resource, kind in (("beds", "capital_investment"), ("beds", "running_subsidy"), ("caregivers", "pay"))
            for yardstick, own in (("status_quo", True), ("need", False))
        ],
        "childcare": [
            {"region": measured[0], "year": year, "measure": measure, "basis_of": "ratio", "births_checked": False}
            | shown(value, spread)
            for year in range(2025, last + 1)
            for measure, value in (("children_under_3", 90000.0), ("places_required", 22000.0), ("places_to_add", 0.0))
        ],
        "plan_audit": [
            {"plan": plan.id, "check": "gap", "figure_ids": plan.figures[0].id, "stated": 1.0, "expected": 2.0}
            | {
                "difference": 0.1,
                "severity": severity,
                "count": 1,
                "explanation_zh": f"甲 {SCRIPT}",
                "explanation_en": f"“{SCRIPT}”",
            }
            for plan in catalogue.plans.values()
            for severity in ("contradiction", "consistent")
        ],
        "waterfall": [
            {"region": region, "resource": "beds", "yardstick": "need", "base_year": 2020, "target_year": last}
            | {"driver": driver, "order": place}
            | shown(value, spread)
            for region in measured
            for place, (driver, value) in enumerate(
                (("base", 900.0), ("population_size", 500.0), ("use", -50.0), ("target", 1350.0))
            )
        ],
        "sensitivity": [
            {"region": region, "resource": "beds", "yardstick": "need", "year": last, "input": name, "rank": rank}
            | {"index": "total", "value": 0.5, "low": 900.0, "high": 1800.0}
            for region in measured
            for rank, name in enumerate(("institution_use", "disability", "population"), start=1)
        ],
        "benchmark_un": [
            {"source": source, "year": 2030, "date": date, "age_group": group, "value": 1.1e9, "ours_median": 1.0e9}
            for source, date, group in (("wpp_2024", "2030-12-31", "total"), ("communique", "2024-12-31", "60+"))
        ],
        "diagnostics": [{"model": "provinces", "quantity": "r_hat", "value": 1.002, "limit": 1.01, "passed": True}],
        "loo": [
            {"model": "provinces", "area": area, "elpd": 48.0, "se": 9.0, "p_loo": 2.0, "reliable": good}
            for area, good in (("all", False), ("jilin", True), ("tibet", False))
        ],
        "counts": [
            {"region": region, "year": 2024, "indicator": "population_60plus", "age_group": "60+", "basis": "resident"}
            | {"value": round(sixty(region, 2024)), "source": "mca_bulletin", "used": True, "why_not": None}
            | {"error_census_only": -1.22, "error_central": -0.45}
            for region in (*regions, "china")
        ],
        **backtests(last),
    }
    frames = {name: pd.DataFrame(rows) for name, rows in made.items()}
    frames["verdict"] = frames["headline"].assign(scenario="central")
    return frames


def population(regions: list[str], last: int, spread: float) -> list[Row]:
    """60+, 65+, 80+ and all ages by year and scenario, both sexes."""
    share = {"60+": 1.0, "65+": 0.75, "80+": 0.14}
    ends = dict(zip(QUANTILES, (-1.5, -1.0, 0.0, 1.0, 1.5), strict=True))
    return [
        {"scenario": scenario, "region": region, "year": year, "sex": "both", "age_group": group}
        | {"output_type": "quantile", "output_type_id": q}
        | {"value": people * (1 + (0 if year == 2020 else spread * end))}
        for scenario in ("central", "no_migration")
        for region in regions
        for year in range(2020, last + 1)
        for group in (*share, "total")
        for people in [sixty(region, year) * share[group] if group in share else 4380000.0 * SIZES.get(region, 1.0)]
        for q, end in ends.items()
    ]


def ages(regions: list[str], last: int) -> list[Row]:
    """Five-year groups by sex in the first and the last year."""
    return [
        {"scenario": "central", "region": region, "year": year, "sex": sex, "age_group": age}
        | {"output_type": "quantile", "output_type_id": 0.5, "value": 20000.0}
        for region in regions
        for year in (2020, last)
        for sex in ("male", "female")
        for age in (*(f"{a}-{a + 4}" for a in range(0, 100, 5)), "100+")
    ]


def single_ages(regions: list[str]) -> list[Row]:
    """Single ages of two censuses."""
    return [
        {"region": region, "year": year, "sex": sex, "age": f"{age}" if age < 100 else "100+", "population": 9000.0}
        for region in regions
        for year in (2010, 2020)
        for sex in ("male", "female")
        for age in range(101)
    ]


def need(region: str, last: int, spread: float) -> Iterator[Row]:
    """People in need by severity and what their care takes."""
    for year in range(2020, last + 1):
        old = sixty(region, year)
        key = {"scenario": "central", "region": region, "year": year, "basis": "resident", "figure_id": None}
        whole = key | {"definition": DEFINITIONS[0], "severity": None, "setting": None}
        for measure, share in (("residents", 0.02), *PLANNED.items()):
            yield whole | {"measure": measure} | shown(share * old, spread)
        for place, definition in enumerate(DEFINITIONS):
            yield whole | {"measure": "disabled", "definition": definition} | shown((0.16 - 0.03 * place) * old, spread)
        for severity, share in SEVERITY.items():
            yield whole | {"measure": "disabled", "severity": severity} | shown(0.16 * share * old, spread)
        for measure, share in (("dementia", 0.06), ("population_60plus", 1.0)):
            yield whole | {"measure": measure, "definition": None} | shown(share * old, spread)


def headline(plan: str, region: str, spread: float) -> Iterator[Row]:
    """One target each of grades A to D, and one that nothing is known of."""
    kinds = (
        ("beds", "institution_beds", "plan", "per_1000", "A", "missed", "beds"),
        ("nursing_share", "nursing_bed_share", "plan", "percent", "B", "likely_met", "percent"),
        ("caregivers", "certified_caregivers", "norm", "per_10000", "D", None, "persons"),
        ("social_workers", "social_workers", "plan", "per_1000", "C", None, "persons"),
    )
    for resource, quantity, yardstick, target_unit, grade, verdict, unit in kinds:
        old = sixty(region, 2025)
        required = 57.0 if unit == "percent" else round(0.03 * old)
        there: float | None = 62.0 if unit == "percent" else round(0.024 * old)
        if resource == "social_workers":
            there = None
        row: Row = {"plan": plan, "region": region, "plan_state": "current", "resource": resource, "quantity": quantity}
        row |= {
            "yardstick": yardstick,
            "figure_id": None,
            "target": 55.0,
            "target_unit": target_unit,
            "target_year": 2025,
        }
        for name, value in (
            ("required", required),
            ("existing", there),
            ("gap", None if there is None else required - there),
        ):
            known = np.nan if value is None else value
            row |= {name: known, f"{name}_q10": known - abs(known) * spread, f"{name}_q90": known + abs(known) * spread}
        row |= {
            "unit": unit,
            "grade": grade,
            "verdict": verdict,
            "as_of": "2025-12-31",
            "marks": "basis_unspecified;weak",
        }
        row |= {"met_probability": 0.9 if grade == "B" else np.nan, "unknown": None if there else "stock"}
        row |= {"settled_by": None if grade == "A" else f"{quantity}:2025:civil_affairs_bulletin"}
        row |= {"stock_date": "2023" if there else None, "stock_value": there if there else np.nan, "stock_unit": unit}
        yield row | {"carried_by": "own" if there else None}


def gap(region: str, last: int, spread: float) -> Iterator[Row]:
    """Required and existing by year; nothing is known of social workers, and dementia beds stand at zero."""
    split = dict.fromkeys(("definition", "severity", "setting", "unknown", "figure_id")) | {"carried": False}
    for resource, share in PLANNED.items():
        for year in range(2020, last + 1):
            key = split | {
                "scenario": "central",
                "region": region,
                "year": year,
                "resource": resource,
                "quantity": QUANTITIES.get(resource, resource),
            }
            key |= {"unit": "beds" if resource.endswith("beds") else "persons", "basis": "resident", "grade": "B"}
            there = None if resource == "social_workers" else 0.0 if resource == "dementia_beds" else 0.02 * 862656
            for path in ("trend", "held", "plan_delivered"):
                line = {"yardstick": None, "supply_path": path, "measure": "existing"}
                yield key | line | shown(there if path != "plan_delivered" or there is None else there * 1.2, 0.0)
            for yardstick in ("plan", "status_quo", "norm"):
                line = {"yardstick": yardstick, "supply_path": None, "measure": "required"}
                yield key | line | shown(share * sixty(region, year), spread)


def additions(region: str, last: int, spread: float) -> Iterator[Row]:
    """Units a year in three parts that add up, for both periods; the record of beds alone is known."""
    periods = [f"2026-{min(2030, last)}", *([f"2031-{last}"] if last > 2030 else [])]
    for resource in PLANNED:
        unit = "beds_per_year" if resource.endswith("beds") else "persons_per_year"
        for yardstick in ("status_quo", "need"):
            for period in periods:
                key = {
                    "region": region,
                    "resource": resource,
                    "quantity": QUANTITIES.get(resource, resource),
                    "yardstick": yardstick,
                }
                key |= {"period": period, "grade": "B"}
                for part, value in (("shortfall", 100.0), ("ageing", 60.0), ("closures", 40.0), ("total", 200.0)):
                    yield key | {"part": part, "unit": unit} | shown(value, spread)
                known = -20.0 if resource == "beds" else None
                yield key | {"part": "record", "unit": unit} | shown(known, 0.0)
                yield key | {"part": "empty", "unit": "beds"} | shown(900.0 if resource == "beds" else None, spread)


def next_plan(region: str, year: int, spread: float) -> Iterator[Row]:
    """Four options of each resource with ratio, additions, chance and cost."""
    for resource, share in PLANNED.items():
        for place, option in enumerate(("stand_still", "national_goal", "need_50", "need_80")):
            ruled = resource == "social_workers"  # how many a plan wants is a rule of its own and no need
            if ruled and option.startswith("need"):
                continue
            key: Row = {"region": region, "year": year, "option": option, "resource": resource, "unit": "beds"}
            key |= {"certainty": {"need_50": 0.5, "need_80": 0.8}.get(option, np.nan)}
            key |= {"grade": None if option.startswith("need") else "B"}
            wide = spread if option in ("stand_still", "national_goal") else 0.0
            number = share * sixty(region, year) * (1 + 0.1 * place)
            yield key | {"measure": "number"} | shown(number, wide)
            yield key | {"measure": "additions_per_year"} | shown(number / 50, wide)
            yield key | {"measure": "per_1000", "shown": 30.0 + place, "q10": np.nan, "q90": np.nan}
            if not ruled:
                yield key | {"measure": "chance_enough", "shown": 0.2 + 0.2 * place, "q10": np.nan, "q90": np.nan}
            yield key | {"measure": "capital_investment", "shown": 30.0, "q10": 20.0, "q90": 400.0}
            if option == "need_50" and resource == "beds":
                yield key | {"measure": "change_if_80plus_tenth_higher", "shown": 77.0, "q10": np.nan, "q90": np.nan}


def backtests(last: int) -> dict[str, list[Row]]:
    """Made-up scores: cities miss their goal at 60+, the 95 % interval of provinces covers too little at 80+."""
    named = {"information": "ex_ante", "bias": 1.2, "rank": 1}
    wide = {"coverage_80": 81.0, "coverage_80_low": 70.0, "coverage_80_high": 90.0, "coverage_95": 95.0}
    cover = wide | {"coverage_95_low": 90.0, "coverage_95_high": 98.0}
    scores: list[Row] = [
        named
        | cover
        | {"test": test, "age_group": group, "model": "cohort_model", "n": 30, "mape": goal - 0.5, "crps": 2.0}
        | ({"mape": goal + 0.25} if (test, group) == ("cities", "60+") else {})
        | ({"coverage_95_high": 94.0} if (test, group) == ("provinces", "80+") else {})
        for (test, group), goal in GOALS.items()
    ]
    blank = dict.fromkeys(cover, np.nan)
    scores += [
        named
        | blank
        | {"test": "national_series", "age_group": "65+", "model": model, "n": 9, "mape": 4.0, "crps": crps}
        for model, crps in (("pool_equal", 3.19), ("prophet", 2.92))
    ]
    pairs = [
        {"test": test, "age_group": group, "information": "ex_ante", "model": "cohort_model", "rival": "census_shrunk"}
        | {"n": 30, "difference": -0.4, "low": -0.7, "high": 0.1, "best": True}
        for test, group in GOALS
    ]
    forecasts = [
        {"test": test, "model": "cohort_model", "information": "ex_ante", "age_group": "60+", "region": region}
        | {"target_year": 2020, "ape": ape, "observed": 1e6}
        for test in ("provinces", "cities")
        for region, ape in (("tibet", 9.0), *((f"area{n}", 1.0) for n in range(9)))
    ]
    forecasts += [
        {"test": "national_series", "model": "ets", "age_group": group, "target_year": year, "observed": 10.0}
        for group in ("60+", "65+")
        for year in (2010, 2020)
    ]
    ahead = [
        {"model": model, "year": year, "age_group": group, "output_type": "quantile", "output_type_id": q}
        | {"value": 20.0 + q}
        for model in ("prophet", "state_space", "ets", "drift", "exponential")
        for year in (last - 1, last)
        for group in ("60+", "65+")
        for q in QUANTILES
    ]
    return {"backtest_scores": scores, "backtest_pairs": pairs, "backtest": forecasts, "series_forecasts": ahead}


def sample(regions: Sequence[str], last: int) -> Iterator[Row]:
    """Two draws of everything that the explorer works with; stocks of beds, none of staff."""
    years = sorted({2020, 2025, 2028, 2030, last})

    def line(
        region: str, series: str, item: str, values: Sequence[float], when: Sequence[int] = years
    ) -> Iterator[Row]:
        for draw, value in enumerate(values):
            for year in when:
                key = {"scenario": "central", "region": region, "series": series, "item": item}
                yield key | {"draw": draw, "year": year, "value": value}

    for name, values in (
        ("bed_use/target_occupancy", (0.7, 0.8)),
        ("bed_use/dementia_in_institution", (0.04, 0.06)),
        ("bed_use/mild_in_nursing", (0.4, 0.6)),
        ("norm/institution_beds", (0.0164,)),
        *(
            (f"{kind}/{of}.{level}", (0.2,))
            for kind in ("share", "users_per_carer")
            for of in PLACES
            for level in SEVERITY
        ),
        *(
            (f"price/{kind}", (1000.0, 2000.0))
            for kind in ("capital_subsidy", "capital_investment", "running_subsidy", "pay")
        ),
    ):
        yield from line("all", *name.split("/"), values, years[:1])
    for name in ("institution_factor", "users_factor"):
        yield from line("all", "factor", name, (0.9, 1.1))
    for region in dict.fromkeys(regions):
        people = sixty(region, 2025)
        for item, share in {"population_60plus": 1.0, "population_80plus": 0.1, "dementia": 0.06, **SEVERITY}.items():
            yield from line(region, "people", item, (0.9 * share * people, 1.1 * share * people))
        yield from line(region, "existing", "institution_beds", (0.02 * people,))
        yield from line(region, "grade", "institution_beds", (2.0,))
        yield from line(region, "kept", "institution_beds", (0.97, 0.99), years[:1])


def with_status(settings: Settings, status: Literal["draft", "final"], accept_bad_fit: bool) -> Settings:
    """Settings with another status."""
    sampler = settings.sampler.model_copy(update={"accept_bad_fit": accept_bad_fit})
    return settings.model_copy(update={"status": status, "sampler": sampler})


def shared_for(
    spread: float,
    *,
    accept_bad_fit: bool = False,
    last: int | None = None,
    title: str = "",
    more: Sequence[tuple[str, str, Horizon]] = (),
) -> SharedFacts:
    """The facts of every plan from made-up tables and settings that say final; `title` replaces Xuchang's.

    Each of `more` is a plan like Xuchang's: its id, region and horizon.
    """
    catalogue = load_catalogue(ROOT)
    settings = {
        name: with_status(found, "final", accept_bad_fit).model_copy(update={"last_year": last or found.last_year})
        for name, found in ((name, default_settings(name)) for name in ("central", "no_migration"))
    }
    plan = catalogue.plans["xuchang"]
    if title:
        plan = plan.model_copy(update={"title": plan.title.model_copy(update={"zh": title, "en": title})})
    plans = {**catalogue.plans, "xuchang": plan}
    for name, region, horizon in more:
        figures = [figure.model_copy(update={"id": f"{name}.{figure.id}"}) for figure in plan.figures]
        new = {"id": name, "region": region, "horizon": horizon, "figures": figures}
        plans[name] = plan.model_copy(update=new)
    catalogue = replace(catalogue, plans=plans)
    frames = tables(catalogue, settings["central"].last_year, spread)
    return shared_facts(catalogue, settings, Tables(frames))
