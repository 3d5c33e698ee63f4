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

from pipeline.care import care_tables as tables
from pipeline.inputs.store import load_table
from pipeline.model.plans import drawn_demand, load_choice, load_prices, load_shared, plans_in_order
from pipeline.settings import load_settings
from pipeline.shortfall.additions import Ahead, additions_rows
from pipeline.shortfall.gap import line_rows, parts_of_need, region_lines, required_by_need, required_of_region
from pipeline.shortfall.next_plan import next_plan_rows
from pipeline.shortfall.why import ranked, uncertain_inputs

ROOT = Path(__file__).parents[1]
DRAWS, REPEATS, BASE_SAMPLES = 4_000, 3, 1_024
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


def main() -> None:
    """Print the times and their ratios."""
    rng, settings = np.random.default_rng(0), load_settings(ROOT)
    definitions = tables.definitions(load_table(ROOT, "disability_prevalence"))
    choice, shared = replace(load_choice(ROOT, settings), definitions=definitions), load_shared(ROOT, settings, DRAWS)
    plans, plan, years = plans_in_order(shared.catalogue), settings.next_plan, shared.years
    people = {name: PEOPLE * rng.lognormal(0.0, 0.1, (DRAWS, len(years), 2, 9)) for name in plans}
    ends = (2025, plan.year, settings.last_year)

    def measured(in_rows: bool, ahead: bool = False) -> None:
        need = drawn_demand(choice, settings, DRAWS, years)
        for name, old in people.items():
            supplies = shared.supplies(name, old, plans[name][-1])
            asked = list(required_by_need(need, old, supplies))
            found = region_lines(supplies, asked, parts_of_need(need, old))
            if in_rows:
                line_rows(found, years)
            else:
                deque(found, maxlen=0)
            if ahead:
                prices, every = load_prices(ROOT, name, plan.price_year), [*required_of_region(supplies), *asked]
                here = Ahead(name, supplies, every, need, old, prices, plan.price_year, np.ones(1), 1)
                additions_rows(here, ends)
                next_plan_rows(here, plan.year, plan.mid_term, plan.certainty)

    old = next(iter(people.values()))
    headline = replace(choice, definitions={choice.headline: choice.definitions[choice.headline]})
    elapsed = years[-1] - years[0]

    def rank(samples: int) -> None:
        ranked(old[:, -1], years[-1], elapsed, headline, settings.need, 1, samples)

    rank(2)  # SALib is imported here, outside the clock
    imported, worked, reported = importing(), seconds(lambda: measured(False)), seconds(lambda: measured(True))
    onward = seconds(lambda: measured(True, ahead=True))
    ranking = seconds(lambda: rank(BASE_SAMPLES))
    size = f"{len(people)} regions, {DRAWS} draws, {len(years)} years, four yardsticks, {len(definitions)} definitions"
    print(f"import pymc: {imported:.2f} s of processor time")
    print(f"need, supply and gap in every draw ({size}): {worked:.2f} s, ratio {worked / imported:.2f}")
    print(f"the same with the rows of the tables: {reported:.2f} s, ratio {reported / imported:.2f}")
    print(f"and with additions, the next plan and costs: {onward:.2f} s, ratio {onward / imported:.2f}")
    inputs = len(uncertain_inputs(headline, settings.need))
    rows = BASE_SAMPLES * (inputs + 2)
    print(
        f"sensitivity of the need of one region ({inputs} inputs, {rows} rows): {ranking:.2f} s, "
        f"ratio {ranking / imported:.2f}"
    )


if __name__ == "__main__":
    main()
