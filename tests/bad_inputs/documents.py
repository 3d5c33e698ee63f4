"""Variants of params.yaml and of the YAML files under data/."""

from __future__ import annotations

from collections.abc import Iterator
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


def of_any_document(file: str) -> Iterator[Variant]:
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
        (
            "an object",
            more("extra: !!python/object/apply:os.system [ls]"),
            r"line \d+: found the tag .*os.system, expe",
        ),
        ("a tag of its own", more("extra: !secret x"), r"line \d+: found the tag !secret, expected plain YAML"),
        ("a binary", more("extra: !!binary aGVsbG8="), r"line \d+: found the tag .*binary, expected plain YAML"),
        ("a set", more("extra: !!set {a, b}"), r"line \d+: found the tag .*set, expected plain YAML without tags"),
        (
            "a list as a key",
            more("? [a, b]\n: 1" if mapping else "? [a, b]"),
            "found a list or mapping as a key, expect",
        ),
        ("a number as a key", more("2020: 1"), r"line \d+: found the key '2020', expected a key of plain text"),
        ("deep nesting", more("extra: " + "[" * 30 + "]" * 30), r"line \d+: found deeper nesting, expected at most 20"),
        ("bottomless nesting", more("extra: " + "[" * 9000 + "]" * 9000), "found deeper nesting, expected at most 20"),
        ("a key twice", more("extra: 1\nextra: 2" if mapping else "extra: 1\n  extra: 2"), "found the key extra again"),
        ("an unknown key", more("extra: 1"), r"line \d+.*(found the unknown key extra|extra.*expected a mapping)"),
        (
            "a hexadecimal number",
            more("extra: 0x1F"),
            r"line \d+, .*extra: found '0x1F', expected a whole number in dec",
        ),
        ("a number with _", more("extra: 1_000"), r"extra: found '1_000', expected a whole number in decimal digits"),
        (
            "a giant number",
            more("extra: " + "9" * 5000),
            r"extra: found '99.*…, expected a whole number in decimal digits",
        ),
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


