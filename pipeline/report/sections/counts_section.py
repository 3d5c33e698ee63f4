"""What was counted after the census beside the forecast from the census alone and the one that has seen the counts."""

import pandas as pd

from pipeline.report.context import Context
from pipeline.report.document import Block, ReportColumn
from pipeline.report.facts import where
from pipeline.vocabulary import CENTRAL

CENSUS_ONLY = "census_only"


def counted(context: Context, region: str) -> pd.DataFrame:
    """Counts published after the census by year, as in reports/tables/counts.csv; no row where there are none."""
    tables = context.shared.tables
    if not tables.has("counts"):
        return pd.DataFrame(columns=["year", "age_group", "value", "used"])
    rows = where(tables["counts"], region=region)
    return rows[rows["value"].notna()].sort_values("year")


def from_census_alone(context: Context, region: str, group: str) -> pd.Series | None:
    """Median by year of the forecast that has seen no count; None where that scenario is not run."""
    chosen = {"scenario": CENSUS_ONLY, "region": region, "sex": "both", "age_group": group, "output_type_id": 0.5}
    rows = where(context.shared.tables["population"], **chosen)
    return None if rows.empty else rows.set_index("year")["value"].sort_index()


def seen(context: Context, region: str) -> list[Block]:
    """Each count of 60+ (or 65+) beside both forecasts, how far the earlier one was off, and what the counts moved."""
    words, tables = context.words, context.shared.tables
    rows = counted(context, region)
    # 60+ is what the page is of; 65+ stands in where only that was counted.
    rows = next((found for group in ("60+", "65+") if len(found := rows[rows["age_group"] == group])), rows[:0])
    blocks: list[Block] = []

    def off(row: pd.Series, run: str) -> str:
        return words.signed_percent(float(row[f"error_{run}"]) / 100)

    if not rows.empty:
        blocks.append(
            context.table(
                words("counts.caption"),
                [row for _, row in rows.iterrows()],
                ReportColumn(words("counts.year"), lambda row: str(int(row["year"])), 8),
                ReportColumn(words("counts.people"), lambda row: words(f"group.{row['age_group']}"), 12),
                ReportColumn(words("counts.counted"), lambda row: float(row["value"]), 16, exact=True),
                *(
                    ReportColumn(words(f"counts.{run}"), lambda row, r=run: off(row, r), 16, number=True)  # type: ignore[misc]
                    for run in (CENSUS_ONLY, CENTRAL)
                ),
                small=True,
            )
        )
        for _, row in rows.dropna(subset=["error_census_only"]).tail(1).iterrows():
            error = float(row["error_census_only"])
            blocks.append(
                context.text(
                    "counts.off",
                    year=str(int(row["year"])),
                    group=words(f"group.{row['age_group']}"),
                    error=words.percent(abs(error) / 100),
                    side=words("counts.low" if error < 0 else "counts.high"),
                )
            )
    if tables.has("forecast_moved"):
        moved = where(tables["forecast_moved"], region=region, year=2030)
        for _, row in moved.dropna(subset=["change_percent", "width_before_percent"]).iterrows():
            blocks.append(
                context.text(
                    "counts.moved" if len(rows) else "counts.moved_others",
                    year=str(int(row["year"])),
                    group=words(f"group.{row['age_group']}"),
                    change=words.signed_percent(float(row["change_percent"]) / 100),
                    before=words.percent(float(row["width_before_percent"]) / 100),
                    after=words.percent(float(row["width_after_percent"]) / 100),
                )
            )
    return blocks
