"""Which sections the reports have, in their order: the one list where a section is switched on or off.

A section that is on and whose table is missing stops the stage with the table's key. Tables are read only for
sections that are on.
"""

from __future__ import annotations

from pipeline.report import backtest_sections as tested
from pipeline.report import check_sections as checked
from pipeline.report import overview_sections as overview
from pipeline.report import plan_sections as plan
from pipeline.report.context import Section
from pipeline.report.sections.method import method

PLAN_SECTIONS: tuple[Section, ...] = (
    Section("standing", plan.standing, ("headline", "gap", "population", "verdict")),
    Section("people", plan.people, ("population", "single_age")),
    Section("pyramid", plan.pyramid, ("ages",)),
    Section("balance", plan.balance, ("gap",)),
    Section("rate", plan.rate, ("gap",)),
    Section("need", plan.need, ("gap",)),
    Section("s_curve", plan.s_curve, ("gap", "curve")),
    Section("waterfall", plan.waterfall, ("waterfall",)),
    Section("tornado", plan.tornado, ("sensitivity",)),
    Section("scenarios", plan.scenarios, ("population", "gap")),
    Section("audit", plan.audit, ("plan_audit",)),
    Section("assumptions", plan.assumptions, ("gap",)),
    Section("method", method),
    Section("diagnostics", tested.diagnostics, ("diagnostics",)),
    Section("backtest", tested.backtest, ("backtest", "backtest_pairs", "backtest_scores")),
    Section("limitations", plan.limitations),
    Section("figures", plan.plan_figures, ("plan_figures",)),
    Section("sources", plan.sources),
)

OVERVIEW_SECTIONS: tuple[Section, ...] = (
    Section("compare", overview.compare, ("headline", "gap", "population")),
    Section("ranking", overview.ranking, ("gap",)),
    Section("ageing", overview.ageing, ("population",)),
    Section("nation", overview.nation, ("benchmark_un", "single_age")),
    Section("benchmark", overview.benchmark, ("benchmark_un",)),
    Section("consistency", overview.consistency, ("consistency",)),
    Section("rivals", tested.rivals, ("series_forecasts", "backtest")),
    Section("audits", overview.audits, ("plan_audit",)),
    Section("diagnostics", tested.diagnostics, ("diagnostics",)),
    Section("checks", checked.checks, ("loo",)),
    Section("backtest", tested.backtest, ("backtest", "backtest_pairs", "backtest_scores")),
    Section("limitations", overview.limitations),
    Section("sources", overview.sources),
)


def tables_needed() -> list[str]:
    """Keys of the tables that the sections which are on read, each once."""
    keys = (key for section in (*PLAN_SECTIONS, *OVERVIEW_SECTIONS) if section.on for key in section.tables)
    return list(dict.fromkeys(keys))
