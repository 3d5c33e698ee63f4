"""The findings of an audit in words: each clause by its code, with names, numbers and years put in."""

from collections.abc import Iterable, Mapping

import pandas as pd

from pipeline.domain import Names
from pipeline.report.wording import Words
from pipeline.results.tables import TABLES
from pipeline.shortfall.audit.figures import Clause, Finding, StatedAmount, StatedFigure, Value

FORMS = {"change": "{:+.1%}", "off": "{:.1%}", "share": "{:.2f}%", "tenths": "{:.1f}"}
"""Units that are printed alike in both languages."""

type NamesById = Mapping[str, Names]


def findings_table(findings: Iterable[Finding], names: NamesById) -> pd.DataFrame:
    """The findings as rows of `plan_audit`; ids joined by `;`, differences relative.

    `names` are those of the indicators by id. Raises MissingMessage where a clause has no message `finding.<code>`.
    """
    zh, en, columns = Words("zh"), Words("en"), list(TABLES["plan_audit"].names)
    rows = [
        {
            **{name: getattr(finding, name, None) for name in columns},
            "figure_ids": ";".join(finding.figure_ids),
            "explanation_zh": explanation(finding, zh, names),
            "explanation_en": explanation(finding, en, names),
        }
        for finding in findings
    ]
    return pd.DataFrame(rows, columns=columns)


def explanation(finding: Finding, words: Words, names: NamesById) -> str:
    """What a finding says, in the language of `words`."""
    texts = (_clause(clause, words, names) for clause in finding.clauses)
    return words.sentences(text[:1].upper() + text[1:] for text in texts)


def _clause(clause: Clause, words: Words, names: NamesById) -> str:
    values: dict[str, str] = {}
    for key, value in clause.values.items():
        values[key] = _text(key, value, words, names)
        if isinstance(value, StatedFigure):
            values |= {f"{key}_year": str(value.year), f"{key}_section": value.section}
            values |= {f"{key}_name": _text(key, value.indicator, words, names)}
            values |= {f"{key}_sign": words(f"finding.{value.comparator}")}
    return words(f"finding.{clause.code}", **values)


def _text(key: str, value: Value, words: Words, names: NamesById) -> str:
    if isinstance(value, Clause):
        return _clause(value, words, names)
    if isinstance(value, StatedFigure):
        return amount(StatedAmount(value.value, value.unit), words)
    if isinstance(value, StatedAmount):
        return amount(value, words)
    if isinstance(value, tuple):
        return words(f"finding.join_{key}").join(_text(key, item, words, names) for item in value)
    if value in names:
        return words.in_sentence(words.named(names[str(value)]))
    return str(value) if isinstance(value, int) else words(f"finding.{value}")


def amount(amount: StatedAmount, words: Words) -> str:
    """A value as the audit prints it: exact counts in full, ratios with their unit."""
    value, unit = amount
    if unit in FORMS:
        return FORMS[unit].format(value + 0.0 if abs(value) >= 0.0005 else 0.0).replace("+0.0%", "0.0%")
    if words.has(f"finding.unit_{unit}"):
        return words(f"finding.unit_{unit}", value=words.exact(value, 2))
    exact = float(value).is_integer() and abs(value) < 1e6 and value % 100
    if words.language == "en" or abs(value) < 1e4 or exact:
        return words.exact(value, 0 if abs(value) >= 1000 else 2)
    return words("finding.ten_thousands", value=words.exact(value / 1e4, 2))
