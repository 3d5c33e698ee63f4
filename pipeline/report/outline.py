"""Which sections the reports have, in their order: the one list where a section is switched on or off.

A table that a section names and nobody wrote stops the stage with the table's key. Tables under `wanted` and `also`
may be missing: the section is then left out, or says less.
"""

from pipeline.report.context import ReportSection
from pipeline.report.sections import (
    audit_section,
    brief,
    cost_section,
    diagnostics,
    drivers,
    method,
    nation_section,
    need_section,
    next_plan_section,
    people_section,
    scores_section,
    settings,
    sources,
    supply_section,
)

PLAN_SECTIONS: tuple[ReportSection, ...] = (
    ReportSection(
        "people",
        people_section.people,
        ("population", "single_age", "ages"),
        also=("counts", "forecast_moved", "atlas"),
    ),
    ReportSection("supply", supply_section.supply, ("gap", "verdict", "supply", "norms")),
    ReportSection("next_plan", next_plan_section.next_plan, ("next_plan", "additions")),
    ReportSection("need", need_section.need, ("need",)),
    ReportSection("cost", cost_section.cost, ("cost",)),
    ReportSection("childcare", need_section.childcare, (), ("childcare",)),
    ReportSection("drivers", drivers.drivers, ("waterfall", "sensitivity")),
    ReportSection("audit", audit_section.audit, ("plan_audit",)),
    ReportSection("glossary", sources.glossary),
    ReportSection("figures", sources.figures),
    ReportSection("sources", sources.sources),
)

ANNEX_SECTIONS: tuple[ReportSection, ...] = (
    ReportSection("method", method.method),
    ReportSection("nation", nation_section.nation, ("benchmark_un",), also=("counts", "forecast_moved")),
    ReportSection("ageing", nation_section.ageing, ("population",)),
    ReportSection("moved", nation_section.moved, (), ("forecast_moved",)),
    ReportSection("counts_scores", scores_section.counts, (), ("counts_scores",)),
    ReportSection("backtest", scores_section.backtest, ("backtest", "backtest_pairs", "backtest_scores")),
    ReportSection("rivals", scores_section.rivals, ("series_forecasts",)),
    ReportSection("checks", diagnostics.checks, ("loo",)),
    ReportSection("diagnostics", diagnostics.diagnostics, ("diagnostics",)),
    ReportSection("settings", settings.settings),
    ReportSection("limitations", settings.limitations),
    ReportSection("sources", sources.sources),
)

OPTIONAL = {name for section in (*PLAN_SECTIONS, *ANNEX_SECTIONS) for name in (*section.wanted, *section.also)}
"""Tables that may be missing."""


def tables_needed() -> list[str]:
    """Keys of the tables that the sections read, each once."""
    sections = (*PLAN_SECTIONS, *ANNEX_SECTIONS)
    keys = (key for section in sections for key in (*brief.TABLES, *section.tables, *section.wanted, *section.also))
    return list(dict.fromkeys([*keys, "sample"]))
