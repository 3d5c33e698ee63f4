"""Which sections the reports have, in their order, and which tables they read."""

from collections.abc import Callable, Mapping, Sequence

from pipeline.report.context import Context
from pipeline.report.document import Block, Bullets, DocumentPart, Pictures, ReportTable
from pipeline.report.sections import (
    annex_section,
    need_section,
    next_plan_section,
    people_section,
    sources_section,
    supply_section,
)

type Sections = Mapping[str, Callable[[Context], Sequence[Block]]]
"""Builders by anchor, which is also the message of the title."""

PLAN_SECTIONS: Sections = {
    "people": people_section.people,
    "supply": supply_section.supply,
    "next_plan": next_plan_section.next_plan,
    "need": need_section.need,
    "cost": next_plan_section.cost,
    "childcare": need_section.childcare,
    "drivers": need_section.drivers,
    "audit": sources_section.audit,
    "glossary": sources_section.glossary,
    "figures": sources_section.figures,
    "sources": sources_section.sources,
}

ANNEX_SECTIONS: Sections = {
    "method": annex_section.method,
    "nation": people_section.nation,
    "ageing": people_section.ageing,
    "moved": people_section.moved,
    "counts_scores": annex_section.counts,
    "backtest": annex_section.backtest,
    "rivals": annex_section.rivals,
    "checks": annex_section.checks,
    "diagnostics": annex_section.diagnostics,
    "settings": annex_section.assumptions,
    "limitations": annex_section.limitations,
    "sources": sources_section.sources,
}

TABLES = (
    *("headline", "population", "single_age", "ages", "need", "norms", "supply", "gap", "verdict", "additions"),
    *("next_plan", "cost", "waterfall", "sensitivity", "plan_audit", "benchmark_un", "backtest", "backtest_pairs"),
    *("backtest_scores", "series_forecasts", "loo", "diagnostics", "sample"),
)
"""Tables that the reports read: without one of them the stage stops."""

OPTIONAL = {"counts": "", "forecast_moved": "moved", "atlas": "", "childcare": "", "counts_scores": "counts_scores"}
"""Tables that may be missing, and the section that is left out without one; others then say less."""


def parts(context: Context, sections: Sections) -> list[DocumentPart]:
    """Those of the sections that have something to say, in the context's language."""
    left_out = {section for table, section in OPTIONAL.items() if not context.shared.tables.has(table)}
    built = {anchor: [] if anchor in left_out else build(context) for anchor, build in sections.items()}
    spoken = {anchor: [block for block in blocks if not _empty(block)] for anchor, blocks in built.items()}
    return [
        DocumentPart(anchor, context.words(f"section.{anchor}"), blocks) for anchor, blocks in spoken.items() if blocks
    ]


def _empty(block: Block) -> bool:
    match block:
        case Bullets(items=found) | ReportTable(rows=found) | Pictures(pictures=found):
            return not found
    return False
