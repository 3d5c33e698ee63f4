"""Annex: how good the model was on what it had not seen, set beside simpler methods."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.lines import Line2D

from pipeline.report.context import Context, pictures
from pipeline.report.document import Block, Bullets, Picture, ReportColumn, line
from pipeline.report.facts import MissingResult, where
from pipeline.report.style import BLUE, INK, ORANGE, PLUM, QUIET, TEAL, canvas, drawn, legend, sheet, year_axis
from pipeline.report.wording import Words
from pipeline.vocabulary import COHORT_MODEL, NATION

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

SERIES_SHOWN = ("prophet", "state_space", "ets", "drift", "exponential")


def backtest(context: Context) -> Sequence[Block]:
    """How the model did against its goals, its rivals and its own intervals; every model by test and age group."""
    words, scores = context.words, context.shared.tables["backtest_scores"]
    every = scores.sort_values(["test", "age_group", "information", "rank"])
    return [
        context.text("backtest.intro"),
        _goals(context),
        context.note("backtest.goals_note"),
        Bullets([line(text) for text in _findings(context)]),
        context.table(
            words("backtest.table"),
            [row for _, row in every.iterrows()],
            ReportColumn(words("head.test"), lambda row: words.code("test", row["test"]), 9),
            ReportColumn(words("head.information"), lambda row: words.code("information", row["information"]), 12),
            ReportColumn(words("head.model"), lambda row: words.code("model", row["model"]), 20),
            ReportColumn(words("head.age_group"), lambda row: words(f"group.{row['age_group']}"), 11),
            ReportColumn(words("head.mape"), lambda row: float(row["mape"]), 8, decimals=2),
            ReportColumn(words("head.bias"), lambda row: words.signed(float(row["bias"]), 2), 8, number=True),
            ReportColumn(words("head.crps"), lambda row: float(row["crps"]), 8, decimals=2),
            *_coverage_columns(words),
            small=True,
        ),
    ]


def _goals(context: Context) -> Block:
    """One row a goal: the error asked for and reached, the best rival, and the coverage of both intervals."""
    words = context.words
    scores, pairs = (context.shared.tables[name] for name in ("backtest_scores", "backtest_pairs"))
    rows = []
    for (test, group), goal in GOALS.items():
        key = {"test": test, "age_group": group, "information": "ex_ante", "model": COHORT_MODEL}
        rows.append((goal, _only(scores, **key), _only(pairs, **key, best=True)))
    return context.table(
        words("backtest.goals"),
        [
            pd.concat([own, against[["rival", "difference", "low", "high"]], pd.Series({"goal": goal})])
            for goal, own, against in rows
        ],
        ReportColumn(words("head.test"), lambda row: words(f"test.{row['test']}"), 8),
        ReportColumn(words("head.age_group"), lambda row: words(f"group.{row['age_group']}"), 10),
        ReportColumn(words("head.areas"), lambda row: int(row["n"]), 6),
        ReportColumn(words("head.goal"), lambda row: float(row["goal"]), 6, decimals=1),
        ReportColumn(words("head.mape"), lambda row: float(row["mape"]), 8, decimals=2),
        ReportColumn(
            words("head.reached"), lambda row: words("goal.met" if row["mape"] <= row["goal"] else "goal.missed"), 8
        ),
        ReportColumn(words("head.best_rival"), lambda row: words.code("model", row["rival"]), 16),
        ReportColumn(
            words("head.pair"),
            lambda row: words(
                "backtest.difference",
                **{
                    to: words.signed(float(row[name]), 2)
                    for to, name in (("value", "difference"), ("low", "low"), ("high", "high"))
                },
            ),
            14,
            number=True,
        ),
        *_coverage_columns(words),
        small=True,
    )


def _coverage_columns(words: Words) -> list[ReportColumn[pd.Series]]:
    def coverage(level: int) -> ReportColumn[pd.Series]:
        def cell(row: pd.Series) -> str | None:
            values = [row.get(f"coverage_{level}{end}") for end in ("", "_low", "_high")]
            if any(pd.isna(value) for value in values):
                return None
            middle, low, high = (f"{float(value):.0f}" for value in values)  # type: ignore[arg-type]
            return words("backtest.coverage", value=middle, low=low, high=high)

        return ReportColumn(words("head.coverage", level=str(level)), cell, 12, number=True)

    return [coverage(level) for level in LEVELS]


def _findings(context: Context) -> list[str]:
    """In words: which goals are missed and what limits them, coverage, and the caveat."""
    words, scores = context.words, context.shared.tables["backtest_scores"]
    forecasts = where(context.shared.tables["backtest"], model=COHORT_MODEL, information="ex_ante", age_group="60+")
    texts = []
    for test in dict.fromkeys(name for name, _ in GOALS):
        rows = {
            group: _only(scores, test=test, age_group=group, information="ex_ante", model=COHORT_MODEL)
            for name, group in GOALS
            if name == test
        }
        missed = [
            words(
                "backtest.goal_item",
                group=words(f"group.{group}"),
                value=f"{row['mape']:.2f}",
                goal=words.exact(GOALS[test, group], 1),
            )
            for group, row in rows.items()
            if row["mape"] > GOALS[test, group]
        ]
        name = words(f"test.{test}")
        texts.append(
            words("backtest.missed", test=name, items=words.listed(missed))
            if missed
            else words("backtest.reached", test=name)
        )
        errors = forecasts[forecasts["test"] == test].sort_values("ape", ascending=False)
        count = max(round(WORST * len(errors)), 1)
        if len(errors) > count:
            texts.append(
                words(
                    "backtest.limits_named" if test == "provinces" else "backtest.limits",
                    test=name,
                    count=str(count),
                    names=words.listed(context.name(str(region)) for region in errors["region"].head(min(count, 5))),
                    share=words.percent(float(errors["ape"].head(count).sum() / errors["ape"].sum())),
                    rest=f"{float(errors['ape'].iloc[count:].mean()):.2f}",
                )
            )
        outside = [
            words("backtest.coverage_item", group=words(f"group.{group}"), level=str(level))
            for group, row in rows.items()
            for level in LEVELS
            if not _nominal(row, level)
        ]
        key = "backtest.coverage_off" if outside else "backtest.coverage_nominal"
        texts.append(words(key, test=name, items=words.listed(outside)))
    return [*texts, words("backtest.caveat")]


def _nominal(row: pd.Series, level: int) -> bool:
    low, high = row[f"coverage_{level}_low"], row[f"coverage_{level}_high"]
    return bool(pd.isna(low) or low <= level <= high)


def rivals(context: Context) -> Sequence[Block]:
    """The nation's share of the old to the last year: this projection beside time-series methods, each labelled."""
    words, last = context.words, context.last
    ahead = where(context.shared.tables["series_forecasts"], output_type="quantile")
    past = where(context.shared.tables["backtest"], test="national_series")
    people = context.shared.people[NATION]
    found: list[Picture] = []
    rows: list[tuple[str, str, pd.Series]] = []
    for group in sorted(ahead["age_group"].unique()):
        counted = past[past["age_group"] == group].groupby("target_year")["observed"].first()
        own = people.quantiles[group].div(people.quantiles["total"][0.5], axis=0) * 100
        lines = {"ours": own}
        for model in SERIES_SHOWN:
            lines[model] = where(ahead, age_group=group, model=model).pivot(
                index="year", columns="output_type_id", values="value"
            )
            if lines[model].empty:
                raise MissingResult(f"series_forecasts: no forecast of {group} by {model}")
        rows += [(group, model, frame.loc[last]) for model, frame in lines.items()]  # type: ignore[misc]
        caption = words("rivals.caption", group=words(f"group.{group}"))
        svg = _shares(lines, counted, words)
        found.append(
            Picture(f"rivals_{len(found)}", svg, caption, words("rivals.alt", year=str(last), caption=caption))
        )
    ends = ((0.5, words("head.median_in", year=str(last))), (0.1, words("head.low80")), (0.9, words("head.high80")))
    return [
        context.text("rivals.intro"),
        pictures(*found),
        context.table(
            words("rivals.table", year=str(last)),
            rows,
            ReportColumn(words("head.group"), lambda row: words(f"group.{row[0]}")),
            ReportColumn(words("head.model"), lambda row: words(f"model.{row[1]}"), 20),
            *(ReportColumn(head, lambda row, q=q: float(row[2][q]), decimals=1) for q, head in ends),  # type: ignore[misc]
        ),
        context.note("rivals.note"),
    ]


