"""Ratings of evidence: every assumption of need and supply has one, and a slip is named."""

from pathlib import Path

import pytest

from pipeline.errors import InputError
from pipeline.inputs.ratings import RATINGS_FILE, load_ratings
from pipeline.settings import NeedSettings, SupplySettings

ROOT = Path(__file__).parents[2]


def test_every_assumption_of_need_and_supply_is_rated() -> None:
    rated = set(load_ratings(ROOT))
    for section, model in (("need", NeedSettings), ("supply", SupplySettings)):
        intervals = {
            f"{section}.{name}"
            for name, field in model.model_fields.items()
            if {"low", "high"} <= set(getattr(field.annotation, "model_fields", ()))
        }
        assert len(intervals) > 3
        assert intervals <= rated
        own = {name.split(".")[1] for name in rated if name.startswith(f"{section}.")}
        assert own <= set(model.model_fields)


def test_the_ratings_tell_parameters_apart() -> None:
    ratings = load_ratings(ROOT).values()
    assert {rating.impact for rating in ratings} == {"low", "medium", "high"}
    assert {rating.quality for rating in ratings} >= {"low", "medium"}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "need.trent: {quality: low, impact: low, reason: a slip}",
            "data/ratings.yaml, line 1, need.trent: found 'need.trent', expected a key of params.yaml "
            "(did you mean need.trend?)",
        ),
        (
            "need.trend: {quality: good, impact: low, reason: a slip}",
            "need.trend.quality: found 'good', expected low, medium or high",
        ),
        ("need.trend: {quality: low, impact: low}", "expected the key reason"),
    ],
)
def test_a_slip_in_the_ratings_is_one_clear_sentence(tmp_path: Path, text: str, told: str) -> None:
    file = tmp_path / RATINGS_FILE
    file.parent.mkdir()
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_ratings(tmp_path)
    (fault,) = caught.value.faults
    assert told in str(fault)
