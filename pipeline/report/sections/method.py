"""The method in a page: sentences from the catalogue, formulas in LaTeX for pages and in Typst for paper."""

from collections.abc import Sequence

from latex2mathml.converter import convert

from pipeline.report.context import Context
from pipeline.report.document import Block, Formula, line

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