def _shares(lines: dict[str, pd.DataFrame], counted: pd.Series, words: Words) -> str:
    colours = dict(zip(SERIES_SHOWN, (ORANGE, TEAL, PLUM, QUIET, INK), strict=True))
    with sheet():
        figure, axis = canvas(3.5)
        own = lines["ours"]
        axis.fill_between(own.index, own[0.1], own[0.9], color=BLUE, alpha=0.2, lw=0)
        axis.plot(own.index, own[0.5], color=BLUE, lw=2.2)
        for model in SERIES_SHOWN:
            axis.plot(lines[model].index, lines[model][0.5], color=colours[model], lw=1.2, ls=(0, (4, 2)))
        axis.plot(counted.index, np.asarray(counted, dtype=float), "o", ms=3, color=INK)
        axis.set_title("%")
        year_axis(axis, float(counted.index.min()) - 1, float(own.index.max()) + 0.3)
        handles = [Line2D([], [], color=BLUE, lw=2.2, label=words("model.ours"))]
        handles += [Line2D([], [], color=colours[m], lw=1.2, ls="--", label=words(f"model.{m}")) for m in SERIES_SHOWN]
        handles.append(Line2D([], [], color=INK, marker="o", ls="", ms=3, label=words("rivals.counted")))
        legend(figure, handles, 1)
        return drawn(figure)


def counts(context: Context) -> Sequence[Block]:
    """How well the next count was foretold once counts are used, beside simpler ways."""
    words = context.words
    rows = where(context.shared.tables["counts_scores"], level="all", cutoff=0)
    return [
        context.text("counts_scores.intro"),
        context.table(
            words("counts_scores.table"),
            [row for _, row in rows.iterrows()],
            ReportColumn(words("head.test"), lambda row: words.code("counts_target", row["target"]), 14),
            ReportColumn(words("head.age_group"), lambda row: words.code("group", row["age_group"])),
            ReportColumn(words("head.own_counts"), lambda row: words.code("own_counts", row["own_counts"]), 14),
            ReportColumn(words("head.model"), lambda row: words.code("counts_model", row["model"]), 16),
            ReportColumn(words("head.mape"), lambda row: float(row["mape"]), decimals=2),
            ReportColumn(words("head.crps"), lambda row: float(row["crps"]), decimals=2),
            *_coverage_columns(words),
            small=True,
        ),
    ]


def _only(frame: pd.DataFrame, **wanted: object) -> pd.Series:
    """The one row of a table with these values; MissingResult naming them where there is none."""
    chosen = where(frame, **wanted)
    if len(chosen) != 1:
        raise MissingResult(f"backtest: {len(chosen)} rows for {wanted}, expected one")
    return chosen.iloc[0]
