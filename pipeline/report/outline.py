"""Which sections the reports have, in their order: the one list where a section is switched on or off.

A table that a section names and nobody wrote stops the stage with the table's key. Tables under `wanted` and `also`
may be missing: the section is then left out, or says less.
"""

from pipeline.report.context import ReportSection
from pipeline.report.sections import (
    method_section,
    need_section,
    next_plan_section,
    people_section,
    scores_section,
    sources_section,
    supply_section,
)

BRIEF_TABLES = ("headline", "population", "need", "additions", "next_plan", "cost", "norms")
"""Tables of the first screen."""

PLAN_SECTIONS: tuple[ReportSection, ...] = (
    ReportSection("people", people_section.people, ("single_age", "ages"), also=("counts", "forecast_moved", "atlas")),
    ReportSection("supply", supply_section.supply, ("gap", "verdict", "supply", "norms")),
    ReportSection("next_plan", next_plan_section.next_plan, ("next_plan", "additions")),
    ReportSection("need", need_section.need, ("need",)),
    ReportSection("cost", next_plan_section.cost, ("cost",)),
    ReportSection("childcare", need_section.childcare, wanted=("childcare",)),
    ReportSection("drivers", need_section.drivers, ("waterfall", "sensitivity")),
    ReportSection("audit", sources_section.audit, ("plan_audit",)),
    ReportSection("glossary", sources_section.glossary),
    ReportSection("figures", sources_section.figures),
    ReportSection("sources", sources_section.sources),
)

ANNEX_SECTIONS: tuple[ReportSection, ...] = (
    ReportSection("method", method_section.method),
    ReportSection("nation", people_section.nation, ("benchmark_un",), also=("counts", "forecast_moved")),
    ReportSection("ageing", people_section.ageing, ("population",)),
    ReportSection("moved", people_section.moved, wanted=("forecast_moved",)),
    ReportSection("counts_scores", scores_section.counts, wanted=("counts_scores",)),
    ReportSection("backtest", scores_section.backtest, ("backtest", "backtest_pairs", "backtest_scores")),
    ReportSection("rivals", scores_section.rivals, ("series_forecasts",)),
    ReportSection("checks", scores_section.checks, ("loo",)),
    ReportSection("diagnostics", scores_section.diagnostics, ("diagnostics",)),
    ReportSection("settings", method_section.assumptions),
    ReportSection("limitations", method_section.limitations),
    ReportSection("sources", sources_section.sources),
)

SECTIONS = (*PLAN_SECTIONS, *ANNEX_SECTIONS)
OPTIONAL = {name for section in SECTIONS for name in (*section.wanted, *section.also)}
"""Tables that may be missing."""


def tables_needed() -> list[str]:
    """Keys of the tables that the sections read, each once."""
    keys = (key for section in SECTIONS for key in (*section.tables, *section.wanted, *section.also))
    return list(dict.fromkeys([*BRIEF_TABLES, *keys, "sample"]))
