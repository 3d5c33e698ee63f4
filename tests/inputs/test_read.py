from defaults import ROOT

from pipeline.inputs.declarations import CENSUS_CITY
from pipeline.inputs.read import check_csv

XUCHANG = ROOT / "data/raw/census/cities/xuchang.csv"
POPULATION = 3


def cell(content, row, column, value):
    """The table with another value in one cell; row 2 is the first after the header."""
    rows = content.decode().splitlines()
    cells = rows[row - 1].split(",")
    cells[column] = value
    rows[row - 1] = ",".join(cells)
    return ("\n".join(rows) + "\n").encode()


def test_all_faults_are_told_at_once(tmp_path):
    content = XUCHANG.read_bytes()
    for row, value in ((4, "-5"), (8, "many"), (12, "")):
        content = cell(content, row, POPULATION, value)
    (tmp_path / "city.csv").write_bytes(cell(content, 20, 1, "men"))
    _, faults = check_csv(tmp_path, "city.csv", CENSUS_CITY)
    places = {fault.place for fault in faults}
    assert {"row 4, column population", "row 8, column population", "row 12, column population"} < places
    assert "row 20, column sex" in places


def test_many_faults_of_a_kind_are_one_that_counts_them(tmp_path):
    content = XUCHANG.read_bytes()
    for row in range(2, 60):
        content = cell(content, row, POPULATION, f"many {row}")
    (tmp_path / "city.csv").write_bytes(content)
    _, (fault,) = check_csv(tmp_path, "city.csv", CENSUS_CITY)
    assert fault.place == f"rows {', '.join(map(str, range(2, 14)))} and 46 more, column population"
    assert fault.value == "'many 2' and 57 others"
