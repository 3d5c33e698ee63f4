"""Counties of a table: whole, and told apart."""

import pandas as pd
from defaults import ROOT

from pipeline.inputs.corrections import load_corrections
from pipeline.inputs.county_checks import counties_whole
from pipeline.inputs.declarations import RAW_FILES
from pipeline.inputs.raw_tables import load_table
from pipeline.inputs.table_checks import schema_faults


def test_a_district_needs_a_name_of_its_own_only_within_its_prefecture() -> None:
    """Jiangsu has a 鼓楼区 in 南京 and one in 徐州; a second one within 南京 is one of its two rows too many."""
    file = "data/raw/prefectures.csv"
    table = load_table(ROOT, file, load_corrections(ROOT))
    drum = table[(table["name"] == "鼓楼区") & (table["province"] == "jiangsu") & (table["year"] == 2020)]
    assert set(drum["parent"]) == {"320100", "320300"}
    assert counties_whole(table, file) == []
    twice = pd.concat([table, drum[drum["parent"] == "320100"]], ignore_index=True)
    assert [fault.place for fault in counties_whole(twice, file)] == ["year 2020, code 320106"]
    assert any("the key of row" in fault.value for fault in schema_faults(twice, RAW_FILES[file], file))
