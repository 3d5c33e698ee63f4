"""What in the plan's own figures does not add up."""

from collections.abc import Sequence

import pandas as pd

from pipeline.report.context import Context
from pipeline.report.document import Block, ReportColumn

ORDER = ("contradiction", "basis", "borderline", "rounding")


def audit(context: Context) -> Sequence[Block]:
    """How many checks held, and each finding with its recomputation."""
    words, found = context.words, context.shared.tables["plan_audit"]
    found = found[found["plan"] == context.plan.plan.id]
    if found.empty:
        stated = [figure for figure in context.plan.plan.figures if figure.value is not None]
        facts = sum(figure.kind == "baseline" for figure in stated)
        among = words("audit.facts" if facts else "audit.no_facts", facts=str(facts))
        return [context.text("audit.none", figures=str(len(stated)), facts=among)]
    by_kind = found.groupby("severity")["count"].sum()
    counts = {name: int(by_kind.get(name, 0)) for name in ("consistent", *reversed(ORDER))}
    told = [words(f"audit.count.{name}", count=str(count)) for name, count in counts.items() if count]
    rows = [row for severity in ORDER for _, row in found[found["severity"] == severity].iterrows()]
    return [
        context.text("audit.summary", checks=str(int(found["count"].sum())), items=words.either("，", "; ").join(told)),
        context.table(
            words("audit.table"),
            rows,
            ReportColumn(words("head.severity"), lambda row: words(f"severity.{row['severity']}"), 12),
            ReportColumn(words("head.finding"), lambda row: _told(context, row), 74),
            ReportColumn(words("head.rests_on"), lambda row: context.refs(row["figure_ids"]), 14),
        ),
    ]


def _told(context: Context, row: pd.Series) -> str:
    """The finding in words; straight quotation marks in English, since the typeface's curved ones are as wide as a
    Chinese one."""
    words = context.words
    text = str(row[f"explanation_{words.language}"])
    return text if words.language == "zh" else text.translate(str.maketrans("“”‘’", "\"\"''"))
