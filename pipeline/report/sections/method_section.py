"""Annex: the method in a page (sentences from the catalogue, formulas in LaTeX for pages and in Typst for paper), what
is assumed and why, and what the results cannot say."""

from collections.abc import Sequence

from latex2mathml.converter import convert

from pipeline.axes import CENSUS_YEAR
from pipeline.report.context import Context
from pipeline.report.document import Block, Bullets, Formula, TextSpan, line

LIMITS = ("small", "deaths", "nominal", "definitions", "quality", "staff", "forecast")

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
    return [Bullets([line(context.words(f"limits.{name}")) for name in LIMITS])]
