"""The stage that fits: the same seed gives the same bytes, and a hole in what it reads stops it before sampling."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest
from defaults import DEFAULT_PARAMS

from pipeline.errors import InputError
from pipeline.stages import fit_areas as stage
from pipeline.stages.build_baseline import baseline
from pipeline.stages.common import SINGLE_AGE_FILE
from pipeline.stages.fit_areas import fit

ROOT = Path(__file__).parents[2]


def project(folder: Path, cores: int = 2) -> Path:
    """The inputs under the smoke profile, and what comes before the fit."""
    shutil.copytree(ROOT / "data", folder / "data", ignore=shutil.ignore_patterns("derived", "results", "backtest"))
    text = DEFAULT_PARAMS
    for old, new in (("profile: full", "profile: smoke"), ("  cores: 2\n", f"  cores: {cores}\n")):
        assert text.count(old) == 1
        text = text.replace(old, new)
    (folder / "params.yaml").write_text(text, encoding="utf-8")
    baseline(folder)
    return folder


@pytest.mark.slow
def test_two_fits_give_the_same_bytes_whatever_the_cores(tmp_path: Path) -> None:
    """Each compiled anew: posterior, nation and every province's draws."""
    roots = [project(tmp_path / f"on_{cores}", cores) for cores in (1, 2)]
    for root in roots:
        fit(root)
    files = [sorted(path.relative_to(root) for path in (root / "models").rglob("*.n[cp]*")) for root in roots]
    assert files[0] == files[1]
    assert len(files[0]) == 2 + 32
    for file in files[0]:
        assert (roots[0] / file).read_bytes() == (roots[1] / file).read_bytes(), file


@pytest.mark.parametrize("value", [0.0, float("nan")])
def test_a_hole_is_named_and_nothing_is_sampled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: float) -> None:
    root = project(tmp_path / "broken")
    single = pd.read_parquet(root / SINGLE_AGE_FILE)
    old = single["age"].map(lambda age: int(age.rstrip("+"))).between(80, 84)
    hole = (single["region"] == "tibet") & (single["year"] == 2010) & (single["sex"] == "female") & old
    assert hole.sum() == 5
    single.loc[hole, "population"] = value
    single.to_parquet(root / SINGLE_AGE_FILE)
    monkeypatch.setattr(stage, "sample", lambda *_: pytest.fail("sampled"))
    with pytest.raises(InputError) as error:
        fit(root)
    assert str(error.value) == f"{SINGLE_AGE_FILE}, tibet, 2010, female, 80-84: found {value:g}, expected people"
    assert not (root / "models").exists()
