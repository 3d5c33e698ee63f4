"""Corrections: one cell by its key and its old value, the publication kept, and none that does not fit."""

import re

import pandas as pd
import pytest
from defaults import ROOT

from pipeline.inputs.corrections import Correction, apply_corrections, load_corrections
from pipeline.inputs.raw_tables import load_table

FIGURES = "data/raw/care_figures.csv"


def test_wuhan_total_is_corrected_and_the_bulletin_kept():
    corrections = load_corrections(ROOT)
    totals = load_table(ROOT, "data/raw/census_totals.csv", corrections)
    wuhan = totals[totals["region"] == "wuhan"].iloc[0]
    assert wuhan["value"] == 12_447_718
    assert wuhan["source"] == "yearbook_wuhan_2021"
    (correction,) = [c for c in corrections if c.file == "data/raw/census_totals.csv"]
    assert [(kept.value, kept.source) for kept in correction.kept] == [(12_326_518, "bulletin_wuhan_2021")]
    figures = load_table(ROOT, FIGURES, corrections)
    both = figures[(figures["region"] == "wuhan") & (figures["indicator"] == "population_total")]
    both = both[(both["year"] == 2020) & (both["basis"] == "resident")]
    assert sorted(both["value"]) == [12_326_518, 12_447_700]


GUARDED = Correction(
    file=FIGURES,
    key={"region": "wuhan", "indicator": "share_60plus", "year": 2019},
    column="value",
    expected=21.43,
    value=21.44,
    reason="a correction for this test",
    source="local_hukou_report",
)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"expected": 99.0}, r"row \d+, column value: found 21.43, expected 99, the old value that correction 1"),
        ({"key": {"region": "wuhan", "year": 1999}}, r"found 0 rows, expected 1 row of data/raw/care_figures.csv"),
        ({"key": {"region": "wuhan", "year": 2019}}, r"found 3 rows, expected 1 row"),
        ({"column": "valeu"}, r"found the column valeu, expected a column of .*did you mean value"),
        ({"key": {"regoin": "wuhan"}}, r"found the column regoin, expected .*did you mean region"),
    ],
)
def test_correction_that_does_not_fit_is_a_fault_and_changes_nothing(change, sentence):
    figures = load_table(ROOT, FIGURES)
    corrected, faults = apply_corrections(figures, FIGURES, [GUARDED.model_copy(update=change)])
    assert len(faults) == 1
    assert re.search(sentence, str(faults[0]))
    pd.testing.assert_frame_equal(corrected, figures)


def test_correction_that_fits_changes_one_cell_and_its_source():
    figures = load_table(ROOT, FIGURES)
    corrected, faults = apply_corrections(figures, FIGURES, [GUARDED])
    assert faults == []
    assert (corrected != figures).fillna(False).to_numpy().sum() == 1
    assert 21.44 in corrected.loc[corrected["region"] == "wuhan", "value"].to_list()
