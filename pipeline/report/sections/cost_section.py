"""What it costs to close each gap and to run what is opened: intervals, never a single figure."""

from collections.abc import Sequence

from pipeline.report.context import Context, rows_of
from pipeline.report.document import Block
from pipeline.report.sections.lookups import money, periods, quantity_name, yardstick_name, years_of
from pipeline.vocabulary import COST_KINDS, YARDSTICKS


def cost(context: Context) -> Sequence[Block]:
    """One row a resource, yardstick and kind of cost of the next period: the later one stands in the tables."""
    words, column = context.words, context.column
    rows = context.plan.rows("cost", period=periods(context)[0])
    found = sorted(
        rows_of(rows[rows["q90"] > 0]),
        key=lambda row: (row["resource"], YARDSTICKS.index(row["yardstick"]), COST_KINDS.index(row["kind"])),
    )
    if not found:
        known = context.plan.rows("additions", part="total")["shown"].notna().any()
        return [context.text("cost.nothing" if known else "cost.unknown")]
    years = ", ".join(sorted({str(int(row["price_year"])) for row in found}))
    return [
        context.table(
            words("cost.table", year=years, period=years_of(context)),
            found,
            column("head.resource", lambda row: quantity_name(context, row["resource"]), 16),
            column("head.yardstick", lambda row: yardstick_name(context, row["yardstick"]), 15),
            column("head.kind_of_cost", lambda row: words(f"cost.{row['kind']}"), 28),
            column("head.cost_in", lambda row: money(words, row["q10"], row["q90"], column=True), 17, number=True),
            column("head.prices", lambda row: words("cost.own" if row["own"] else "cost.elsewhere"), 12),
        ),
        context.note("cost.note"),
    ]
