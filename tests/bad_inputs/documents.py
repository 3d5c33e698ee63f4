"""Variants of params.yaml and of the YAML files under data/."""

from dataclasses import replace

from .rules import Variant, added, of_any_file, of_text, swap, swap_all

PARAMS = "params.yaml"
SOURCES = "data/sources.yaml"
INDICATORS = "data/indicators.yaml"
CORRECTIONS = "data/corrections.yaml"
CHINA = "data/regions/provinces/china.yaml"
WUHAN = "data/regions/cities/wuhan.yaml"
PLAN = "data/plans/xuchang.yaml"
LONG = (SOURCES, INDICATORS, PLAN)
"""Files that take long to read: a part of the rules, which the short ones meet in full."""


_MISSING = {CHINA: "expected the id of a nation", WUHAN: "region: found 'wuhan', expected a region", PLAN: None}
"""What is told of a file that is not there, where no other file names it; a plan may be taken away."""


def of_any_document(file):
    """What can befall any YAML file: its bytes, its syntax, what YAML allows and is not wanted."""
    for variant in of_any_file(file, b": ", thorough=file not in LONG):
        told = _MISSING.get(file, variant.told) if variant.name == "missing" else variant.told
        if told is not None:
            yield replace(variant, told=told)
    mapping = file != CORRECTIONS
    more = (lambda text: added(f"\n{text}\n")) if mapping else (lambda text: added(f"\n- {text}\n"))
    rules = (
        ("comments alone", of_text(lambda _: "# nothing\n"), "found no content, expected a YAML document"),
        ("an open bracket", more("extra: [1, 2"), r"line \d+, column \d+: found a YAML error"),
        ("an open quote", more('extra: "open'), r"line \d+, column \d+: found a YAML error"),
        ("a tab", more("extra:\n\ta: 1"), r"line \d+, column \d+: found a YAML error"),
        ("half a key", more("extra"), r"line \d+.*(found a YAML error|found 'extra')"),
        ("truncated", of_text(lambda text: text[: text.rindex(": ") + 2]), "line .*found"),
        ("two documents", added("\n---\na: 1\n"), r"line \d+, column \d+: found a YAML error"),
        ("an anchor", more("extra: &x 1"), r"line \d+: found the anchor &x, expected plain YAML without anchors"),
        ("an alias", more("extra: *x"), r"line \d+, column \d+: found an alias"),
        ("a merge key", more("<<: {a: 1}"), r"line \d+: found the key '<<', expected a key of plain text"),
        ("an object", more("extra: !!python/object/apply:os.system [ls]"), r"line \d+: found the tag .*os.system, exp"),
        ("a tag of its own", more("extra: !secret x"), r"line \d+: found the tag !secret, expected plain YAML"),
        ("a binary", more("extra: !!binary aGVsbG8="), r"line \d+: found the tag .*binary, expected plain YAML"),
        ("a set", more("extra: !!set {a, b}"), r"line \d+: found the tag .*set, expected plain YAML without tags"),
        ("a list as a key", more("? [a, b]\n: 1" if mapping else "? [a, b]"), "found a list or mapping as a key, expe"),
        ("a number as a key", more("2020: 1"), r"line \d+: found the key '2020', expected a key of plain text"),
        ("deep nesting", more("extra: " + "[" * 30 + "]" * 30), r"line \d+: found deeper nesting, expected at most 20"),
        ("bottomless nesting", more("extra: " + "[" * 9000 + "]" * 9000), "found deeper nesting, expected at most 20"),
        ("a key twice", more("extra: 1\nextra: 2" if mapping else "extra: 1\n  extra: 2"), "found the key extra again"),
        ("an unknown key", more("extra: 1"), r"line \d+.*(found the unknown key extra|extra.*expected a mapping)"),
        ("a hexadecimal number", more("extra: 0x1F"), r"line \d+, .*extra: found '0x1F', expected a whole number in d"),
        ("a number with _", more("extra: 1_000"), r"extra: found '1_000', expected a whole number in decimal digits"),
        ("a giant number", more("extra: " + "9" * 5000), r"extra: found '99.*…, expected a whole number in decimal di"),
        ("no such day", more("extra: 2021-02-30"), r"extra: found '2021-02-30', expected a date such as 2021-04-02"),
        ("a time", more("extra: 2021-02-03T10:00:00"), r"extra: found '2021-02-03T10:00:00', expected a date such as"),
        ("a line break in text", more('extra: "a\\nb"'), r"extra: found 'a\\nb', expected text on one line"),
        ("an invisible character", more('extra: "a\\u200bb"'), r"expected visible .*zero width space"),
        ("a terminal command", more('extra: "\\e[31m"'), r"extra: found '\\x1b\[31m', expected visible characters"),
    )
    if file == PLAN:
        for name, old, new, sign in (
            ("a colon of full width", "region: xuchang", "region：xuchang", "'：'"),
            ("a colon of full width in a list", "    kind: ", "    kind：", "'：'"),
            ("no space after a colon", "region: xuchang", "region:xuchang", "':'"),
            ("a wide space after a colon", "region: xuchang", "region:\u3000xuchang", r"':\\u3000'"),
            ("wide spaces before a key", "    kind: ", "\u3000\u3000kind: ", r"'\\u3000'"),
            ("spaces that do not break before a key", "    kind: ", "\xa0\xa0kind: ", r"'\\xa0'"),
        ):
            told = rf"xuchang.yaml, line \d+: found {sign}, expected the plain signs and spaces of"
            yield Variant(file, name, swap(old, new), told, alone=True)
    for name, rule, told in rules if file not in LONG else rules[1::5]:
        yield Variant(file, name, rule, told)
    yield Variant(file, "words", of_text(lambda _: "words\n"), "line 1: found 'words', expected a (mapping|list)")
    wrong = "- a\n- b\n" if mapping else "a: 1\n"
    yield Variant(file, "another shape", of_text(lambda _: wrong), r"line 1.*: found .*, expected a (mapping|list)")


def _others():
    """Slips too long to be written down, or of a whole part of a file."""
    endless = swap("  no_migration:", f"  {'a' * 300}:")
    yield Variant(PARAMS, "an endless name of a scenario", endless, "text of at most 60 characters")
    endless = swap("  zh: 许昌市", f"  zh: {'许' * 400}")
    yield Variant(PLAN, "a title without end", endless, "title.zh: .*text of at most 300 characters")
    emptied = of_text(lambda text: text[: text.index("figures:")] + "figures: []\n")
    yield Variant(PLAN, "no figures", emptied, "figures: found .*least 1")
    told = "correction 2: found column value, expected another cel"
    yield Variant(CORRECTIONS, "a cell twice", of_text(lambda text: _first_twice(text, "- file:")), told)
    twice = of_text(lambda text: _first_twice(text, "  - id:"))
    yield Variant(PLAN, "a figure twice", twice, "found .*, expected an id used once")
    lines = swap_all(("  notes: Census day 1", "  notes: |\n    Census\n    day 1"))
    yield Variant(SOURCES, "a note over lines", lines, "one line")


def _first_twice(text, sign):
    """The first item of a list again; `sign` begins each."""
    start = text.index(sign)
    end = text.index(sign, start + 1)
    return text[:end] + text[start:end] + text[end:]


DOCUMENTS = (
    *(
        variant
        for file in (PARAMS, SOURCES, INDICATORS, CORRECTIONS, CHINA, WUHAN, PLAN)
        for variant in of_any_document(file)
    ),
    *_others(),
)
