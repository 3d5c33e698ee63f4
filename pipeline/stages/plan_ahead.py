"""Stage `plan_ahead`: in the central scenario what to add from now on, what the next plan may aim at and what it costs,
and the need of the provinces without a plan."""

from pathlib import Path

import pandas as pd

from pipeline.model.plans import SharedInputs, load_old, load_other_provinces, load_shared, region_ahead
from pipeline.model.result_files import PROJECTIONS_FOLDER, PROVINCES_NEED
from pipeline.results.monte_carlo import borne
from pipeline.results.tables import TABLES
from pipeline.settings import load_settings
from pipeline.shortfall.additions import additions_rows
from pipeline.shortfall.childcare import CHILDREN, EVERYBODY, childcare_rows, with_additions
from pipeline.shortfall.next_plan import next_plan_rows
from pipeline.shortfall.rows import need_rows, need_years
from pipeline.stages.common import hand_on, publish, run
from pipeline.summary import INTERVAL
from pipeline.vocabulary import CENTRAL, NATION


def plan_ahead(root: Path) -> None:
    settings = load_settings(root)
    shared, chosen = load_shared(root, settings, len(load_old(root, CENTRAL, NATION))), settings.next_plan
    ends = sorted({int(settings.as_of[:4]), chosen.year, settings.last_year})
    additions, costs, plans = [], [], []
    for name in shared.plans:
        region = region_ahead(root, shared, name)
        added, cost = additions_rows(region, ends)
        additions += added
        costs += cost
        plans += next_plan_rows(region, chosen.year, chosen.mid_term, chosen.certainty)
    for rows, table in ((additions, "additions"), (costs, "cost"), (plans, "next_plan")):
        publish(root, pd.DataFrame(rows), table)
    publish(root, with_additions(borne(childcare(root, shared), settings.draws)), "childcare")
    hand_on(root, need_of_other_provinces(root, shared), PROVINCES_NEED, "need")


def need_of_other_provinces(root: Path, shared: SharedInputs) -> pd.DataFrame:
    """Rows of the need table of every province without a plan, in the years of that table."""
    years, tables = need_years(shared.settings), []
    columns = [shared.years.index(year) for year in years]
    for name, old in load_other_provinces(root, shared.plans):
        rows = need_rows(shared.demand.some(slice(len(old)), years), old[:, columns], years)
        tables.append(rows.assign(region=name, scenario=CENTRAL))
    return pd.concat(tables)


def childcare(root: Path, shared: SharedInputs) -> pd.DataFrame:
    """Rows of the childcare table: of every plan that sets places."""
    people = pd.read_parquet(root / PROJECTIONS_FOLDER / CENTRAL / "population.parquet")
    people = people[(people["sex"] == "both") & people["age_group"].isin((CHILDREN, EVERYBODY))]
    wanted = [year for year in shared.years if year % 5 == 0]
    tables = []
    for name, plans in shared.plans.items():
        own = people[people["region"] == name]
        quantiles = own.pivot_table(index=["age_group", "year"], columns="output_type_id", values="value")
        known = {key: (low, middle, high) for key, low, middle, high in quantiles[list(INTERVAL)].itertuples(name=None)}
        rows = childcare_rows(plans[-1].figures, known, wanted)
        if len(rows):
            tables.append(rows.assign(region=name))
    return pd.concat(tables) if tables else pd.DataFrame(columns=list(TABLES["childcare"].names))


if __name__ == "__main__":
    run(plan_ahead)
