"""Stage `write_atlas`: the page of the atlas."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

from pipeline.axes import CENSUS_YEAR
from pipeline.care.supply import worth
from pipeline.domain import Indicator, Observation
from pipeline.inputs.store import load_planned, load_regions
from pipeline.model.atlas import norms_of, observed_by_code
from pipeline.model.places import ATLAS_FILE
from pipeline.model.plans import load_observations
from pipeline.model.result_files import TABLES_FOLDER
from pipeline.report.atlas_page import atlas_page
from pipeline.results.tables import STATUS_QUO
from pipeline.results.write import replaced
from pipeline.settings import load_settings
from pipeline.stages.common import run

PAGE = Path("reports/atlas/index.html")


def write_atlas(root: Path) -> None:
    settings = load_settings(root)
    catalogue = replace(load_planned(root), regions=load_regions(root))
    observed, as_of = load_observations(root, catalogue), int(settings.as_of[:4])
    atlas, lost = (
        pd.read_csv(root / TABLES_FOLDER / f"{name}.csv", dtype={"code": str}) for name in ("atlas", "atlas_unmatched")
    )
    content = atlas_page(
        with_counts(pd.read_parquet(root / ATLAS_FILE), atlas),
        pd.read_csv(root / TABLES_FOLDER / "atlas_scores.csv"),
        dict(lost.loc[lost["year"] == CENSUS_YEAR, ["code", "reason"]].dropna().itertuples(index=False, name=None)),
        catalogue.regions,
        norms_of(root, catalogue, observed, settings),
        last_stocks(observed_by_code(catalogue, observed), catalogue.indicators, as_of),
        min(settings.atlas.draws, settings.draws),
        as_of=as_of,
        draft=settings.status != "final",
    )
    with replaced(root / PAGE) as temporary:
        temporary.write_bytes(content)


def last_stocks(
    observed: Mapping[str, Sequence[Observation]], indicators: Mapping[str, Indicator], as_of: int
) -> dict[str, dict[str, tuple[str, float, str]]]:
    """Date, value and unit of the last usable observation behind each measure of `STATUS_QUO`, by code of the place."""
    stocks: dict[str, dict[str, tuple[str, float, str]]] = {}
    for code, own in observed.items():
        for item in sorted(own, key=lambda item: item.when):
            indicator = indicators[item.indicator]
            for measure, quantity in STATUS_QUO.items():
                counted = quantity in (item.indicator, indicator.numerator)
                if counted and item.exact and item.definition is None and worth(item, as_of) != "C":
                    stocks.setdefault(code, {})[measure] = (item.date, item.value, indicator.unit)
    return stocks


def with_counts(places: pd.DataFrame, exact: pd.DataFrame) -> pd.DataFrame:
    """The table in full, with people of the census year as they were counted, from rows of `atlas`."""
    cell, ends = ["code", "measure", "year"], ["q10", "median", "q90"]
    counted = exact[exact["year"] == CENSUS_YEAR].rename(columns={"age_group": "measure"})
    found = places[cell].merge(counted[[*cell, *ends]], on=cell, how="left")
    return places.assign(**{end: found[end].to_numpy() for end in ends}).fillna({end: places[end] for end in ends})


if __name__ == "__main__":
    run(write_atlas, owns=(PAGE.parent,))
