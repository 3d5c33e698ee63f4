import numpy as np
import pandas as pd
import pytest

from pipeline.model.result_files import cube

AXES = {"sex": ["male", "female"], "year": [2010, 2020, 2030]}


def rows():
    cells = [(sex, year) for year in (2020, 2030, 2010) for sex in ("female", "male", "both")]
    frame = pd.DataFrame(cells, columns=["sex", "year"])
    return frame.assign(people=np.arange(9.0))


def test_cells_stand_in_the_order_of_the_axes_and_other_rows_are_passed_over():
    assert cube(rows(), AXES, "people").tolist() == [[7.0, 1.0, 4.0], [6.0, 0.0, 3.0]]


def test_a_cell_that_is_missing_or_doubled_is_named():
    with pytest.raises(KeyError, match=r"no people for \('male', 2030\)"):
        cube(rows()[rows()["people"] != 4.0], AXES, "people")
    with pytest.raises(ValueError, match=r"two of people for \('male', 2010\)"):
        cube(pd.concat([rows(), rows().tail(3)]), AXES, "people")
