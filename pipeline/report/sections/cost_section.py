"""What it costs to close each gap and to run what is opened: intervals, never a single figure."""

from collections.abc import Sequence

from pipeline.report.context import Context
from pipeline.report.document import Block, ReportColumn
from pipeline.report.sections.planned import counted_as, in_force, money, periods, years_of
from pipeline.vocabulary import COST_KINDS, YARDSTICKS


def cost(context: Context) -> Sequence[Block]:
    """One row a resource, yardstick, period and kind of cost."""
    words = context.words
    rows = context.plan.rows("cost")
    # The later period stands in the tables: what is decided now is the next one.
    rows = rows[rows["q90"].notna() & (rows["q90"] > 0) & (rows["period"] == periods(context)[0])]
    order = {(y, k): place for place, (y, k) in enumerate((y, k) for y in YARDSTICKS for k in COST_KINDS)}
    found = sorted(
        (row for _, row in rows.iterrows()),
        key=lambda r: (str(r["resource"]), order.get((str(r["yardstick"]), str(r["kind"])), 99), str(r["period"])),
    )
    if not found:
        known = context.plan.rows("additions", part="total")
        return [context.text("cost.nothing" if len(known) and known["shown"].notna().any() else "cost.unknown")]
    years = ", ".join(sorted({str(int(row["price_year"])) for row in found}))
    return [
        context.table(
            words("cost.table", year=years, period=years_of(context)),
            found,
            ReportColumn(words("head.resource"), lambda row: counted_as(context, str(row["resource"])), 16),
            ReportColumn(
                words("head.yardstick"), lambda row: words(in_force(context, f"yardstick.{row['yardstick']}")), 15
            ),
            ReportColumn(words("head.kind_of_cost"), lambda row: words(f"cost.{row['kind']}"), 28),
            ReportColumn(
                words("head.cost_in"),
                lambda row: money(words, float(row["q10"]), float(row["q90"]), column=True),
                17,
                number=True,
            ),
            ReportColumn(
                words("head.prices"), lambda row: words("cost.own" if bool(row["own"]) else "cost.elsewhere"), 12
            ),
        ),
        context.note("cost.note"),
    ]
