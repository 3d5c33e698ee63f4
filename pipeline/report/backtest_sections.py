"""The sections that tell how good the model was on what it had not seen, and whether its samplers converged."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pipeline.report import figures
from pipeline.report.context import Context, note, table, text_row
from pipeline.report.document import Block, Bullets, Inline, Paragraph, Span, line
from pipeline.report.facts import NATION, MissingResult
from pipeline.report.figures import Shares
from pipeline.report.words import Words

OWN = "cohort_model"
GOALS = {
    ("provinces", "60+"): 3.0,
    ("provinces", "65+"): 3.0,
    ("provinces", "80+"): 5.5,
    ("cities", "60+"): 5.5,
    ("cities", "65+"): 5.7,
    ("cities", "80+"): 10.0,
}
"""Mean absolute error, percent, that the model was asked to stay within: set before it was built."""

LEVELS = (80, 95)
WORST = 0.1
"""Share of areas counted as the worst when the report says what limits the score."""

BEST = 3
"""Models that a plan's report shows of each test: the best-ranked ones."""

SERIES_SHOWN = ("prophet", "state_space", "ets", "drift", "exponential")
POOLS = ("pool_equal", "pool_weighted")


def backtest(context: Context) -> list[Block]:
    """How the model did against its goals, its rivals and its own intervals; the overview lists every model."""
    words = context.words
    blocks: list[Block] = [Paragraph(line(words("backtest.intro")))]
    blocks += [_goals(context), note(words("backtest.goals_note"))]
    blocks.append(Bullets([line(text) for text in _findings(context)]))
    blocks.append(_all_scores(context))
    if context.facts is not None:
        to = f"../overview/{words.language}.html#backtest"
        blocks.append(Paragraph((Span(words("backtest.more"), to=to),), "note"))
    return blocks


def _goals(context: Context) -> Block:
    """One row a goal: the error asked for and reached, the best rival, and the coverage of both intervals."""
    words, scores = context.words, context.shared.tables["backtest_scores"]
    pairs = context.shared.tables["backtest_pairs"]
    rows = []
    for (test, group), goal in GOALS.items():
        own = _one(scores, test=test, age_group=group, information="ex_ante", model=OWN)
        against = _one(pairs, test=test, age_group=group, information="ex_ante", model=OWN, best=True)
        met = float(own["mape"]) <= goal
        cells: list[str | Inline] = [
            words(f"test.{test}"),
            words(f"group.{group}"),
            words.number(int(own["n"])),
            words.number(goal, 1),
            f"{float(own['mape']):.2f}",
            line(Span(words("goal.met" if met else "goal.missed"), mark="" if met else "strong")),
            _named(words, "model", against["rival"]),
            words(
                "backtest.difference",
                value=_signed(float(against["difference"])),
                low=_signed(float(against["low"])),
                high=_signed(float(against["high"])),
            ),
        ]
        rows.append(text_row([*cells, *(_coverage(words, own, level) for level in LEVELS)]))
    heads = [words(f"head.{name}") for name in ("test", "age_group", "areas", "goal", "mape", "reached", "best_rival")]
    heads += [words("head.pair"), *(words("head.coverage", level=str(level)) for level in LEVELS)]
    widths = (8, 10, 6, 6, 8, 8, 16, 14, 12, 12)
    return table(words("backtest.goals"), heads, "ttnnntttnn", rows, widths=widths, small=True)


def _coverage(words: Words, row: pd.Series, level: int) -> str:
    values = [row.get(f"coverage_{level}{end}") for end in ("", "_low", "_high")]
    if any(pd.isna(value) for value in values):
        return words("blank")
    middle, low, high = (f"{float(value):.0f}" for value in values)  # type: ignore[arg-type]
    return words("interval.cell", value=middle, range=words("range", low=low, high=high))


