"""The annex: the method in a page, how good the model was on what it had not seen, beside simpler methods, whether its
samplers converged, what is assumed and why, and what the results cannot say."""

from collections.abc import Callable, Sequence

import pandas as pd
from latex2mathml.converter import convert
from matplotlib.lines import Line2D

from pipeline.axes import CENSUS_YEAR
from pipeline.report.context import Context, pictures, rows_of
from pipeline.report.document import Block, Bullets, Formula, Paragraph, Picture, ReportColumn, TextSpan, line
from pipeline.report.facts import MissingResult, where
from pipeline.report.style import BLUE, INK, ORANGE, PLUM, QUIET, TEAL, drawing, year_axis
from pipeline.report.wording import Words
from pipeline.vocabulary import COHORT_MODEL, NATION

GOALS = {
    **{("provinces", group): goal for group, goal in (("60+", 3.0), ("65+", 3.0), ("80+", 5.5))},
    **{("cities", group): goal for group, goal in (("60+", 5.5), ("65+", 5.7), ("80+", 10.0))},
}
"""Mean absolute error, percent, by test and age group: what the model was asked to keep to, set before it was built."""

LEVELS = (80, 95)
WORST = 0.1
"""Share of areas counted as the worst when the report says what limits the score."""

SERIES_SHOWN = {"prophet": ORANGE, "state_space": TEAL, "ets": PLUM, "drift": QUIET, "exponential": INK}
"""Time-series methods and their colours."""

NOTATION = {
    "cohort": (
        r"\log\frac{N_{i,g}(t+10)}{N_{i,g-10}(t)} = \log S_{g} + \kappa\, r_g + \rho_g\, x_{i,g} + "
        r"\lambda_g\, u' z_i + e_{i,g}, \qquad e_i \sim t_\nu(0,\; \lambda\lambda' + D R D)",
        "log frac(N_(i,g) (t+10), N_(i,g-10) (t)) = log S_g + kappa r_g + rho_g x_(i,g) + lambda_g u' z_i + e_(i,g) "
        "quad quad e_i tilde.op t_nu (0, lambda lambda' + D R D)",
    ),
    "level": (
        r"h_i(t+5) = \varphi\, h_i(t) + \sigma\,\varepsilon_i(t)",
        "h_i (t+5) = phi thin h_i (t) + sigma thin epsilon_i (t)",
    ),
    "step": (
        r"P_{x+1,s}(t+1) = P_{x,s}(t)\; S_{x,s}(t)\; c_{x,s}\; m_{x,s}(t), \qquad B(t) = \sum_{x} f_x(t)\, W_x(t)",
        "P_(x+1,s) (t+1) = P_(x,s) (t) thin S_(x,s) (t) thin c_(x,s) thin m_(x,s) (t) quad quad "
        "B(t) = sum_x f_x (t) thin W_x (t)",
    ),
    "required": (r"R(t) = \frac{\rho(t)}{k}\; h\; P_{60+}(t)", "R(t) = rho(t) / k thin h thin P_(60+) (t)"),
    "need": (
        r"D_v(t) = \sum_{x,s} \pi_{x,s}(t)\, w_v\, P_{x,s}(t), \qquad R(t) = \sum_v \frac{a_v\, D_v(t)}{o}, \qquad "
        r"L(t) = \sum_{v,j} \frac{a_{v,j}\, D_v(t)}{n_{v,j}}",
        "D_v (t) = sum_(x,s) pi_(x,s) (t) thin w_v thin P_(x,s) (t) quad quad R(t) = sum_v frac(a_v thin D_v (t), o) "
        "quad quad L(t) = sum_(v,j) frac(a_(v,j) thin D_v (t), n_(v,j))",
    ),
    "supply": (r"K(t) = K(t-1) + q(t) - l(t)", "K(t) = K(t-1) + q(t) - l(t)"),
    "gap": (
        r"G(t) = R(t) - K(t), \qquad \mathrm{Pr}\{G(t) \le 0\}, \qquad "
        r"a = \frac{R(T) - K(t_0)}{T - t_0}",
        "G(t) = R(t) - K(t) quad quad Pr{G(t) <= 0} quad quad a = (R(T) - K(t_0)) / (T - t_0)",
    ),
}
"""By step of the calculation, the same formula in LaTeX and in Typst."""


def method(context: Context) -> Sequence[Block]:
    """Paragraphs and formulas in the order of the calculation."""
    blocks: list[Block] = [context.text("method.intro"), context.text("method.base")]
    for name, (latex, typst) in NOTATION.items():
        where = line(context.words(f"method.{name}_where"))
        blocks += [context.text(f"method.{name}"), Formula(typst, convert(latex, display="block"), where)]
    return [*blocks, context.text("method.more")]