def _params() -> Iterator[Variant]:
    def variant(name: str, old: str, new: str, told: str) -> Variant:
        return Variant(PARAMS, name, swap(old, new), told)

    ratio = "    zhejiang: {low: 0.92, high: 0.96}"
    yield variant("a misspelt key", "\nseed: ", "\nsed: ", "sed: found the unknown key sed, .*did you mean seed")
    yield variant("a key lost", "\nseed: 20201101\n", "\n", "seed: found no such key, expected the key seed")
    yield variant("text for a number", "draws: 4000", "draws: many", "draws: found 'many', expected a whole number")
    yield variant("a number in quotes", "draws: 4000", 'draws: "4000"', "draws: found '4000', expected a whole number")
    yield variant(
        "full-width digits", "draws: 4000", "draws: ４０００", "draws: found '４０００', expected a whole number"
    )
    yield variant("a fraction", "draws: 4000", "draws: 0.5", "draws: found 0.5, expected a whole number")
    yield variant("a negative count", "draws: 4000", "draws: -4000", "draws: found -4000, expected a value from 10 to")
    yield variant("truth for a number", "draws: 4000", "draws: true", "draws: found true, expected a whole number")
    yield variant("NaN", "extra_e0: 0.0", "extra_e0: .nan", "extra_e0: found nan, expected a finite number")
    yield variant("infinity", "extra_e0: 0.0", "extra_e0: -.inf", "extra_e0: found -inf, expected a finite number")
    yield variant("a blank", "extra_e0: 0.0", "extra_e0:", "extra_e0: found null, expected a number")
    yield variant(
        "a year outside", "last_year: 2035", "last_year: 2135", "last_year: found 2135, expected a value from"
    )
    yield variant("a wrong date", '"2025-12-31"', '"31.12.2024"', "as_of: found '31.12.2024', expected a date such")
    yield variant(
        "a misspelt profile", "profile: full", "profile: fulll", "profile: found 'fulll', expected full or smoke"
    )
    yield variant("a negative ratio", ratio, ratio.replace("0.92", "-0.92"), "found -0.92, expected a value from 0.05")
    yield variant(
        "an interval upside down",
        ratio,
        ratio.replace("0.92", "1.92"),
        r"60plus.zhejiang: found low 1.92 and high 0.96, expected low below high \(registered per resident\)",
    )
    yield variant(
        "occupancy over 1", "high: 0.86}", "high: 1.86}", "target_occupancy.high: found 1.86, expected a value"
    )
    yield variant(
        "occupancy in percent", "high: 0.55}", "high: 55}", "occupancy.high: found 55, expected a value from 0 to 1"
    )
    yield variant(
        "no occupancy", "{low: 0.4, high: 0.55}", "{low: 0, high: 0}", "occupancy.low: found 0, expected a val"
    )
    yield variant(
        "an unknown definition", "adl_iadl, survey", "adl_idal, survey", "need.definitions.*did you mean adl_iadl"
    )
    yield variant(
        "an unknown headline",
        "headline: li_2022",
        "headline: li_2020",
        "need.headline: found 'li_2020', expected one of need.definitions.*did you mean li_2022",
    )
    yield variant("no definitions", "[census_selfcare, adl, adl_iadl, survey_2015, li_2022, transition]", "[]", "found")
    yield variant(
        "an unknown staffing", "staffing: by_severity", "staffing: by_severit", "need.staffing: .*did you mean by_"
    )
    yield variant(
        "an unknown trend", "need: {trend: falling}", "need: {trend: fallin}", "disability_falling.*mean falling"
    )
    yield variant(
        "an unknown severity", "severity: barthel_southwest", "severity: barthel", "need.severity: found 'barthel'"
    )
    yield variant(
        "an unknown source", "dementia: jia_2020", "dementia: jia_2021", "need.dementia: found 'jia_2021', expected"
    )
    yield variant(
        "an unknown scheme",
        "settings: by_severity",
        "settings: by_severit",
        "need.settings: .*did you mean by_severity",
    )
    yield variant(
        "an unknown city", "cities: [panzhihua, wuhan,", "cities: [panzhihua, wuhann,", "cities.1.: found 'wuhann'"
    )
    yield variant(
        "a city lost", "cities: [panzhihua, wuhan,", "cities: [panzhihua,", "cities: found .*expected wuhan too, as"
    )
    yield variant(
        "a city that is a path", "cities: [panzhihua,", "cities: [../x,", r"cities.0.: found '../x', expected text"
    )
    yield variant(
        "an unknown region", "    zhejiang: {low", "    zhejang: {low", "zhejang: found 'zhejang', expected a region"
    )
    yield variant(
        "a scenario that is a path", "  no_migration:", "  ../x:", r"scenarios\.\.\./x: found '../x', expected te"
    )
    yield variant(
        "no central scenario", "  central: {}", "  centre: {}", "scenarios: found no such key, expected the key c"
    )
    yield variant(
        "a key no scenario may set", "  central: {}", "  central: {seed: 3}", "central.seed: found the unknown key"
    )
    yield variant(
        "a scenario out of range", "{extra_e0: 1.9}", "{extra_e0: 19}", "low_mortality.*found 19, expected a valu"
    )
    yield variant(
        "a scenario of no mapping", "  central: {}", "  central: 3", "scenarios.central: found 3, expected a map"
    )
    yield variant(
        "a profile misspelt inside", "    draws: 40\n", "    draw: 40\n", "profiles.smoke.draw: found the unknown key"
    )
    yield variant(
        "a city twice", "cities: [panzhihua,", "cities: [wuhan, panzhihua,", "cities: .*wuhan stands there tw"
    )
    yield variant("a definition twice", "definitions: [census_selfcare,", "definitions: [adl, ", "adl stands there twi")
    yield variant(
        "more draws than are sampled", "draws: 4000", "draws: 50000", "draws: found 50000, expected at most 120"
    )
    yield variant("few draws sampled", "  draws: 3000", "  draws: 500", "draws: found 4000, expected at most 2000, as")
    yield variant(
        "too many smoke draws", "    draws: 40\n", "    draws: 400\n", "smoke.draws: found 400, expected at mo"
    )
    yield variant("a day before the census", '"2025-12-31"', '"1999-01-01"', "as_of: .*expected a date from 2020-11")
    yield variant("a day far ahead", '"2025-12-31"', '"2124-12-31"', "as_of: .*expected a date from 2020-11-01")
    yield variant("a week for a date", '"2025-12-31"', '"2024-W52-2"', "as_of: .*expected a date such as 2024-12-31")
    yield variant(
        "an endless name of a scenario", "  no_migration:", f"  {'a' * 300}:", "text of at most 60 characters"
    )
    yield variant(
        "a ratio in percent", ratio, "    zhejiang: {low: 93, high: 100}", "low: found 93, expected a value fr"
    )
    yield variant(
        "use in percent", "{low: 0.68, high: 1.56}", "{low: 68, high: 156}", "institution_use.low: found 68, exp"
    )
    yield variant(
        "a prior in percent", "{low: -0.0384, high: 0.0384}", "{low: -3.84, high: 3.84}", "value from -1 to 1"
    )
    yield variant(
        "noise in percent", "{low: 0.0132, high: 0.0475}", "{low: 1.32, high: 4.75}", "noise.*found 4.75, exp"
    )


