"""Stage `plan_ahead`: in the central scenario what to add from now on, what the next plan may aim at, what it costs.

Beside it the need of the provinces without a plan, from the draws of them that are kept.
"""

from pathlib import Path

import numpy as np
import pandas as pd

from pipeline.errors import Fault, InputError
from pipeline.model.areas import PROVINCES_FOLDER
from pipeline.model.next_steps import load_central, region_ahead
from pipeline.model.plans import SharedInputs, plans_in_order
from pipeline.model.population import FIRST_OLD_GROUP
from pipeline.model.result_files import PROJECTIONS_FOLDER, PROVINCES_NEED
from pipeline.results.monte_carlo import borne
from pipeline.results.tables.gap_tables import NEED
from pipeline.results.tables.plan_tables import ADDITIONS, CHILDCARE, COST, NEXT_PLAN
from pipeline.results.write import write_parquet
from pipeline.settings import load_settings
from pipeline.shortfall.additions import additions_rows
from pipeline.shortfall.childcare import CHILDREN, EVERYBODY, childcare_rows, with_additions
from pipeline.shortfall.next_plan import next_plan_rows
from pipeline.shortfall.rows import need_rows, need_years
from pipeline.stages.common import publish, run
from pipeline.summary import INTERVAL
from pipeline.vocabulary import CENTRAL


def plan_ahead(root: Path) -> None:
    settings = load_settings(root)
    shared, chosen = load_central(root, settings), settings.next_plan
    ends = sorted({int(settings.as_of[:4]), chosen.year, settings.last_year})
    additions, costs, plans = [], [], []
    for name in plans_in_order(shared.catalogue):
        region = region_ahead(root, shared, name)
        added, cost = additions_rows(region, ends)
        additions += added
        costs += cost
        plans += next_plan_rows(region, chosen.year, chosen.mid_term, chosen.certainty)
    for rows, table in ((additions, ADDITIONS), (costs, COST), (plans, NEXT_PLAN)):
        publish(root, pd.DataFrame(rows), table)
    publish(root, with_additions(borne(childcare(root, shared), settings.draws)), CHILDCARE)
    write_parquet(provinces(root, shared), root / PROVINCES_NEED, NEED)


def provinces(root: Path, shared: SharedInputs) -> pd.DataFrame:
    """Rows of the need table of every province without a plan, in the years of that table. Raises InputError."""
    planned, tables = plans_in_order(shared.catalogue), []
    years = need_years(shared.settings)
    columns = [shared.years.index(year) for year in years]
    files = sorted((root / PROVINCES_FOLDER).glob("*.npz"))
    if not files:
        raise InputError([Fault(str(PROVINCES_FOLDER), "", "no province", "what `dvc repro balance_provinces` writes")])
    for file in files:
        if file.stem not in planned:
            with np.load(file) as arrays:
                old = np.asarray(arrays["people"][:, columns, :, FIRST_OLD_GROUP:], dtype=float)
            demand = shared.demand.some(slice(len(old)), years)
            tables.append(need_rows(demand, old, years).assign(region=file.stem, scenario=CENTRAL))
    return pd.concat(tables)


def childcare(root: Path, shared: SharedInputs) -> pd.DataFrame:
    """Rows of the childcare table: of every plan that sets places."""
    people = pd.read_parquet(root / PROJECTIONS_FOLDER / CENTRAL / "population.parquet")
    people = people[(people["sex"] == "both") & people["age_group"].isin((CHILDREN, EVERYBODY))]
    wanted = [year for year in shared.years if year % 5 == 0]
    tables = []
    for plans in plans_in_order(shared.catalogue).values():
        own = people[people["region"] == plans[-1].region]
        quantiles = own.pivot_table(index=["age_group", "year"], columns="output_type_id", values="value")
        known = {key: (low, middle, high) for key, low, middle, high in quantiles[list(INTERVAL)].itertuples(name=None)}
        rows = childcare_rows(plans[-1].figures, known, wanted)
        if len(rows):
            tables.append(rows.assign(region=plans[-1].region))
    return pd.concat(tables) if tables else pd.DataFrame(columns=list(CHILDCARE.names))


if __name__ == "__main__":
    run(plan_ahead)