def backtest(context: Context) -> Sequence[Block]:
    """How the model did against its goals, its rivals and its own intervals; every model by test and age group."""
    words, column, scores = context.words, context.column, context.shared.tables["backtest_scores"]
    return [
        context.text("backtest.intro"),
        _goals(context),
        context.note("backtest.goals_note"),
        Bullets([line(text) for text in _findings(context)]),
        context.table(
            words("backtest.table"),
            scores.sort_values(["test", "age_group", "information", "rank"]),
            column("head.test", _coded(words, "test"), 9),
            column("head.information", _coded(words, "information"), 12),
            column("head.model", _coded(words, "model"), 20),
            column("head.age_group", _coded(words, "group", "age_group"), 11),
            column("head.mape", lambda row: float(row["mape"]), 8, decimals=2),
            column("head.bias", lambda row: words.signed(float(row["bias"]), 2), 8, number=True),
            column("head.crps", lambda row: float(row["crps"]), 8, decimals=2),
            *_coverage_columns(context),
            small=True,
        ),
    ]


def _coded(words: Words, kind: str, name: str = "") -> Callable[[pd.Series], str]:
    """The cell of a code: the message of its `kind`, by default the name of its field."""
    return lambda row: words.code(kind, row[name or kind])


def _own_scores(context: Context) -> pd.DataFrame:
    """The score of this project's model beside each goal; MissingResult naming the test that has none."""
    keys = ["test", "age_group"]
    goals = pd.DataFrame([(*key, goal) for key, goal in GOALS.items()], columns=[*keys, "goal"])
    own = where(context.shared.tables["backtest_scores"], information="ex_ante", model=COHORT_MODEL)
    rows = goals.merge(own, on=keys, how="left", validate="1:1")
    if rows["mape"].isna().any():
        raise MissingResult(f"backtest_scores: no row for {rows.loc[rows['mape'].isna(), keys].to_dict('records')}")
    return rows


def _goals(context: Context) -> Block:
    """One row a goal: the error asked for and reached, the best rival, and the coverage of both intervals."""
    words, column = context.words, context.column
    pairs = where(context.shared.tables["backtest_pairs"], information="ex_ante", model=COHORT_MODEL, best=True)
    pairs = pairs[["test", "age_group", "rival", "difference", "low", "high"]]

    def difference(row: pd.Series) -> str:
        ends = {name: words.signed(float(row[name]), 2) for name in ("low", "high")}
        return words("backtest.difference", value=words.signed(float(row["difference"]), 2), **ends)

    return context.table(
        words("backtest.goals"),
        _own_scores(context).merge(pairs, on=["test", "age_group"], validate="1:1"),
        column("head.test", _coded(words, "test"), 8),
        column("head.age_group", _coded(words, "group", "age_group")),
        column("head.areas", lambda row: int(row["n"]), 6),
        column("head.goal", lambda row: float(row["goal"]), 6, decimals=1),
        column("head.mape", lambda row: float(row["mape"]), 8, decimals=2),
        column("head.reached", lambda row: words("goal.met" if row["mape"] <= row["goal"] else "goal.missed"), 8),
        column("head.best_rival", _coded(words, "model", "rival"), 16),
        column("head.pair", difference, 14, number=True),
        *_coverage_columns(context),
        small=True,
    )


def _coverage_columns(context: Context) -> list[ReportColumn]:
    def coverage(row: pd.Series, level: int) -> str | None:
        ends = row.reindex([f"coverage_{level}{end}" for end in ("", "_low", "_high")])
        if ends.isna().any():
            return None
        value, low, high = (f"{float(end):.0f}" for end in ends)
        return context.words("backtest.coverage", value=value, low=low, high=high)

    return [
        context.column("head.coverage", lambda row, at=level: coverage(row, at), 12, number=True, level=level)
        for level in LEVELS
    ]


