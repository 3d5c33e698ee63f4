import numpy as np
import pandas as pd
import pytest

from pipeline.results.compare import compare_tables
from pipeline.results.monte_carlo import standard_errors

DRAWS = 4000


def tables(folder, **frames):
    folder.mkdir()
    for name, frame in frames.items():
        frame.to_csv(folder / f"{name}.csv", index=False)
    return folder


def people(values=(1000.0, 1000.0, 900.0, 1100.0)):
    """A mean, a median and an 80 % interval of one region, and of another that is known exactly."""
    rows = [("mean", "", values[0]), ("quantile", "0.5", values[1]), ("quantile", "0.1", values[2])]
    rows += [("quantile", "0.9", values[3])]
    known = [(kind, level, 7.0) for kind, level, _ in rows]
    return pd.DataFrame(
        [("here", *row) for row in rows] + [("there", *row) for row in known],
        columns=["region", "output_type", "output_type_id", "value"],
    )


def test_monte_carlo_errors_are_those_of_a_normal_s_draws():
    """Against 2000 samples of as many draws: mean, median and the quantile at 10 %."""
    sd = 100 / 1.2815515655
    sample = np.random.default_rng(1).normal(1000, sd, (2000, DRAWS))
    found = standard_errors(people(), DRAWS)["value"]
    assert found[0] == pytest.approx(sample.mean(axis=1).std(), rel=0.05)
    assert found[1] == pytest.approx(np.median(sample, axis=1).std(), rel=0.05)
    assert found[2] == pytest.approx(np.quantile(sample, 0.1, axis=1).std(), rel=0.05)
    np.testing.assert_array_equal(found[4:], 0.0)


def test_equal_tables_are_counted_and_nothing_else(tmp_path):
    one, other = (tables(tmp_path / name, people=people(), more=people()) for name in "ab")
    assert list(compare_tables(one, other, DRAWS).sentences()) == ["16 numbers, all equal to those before."]


def test_tables_without_a_common_column_are_told(tmp_path):
    one, other = (tables(tmp_path / name, people=pd.DataFrame({name: [1.0]})) for name in "ab")
    assert compare_tables(one, other, DRAWS).lines == ("people: no column that both have",)


def test_a_move_by_chance_is_told_from_a_change(tmp_path):
    one = tables(tmp_path / "a", people=people())
    other = tables(tmp_path / "b", people=people((1001.0, 1000.0, 880.0, 1100.0)))
    found = compare_tables(one, other, DRAWS)
    sd = 110 / 1.2815515655
    by_chance = ["people", "here mean", "1000.0", "1001.0", pytest.approx(1.0 / (sd / DRAWS**0.5 * 2**0.5))]
    assert found.differences.iloc[0].to_list() == by_chance
    assert found.changed["place"].to_list() == ["here quantile 0.1"]
    lines = list(found.sentences())
    assert lines[0] == "6 of 8 numbers equal those before; 1 moved within Monte Carlo error; 1 changed."
    assert lines[1].startswith("  people, here quantile 0.1: 900.0 → 880.0 (")
    assert lines[-1].startswith("Largest move in Monte Carlo errors: ")


def test_a_number_without_draws_changes_by_any_move(tmp_path):
    frame = people()
    one = tables(tmp_path / "a", people=frame)
    other = tables(tmp_path / "b", people=frame.assign(value=frame["value"].replace(7.0, 7.0001)))
    found = compare_tables(one, other, DRAWS)
    assert len(found.changed) == len(found.differences) == 4


def test_rows_columns_and_tables_of_one_side_are_named(tmp_path):
    one = tables(tmp_path / "a", people=people(), old=people())
    other = tables(tmp_path / "b", people=people().iloc[:-1].assign(unit="persons"), new=people())
    assert set(compare_tables(one, other, DRAWS).lines) == {
        "new.csv: new",
        "old.csv: gone",
        "people: column unit new",
        "people: row gone, there quantile 0.9",
    }
