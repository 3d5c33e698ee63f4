"""Stage `write_atlas`: the page of the atlas."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from pipeline.inputs.known import load_regions
from pipeline.model.files import TABLES_FOLDER
from pipeline.model.places import ATLAS_FILE, norms_of
from pipeline.report.atlas import atlas_page
from pipeline.results.write import replaced
from pipeline.settings import load_settings
from pipeline.stages.common import run

PAGE = Path("reports/atlas/index.html")


def write_atlas(root: Path) -> None:
    """Read the places and their scores, write the page."""
    settings = load_settings(root)
    content = atlas_page(
        pd.read_parquet(root / ATLAS_FILE),
        pd.read_csv(root / TABLES_FOLDER / "atlas_scores.csv"),
        load_regions(root),
        norms_of(root, settings),
        min(settings.atlas.draws, settings.draws),
        draft=settings.status != "final",
    )
    with replaced(root / PAGE) as temporary:
        temporary.write_bytes(content)


if __name__ == "__main__":
    run(write_atlas, owns=(PAGE.parent,))