def _findings(context: Context) -> list[str]:
    """In words: which goals are missed and what limits them, coverage, and the caveat."""
    words, texts = context.words, []
    forecasts = where(context.shared.tables["backtest"], model=COHORT_MODEL, information="ex_ante", age_group="60+")
    for test, rows in _own_scores(context).groupby("test", sort=False):
        name = words(f"test.{test}")
        missed, outside = [], []
        for row in rows_of(rows):
            group, goal = words(f"group.{row['age_group']}"), words.exact(row["goal"], 1)
            if row["mape"] > row["goal"]:
                missed.append(words("backtest.goal_item", group=group, value=f"{row['mape']:.2f}", goal=goal))
            for level in LEVELS:
                if not row[f"coverage_{level}_low"] <= level <= row[f"coverage_{level}_high"]:
                    outside.append(words("backtest.coverage_item", group=group, level=level))
        texts.append(words("backtest.missed" if missed else "backtest.reached", test=name, items=words.listed(missed)))
        errors = where(forecasts, test=test).sort_values("ape", ascending=False)
        count = max(round(WORST * len(errors)), 1)
        if len(errors) > count:
            texts.append(
                words(
                    "backtest.limits_named" if test == "provinces" else "backtest.limits",
                    test=name,
                    count=count,
                    names=words.listed(context.name(region) for region in errors["region"].head(min(count, 5))),
                    share=words.percent(float(errors["ape"].head(count).sum() / errors["ape"].sum())),
                    rest=f"{errors['ape'].iloc[count:].mean():.2f}",
                )
            )
        key = "backtest.coverage_off" if outside else "backtest.coverage_nominal"
        texts.append(words(key, test=name, items=words.listed(outside)))
    return [*texts, words("backtest.caveat")]


def rivals(context: Context) -> Sequence[Block]:
    """The nation's share of the old to the last year: this projection beside time-series methods, each labelled."""
    words, column, last, people = context.words, context.column, context.last, context.shared.people[NATION]
    ahead = where(context.shared.tables["series_forecasts"], output_type="quantile")
    past = where(context.shared.tables["backtest"], test="national_series")
    drawings: list[Picture] = []
    rows: list[tuple[str, str, pd.Series | pd.DataFrame]] = []
    for group in sorted(ahead["age_group"].unique()):
        shares = {"ours": people.quantiles[group].div(people.quantiles["total"][0.5], axis=0) * 100}
        for model in SERIES_SHOWN:
            forecast = where(ahead, age_group=group, model=model)
            if forecast.empty:
                raise MissingResult(f"series_forecasts: no forecast of {group} by {model}")
            shares[model] = forecast.pivot(index="year", columns="output_type_id", values="value")
        rows += [(group, model, frame.loc[last]) for model, frame in shares.items()]
        counted = where(past, age_group=group).groupby("target_year")["observed"].first()
        caption = words("rivals.caption", group=words(f"group.{group}"))
        alt = words("rivals.alt", year=last, caption=caption)
        drawings.append(Picture(f"rivals_{len(drawings)}", _shares(shares, counted, words), caption, alt))
    return [
        context.text("rivals.intro"),
        pictures(*drawings),
        context.table(
            words("rivals.table", year=last),
            rows,
            column("head.group", lambda row: words(f"group.{row[0]}")),
            column("head.model", lambda row: words(f"model.{row[1]}"), 20),
            column("head.median_in", lambda row: float(row[2][0.5]), decimals=1, year=last),
            column("head.low80", lambda row: float(row[2][0.1]), decimals=1),
            column("head.high80", lambda row: float(row[2][0.9]), decimals=1),
        ),
        context.note("rivals.note"),
    ]


def _shares(shares: dict[str, pd.DataFrame], counted: pd.Series, words: Words) -> str:
    """The figure of shares in percent: quantiles by method, and what was counted by year."""
    with drawing(3.5) as plot:
        axis, own = plot.axis, shares["ours"]
        axis.fill_between(own.index, own[0.1], own[0.9], color=BLUE, alpha=0.2, lw=0)
        axis.plot(own.index, own[0.5], color=BLUE, lw=2.2)
        handles = [Line2D([], [], color=BLUE, lw=2.2, label=words("model.ours"))]
        for model, colour in SERIES_SHOWN.items():
            axis.plot(shares[model].index, shares[model][0.5], color=colour, lw=1.2, ls=(0, (4, 2)))
            handles.append(Line2D([], [], color=colour, lw=1.2, ls="--", label=words(f"model.{model}")))
        handles += axis.plot(counted.index, counted, "o", ms=3, color=INK, label=words("rivals.counted"))
        axis.set_title("%")
        year_axis(axis, float(counted.index.min()) - 1, float(own.index.max()) + 0.3)
        plot.legend(handles, 1)
    return plot.svg


