"""What the atlas is projected from, a task a province, and the table of what the tasks found."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from pipeline.axes import CENSUS_YEAR, COUNTED_GROUPS
from pipeline.inputs.known import load_planned, load_regions
from pipeline.model.areas import load_area, load_nation
from pipeline.model.atlas import Place, Published, Task, county_expectation, first_draws
from pipeline.model.places import Places, load_model, norms_of, published
from pipeline.model.plans import drawn_demand, hukou_ratio, load_choice, load_observations
from pipeline.model.population import scenario_of
from pipeline.models.assimilation import YEAR_END
from pipeline.models.forward import assumptions_of
from pipeline.random import stream
from pipeline.results.tables.atlas_table import MEASURES
from pipeline.settings import Settings
from pipeline.shortfall.need_rows import round_years
from pipeline.summary import INTERVAL

RECENT_YEAR = 2022


def atlas_years(settings: Settings) -> tuple[int, ...]:
    """Years for which the atlas tells of care: round ones, a recent one, today's and the next plan's last."""
    ends = (RECENT_YEAR, int(settings.as_of[:4]), settings.next_plan.year)
    return tuple(sorted({*round_years(settings.last_year), *ends}))


def atlas_tasks(root: Path, known: Places, settings: Settings, draws: int) -> Iterator[Task]:
    """A task for every province, in the order of the codes, with at most so many of its draws."""
    catalogue = replace(load_planned(root), regions=load_regions(root))
    regions, observed = catalogue.regions, load_observations(root, catalogue)
    model, nation, scenario = load_model(root), load_nation(root), scenario_of(settings.projection)
    cities = {regions[name].gb_code: regions[name] for name in settings.cities}
    kept = min(draws, settings.draws)
    mean, sd = assumptions_of(settings.forecast).persistence
    persistence = mean + sd * stream(settings.seed, "atlas", "persistence").standard_normal(settings.draws)[:kept]
    years = tuple(range(CENSUS_YEAR, settings.last_year + 1))
    need_years = atlas_years(settings)
    choice = load_choice(root, settings)
    demand = drawn_demand(choice, settings, settings.draws, years).first(kept, need_years)
    definition = settings.need.headline
    norms = norms_of(root, catalogue, observed, settings)
    stocks = published(catalogue, observed)
    second = known.second
    for name, province in known.provinces.items():
        codes = second.middles["code"].iloc[province.middle_rows].tolist()
        own = {row: cities[code] for row, code in enumerate(codes) if code in cities}
        whole = regions[name].gb_code
        ratios = {
            code: ratio[:kept]
            for code, region in {whole: regions[name], **{city.gb_code: city for city in own.values()}}.items()
            if (ratio := hukou_ratio(settings, region.id, settings.draws, years)) is not None
        }
        yield Task(
            id=whole,
            area=first_draws(load_area(root, regions[name], counts=settings.counts.use), kept),
            own={
                row: first_draws(load_area(root, city, counts=settings.counts.use), kept) for row, city in own.items()
            },
            nation=nation,
            scenario=scenario,
            province=province,
            codes=(codes, second.counties["code"].iloc[province.county_rows].tolist()),
            model=model,
            expectation=county_expectation(province, model, persistence),
            demand=demand,
            definition=definition,
            norms=norms,
            published={
                code: Published(tuple(stocks[code]), ratios.get(code)) for code in (whole, *codes) if code in stocks
            },
            indicators=catalogue.indicators,
            as_of=int(settings.as_of[:4]),
            plan_year=settings.next_plan.year,
            years=years,
            need_years=need_years,
            seed=settings.seed,
            share=YEAR_END,
        )


def place_labels(known: Places) -> pd.DataFrame:
    """Name, level, province and prefecture of every place by code; groups that are no place have none."""
    second = known.second
    middles = second.middles[second.middles["code"] != ""]
    inside = second.middles["code"].iloc[second.counties["middle"]].to_numpy()
    frames = [
        known.province_labels.assign(level="province", prefecture=""),
        middles[["code", "name", "province"]].assign(level="prefecture", prefecture=""),
        second.counties[["code", "name", "province"]].assign(level=second.counties["kind"], prefecture=inside),
    ]
    table = pd.concat(frames, ignore_index=True)
    return table[~table["name"].isin(("市辖区", "县"))].rename(columns={"name": "name_zh"}).set_index("code")


def atlas_rows(found: list[Place], known: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """The table `ATLAS_PLACES` of all places."""
    there = [place for place in found if place.code in known.index]
    values = np.stack([place.values for place in there])
    years = list(range(CENSUS_YEAR, settings.last_year + 1))
    index = pd.MultiIndex.from_product([[p.code for p in there], MEASURES, years], names=["code", "measure", "year"])
    table = pd.DataFrame(values.reshape(-1, len(INTERVAL)), index=index, columns=["q10", "median", "q90"])
    table = table.dropna().reset_index()
    kept = table["measure"].isin(COUNTED_GROUPS) | table["year"].isin(atlas_years(settings))
    table = table[kept].join(known, on="code")
    table["prefecture"] = table["prefecture"].where(table["prefecture"] != "")
    return table
