"""The method in a page: sentences from the catalogue, formulas in the notation of each output."""

from __future__ import annotations

import re
from html import escape

from pipeline.report.document import Block, Formula, Paragraph, line
from pipeline.report.words import Words

_TOKEN = re.compile(r"([^\W\d_]+|∑)(?:\[([^\]|]*)(?:\|([^\]]*))?\])?|\d+|\S|\s+")

# LaTeX for Markdown, Typst for PDF, and a line with indices in brackets (below | above) that becomes MathML.
NOTATION: dict[str, tuple[str, str, str]] = {
    "cohort": (
        r"\log\frac{N_{i,g}(t+10)}{N_{i,g-10}(t)} = \log S_{g} + \kappa\, r_g + \rho_g\, x_{i,g} + "
        r"\lambda_g\, u' z_i + e_{i,g}, \qquad e_i \sim t_\nu(0,\; \lambda\lambda' + D R D)",
        "log N_(i,g) (t+10) / N_(i,g-10) (t) = log S_g + kappa r_g + rho_g x_(i,g) + lambda_g u' z_i + e_(i,g) "
        "quad quad e_i tilde.op t_nu (0, lambda lambda' + D R D)",
        "log N[i,g](t+10) / N[i,g−10](t) = log S[g] + κ · r[g] + ρ[g] · x[i,g] + λ[g] · u · z[i] + e[i,g],  "
        "e[i] ~ t[ν](0, λλ′ + DRD)",
    ),
    "level": (
        r"h_i(t+5) = \varphi\, h_i(t) + \sigma\,\varepsilon_i(t)",
        "h_i (t+5) = phi thin h_i (t) + sigma thin epsilon_i (t)",
        "h[i](t+5) = φ · h[i](t) + σ · ε[i](t)",
    ),
    "step": (
        r"P_{x+1,s}(t+1) = P_{x,s}(t)\; S_{x,s}(t)\; c_{x,s}\; m_{x,s}(t) \qquad B(t) = \sum_{x} f_x(t)\, W_x(t)",
        "P_(x+1,s) (t+1) = P_(x,s) (t) thin S_(x,s) (t) thin c_(x,s) thin m_(x,s) (t) quad quad "
        "B(t) = sum_x f_x (t) thin W_x (t)",
        "P[x+1,s](t+1) = P[x,s](t) · S[x,s](t) · c[x,s] · m[x,s](t),  B(t) = ∑[x] f[x](t) · W[x](t)",
    ),
    "required": (
        r"R(t) = \frac{\rho(t)}{k}\; h\; P_{60+}(t)",
        "R(t) = rho(t) / k thin h thin P_(60+) (t)",
        "R(t) = ρ(t) / k · h · P[60+](t)",
    ),
    "need": (
        r"D_v(t) = \sum_{x,s} \pi_{x,s}(t)\, w_v\, P_{x,s}(t) \qquad R(t) = \sum_v \frac{a_v\, D_v(t)}{o} \qquad "
        r"L(t) = \sum_{v,j} \frac{a_{v,j}\, D_v(t)}{n_{v,j}}",
        "D_v (t) = sum_(x,s) pi_(x,s) (t) thin w_v thin P_(x,s) (t) quad quad R(t) = sum_v (a_v thin D_v (t)) / o "
        "quad quad L(t) = sum_(v,j) (a_(v,j) thin D_v (t)) / n_(v,j)",
        "D[v](t) = ∑[x,s] π[x,s](t) · w[v] · P[x,s](t),  R(t) = ∑[v] a[v] · D[v](t) / o,  "
        "L(t) = ∑[v,j] a[v,j] · D[v](t) / n[v,j]",
    ),
    "supply": (
        r"K(t) = K(t-1) + q(t) - l(t)",
        "K(t) = K(t-1) + q(t) - l(t)",
        "K(t) = K(t−1) + q(t) − l(t)",
    ),
    "gap": (
        r"G(t) = R(t) - K(t) \qquad \frac{K(t)}{R(t)} \qquad \Pr\{G(t) \le 0\} \qquad "
        r"a = \frac{R(T) - K(t_0)}{T - t_0}",
        "G(t) = R(t) - K(t) quad quad K(t) / R(t) quad quad Pr{G(t) <= 0} quad quad a = (R(T) - K(t_0)) / (T - t_0)",
        "G(t) = R(t) − K(t),  K(t) / R(t),  Pr{G(t) ≤ 0},  a = (R(T) − K(t[0])) / (T − t[0])",
    ),
}


def formulas(words: Words) -> list[Block]:
    """Paragraphs and formulas in the order of the calculation."""
    blocks: list[Block] = [Paragraph(line(words("method.intro"))), Paragraph(line(words("method.base")))]
    for name in NOTATION:
        latex, typst, plain = NOTATION[name]
        blocks.append(Paragraph(line(words(f"method.{name}"))))
        blocks.append(Formula(latex, typst, mathml(plain), line(words(f"method.{name}_where"))))
    blocks.append(Paragraph(line(words("method.more"))))
    return blocks


def mathml(text: str) -> str:
    """MathML of a formula on one line: letters, numbers and signs, `a[below|above]` for indices."""
    out = []
    for match in _TOKEN.finditer(text):
        letters, below, above = match.groups()
        if letters is None:
            token = match[0]
            if token.isspace():
                out.append('<mspace width="0.6em"/>' if len(token) > 1 else "")
            else:
                out.append(f"<mn>{token}</mn>" if token.isdigit() else f"<mo>{escape(token)}</mo>")
            continue
        base = f"<mo>{letters}</mo>" if letters in ("∑", "max") else f"<mi>{letters}</mi>"
        if above:
            out.append(f"<msubsup>{base}{_index(below)}{_index(above)}</msubsup>")
        else:
            out.append(f"<msub>{base}{_index(below)}</msub>" if below else base)
    return f'<math xmlns="http://www.w3.org/1998/Math/MathML" display="block"><mrow>{"".join(out)}</mrow></math>'


def _index(text: str) -> str:
    return f"<mtext>{escape(text)}</mtext>"
