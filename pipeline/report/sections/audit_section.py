"""What in the plan's own figures does not add up."""

from collections.abc import Sequence

import pandas as pd

from pipeline.report.context import Context, rows_of
from pipeline.report.document import Block
from pipeline.report.facts import where
from pipeline.vocabulary import AUDIT_SEVERITIES

STRAIGHT = str.maketrans("“”‘’", "\"\"''")
"""English quotation marks: the typeface's curved ones are as wide as a Chinese character."""


def audit(context: Context) -> Sequence[Block]:
    """How many checks held, and each finding with its recomputation."""
    words, column = context.words, context.column
    found = where(context.shared.tables["plan_audit"], plan=context.plan.plan.id)
    counts = found.groupby("severity")["count"].sum()
    if found.empty:
        stated = [figure for figure in context.plan.plan.figures if figure.value is not None]
        facts = sum(figure.kind == "baseline" for figure in stated)
        among = words("audit.facts" if facts else "audit.no_facts", facts=facts)
        return [context.text("audit.none", figures=len(stated), facts=among)]
    items = [
        words(f"audit.count.{name}", count=int(counts[name])) for name in reversed(AUDIT_SEVERITIES) if counts.get(name)
    ]
    rows = [row for severity in AUDIT_SEVERITIES[:-1] for row in rows_of(where(found, severity=severity))]

    def finding(row: pd.Series) -> str:
        text = str(row[f"explanation_{words.language}"])
        return words.either(text, text.translate(STRAIGHT))

    return [
        context.text("audit.summary", checks=int(counts.sum()), items=words.either("，", "; ").join(items)),
        context.table(
            words("audit.table"),
            rows,
            column("head.severity", lambda row: words(f"severity.{row['severity']}"), 12),
            column("head.finding", finding, 74),
            column("head.rests_on", lambda row: context.refs(row["figure_ids"]), 14),
        ),
    ]
