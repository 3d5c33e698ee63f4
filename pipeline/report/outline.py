"""Which sections the reports have, in their order: the one list where a section is switched on or off.

A table that a section names and nobody wrote stops the stage with the table's key. Tables under `wanted` and `also`
may be missing: the section is then left out, or says less.
"""

from __future__ import annotations

from pipeline.report.context import Section
from pipeline.report.sections import (
    audit,
    brief,
    cost,
    diagnostics,
    drivers,
    method,
    nation,
    need,
    next_plan,
    people,
    scores,
    settings,
    sources,
    supply,
)

PLAN_SECTIONS: tuple[Section, ...] = (
    Section("people", people.people, ("population", "single_age", "ages"), also=("counts", "forecast_moved", "atlas")),
    Section("supply", supply.supply, ("gap", "verdict", "supply", "norms")),
    Section("next_plan", next_plan.next_plan, ("next_plan", "additions")),
    Section("need", need.need, ("need",)),
    Section("cost", cost.cost, ("cost",)),
    Section("childcare", need.childcare, (), ("childcare",)),
    Section("drivers", drivers.drivers, ("waterfall", "sensitivity")),
    Section("audit", audit.audit, ("plan_audit",)),
    Section("glossary", sources.glossary),
    Section("figures", sources.figures),
    Section("sources", sources.sources),
)

ANNEX_SECTIONS: tuple[Section, ...] = (
    Section("method", method.method),
    Section("nation", nation.nation, ("benchmark_un",), also=("counts", "forecast_moved")),
    Section("ageing", nation.ageing, ("population",)),
    Section("moved", nation.moved, (), ("forecast_moved",)),
    Section("counts_scores", scores.counts, (), ("counts_scores",)),
    Section("backtest", scores.backtest, ("backtest", "backtest_pairs", "backtest_scores")),
    Section("rivals", scores.rivals, ("series_forecasts",)),
    Section("checks", diagnostics.checks, ("loo",)),
    Section("diagnostics", diagnostics.diagnostics, ("diagnostics",)),
    Section("settings", settings.settings),
    Section("limitations", settings.limitations),
    Section("sources", sources.sources),
)

OPTIONAL = {name for section in (*PLAN_SECTIONS, *ANNEX_SECTIONS) for name in (*section.wanted, *section.also)}
"""Tables that may be missing."""


def tables_needed() -> list[str]:
    """Keys of the tables that the sections read, each once."""
    sections = (*PLAN_SECTIONS, *ANNEX_SECTIONS)
    keys = (key for section in sections for key in (*brief.TABLES, *section.tables, *section.wanted, *section.also))
    return list(dict.fromkeys([*keys, "sample"]))
