"""The method in a page: sentences from the catalogue, formulas in the notation of each output."""

from __future__ import annotations

import re
from html import escape

from pipeline.report.document import Block, Formula, Paragraph, line
from pipeline.report.words import Words

_TOKEN = re.compile(r"([^\W\d_]+|∑)(?:\[([^\]|]*)(?:\|([^\]]*))?\])?|\d+|\S|\s+")

# LaTeX for Markdown, Typst for PDF, and a line with indices in brackets (below | above) that becomes MathML.
NOTATION: dict[str, tuple[str, str, str]] = {
    "step": (
        r"P_{x+1,s}(t+1) = P_{x,s}(t)\; S_{x,s}(t)\; c_{x,s}\; m_{x,s}(t)",
        "P_(x+1,s) (t+1) = P_(x,s) (t) thin S_(x,s) (t) thin c_(x,s) thin m_(x,s) (t)",
        "P[x+1,s](t+1) = P[x,s](t) · S[x,s](t) · c[x,s] · m[x,s](t)",
    ),
    "measured": (
        r"c_g = \frac{N^{2020}_{n,g}}{N^{2010}_{n,g-10}\,S_{n,g}} \qquad "
        r"m_g = \frac{N^{2020}_{r,g}}{N^{2010}_{r,g-10}\,S_{r,g}\,c_g}",
        "c_g = N_(n,g)^2020 / (N_(n,g-10)^2010 thin S_(n,g)) quad quad "
        "m_g = N_(r,g)^2020 / (N_(r,g-10)^2010 thin S_(r,g) thin c_g)",
        "c[g] = N[n,g|2020] / (N[n,g−10|2010] · S[n,g]),  m[g] = N[r,g|2020] / (N[r,g−10|2010] · S[r,g] · c[g])",
    ),
    "births": (
        r"B(t) = \sum_{x} f_x(t)\, W_x(t)",
        "B(t) = sum_x f_x (t) thin W_x (t)",
        "B(t) = ∑[x] f[x](t) · W[x](t)",
    ),
    "required": (
        r"R(t) = \frac{\rho(t)}{k}\; h\; P_{60+}(t)",
        "R(t) = rho(t) / k thin h thin P_(60+) (t)",
        "R(t) = ρ(t) / k · h · P[60+](t)",
    ),
    "supply": (
        r"K(t) = \max\{0,\; K(t_0) + d\,(t - t_0)\}",
        "K(t) = max{0, K(t_0) + d thin (t - t_0)}",
        "K(t) = max{0, K(t[0]) + d · (t − t[0])}",
    ),
    "gap": (
        r"G(t) = R(t) - K(t) \qquad q(t) = \frac{K(t)}{R(t)} \qquad a = \frac{R(T) - K(t_0)}{T - t_0}",
        "G(t) = R(t) - K(t) quad quad q(t) = K(t) / R(t) quad quad a = (R(T) - K(t_0)) / (T - t_0)",
        "G(t) = R(t) − K(t),  q(t) = K(t) / R(t),  a = (R(T) − K(t[0])) / (T − t[0])",
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