def _findings(context: Context) -> list[str]:
    """In words: which goals are missed and what limits them, coverage, the combination, and the caveat."""
    words, scores = context.words, context.shared.tables["backtest_scores"]
    forecasts = context.shared.tables["backtest"]
    texts = []
    for test in dict.fromkeys(name for name, _ in GOALS):
        missed = [
            words("backtest.goal_item", group=words(f"group.{group}"), value=f"{mape:.2f}", goal=words.number(goal, 1))
            for (name, group), goal in GOALS.items()
            if name == test and (mape := float(_own(scores, test, group)["mape"])) > goal
        ]
        where = words(f"test.{test}")
        if missed:
            texts.append(words("backtest.missed", test=where, items=words.listed(missed)))
        else:
            texts.append(words("backtest.reached", test=where))
        rows = forecasts[
            (forecasts["test"] == test)
            & (forecasts["model"] == OWN)
            & (forecasts["information"] == "ex_ante")
            & (forecasts["age_group"] == "60+")
        ].sort_values("ape", ascending=False)
        count = max(round(WORST * len(rows)), 1)
        if len(rows) > count:
            names = words.listed(_region(context, str(name)) for name in rows["region"].head(min(count, 5)))
            texts.append(
                words(
                    "backtest.limits_named" if test == "provinces" else "backtest.limits",
                    test=where,
                    count=str(count),
                    names=names,
                    share=words.percent(float(rows["ape"].head(count).sum() / rows["ape"].sum())),
                    rest=f"{float(rows['ape'].iloc[count:].mean()):.2f}",
                )
            )
        outside = [
            words("backtest.coverage_item", group=words(f"group.{group}"), level=str(level))
            for name, group in GOALS
            if name == test
            for level in LEVELS
            if not _nominal(_own(scores, test, group), level)
        ]
        key = "backtest.coverage_off" if outside else "backtest.coverage_nominal"
        texts.append(words(key, test=where, items=words.listed(outside)))
    return [*texts, *_combination(context), words("backtest.caveat")]


def _nominal(row: pd.Series, level: int) -> bool:
    low, high = row[f"coverage_{level}_low"], row[f"coverage_{level}_high"]
    return bool(pd.isna(low) or low <= level <= high)


def _combination(context: Context) -> list[str]:
    """Whether a combination of the yearly series' methods scores better than the best of them."""
    words, scores = context.words, context.shared.tables["backtest_scores"]
    found = scores[scores["test"] == "national_series"]
    texts = []
    for group, part in found.groupby("age_group", sort=True):
        pools, single = part[part["model"].isin(POOLS)], part[~part["model"].isin(POOLS)]
        if pools.empty or single.empty:
            continue
        pool, best = (part.sort_values("crps").iloc[0] for part in (pools, single))
        kept = float(pool["crps"]) < float(best["crps"])
        texts.append(
            words(
                "backtest.pool_kept" if kept else "backtest.pool_none",
                group=words(f"group.{group}"),
                pool=f"{float(pool['crps']):.2f}",
                model=_name(words, "model", best["model"]),
                best=f"{float(best['crps']):.2f}",
            )
        )
    return texts


def _all_scores(context: Context) -> Block:
    """Every model and measure; in a plan's report the best-ranked of each test."""
    words = context.words
    found = context.shared.tables["backtest_scores"].sort_values(["test", "age_group", "information", "rank"])
    if context.facts is not None:
        found = found[(found["rank"] <= BEST) & (found["age_group"] == "60+")]
    rows = [
        text_row(
            [
                _named(words, "test", row["test"]),
                _named(words, "information", row["information"]),
                _named(words, "model", row["model"]),
                words(f"group.{row['age_group']}"),
                *(f"{float(row[name]):.2f}" for name in ("mape",)),
                _signed(float(row["bias"])),
                f"{float(row['crps']):.2f}",
                *(_coverage(words, row, level) for level in LEVELS),
            ]
        )
        for _, row in found.iterrows()
    ]
    heads = [words(f"head.{h}") for h in ("test", "information", "model", "age_group", "mape", "bias", "crps")]
    heads += [words("head.coverage", level=str(level)) for level in LEVELS]
    caption = words("backtest.table_best" if context.facts is not None else "backtest.table")
    return table(caption, heads, "ttttnnnnn", rows, small=True, widths=(9, 12, 20, 11, 9, 8, 9, 11, 11))