def _plan() -> Iterator[Variant]:
    def variant(name: str, old: str, new: str, told: str) -> Variant:
        return Variant(PLAN, name, swap(old, new), told)

    people = "    value: 862700\n"
    place = r"line \d+, figures\[\d+\]"
    homes = "id: xuchang.community_day_care_centres.baseline.2021\n    indicator: community_day_care_centres\n"
    homes += "    kind: baseline\n    year: 2021\n    value: 663\n"
    yield variant(
        "another year than its id", homes, homes.replace("year: 2021", "year: 2024"), "2021, the year of the id"
    )
    inferred = homes + "    basis_inferred: {value: hukou, reason: none}\n"
    yield variant(
        "a basis both stated and inferred", homes, inferred, "basis_inferred: found 'hukou', expected none, as"
    )
    yield variant(
        "a section of spaces", "section: 一、(一) 养老服务供给", "section: ' '", "section: found ' ', expected text,"
    )
    yield variant(
        "two plans of one start",
        "region: xuchang",
        "region: inner_mongolia",
        "horizon.start: .*another first year",
    )
    yield variant(
        "a base year long before", "base_year: 2021", "base_year: 1980", "base_year: found 1980, expected a year"
    )
    yield variant(
        "a plan for eighty years", "  end: 2025", "  end: 2100", "horizon: found '2021 to 2100', expected at m"
    )
    yield variant(
        "a date to come", "date: null", "date: 2099-01-01", "date: found 2099-01-01, expected a year from 2011"
    )
    yield variant(
        "a title without end", "  zh: 许昌市", f"  zh: {'许' * 400}", "title.zh: .*text of at most 300 characters"
    )
    yield variant(
        "a misspelt indicator", "indicator: population_60plus", "indicator: population_60pls", f"{place}.*did you"
    )
    yield variant("a misspelt key", "    comparator:", "    comparatr:", f"{place}.comparatr: found the unknown key")
    yield variant("a key lost", "    unit: persons\n", "", f"{place}.unit: found no such key, expected the key unit")
    yield variant(
        "a misspelt kind", "kind: target", "kind: tarGet", f"{place}.kind: found 'tarGet'.*did you mean target"
    )
    yield variant(
        "another unit", "unit: persons", "unit: beds", f"{place}.unit: found 'beds', expected persons, the unit"
    )
    yield variant(
        "another comparator", "comparator: '='", "comparator: '=='", f"{place}.comparator: found '==', expected"
    )
    yield variant(
        "another basis", "basis: resident", "basis: residents", f"{place}.basis: found 'residents', .*mean resid"
    )
    yield variant(
        "text for a number", people, "    value: '862700'\n", f"{place}.value: found '862700', expected a number"
    )
    yield variant(
        "a unit in the value", people, "    value: 86.27万\n", f"{place}.value: found '86.27万', expected a number"
    )
    yield variant(
        "full-width digits", people, "    value: ８６２７００\n", f"{place}.value: found '８６２７００', expected a num"
    )
    yield variant("thousands separators", people, "    value: 862,700\n", f"{place}.value: found '862,700', expected a")
    yield variant("persons in 万", people, "    value: 86.27\n", f"{place}.value: found 86.27, expected")
    yield variant(
        "persons in whole 万", people, "    value: 862\n", f"{place}.value: found 862, expected persons, beside 862656"
    )
    yield variant(
        "ten thousand times the people", people, "    value: 8627000000\n", f"{place}.value: found 8627000000, exp"
    )
    yield variant(
        "a negative count", people, "    value: -862700\n", f"{place}.value: found -862700, expected a value from"
    )
    yield variant("a formula", people, "    value: =862700\n", f"{place}.value: found '=862700', expected a number")
    yield variant("NaN", people, "    value: .nan\n", f"{place}.value: found nan, expected a finite number")
    yield variant("infinity", people, "    value: .inf\n", f"{place}.value: found inf, expected a finite number")
    yield variant("an upper end below", people, people + "    upper: 5\n", f"{place}.upper: found 5, expected")
    share = "indicator: nursing_bed_share\n    kind: target\n    year: 2025\n    value: "
    yield variant("a share over 100", share, share + "1", f"{place}.value: found 1.*, expected a value from 0 to 100")
    yield variant("a negative share", share, share + "-", f"{place}.value: found -.*, expected a value from 0 to 100")
    yield variant(
        "a year outside the horizon", share, share.replace("2025", "2052"), f"{place}.year: found 2052, expected"
    )
    yield variant(
        "a target before the base", share, share.replace("2025", "2015"), f"{place}.year: found 2015, expected a t"
    )
    yield variant("no year", share, share.replace("2025", "null"), f"{place}.year: found null, expected a year")
    yield variant("a year in quotes", share, share.replace("2025", "'2025'"), f"{place}.year: found '2025', expected")
    yield variant(
        "a figure twice", "figures:\n", "figures:\n" + _FIGURE + _FIGURE, "found .*, expected an id used once"
    )
    yield variant(
        "an id of another form", "  - id: xuchang.", "  - id: Xuchang.", f"{place}.id: found 'Xuchang.*expected text"
    )
    yield variant(
        "an id of another plan", "  - id: xuchang.", "  - id: wuhan.", f"{place}.id: found .*an id that begins with"
    )
    yield variant(
        "an unknown region", "\nregion: xuchang", "\nregion: xuchan", "region: found 'xuchan'.*did you mean xuchang"
    )
    yield variant(
        "a region that is a path", "\nregion: xuchang", "\nregion: ../x", "region: found '../x', expected text of"
    )
    yield variant(
        "an id that is a path", "id: xuchang\n", "id: ../../x\n", "id: found '../../x', expected text of the form"
    )
    yield variant(
        "another id", "id: xuchang\n", "id: luoyang\n", "id: found 'luoyang', expected xuchang, as the file is nam"
    )
    yield variant(
        "an unknown source", "\nsource: plan_", "\nsource: pln_", "source: found 'pln_.*did you mean plan_xuchang"
    )
    yield variant(
        "a horizon upside down", "  start: 2021", "  start: 2029", "horizon: found '2029 to 2025', expected the"
    )
    yield variant(
        "a year of two digits", "  end: 2025", "  end: 25", "horizon.end: found 25, expected a value from 1980"
    )
    yield Variant(
        PLAN, "no figures", of_text(lambda t: t[: t.index("figures:")] + "figures: []\n"), "figures: found .*least 1"
    )
    yield Variant(
        PLAN,
        "beds thousandfold beside another year",
        added(_TWO_BEDS),
        r"warning: .*found 1200, expected a value nearer to 1200000 of .*1,000-fold",
        doubted=True,
    )
    yield Variant(
        PLAN,
        "60+ below 65+",
        added(_OLDER),
        r"warning: .*found 900000, expected at most 862700, the value of xuchang.population_60plus.baseline.2020",
        doubted=True,
    )