def counts(context: Context) -> Sequence[Block]:
    """How well the next count was foretold once counts are used, beside simpler ways."""
    words, column = context.words, context.column
    own = _coded(words, "own_counts")
    return [
        context.text("counts_scores.intro"),
        context.table(
            words("counts_scores.table"),
            where(context.shared.tables["counts_scores"], cutoff=0),
            column("head.test", _coded(words, "counts_target", "target"), 14),
            column("head.age_group", _coded(words, "group", "age_group")),
            column("head.own_counts", lambda row: None if row["model"] == "no_counts" else own(row), 14),
            column("head.model", _coded(words, "counts_model", "model"), 16),
            column("head.mape", lambda row: float(row["mape"]), decimals=2),
            column("head.crps", lambda row: float(row["crps"]), decimals=2),
            *_coverage_columns(context),
            small=True,
        ),
    ]


def diagnostics(context: Context) -> Sequence[Block]:
    """Whether the samplers converged."""
    words, column, found = context.words, context.column, context.shared.tables["diagnostics"]
    return [
        context.text("diagnostics.passed" if found["passed"].all() else "diagnostics.failed"),
        context.table(
            words("diagnostics.table"),
            found,
            column("head.fit", lambda row: words.code("fit", row["model"])),
            column("head.quantity", lambda row: words.code("quantity", row["quantity"]), 18),
            column("head.value", lambda row: float(row["value"]), decimals=3),
            column("head.limit", lambda row: float(row["limit"]), decimals=3),
            column("head.passed", lambda row: words("passed.yes" if row["passed"] else "passed.no")),
        ),
    ]


def checks(context: Context) -> Sequence[Block]:
    """What replicates of the censuses show, leave-one-out, and links to the pictures."""
    words, found = context.words, context.shared.tables["loo"]
    total, areas = found[found["area"] == "all"].iloc[0], found[found["area"] != "all"]
    doubtful = [context.name(area) for area in areas.loc[~areas["reliable"].astype(bool), "area"]]
    sentence = words(
        "checks.loo",
        elpd=words.exact(float(total["elpd"])),
        se=words.exact(float(total["se"])),
        parameters=words.exact(float(total["p_loo"])),
        reliable=len(areas) - len(doubtful),
        areas=len(areas),
    )
    exceptions = words("checks.doubtful", names=words.listed(doubtful)) if doubtful else ""
    return [
        context.text("checks.intro"),
        Bullets(
            [line(TextSpan(words(key), to=f"../checks/{key.split('.')[1]}.png")) for key in words.beginning("picture.")]
        ),
        context.text("checks.cities_mean"),
        Paragraph(line(sentence + exceptions)),
    ]


def assumed(context: Context) -> list[tuple[str, str, str]]:
    """What is assumed of people: name, what, and why."""
    words, projection, last = context.words, context.shared.central.projection, context.last
    consistency, migration = projection.consistency, projection.migration
    values: dict[str, dict[str, str | int]] = {
        "mortality": {"years": words.exact(projection.mortality.extra_e0, 1)},
        "consistency": {"weight": words.exact(consistency.weight, 2), "age": consistency.from_age},
        "migration": {"weight": words.exact(migration.weight, 2), "years": words.exact(migration.taper_years)},
        "fertility": {"weight": words.exact(projection.fertility.weight, 2)},
    }
    return [
        (
            words(f"assumption.{name}.name"),
            words(f"assumption.{name}.what", **given),
            words(f"assumption.{name}.why", last=last, youngest=60 - (last - CENSUS_YEAR)),
        )
        for name, given in values.items()
    ]


def assumptions(context: Context) -> Sequence[Block]:
    """What is assumed of people, and every interval of need and supply as params.yaml has it."""
    words, column = context.words, context.column
    return [
        context.table(
            words("assumptions.table"),
            assumed(context),
            column("head.assumption", lambda row: TextSpan(row[0], mark="strong"), 18),
            column("head.what", lambda row: row[1], 41),
            column("head.why", lambda row: row[2], 41),
            small=True,
        ),
        context.table(
            words("settings.table"),
            intervals(context),
            column("head.assumption", lambda row: line(row[1], TextSpan(f" {row[0]}", mark="quiet")), 60),
            column("head.range", lambda row: row[2], 40, number=True),
            small=True,
        ),
    ]


def intervals(context: Context) -> list[tuple[str, str, str]]:
    """Every interval of the sections need and supply: key, name, its ends."""
    words, rows = context.words, []
    for section in ("need", "supply"):
        for name, interval in getattr(context.shared.central, section):
            if hasattr(interval, "low"):
                ends = words("range", low=words.exact(interval.low, 3), high=words.exact(interval.high, 3))
                rows.append((f"{section}.{name}", words(f"setting.{section}.{name}.name"), ends))
    return rows


def limitations(context: Context) -> Sequence[Block]:
    """What the results cannot say."""
    return [Bullets([line(context.words(key)) for key in context.words.beginning("limits.")])]
