from hashlib import sha256

import numpy as np
import pytest
from defaults import ROOT

from pipeline.inputs.declarations import RAW_FILES
from pipeline.inputs.raw_tables import load_table
from pipeline.results.write import significant, write_parquet
from pipeline.stages.check_inputs import in_digits, remove_other_cities


def digest(frame, file, folder):
    write_parquet(in_digits(frame), folder / "table.parquet", RAW_FILES[file])
    return sha256((folder / "table.parquet").read_bytes()).hexdigest()


@pytest.mark.parametrize("file", ["data/raw/wpp2024/mx.csv", "data/raw/wpp2024/total_fertility.csv"])
@pytest.mark.parametrize("towards", [-np.inf, np.inf])
def test_the_last_bit_of_an_input_does_not_change_what_is_handed_on(file, towards, tmp_path):
    table = load_table(ROOT, file)
    numbers = table.select_dtypes("float").columns
    moved = table.assign(**{name: np.nextafter(table[name].to_numpy(), towards) for name in numbers})
    assert not moved[numbers].equals(table[numbers])
    zero = table[numbers] == 0
    moved[numbers] = moved[numbers].mask(zero, 0.0)
    assert digest(moved, file, tmp_path) == digest(table, file, tmp_path)


def test_numbers_keep_nine_digits():
    assert significant(np.array([[1234567.891234, -0.000123456789123, 0.0, np.inf]])).tolist() == [
        [1234567.89, -0.000123456789, 0.0, np.inf]
    ]
    assert np.isnan(significant(np.array([np.nan]))).all()


def test_what_was_made_of_a_city_that_is_gone_goes_too(tmp_path):
    """A stage that depends on the folder has the hash of a fresh clone, which never made it."""
    for file in ("data/derived/cities/a.parquet", "data/derived/cities/b.parquet", "models/areas/cities/b.npz"):
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).touch()
    remove_other_cities(tmp_path, ["a"])
    left = [path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()]
    assert left == ["data/derived/cities/a.parquet"]