_FIGURE = """\
  - id: xuchang.population_60plus.norm
    indicator: population_60plus
    kind: norm
    year: null
    value: 862700
    unit: persons
    comparator: '='
    basis: resident
    section: here
"""


def _doubted() -> Iterator[Variant]:
    fraction = swap("value: 98\n    unit: percent", "value: 0.98\n    unit: percent")
    told = "warning: .*found 0.98, expected a percentage of at least 1 .98 %, given as"
    yield Variant(PLAN, "a percentage as a fraction", fraction, told, doubted=True)
    people = swap("value: 4380000", "value: 13380000")
    told = r"warning: .*found 13380000, expected a value nearer to \d+, the people of xuchang in the last census"
    yield Variant(PLAN, "the people of another region", people, told, doubted=True)


_TWO_BEDS = """
  - {id: xuchang.elderly_care_beds.projection.2024, indicator: elderly_care_beds, kind: projection, year: 2024,
     value: 1200, unit: beds, comparator: '=', basis: not_applicable, section: here}
  - {id: xuchang.elderly_care_beds.projection.2025, indicator: elderly_care_beds, kind: projection, year: 2025,
     value: 1200000, unit: beds, comparator: '=', basis: not_applicable, section: here}
"""
_OLDER = """
  - {id: xuchang.population_65plus.baseline.2020, indicator: population_65plus, kind: baseline, year: 2020,
     value: 900000, unit: persons, comparator: '=', basis: resident, section: here}
"""


