"""Inputs broken by rule: every one is refused in sentences of one form, or doubted, and nothing is written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from bad_inputs.check import FORM, ROOT, VARIANTS, broken, copy_project, read_once, told_of
from bad_inputs.rules import Variant

from pipeline.inputs import check_inputs


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with read_once():
        yield copy_project(tmp_path_factory.mktemp("bad") / "project")


def test_the_corpus_covers_every_kind_of_input() -> None:
    files = [variant.file for variant in VARIANTS]
    assert len(VARIANTS) == len(set(map(str, VARIANTS))) >= 150
    raw = {str(path.relative_to(ROOT)) for path in (ROOT / "data/raw").rglob("*.csv") if "census/" not in str(path)}
    assert raw < set(files)
    assert {"params.yaml", "data/sources.yaml", "data/indicators.yaml", "data/corrections.yaml"} < set(files)
    for folder in ("data/plans", "data/regions/cities", "data/regions/provinces", "data/raw/census/cities"):
        assert any(file.startswith(folder) for file in files)


def test_sound_inputs_have_neither_fault_nor_doubt(project: Path) -> None:
    inputs = check_inputs(project)
    assert (inputs.faults, inputs.doubts) == ((), ())


@pytest.mark.parametrize("variant", VARIANTS, ids=str)
def test_each_is_refused_in_one_clear_sentence(project: Path, variant: Variant) -> None:
    with broken(project, variant):
        told = told_of(project, variant)
    assert told, "nothing was said"
    assert any(re.search(variant.told, message) for message in told), told
    for message in told:
        assert FORM.fullmatch(message), message
        assert message.isprintable()
        assert len(message) < 500, message
