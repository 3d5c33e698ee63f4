"""The data dictionary: every table, column and indicator, written from the declarations that check them.

`python -m pipeline.results.dictionary` writes docs/dictionary.md; a test fails where the file has drifted.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path

from pipeline.domain import Indicator
from pipeline.errors import InputError
from pipeline.inputs.catalogue import load_catalogue
from pipeline.inputs.declarations import CENSUS_CITY, CENSUS_PROVINCE, RAW_FILES
from pipeline.results.tables import TABLES
from pipeline.results.view import described_rules
from pipeline.results.write import write_text
from pipeline.schemas import Column, Table

DICTIONARY_FILE = "docs/dictionary.md"

CENSUS_FILES = {
    "data/raw/census/provinces/<region>.csv": CENSUS_PROVINCE,
    "data/raw/census/cities/<region>.csv": CENSUS_CITY,
}


def dictionary(indicators: Mapping[str, Indicator]) -> str:
    """The Markdown text: raw tables by file, result tables by name, then the indicators in their order."""
    lines = [
        "# Data dictionary",
        "",
        "Written by `python -m pipeline.results.dictionary` from the declarations of tables, which check each table "
        "where it enters (`pipeline/inputs/raw_tables.yaml`) and leaves (`pipeline/results/tables.yaml`), and "
        "from `data/indicators.yaml`. Not edited by hand.",
        "",
        "## What comes in: data/raw",
        *_tables({**CENSUS_FILES, **RAW_FILES}),
        "",
        "## What comes out",
        "",
        "Tables for readers are CSV files under `reports/tables/`, tables in full detail Parquet files under `data/`.",
        "",
        "A mean, a quantile or a probability of draws is written down to the power of ten at or below its Monte Carlo "
        "error: the digits that its draws bear, and one more as a guard. The error is that of a normal with the "
        "interval beside it: of a median 1.25 SD ÷ √draws, of the ends of the 80 % interval 1.71. A gap is what is "
        "required less what exists as shown, and parts sum to their whole as shown; they may end in the finest digit "
        "of these.",
        *_tables(TABLES),
        "",
        "## What readers see",
        "",
        "Rows of the tables above that a reader sees (`pipeline/results/view.py`): those for which every condition of "
        "one line holds. A table without a line is seen whole. Workbook, explorer and `explain` see rows of the CSV "
        "files.",
        "",
        "| table | seen in | rows |",
        "|---|---|---|",
        *(_row(rule) for rule in described_rules()),
        "",
        "## Indicators",
        "",
        "What a figure of a plan or an observation is a number of.",
        "",
        "| indicator | 中文 | English | unit | ratio of |",
        "|---|---|---|---|---|",
        *(_row(_indicator(name, indicator)) for name, indicator in indicators.items()),
    ]
    return "\n".join(lines) + "\n"


def _tables(tables: Mapping[str, Table]) -> list[str]:
    lines = []
    for name, table in tables.items():
        lines += ["", f"### `{name}`", "", table.description, "", f"Key: {', '.join(f'`{k}`' for k in table.key)}.", ""]
        lines += ["| column | what it is | cells |", "|---|---|---|"]
        lines += [_row((f"`{column.name}`", column.description, _cells(column))) for column in table.columns]
    return lines


def _cells(column: Column) -> str:
    words = column.expected()
    return words if not column.unit or column.unit in words else f"{words} ({column.unit})"


def _indicator(name: str, indicator: Indicator) -> tuple[str, ...]:
    ratio = ""
    if indicator.scale is not None:
        above, below = (f"`{side}`" if side else "not counted" for side in (indicator.numerator, indicator.denominator))
        ratio = f"{above} / {below} × {indicator.scale:g}"
    return (f"`{name}`", indicator.name.zh, indicator.name.en, indicator.unit, ratio)


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


if __name__ == "__main__":
    try:
        write_text(dictionary(load_catalogue(Path()).indicators), Path(DICTIONARY_FILE))
    except InputError as error:
        raise SystemExit(str(error)) from None
