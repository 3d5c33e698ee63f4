"""What `check` finds beside the inputs' own faults: texts that the reports cannot write."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.commands.check import glyph_faults
from pipeline.inputs.catalogue import load_catalogue

CATALOGUE = load_catalogue(Path(__file__).parents[2])
RARE = "\U0002a6a5"


def test_every_text_of_the_project_can_be_written() -> None:
    assert glyph_faults(CATALOGUE) == []


@pytest.mark.parametrize(
    ("part", "name", "change", "told"),
    [
        ("plans", "wuhan", {"notes_zh": ("一", f"注{RARE}")}, "data/plans/wuhan.yaml, notes_zh[1]"),
        ("regions", "wuhan", {"basis_notes": (RARE,)}, "data/regions/cities/wuhan.yaml, basis_notes[0]"),
        ("regions", "hubei", {"basis_notes": (RARE,)}, "data/regions/provinces/hubei.yaml, basis_notes[0]"),
        ("sources", "plan_wuhan", {"producer": RARE}, "data/sources.yaml, plan_wuhan.producer"),
    ],
)
def test_a_rare_character_is_told_where_it_stands(part: str, name: str, change: dict[str, object], told: str) -> None:
    entries = getattr(CATALOGUE, part)
    changed = {**entries, name: entries[name].model_copy(update=change)}
    (fault,) = glyph_faults(replace(CATALOGUE, **{part: changed}))
    assert str(fault).startswith(f"{told}: found {RARE} (U+2A6A5), expected characters that ")
