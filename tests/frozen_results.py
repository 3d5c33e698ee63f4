"""A small frozen set of results: two plans, a city and a province, and the nation, as a run left them.

`PYTHONPATH=.:tests python tests/frozen_results.py [FOLDER]` cuts it anew from the tables of a run that is complete (by
default of this project) and writes one file a table to tests/frozen. Each test makes the edits it is about.
"""

import sys
from dataclasses import replace
from functools import cache
from pathlib import Path

import pandas as pd
from defaults import ROOT, default_settings

from pipeline.inputs.catalogue import load_catalogue
from pipeline.report.facts import Tables, shared_facts
from pipeline.stages.write_reports import TEXT_COLUMNS, read_tables
from pipeline.vocabulary import CENTRAL, NATION

FROZEN = Path(__file__).with_name("frozen")
AGAIN = "run `PYTHONPATH=.:tests python tests/frozen_results.py` after a complete run"
PLANS = ("xuchang", "zhejiang")
REGIONS = (*PLANS, NATION)
SCENARIOS = (CENTRAL, "no_migration")
LAST_YEAR = 2035

BLANK = (None, float("nan"), "li_2022")
"""A blank, or the definition of need of headlines."""

KEPT = {
    "population": {"sex": ("both",), "age_group": ("60+", "65+", "80+", "total"), "output_type": ("quantile",)},
    "ages": {"year": (2020, LAST_YEAR), "output_type_id": (0.5,)},
    "need": {"scenario": (CENTRAL,)},
    "gap": {"scenario": (CENTRAL,), "definition": BLANK, "severity": BLANK, "setting": BLANK},
    "verdict": {"scenario": (CENTRAL,)},
    "sample": {"scenario": (CENTRAL,), "region": (*REGIONS, "all")},
    "backtest": {"model": ("cohort_model", "ets"), "information": ("ex_ante",), "age_group": ("60+", "65+")},
    "backtest_pairs": {"model": ("cohort_model",)},
    "single_age": {"year": (2010, 2020)},
}
"""Of each table the values that rows keep; everywhere the regions, plans and scenarios above."""

LEFT_OUT = ("atlas",)
"""Tables that reports can do without."""


def cut(tables):
    """The rows of a run's tables that are kept."""
    kept = {name: frame for name, frame in tables.items() if name not in LEFT_OUT}
    for name, frame in kept.items():
        wanted = {"region": REGIONS, "plan": PLANS, "scenario": SCENARIOS} | KEPT.get(name, {})
        if name == "backtest":
            del wanted["region"]
        if name == "sample":
            wanted["draw"] = tuple(sorted(frame["draw"].unique())[:2])
        for column in frame.columns.intersection([*wanted]):
            frame = frame[frame[column].isin(wanted[column])]
        kept[name] = frame.reset_index(drop=True)
    return kept


@cache
def frozen(name):
    """A table of the set. Read only: tests change copies."""
    file = FROZEN / f"{name}.csv"
    return pd.read_csv(file, dtype=TEXT_COLUMNS) if file.exists() else pd.read_parquet(file.with_suffix(".parquet"))


def names():
    """The tables of the set."""
    return sorted(path.stem for path in FROZEN.iterdir())


def catalogue_of(title, more):
    """The catalogue with the plans of the set alone and `more`; `title` replaces Xuchang's."""
    catalogue = load_catalogue(ROOT)
    plans = {name: catalogue.plans[name] for name in PLANS}
    plan = plans["xuchang"]
    if title:
        plan = plan.model_copy(update={"title": plan.title.model_copy(update={"zh": title, "en": title})})
        plans["xuchang"] = plan
    for name, region, horizon in more:
        figures = [figure.model_copy(update={"id": f"{name}.{figure.id}"}) for figure in plan.figures]
        plans[name] = plan.model_copy(update={"id": name, "region": region, "horizon": horizon, "figures": figures})
    return replace(catalogue, plans=plans)


def shared_for(*, accept_bad_fit=False, last=LAST_YEAR, title="", certain=False, more=(), **changed):
    """The facts of the set, under settings that say final.

    `changed` are tables that stand in for those of the set. `last` is the last year of the projection; `certain` puts
    each interval on its middle, as a run without uncertainty has it. Each of `more` is a plan like Xuchang's: its id,
    region and horizon.
    """
    next_plan = {"year": min(2030, last), "mid_term": min(2028, last - 1)}
    values = {"status": "final", "sampler": {"accept_bad_fit": accept_bad_fit}, "next_plan": next_plan}
    settings = {name: default_settings(name, last_year=last, **values) for name in SCENARIOS}
    frames = {name: frozen(name) for name in names()} | changed
    for key, frame in frames.items():
        for name, region, _ in more:
            frame = with_plan(frame, name, region)
        frame = frame if last == LAST_YEAR else until(frame, last)
        frames[key] = without_intervals(frame) if certain else frame
    return shared_facts(catalogue_of(title, more), settings, Tables(frames))


def with_plan(frame, plan, region):
    """Xuchang's rows once more for a plan, or for a region of which there are none."""
    if "plan" in frame:
        new = {"plan": plan, **({"region": region} if "region" in frame else {})}
        return pd.concat([frame, frame[frame["plan"] == "xuchang"].assign(**new)], ignore_index=True)
    if "region" in frame and region not in set(frame["region"]):
        return pd.concat([frame, frame[frame["region"] == "xuchang"].assign(region=region)], ignore_index=True)
    return frame


def until(frame, last):
    """With another last year: rows of 2035 stand in it, and in every year between."""
    if "period" in frame:
        frame = frame[frame["period"].str[:4].astype(int) <= last]
        ends = frame["period"].str[-4:].astype(int)
        ends = ends.where(ends != LAST_YEAR, last).clip(upper=last).astype(str)
        return frame.assign(period=frame["period"].str[:5] + ends)
    if "base_year" in frame:
        return frame.assign(target_year=frame["target_year"].where(frame["target_year"] != LAST_YEAR, last))
    if "year" in frame:
        at_end = frame[frame["year"] == LAST_YEAR]
        kept = frame[frame["year"] < last] if last < LAST_YEAR else frame
        years = range(min(LAST_YEAR + 1, last), last + 1)
        return pd.concat([kept, *(at_end.assign(year=year) for year in years)], ignore_index=True)
    return frame


def without_intervals(frame):
    """The middle of each interval at its ends too."""
    if "output_type_id" in frame:
        key = [name for name in frame if name not in ("output_type_id", "value")]
        middle = frame[frame["output_type_id"] == 0.5].set_index(key)["value"]
        return frame.assign(value=middle.reindex(pd.MultiIndex.from_frame(frame[key])).to_numpy())
    ends = {end: frame["shown"] for end in ("q10", "q90") if end in frame and "shown" in frame}
    return frame.assign(**ends)


if __name__ == "__main__":
    run = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT
    FROZEN.mkdir(exist_ok=True)
    for name, frame in cut(read_tables(run, default_settings().cities)).items():
        if len(frame) < 300:
            frame.to_csv(FROZEN / f"{name}.csv", index=False)
        else:
            frame.to_parquet(FROZEN / f"{name}.parquet", index=False, compression="zstd")
