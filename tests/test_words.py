"""Sentences for readers stand in `report/`: below it, findings and tables carry values and codes."""

import ast
import re

from defaults import ROOT

PACKAGE = ROOT / "pipeline"
BELOW = ("care", "demography", "documents", "inputs", "model", "models", "results", "settings", "shortfall", "stages")
SILENT = ("care", "demography", "models", "shortfall", "stages")
"""Rooms that describe no table and speak to no terminal."""

CHINESE = re.compile(r"[\u4e00-\u9fff]{5}|[，。；]")
ENGLISH = re.compile(r"\w+( \S+){5,}[.!?]$")


def texts(room):
    """Every text of a room but docstrings, with its place."""
    for path in sorted((PACKAGE / room).rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        spoken = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in spoken:
                yield f"{path.relative_to(PACKAGE)}:{node.lineno}", node.value


def test_no_sentence_for_readers_stands_below_the_report():
    found = {room: list(texts(room)) for room in BELOW}
    assert all(found.values())
    chinese = [place for room in found.values() for place, text in room if CHINESE.search(text)]
    english = [place for room in SILENT for place, text in found[room] if ENGLISH.search(text)]
    assert (chinese, english) == ([], [])
    # Rules of the audit speak in codes, of one word each.
    assert [place for place, text in texts("shortfall/audit") if len(text.split()) > 1 or not text[:1].isascii()] == []


def test_sentences_of_the_report_would_be_found():
    spoken = [text for _, text in texts("report")]
    assert any(map(CHINESE.search, spoken))
    assert ENGLISH.search("This many beds are missing today.")
