"""What was counted after the census beside the forecast from the census alone and the one that has seen the counts."""

import pandas as pd

from pipeline.report.context import Context, rows_of
from pipeline.report.document import Block
from pipeline.report.facts import where
from pipeline.vocabulary import CENTRAL

CENSUS_ONLY = "census_only"


def counted(context: Context, region: str, *groups: str) -> pd.DataFrame:
    """Counts published after the census by year, of the first of these age groups of which there are any."""
    if not context.shared.tables.has("counts"):
        return pd.DataFrame(columns=["year", "age_group", "value"])
    rows = where(context.shared.tables["counts"], region=region).dropna(subset="value").sort_values("year")
    return next((part for group in groups if len(part := where(rows, age_group=group))), rows.head(0))


def from_census_alone(context: Context, region: str, group: str) -> pd.Series | None:
    """Median by year of the forecast that has seen no count; None where that scenario is not run."""
    chosen = {"scenario": CENSUS_ONLY, "region": region, "sex": "both", "age_group": group, "output_type_id": 0.5}
    rows = where(context.shared.tables["population"], **chosen)
    return None if rows.empty else rows.set_index("year")["value"].sort_index()


def counts_and_forecasts(context: Context, region: str) -> list[Block]:
    """Each count of 60+ (or 65+) beside both forecasts, how far the earlier one was off, and what the counts moved."""
    words, column, tables = context.words, context.column, context.shared.tables
    # 60+ is what the page is of; 65+ stands in where only that was counted.
    rows = counted(context, region, "60+", "65+")
    blocks: list[Block] = []

    def percent(row: pd.Series, name: str) -> str:
        return words.percent(abs(float(row[name])) / 100)

    def signed(row: pd.Series, name: str) -> str:
        return words.signed_percent(float(row[name]) / 100)

    def group(row: pd.Series) -> str:
        return words(f"group.{row['age_group']}")

    if not rows.empty:
        blocks.append(
            context.table(
                words("counts.caption"),
                rows,
                column("counts.year", lambda row: str(int(row["year"])), 8),
                column("counts.people", group, 12),
                column("counts.counted", lambda row: float(row["value"]), 16, exact=True),
                *(
                    column(f"counts.{run}", lambda row, r=run: signed(row, f"error_{r}"), 16, number=True)
                    for run in (CENSUS_ONLY, CENTRAL)
                ),
                small=True,
            )
        )
        for row in rows_of(rows.dropna(subset=["error_census_only"]).tail(1)):
            side = words("counts.low" if row["error_census_only"] < 0 else "counts.high")
            error = percent(row, "error_census_only")
            blocks.append(context.text("counts.off", year=int(row["year"]), group=group(row), error=error, side=side))
    if tables.has("forecast_moved"):
        moved = where(tables["forecast_moved"], region=region, year=context.goal_year)
        for row in rows_of(moved.dropna(subset=["change_percent", "width_before_percent"])):
            blocks.append(
                context.text(
                    "counts.moved" if len(rows) else "counts.moved_others",
                    year=int(row["year"]),
                    group=group(row),
                    change=signed(row, "change_percent"),
                    before=percent(row, "width_before_percent"),
                    after=percent(row, "width_after_percent"),
                )
            )
    return blocks
