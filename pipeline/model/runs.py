"""Runs of the pipeline: what makes two of them comparable, and what moved between them.

Results keep in run.json the settings that need and supply were drawn with: the same give the same draws again.
"""

import json
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from pipeline.axes import CENSUS_YEAR
from pipeline.errors import Fault, InputError, raise_if_any
from pipeline.inputs.store import INDICATORS_FILE, NEED_TABLES, PLANS_FOLDER, load_planned, table_file
from pipeline.model.plans import drawn_demand, load_choice, load_old
from pipeline.model.result_files import RESULTS_FOLDER
from pipeline.results.write import write_text
from pipeline.settings import Settings, all_settings
from pipeline.shortfall.why import FACTORED, need_factors, need_model, waterfall, waterfall_rows
from pipeline.vocabulary import CENTRAL, NATION

MODEL_VERSION = "1"
"""Raised with every change of the model after which two runs no longer answer the same question."""

RUN_FILE = "run.json"

DRAWN_FROM = ("seed", "last_year", "care", "need", "supply")
"""Keys of params.yaml that need and supply are drawn from, besides the people of the run."""

DATA = (
    INDICATORS_FILE,
    PLANS_FOLDER,
    *map(table_file, sorted((*NEED_TABLES, "care_figures", "national_goals", "supply"))),
)
"""What need and supply are drawn from besides the settings."""


class StoredRun(NamedTuple):
    """One run as its folder tells it."""

    root: Path
    scenario: str
    base_year: int
    model_version: str
    settings: Settings


def data_version(root: Path) -> str:
    digest = sha256()
    for name in DATA:
        path = root / name
        for file in sorted(path.glob("*")) if path.is_dir() else [path]:
            digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:12]


def write_run(root: Path, folder: Path, scenario: str, settings: Settings) -> None:
    """Write what makes the results in `folder` a run that can be compared."""
    content = {
        "scenario": scenario,
        "base_year": CENSUS_YEAR,
        "model_version": f"{MODEL_VERSION}+{data_version(root)}",
        "settings": settings.model_dump(mode="json", include=set(DRAWN_FROM)),
    }
    write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", folder / RUN_FILE)


def load_run(root: Path, name: str) -> StoredRun:
    """The run `name`: a scenario of params.yaml, or a results folder. Raises InputError where there is none."""
    known = all_settings(root)
    folder = root / RESULTS_FOLDER / name if name in known else Path(name).resolve()
    file = folder / RUN_FILE
    if not file.is_file():
        expected = f"a results folder that holds {RUN_FILE}, or one of the scenarios {', '.join(known)}"
        raise InputError([Fault(name, "", "no run", expected)])
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        settings = Settings.model_validate({**known[CENTRAL].model_dump(), **content["settings"]})
        return StoredRun(
            folder.parents[2], folder.name, int(content["base_year"]), str(content["model_version"]), settings
        )
    except (KeyError, TypeError, ValueError):
        raise InputError([Fault(str(file), "", "something else", "what a run of this pipeline writes")]) from None


def compare_runs(root: Path, first: str, second: str, year: int | None = None) -> pd.DataFrame:
    """What moved in need between two runs, by input, in one year (the last of both where none is given).

    Rows region, resource, year, driver, order, shown, q10, q90 for the headline definition: base is the first run,
    target the second, each input moved alone, and their interaction. Draw k of one is draw k of the other. Raises
    InputError for runs of different base years, model versions, data or numbers of draws.
    """
    runs = [load_run(root, name) for name in (first, second)]
    draws = [len(load_old(run.root, run.scenario, NATION)) for run in runs]
    must_agree: dict[str, list[int] | list[str]] = {
        "base year": [run.base_year for run in runs],
        "model version": [run.model_version for run in runs],
        "draws": draws,
    }
    raise_if_any(
        Fault(f"{first} and {second}", what, f"{found[0]} and {found[1]}", "the same in both")
        for what, found in must_agree.items()
        if found[0] != found[1]
    )
    last = min(run.settings.last_year for run in runs)
    at = last if year is None else year
    if not CENSUS_YEAR <= at <= last:
        raise InputError([Fault("year", "", str(at), f"a year from {CENSUS_YEAR} to {last}")])
    catalogue = load_planned(root)
    choices = [load_choice(root, run.settings) for run in runs]
    model = need_model([choice.use for choice in choices])
    demands = [
        drawn_demand(choice, run.settings, draws[0], range(CENSUS_YEAR, run.settings.last_year + 1))
        for run, choice in zip(runs, choices, strict=True)
    ]
    # Schemes that are the same are one input that did not move.
    schemes = (0, 0 if choices[0].use_id == choices[1].use_id else 1)
    tables = []
    for plan in catalogue.plans.values():
        base, target = (
            need_factors(demand, load_old(run.root, run.scenario, plan.region, draws[0]), at, scheme)
            for run, demand, scheme in zip(runs, demands, schemes, strict=True)
        )
        rows = waterfall_rows(waterfall(model, base, target), {name: name for name in base})
        tables.append(rows.assign(region=plan.region, year=at))
    return pd.concat(tables, ignore_index=True)


def as_text(table: pd.DataFrame) -> str:
    """The comparison as aligned text: a block a region, a row a resource, a column a step, as shown."""
    lines = []
    for (region, year), rows in table.groupby(["region", "year"], sort=False):
        wide = rows.pivot(index="resource", columns="driver", values="shown")
        wide = wide.reindex(index=list(FACTORED), columns=list(dict.fromkeys(rows["driver"])))
        moved = [name for name in wide if name in ("base", "target") or wide[name].abs().max() >= 0.5]
        lines.append(f"{region}, {year}")
        lines.append(wide[moved].to_string(float_format=lambda value: f"{value:,.0f}"))
        lines.append("")
    return "\n".join(lines)
