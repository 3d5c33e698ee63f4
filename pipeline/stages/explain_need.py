"""Stage `explain_need`: why, in central, need moves with time, and the uncertain inputs it depends on most."""

from dataclasses import replace
from pathlib import Path

import pandas as pd

from pipeline.axes import CENSUS_YEAR
from pipeline.inputs.store import load_planned
from pipeline.model.plans import drawn_demand, load_choice, load_old
from pipeline.settings import load_settings
from pipeline.shortfall.why import DRIVERS, need_factors, need_model, ranked, waterfall, waterfall_rows
from pipeline.stages.common import publish, run
from pipeline.vocabulary import CENTRAL

BASE_SAMPLES = {"full": 1024, "smoke": 64}
"""Samples per input and direction of the sensitivity analysis by profile."""


def explain_need(root: Path) -> None:
    settings = load_settings(root)
    catalogue = load_planned(root)
    years = list(range(CENSUS_YEAR, settings.last_year + 1))
    choice = load_choice(root, settings)
    headline = replace(choice, definitions={choice.headline: choice.definitions[choice.headline]})
    waterfalls, sensitivities = [], []
    for plan in catalogue.plans.values():
        old = load_old(root, CENTRAL, plan.region)
        demand = drawn_demand(headline, settings, len(old), years)
        ends = (need_factors(demand, old, year) for year in (years[0], years[-1]))
        waterfalls.append(
            waterfall_rows(waterfall(need_model([choice.use]), *ends), DRIVERS).assign(region=plan.region)
        )
        elapsed, samples = years[-1] - CENSUS_YEAR, BASE_SAMPLES[settings.profile]
        table = ranked(old[:, -1], years[-1], elapsed, headline, settings.need, settings.seed, samples)
        sensitivities.append(table.assign(region=plan.region))
    steps = pd.concat(waterfalls).assign(yardstick="need", base_year=years[0], target_year=years[-1])
    publish(root, steps, "waterfall")
    measured = {"total": "value", "total_conf": "value_conf", "at_low": "low", "at_high": "high"}
    table = pd.concat(sensitivities).rename(columns=measured)
    table = table.assign(yardstick="need", definition=choice.headline, year=years[-1], index="total")
    publish(root, table, "sensitivity")


if __name__ == "__main__":
    run(explain_need)
