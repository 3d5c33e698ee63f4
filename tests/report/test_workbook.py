import io
import re

import openpyxl
import pytest
from report_case import FORMULA, LATIN_SENTENCE, PLAN, STAMP

from pipeline.report.build import workbook_file
from pipeline.report.wording import LANGUAGES, Words

SHEETS = (
    *("resources", "people", "need", "next_plan", "targets", "additions", "cost", "norms"),
    *("assumptions", "audit", "figures", "sources"),
)
"""Those of a workbook after the first."""


def _cells(sheet):
    return [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_workbook_opens_and_holds_words_and_whole_numbers(drawn, language):
    ((name, content),) = workbook_file(drawn, STAMP, PLAN, language)
    assert name == f"plans/{PLAN}/{language}.xlsx"
    assert workbook_file(drawn, STAMP, PLAN, language) == [(name, content)]
    book, words = openpyxl.load_workbook(io.BytesIO(content)), Words(language)
    cells = [cell for sheet in book for cell in _cells(sheet)]
    assert not [cell.coordinate for cell in cells if cell.data_type == "f"]
    assert any(FORMULA in str(cell.value) for cell in cells)
    codes = [cell.value for cell in cells if re.fullmatch(r"[a-z0-9]+(_[a-z0-9]+)+", str(cell.value))]
    assert codes == []
    if language == "zh":
        spoken = [str(cell.value) for sheet in book if sheet.title != words("sheet.sources") for cell in _cells(sheet)]
        assert not [text for text in spoken if LATIN_SENTENCE.search(text)]
    first, *others = book.worksheets
    assert first["A1"].value == words("title.plan", region=words.either("许昌", "Xuchang"))
    led_to = [cell.hyperlink.location for cell in _cells(first) if cell.hyperlink]
    assert led_to == [f"'{sheet.title}'!A1" for sheet in others]
    years = {words(key) for key in ("head.year", "column.price_year")}
    for kind in SHEETS:
        sheet = book[words(f"sheet.{kind}")]
        assert sheet.max_row > 1
        dated = [column for column in sheet.iter_cols() if column[0].value in years]
        assert all(cell.number_format == "0" for column in dated for cell in column[1:] if cell.value is not None)
        assert sheet.freeze_panes == "C2"
        assert sheet.auto_filter.ref
        assert sheet.print_title_rows == "$1:$1"
    planned = [[str(value) for value in row] for row in book[words("sheet.next_plan")].iter_rows(values_only=True)]
    chance, option = planned[0].index(words("head.enough") + "%"), planned[0].index(words("head.option"))
    ruled = [row for row in planned if words("planned.social_workers") in row]
    assert [head for head in planned[0] if head.startswith(words("head.cost"))] == [
        words("head.cost") + words.either("（万元），", ", million yuan, ") + words(f"column.{end}")
        for end in ("low", "high")
    ]
    assert ruled
    assert {row[chance] for row in ruled} == {"None"}
    assert not {row[option] for row in ruled} & {words("option.need_50"), words("option.need_80")}
    resources = book[words("sheet.resources")]
    heads = [cell.value for cell in resources[1]]
    assert heads[:3] == [words(f"column.{column}") for column in ("quantity", "yardstick", "measure")]
    assert {"2025", "2030", "2035"} <= set(heads)
    numbers = [cell for row in resources.iter_rows(min_row=2, min_col=6) for cell in row if cell.value is not None]
    assert numbers
    assert all(cell.number_format == "#,##0" for cell in numbers if float(cell.value).is_integer())
