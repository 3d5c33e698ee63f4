import pytest
from frozen_results import AGAIN, FROZEN, LEFT_OUT, REGIONS, frozen, names

from pipeline.report import outline
from pipeline.results.tables import TABLES


def test_the_set_has_every_table_that_reports_read_and_stays_small():
    assert set(names()) == {*outline.TABLES, *outline.OPTIONAL} - set(LEFT_OUT), AGAIN
    assert sum(path.stat().st_size for path in FROZEN.iterdir()) < 320_000
    assert {region for name in names() if "region" in frozen(name) for region in frozen(name)["region"]} >= {*REGIONS}


@pytest.mark.parametrize("name", names())
def test_a_table_of_the_set_has_the_columns_and_codes_that_are_declared(name):
    frame, table = frozen(name), TABLES[name]
    assert list(frame) == list(table.names), f"tests/frozen, {name}: other columns than declared; {AGAIN}"
    for column in table.columns:
        unknown = set(frame[column.name].dropna()) - set(column.allowed) if column.allowed else set()
        assert not unknown, f"tests/frozen, {name}, column {column.name}: {unknown} is not declared; {AGAIN}"
