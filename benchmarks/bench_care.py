"""Time of need, supply and gap, and of the sensitivity of need, over that of importing PyMC. See README.md."""

import resource
import statistics
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np
import pandas as pd

from pipeline.care import care_tables as tables
from pipeline.care import transition
from pipeline.care.demand import Choice, Demand, Draws, NationalAges, demand
from pipeline.care.need import BedUse
from pipeline.care.supply import SupplyUncertainty
from pipeline.inputs.known import load_planned
from pipeline.inputs.store import load_table
from pipeline.model.plans import SharedInputs, load_national, load_observations, plans_in_order
from pipeline.settings import load_settings
from pipeline.shortfall.ahead import Ahead, additions_rows, next_plan_rows
from pipeline.shortfall.by_need import parts_of_need, required_by_need
from pipeline.shortfall.cost import unit_costs
from pipeline.shortfall.gap import region_lines, required_of_region
from pipeline.shortfall.rows import line_rows
from pipeline.shortfall.why import ranked
from pipeline.stages.explain_need import uncertainty

ROOT = Path(__file__).parents[1]
DRAWS, YEARS, REPEATS, BASE_SAMPLES = 4_000, range(2020, 2036), 3, 1_024
RAW = ROOT / "data" / "raw"
PEOPLE = 1e6 * np.exp(-0.5 * np.arange(9.0)) * np.ones((2, 1))


def seconds(work: Callable[[], object]) -> float:
    """Median processor time of `work`, so that a busy machine slows neither side of a ratio."""
    times = []
    for _ in range(REPEATS):
        begun = time.process_time()
        work()
        times.append(time.process_time() - begun)
    return statistics.median(times)


def importing() -> float:
    """Median processor time of `import pymc` in fresh processes."""

    def spent() -> float:
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        return used.ru_utime + used.ru_stime

    times = []
    for _ in range(REPEATS):
        begun = spent()
        subprocess.run([sys.executable, "-c", "import pymc"], check=True)
        times.append(spent() - begun)
    return statistics.median(times)


def chosen() -> Choice:
    """All definitions of the raw tables, with an invented life table."""
    prevalence = pd.read_csv(RAW / "disability_prevalence.csv")
    intensities = transition.from_sixty(tables.intensities(pd.read_csv(RAW / "disability_transitions.csv")))
    hazard = np.broadcast_to(0.01 * np.exp(0.1 * np.arange(51.0)), (2, 51))
    share = transition.disabled_share(intensities, 0.03, hazard)
    counts = PEOPLE * np.array([40.0, 60.0, 90.0])[:, None, None]
    gradient, groups = transition.age_gradient(share, hazard), transition.by_group(share, hazard)
    return Choice(
        tables.definitions(prevalence),
        "li_2022",
        NationalAges(counts, (2000, 2010, 2020), gradient, groups),
        tables.severity_profiles(pd.read_csv(RAW / "severity.csv"))["barthel_southwest"],
        tables.dementia_sources(pd.read_csv(RAW / "dementia.csv"))["jia_2020"],
        tables.trends(prevalence)["constant"],
        tables.setting_schemes(pd.read_csv(RAW / "care_settings.csv"))["by_severity"],
        tables.staffing_tables(pd.read_csv(RAW / "staffing.csv"))["by_severity"],
    )


def drawn(choice: Choice, rng: np.random.Generator) -> Demand:
    """Need with everything uncertain drawn."""
    families = {item.family for item in choice.definitions.values()}
    factors = [rng.lognormal(0.0, 0.3, (DRAWS, 1)) * np.ones(len(YEARS)) for _ in range(2)]
    draws = Draws(
        {name: rng.standard_normal(DRAWS) for name in families},
        rng.standard_normal(DRAWS),
        rng.standard_normal(DRAWS),
        {"selfcare": rng.uniform(2.2, 2.8, DRAWS), "severity": rng.uniform(1.5, 2.1, DRAWS)},
        factors[0],
        factors[1],
        BedUse(rng.uniform(0.6, 0.9, DRAWS), rng.uniform(0.03, 0.09, DRAWS), rng.uniform(0.3, 0.7, DRAWS)),
    )
    return demand(choice, draws, YEARS)


def supply(rng: np.random.Generator) -> SupplyUncertainty:
    """Supply with everything uncertain drawn."""
    return SupplyUncertainty(
        rng.uniform(0.6, 0.9, DRAWS),
        rng.uniform(0.01, 0.03, DRAWS),
        rng.uniform(0.4, 0.55, DRAWS),
        rng.standard_normal(DRAWS),
        rng.standard_normal((DRAWS, 25)),
    )


def main() -> None:
    """Print the times and their ratios."""
    rng, catalogue, settings = np.random.default_rng(0), load_planned(ROOT), load_settings(ROOT)
    choice, plans, observed = chosen(), plans_in_order(catalogue), load_observations(ROOT, catalogue)
    national = load_national(ROOT, catalogue, observed, settings)
    past = pd.concat({name: pd.Series({2010: 3e6, 2020: 4e6}) for name in plans})
    shared = SharedInputs(settings, catalogue, drawn(choice, rng), supply(rng), observed, national, past, DRAWS)
    people = {name: PEOPLE * rng.lognormal(0.0, 0.1, (DRAWS, len(YEARS), 2, 9)) for name in plans}
    costs, prices = (load_table(ROOT, name) for name in ("unit_costs", "consumer_prices"))
    ends, plan = (2025, settings.next_plan.year, YEARS[-1]), settings.next_plan

    def measured(in_rows: bool, ahead: bool = False) -> None:
        need = drawn(choice, rng)
        for name, old in people.items():
            supplies = shared.supplies(name, old, plans[name][-1])
            asked = list(required_by_need(need, old, supplies))
            found = region_lines(supplies, asked, parts_of_need(need, old))
            if in_rows:
                line_rows(found, YEARS)
            else:
                deque(found, maxlen=0)
            if ahead:
                unit = unit_costs(costs, prices, name, plan.price_year)
                here = Ahead(name, supplies, [*required_of_region(supplies), *asked], need, old, unit, np.ones(1), 1)
                additions_rows(here, ends, plan.price_year)
                next_plan_rows(here, plan.year, plan.mid_term, plan.certainty, plan.price_year)

    old = next(iter(people.values()))
    headline = replace(choice, definitions={choice.headline: choice.definitions[choice.headline]})
    uncertain = uncertainty(old[:, -1], settings, headline)
    ranked(uncertain, 1, 2)  # SALib is imported here, outside the clock
    imported, worked, reported = importing(), seconds(lambda: measured(False)), seconds(lambda: measured(True))
    onward = seconds(lambda: measured(True, ahead=True))
    ranking = seconds(lambda: ranked(uncertain, 1, BASE_SAMPLES))
    definitions = len(choice.definitions)
    size = f"{len(people)} regions, {DRAWS} draws, {len(YEARS)} years, four yardsticks, {definitions} definitions"
    print(f"import pymc: {imported:.2f} s of processor time")
    print(f"need, supply and gap in every draw ({size}): {worked:.2f} s, ratio {worked / imported:.2f}")
    print(f"the same with the rows of the tables: {reported:.2f} s, ratio {reported / imported:.2f}")
    print(f"and with additions, the next plan and costs: {onward:.2f} s, ratio {onward / imported:.2f}")
    inputs = len(uncertain.inputs())
    rows = BASE_SAMPLES * (inputs + 2)
    print(
        f"sensitivity of the need of one region ({inputs} inputs, {rows} rows): {ranking:.2f} s, "
        f"ratio {ranking / imported:.2f}"
    )


if __name__ == "__main__":
    main()