def _region() -> Iterator[Variant]:
    def variant(name: str, old: str, new: str, told: str) -> Variant:
        return Variant(WUHAN, name, swap(old, new), told)

    census = "data/raw/census/cities/wuhan.csv"
    yield variant("a code without quotes", '"420100"', "420100", "gb_code: found 420100, expected text .in quotes.")
    yield variant("a short code", '"420100"', '"4201"', "gb_code: found '4201', expected text of the form")
    yield variant("the code of another", '"420100"', '"411000"', "gb_code: found '411000', expected a code of its own")
    told = "census_form: found null, expected a value, or the key left out"
    yield variant("a null for a key left out", "census_form: full", "census_form: null", told)
    yield variant("an unknown parent", "parent: hubei", "parent: hubai", "parent: found 'hubai'.*did you mean hubei")
    yield variant("no parent", "parent: hubei", "parent: null", "parent: found null, expected the id of a province")
    yield variant(
        "a city as parent", "parent: hubei", "parent: xuchang", "parent: found 'xuchang', expected the id of a prov"
    )
    yield variant(
        "another level", "level: city", "level: town", "level: found 'town', expected nation, province or city"
    )
    yield variant(
        "a level of another folder", "level: city", "level: province", "level: found 'province', expected the lev"
    )
    yield variant(
        "a census out of the project", census, "../../secret.csv", "census: found '../../secret.csv', expected te"
    )
    yield variant("an absolute path", census, "/etc/passwd", "census: found '/etc/passwd', expected text of the form")
    yield variant(
        "the census of another", census, census.replace("wuhan", "xuchang"), "census: found .*, the table of its o"
    )
    yield variant("an id of capitals", "id: wuhan", "id: Wuhan", "id: found 'Wuhan', expected text of the form")
    yield variant(
        "the code of another province", '"420100"', '"520100"', "gb_code: .*a code that begins with 42, as that"
    )
    yield variant(
        "the code of a province", '"420100"', '"420000"', "gb_code: found '420000', expected a code of its own"
    )
    yield variant(
        "the name of another", "zh: 武汉", "zh: 许昌", "name.zh: found .许昌., expected a name of its own .*has th"
    )
    yield variant("a name of spaces", "en: Wuhan", "en: ' '", "name.en: found ' ', expected text, not spaces alone")
    yield variant(
        "no English name", "{zh: 武汉, en: Wuhan}", "{zh: 武汉}", "name.en: found no such key, expected the key en"
    )
    yield Variant(
        CHINA, "a parent of the nation", swap("parent: null", "parent: hubei"), "parent: found 'hubei', expected nu"
    )