def rivals(context: Context) -> list[Block]:
    """The nation's share of the old to the last year: this projection beside time-series methods, each labelled."""
    words, last = context.words, context.shared.central.last_year
    ahead, past = context.shared.tables["series_forecasts"], context.shared.tables["backtest"]
    past = past[past["test"] == "national_series"]
    people = context.shared.regions[NATION]
    panels, rows = [], []
    for group in sorted(ahead["age_group"].unique()):
        counted = past[past["age_group"] == group].groupby("target_year")["observed"].first()
        part = ahead[(ahead["age_group"] == group) & (ahead["output_type"] == "quantile")]
        lines = {}
        for model in SERIES_SHOWN:
            here = part[part["model"] == model].pivot(index="year", columns="output_type_id", values="value")
            if here.empty:
                raise MissingResult(f"series_forecasts: no forecast of {group} by {model}")
            lines[model] = (here.index.to_numpy(dtype=float), here[0.5].to_numpy(dtype=float))
            cells = [words(f"group.{group}"), _name(words, "model", model)]
            rows.append(text_row([*cells, *(f"{here.loc[last, q]:.1f}" for q in (0.5, 0.1, 0.9, 0.025, 0.975))]))
        total = people.total
        ours = {q: people.old[group].column(q) / total.column(0.5) * 100 for q in (0.025, 0.1, 0.5, 0.9, 0.975)}
        cells = [words(f"group.{group}"), words("model.ours")]
        rows.append(text_row([*cells, *(f"{ours[q][-1]:.1f}" for q in (0.5, 0.1, 0.9, 0.025, 0.975))]))
        panels.append(
            Shares(
                group,
                np.asarray(people.old[group].years, dtype=float),
                ours,
                lines,
                counted.index.to_numpy(dtype=float),
                counted.to_numpy(dtype=float),
            )
        )
    heads = [words("head.group"), words("head.model"), words("head.median_in", year=str(last))]
    heads += [words("head.low80"), words("head.high80"), words("head.low95"), words("head.high95")]
    return [
        Paragraph(line(words("rivals.intro"))),
        context.picture(
            "rivals", figures.rivals(panels, words), words("rivals.caption"), words("rivals.alt", year=str(last))
        ),
        table(words("rivals.table", year=str(last)), heads, "ttnnnnn", rows, small=True),
        note(words("rivals.note")),
    ]


def diagnostics(context: Context) -> list[Block]:
    """Whether the samplers converged."""
    words = context.words
    found = context.shared.tables["diagnostics"]
    rows = [
        text_row(
            [
                _named(words, "fit", row["model"]),
                _named(words, "quantity", row["quantity"]),
                words.number(float(row["value"]), 3 if row["quantity"] == "r_hat" else 0),
                words.number(float(row["limit"]), 3),
                words("passed.yes") if bool(row["passed"]) else words("passed.no"),
            ]
        )
        for _, row in found.iterrows()
    ]
    heads = [words(f"head.{h}") for h in ("fit", "quantity", "value", "limit", "passed")]
    said = "diagnostics.passed" if bool(found["passed"].all()) else "diagnostics.failed"
    return [Paragraph(line(words(said))), table(words("diagnostics.table"), heads, "ttnnt", rows)]


def _own(scores: pd.DataFrame, test: str, group: str) -> pd.Series:
    return _one(scores, test=test, age_group=group, information="ex_ante", model=OWN)


def _one(frame: pd.DataFrame, **wanted: object) -> pd.Series:
    """The one row of a table with these values; MissingResult naming them where there is none."""
    chosen = frame
    for name, value in wanted.items():
        chosen = chosen[chosen[name] == value]
    if len(chosen) != 1:
        raise MissingResult(f"backtest: {len(chosen)} rows for {wanted}, expected one")
    return chosen.iloc[0]


def _region(context: Context, region: str) -> str:
    return context.name(region) if region in context.shared.catalogue.regions else region


def _signed(value: float) -> str:
    return f"{value:+.2f}".replace("-", "−")


def _name(words: Words, kind: str, name: object) -> str:
    """The message for a code of a table, or the code itself where the catalogue has none."""
    key = f"{kind}.{name}"
    return words(key) if words.has(key) else str(name)


def _named(words: Words, kind: str, name: object) -> Inline:
    return line(_name(words, kind, name))
