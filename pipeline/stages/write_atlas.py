"""Stage `write_atlas`: the page of the atlas."""

from dataclasses import replace
from pathlib import Path

import pandas as pd

from pipeline.axes import CENSUS_YEAR
from pipeline.inputs.store import load_planned, load_regions
from pipeline.model.atlas import last_observations, norms_of, published
from pipeline.model.places import ATLAS_FILE, CENSUSES
from pipeline.model.plans import load_observations
from pipeline.model.result_files import TABLES_FOLDER
from pipeline.report.atlas_page import atlas_page
from pipeline.results.write import replaced
from pipeline.settings import load_settings
from pipeline.stages.common import run

PAGE = Path("reports/atlas/index.html")


def write_atlas(root: Path) -> None:
    settings = load_settings(root)
    catalogue = replace(load_planned(root), regions=load_regions(root))
    observed = load_observations(root, catalogue)
    stocks = last_observations(published(catalogue, observed), catalogue.indicators, int(settings.as_of[:4]))
    lost, atlas = (
        pd.read_csv(root / TABLES_FOLDER / f"{name}.csv", dtype={"code": str}) for name in ("atlas_unmatched", "atlas")
    )
    content = atlas_page(
        with_counts(pd.read_parquet(root / ATLAS_FILE), atlas),
        pd.read_csv(root / TABLES_FOLDER / "atlas_scores.csv"),
        dict(lost.loc[lost["year"] == CENSUSES[1], ["code", "reason"]].dropna().itertuples(index=False, name=None)),
        catalogue.regions,
        norms_of(root, catalogue, observed, settings),
        {
            code: {
                name: (found.date, found.value, catalogue.indicators[found.indicator].unit)
                for name, found in by_measure.items()
            }
            for code, by_measure in stocks.items()
        },
        min(settings.atlas.draws, settings.draws),
        as_of=int(settings.as_of[:4]),
        draft=settings.status != "final",
    )
    with replaced(root / PAGE) as temporary:
        temporary.write_bytes(content)


def with_counts(places: pd.DataFrame, exact: pd.DataFrame) -> pd.DataFrame:
    """The table in full, with people of the census year as they were counted, from rows of `atlas`."""
    ends = ["q10", "median", "q90"]
    counted = exact[exact["year"] == CENSUS_YEAR].rename(columns={"age_group": "measure"})
    found = places[["code", "measure", "year"]].merge(
        counted[["code", "measure", "year", *ends]], on=["code", "measure", "year"], how="left"
    )
    return places.assign(**{end: found[end].to_numpy() for end in ends}).fillna({end: places[end] for end in ends})


if __name__ == "__main__":
    run(write_atlas, owns=(PAGE.parent,))