def _others() -> Iterator[Variant]:
    first = "population_60plus:\n"
    yield Variant(SOURCES, "a misspelt key", swap("  licence:", "  license:"), "license: found the unknown key license")
    yield Variant(
        SOURCES, "no producer", swap("  producer: National", "  # producer: National"), "producer: found no such"
    )
    yield Variant(
        SOURCES, "an id of capitals", swap("census_2000:", "Census_2000:"), "Census_2000: found 'Census_2000', exp"
    )
    yield Variant(
        SOURCES, "a source lost", swap("census_2000:", "census_1999:"), "column source: found 'census_2000', expec"
    )
    yield Variant(
        SOURCES,
        "an empty title",
        swap("zh: 中国2000年人口普查资料", "zh: ''"),
        "title.zh: found '', expected text of at",
    )
    yield Variant(SOURCES, "a year without quotes", swap('"2002"', "2002"), "published: found 2002, expected text")
    yield Variant(
        INDICATORS, "an indicator lost", swap(first, "population_61plus:\n"), "found 'population_60plus', expected"
    )
    yield Variant(
        INDICATORS, "a range upside down", swap("[100, 600000000]", "[600000000, 100]"), "range: .*the lower end fi"
    )
    yield Variant(INDICATORS, "a range of one", swap("[100, 600000000]", "[100]"), r"population_60plus.range.*: found")
    yield Variant(
        INDICATORS, "an infinite range", swap("[100, 600000000]", "[100, .inf]"), "found inf, expected a finite nu"
    )
    yield Variant(
        INDICATORS, "a range too narrow", swap("[100, 600000000]", "[100, 200]"), "expected a value from 100 to 200"
    )
    yield Variant(
        INDICATORS, "an unknown resource", swap("resource: population", "resource: people"), "found 'people', expe"
    )
    yield Variant(
        INDICATORS, "a wrong scale", swap("scale: 100\n", "scale: 1000\n"), "scale: found 1000, expected 100, the s"
    )
    yield Variant(
        INDICATORS, "no scale", swap("scale: 1000\n", "scale: null\n"), "scale: found null, expected the scale of"
    )
    yield Variant(
        INDICATORS, "a negative scale", swap("scale: 100\n", "scale: -100\n"), "scale: found -100, expected a value"
    )
    yield Variant(
        INDICATORS, "an unknown denominator", swap("denominator: population_60plus", "denominator: people"), "found"
    )
    yield Variant(
        INDICATORS, "another unit", swap("  unit: persons", "  unit: beds"), "unit: found 'persons', expected beds"
    )
    within = "  subset_of: population_60plus\n"
    links = (
        (
            "a whole that leads back",
            "subset_of: population_65plus",
            "subset_of: found 'population_65plus', expected an in",
        ),
        (
            "a part of itself",
            "part_of: population_65plus",
            "part_of: found 'population_65plus', expected an indicator tha",
        ),
        (
            "a gap of itself",
            "gap_of: population_65plus",
            "gap_of: found 'population_65plus', expected an indicator that d",
        ),
        (
            "apart from its whole",
            f"{within.strip()}\n  disjoint_from: [population_60plus]",
            "disjoint_from: found 'popula",
        ),
        (
            "a rise without years",
            "increase_of: population_60plus",
            "period: found null, expected increase_of and period",
        ),
        ("years without a rise", "period: 5", "period: found 5, expected increase_of and period, or neither"),
    )
    for name, link, told in links:
        yield Variant(INDICATORS, name, swap(within, f"  {link}\n"), told)
    yield Variant(
        INDICATORS, "a scale of no ratio", swap("  scale: null", "  scale: 100"), "scale: found 100, expected null, as"
    )
    yield Variant(
        INDICATORS, "a negative range", swap("[100, 600000000]", "[-100, 600000000]"), "range: .*a lower end of at lea"
    )
    yield Variant(
        INDICATORS, "a name of spaces", swap('en: "Total population"', 'en: " "'), "name.en: .*text, not spaces alone"
    )
    yield Variant(
        SOURCES, "published some day", swap('"2002"', '"yesterday"'), "published: found 'yesterday', expected a year, m"
    )
    yield Variant(
        CORRECTIONS,
        "a cell twice",
        of_text(_first_item_twice),
        "correction 2: found column value, expected another cel",
    )
    yield Variant(
        CORRECTIONS, "nothing new", swap("  value: 12447718", "  value: 12326518"), "found 12326518, expected a value o"
    )
    yield Variant(
        CORRECTIONS, "another file", swap("file: data/raw/census_totals", "file: data/raw/censustotals"), "raw table"
    )
    yield Variant(
        CORRECTIONS, "a path", swap("file: data/raw/census_totals.csv", "file: ../x.csv"), "file: found '../x.csv'"
    )
    yield Variant(
        CORRECTIONS, "a path inside a path", swap("data/raw/census_totals", "data/raw/../x"), "expected text of the f"
    )
    yield Variant(
        CORRECTIONS, "another old value", swap("expected: 12326518", "expected: 12326519"), "the old value that co"
    )
    yield Variant(
        CORRECTIONS, "an unknown column", swap("  column: value", "  column: valeu"), "found the column valeu, exp"
    )
    yield Variant(
        CORRECTIONS, "rows nobody has", swap("year: 2020, region: wuhan", "year: 2021, region: wuhan"), "found 0 rows"
    )
    yield Variant(
        CORRECTIONS, "too few rows", swap("  rows: 2\n", "  rows: 3\n"), "found 2 rows, expected 3 rows of data/raw/p"
    )
    yield Variant(
        CORRECTIONS, "text for a number", swap("  value: 12447718", "  value: many"), "found the value 'many', exp"
    )
    yield Variant(CORRECTIONS, "a value out of range", swap("  value: 12447718", "  value: -5"), "found -5, expected")
    yield Variant(
        CORRECTIONS, "a reason too short", swap("reason: A survey taken in 2015", "reason: no\n#"), "at least 10 cha"
    )
    yield Variant(
        CORRECTIONS, "an unknown source", swap("source: yearbook_wuhan_2021", "source: yearbook"), "a source of data/"
    )
    yield Variant(
        CORRECTIONS, "no key", swap("key: {year: 2020, region: wuhan, indicator: population_total}", "key: {}"), "key"
    )
    yield Variant(
        SOURCES, "a note over lines", swap_all("  notes: Census day 1", "  notes: |\n    Census\n    day 1"), "one line"
    )


def _first_item_twice(text: str) -> str:
    start = text.index("- file:")
    end = text.index("- file:", start + 1)
    return text[:end] + text[start:end] + text[end:]


DOCUMENTS = (
    *(
        variant
        for file in (PARAMS, SOURCES, INDICATORS, CORRECTIONS, CHINA, WUHAN, PLAN)
        for variant in of_any_document(file)
    ),
    *_params(),
    *_plan(),
    *_doubted(),
    *_region(),
    *_others(),
)
