"""Stage `plan_ahead`: in the central scenario what to add from now on, what the next plan may aim at and what it costs,
and the need of the provinces without a plan."""

from pathlib import Path

import pandas as pd

from pipeline.model.measures import childcare, need_of_other_provinces, region_ahead
from pipeline.model.plans import load_old, load_shared, plans_in_order
from pipeline.model.result_files import PROVINCES_NEED
from pipeline.results.monte_carlo import borne
from pipeline.results.tables import TABLES
from pipeline.results.write import write_parquet
from pipeline.settings import load_settings
from pipeline.shortfall.additions import additions_rows
from pipeline.shortfall.childcare import with_additions
from pipeline.shortfall.next_plan import next_plan_rows
from pipeline.stages.common import publish, run
from pipeline.vocabulary import CENTRAL, NATION


def plan_ahead(root: Path) -> None:
    settings = load_settings(root)
    shared, chosen = load_shared(root, settings, len(load_old(root, CENTRAL, NATION))), settings.next_plan
    ends = sorted({int(settings.as_of[:4]), chosen.year, settings.last_year})
    additions, costs, plans = [], [], []
    for name in plans_in_order(shared.catalogue):
        region = region_ahead(root, shared, name)
        added, cost = additions_rows(region, ends)
        additions += added
        costs += cost
        plans += next_plan_rows(region, chosen.year, chosen.mid_term, chosen.certainty)
    for rows, table in ((additions, "additions"), (costs, "cost"), (plans, "next_plan")):
        publish(root, pd.DataFrame(rows), table)
    publish(root, with_additions(borne(childcare(root, shared), settings.draws)), "childcare")
    write_parquet(need_of_other_provinces(root, shared), root / PROVINCES_NEED, TABLES["need"])


if __name__ == "__main__":
    run(plan_ahead)
