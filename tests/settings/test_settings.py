"""params.yaml: how layers are merged, and that each thing wrong gets a sentence with its line and path."""

import copy
import re
from pathlib import Path
from typing import Any

import pytest
from defaults import DEFAULT_PARAMS, default_settings
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import InputError
from pipeline.settings import all_settings, load_settings, merged

ROOT = Path(__file__).parents[2]

HEAD = """\
status: draft
profile: full
seed: 1
draws: 100
as_of: "2024-12-31"
last_year: 2035
projection:
  mortality: {extra_e0: 0.0}
  consistency: {weight: 1.0, from_age: 50}
  migration:
    weight: 1.0
    taper_years: 20
  fertility: {weight: 1.0}
care:
  hukou_per_resident_60plus:
    here: {low: 0.9, high: 1.0}
    there: {low: 0.5, high: 2.0}
  hukou_before: {}
scenarios:
  central: {}
  long_lives:
    projection:
      mortality: {extra_e0: 1.5}
profiles:
  smoke:
    draws: 40
"""


def _others() -> str:
    """The sections of the delivered params.yaml that these tests do not speak of, as they stand there."""
    sections = re.split(r"^(?=[a-z_]+:)", DEFAULT_PARAMS, flags=re.MULTILINE)
    named = set(re.findall(r"^[a-z_]+(?=:)", HEAD, flags=re.MULTILINE))
    return "".join(section for section in sections[1:] if section.split(":")[0] not in named)


OTHERS = _others()
TEXT = HEAD + OTHERS


def write(folder: Path, text: str) -> Path:
    (folder / "params.yaml").write_text(text, encoding="utf-8")
    return folder


def changed(*pairs: tuple[str, str]) -> str:
    text = HEAD
    for old, new in pairs:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text + OTHERS


def faults(folder: Path, text: str) -> list[str]:
    with pytest.raises(InputError) as caught:
        all_settings(write(folder, text))
    return str(caught.value).splitlines()


def test_the_project_s_own_settings_load() -> None:
    assert "central" in all_settings(ROOT)


def test_the_delivered_scenarios_do_what_their_names_say() -> None:
    settings = {name: default_settings(name) for name in ("central", "low_mortality", "high_mortality", "no_migration")}
    assert settings["no_migration"].projection.migration.weight == 0
    assert settings["low_mortality"].projection.mortality.extra_e0 > 0
    assert settings["high_mortality"].projection.mortality.extra_e0 < 0
    assert settings["central"].projection.mortality.extra_e0 == 0


def test_a_scenario_changes_what_it_names_and_nothing_else(tmp_path: Path) -> None:
    settings = all_settings(write(tmp_path, TEXT))
    assert list(settings) == ["central", "long_lives"]
    assert settings["long_lives"].projection.mortality.extra_e0 == 1.5
    central = settings["central"].model_dump()
    other = settings["long_lives"].model_dump()
    other["projection"]["mortality"]["extra_e0"] = 0.0
    assert other == central
    assert load_settings(tmp_path).model_dump() == central
    assert load_settings(tmp_path, "long_lives").projection.mortality.extra_e0 == 1.5


def test_a_profile_lies_between_the_file_and_the_scenario(tmp_path: Path) -> None:
    assert load_settings(write(tmp_path, TEXT)).draws == 100
    smoke = changed(("profile: full", "profile: smoke"))
    assert {item.draws for item in all_settings(write(tmp_path, smoke)).values()} == {40}
    both = smoke.replace(
        "    draws: 40\n", "    draws: 40\n    projection: {mortality: {extra_e0: 0.7}, fertility: {weight: 2}}\n"
    )
    settings = all_settings(write(tmp_path, both))
    assert settings["central"].projection.mortality.extra_e0 == 0.7
    assert settings["long_lives"].projection.mortality.extra_e0 == 1.5
    assert settings["long_lives"].projection.fertility.weight == 2


def test_settings_cannot_be_changed_after_reading(tmp_path: Path) -> None:
    settings = load_settings(write(tmp_path, TEXT))
    with pytest.raises(ValueError, match="frozen"):
        settings.draws = 5


def test_a_misspelt_key_is_named_with_its_line_and_the_nearest_key(tmp_path: Path) -> None:
    found = faults(tmp_path, changed(("    taper_years: 20", "    taper_year: 20")))
    assert found == [
        "params.yaml, line 10, projection.migration.taper_years: found no such key, expected the key taper_years",
        "params.yaml, line 12, projection.migration.taper_year: found the unknown key taper_year, "
        "expected one of taper_years, weight (did you mean taper_years?)",
    ]


SMOKE = ("profile: full", "profile: smoke")
SLIPS: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    ("line 3, seed: found -1, expected a value of at least 0", (("seed: 1", "seed: -1"),)),
    ("line 6, last_year: found 2020, expected a value from 2021 to 2060 (year)", (("_year: 2035", "_year: 2020"),)),
    ("line 1, status: found 'finl', expected draft or final (did you mean final?)", (("draft\n", "finl\n"),)),
    (
        "line 12, projection.migration.taper_years: found 0, expected a value above 0 and of at most 1000",
        (("taper_years: 20", "taper_years: 0"),),
    ),
    (
        "line 9, projection.consistency.from_age: found 101, expected a value from 0 to 100 (years of age)",
        (("from_age: 50", "from_age: 101"),),
    ),
    (
        "line 8, projection.mortality: found 3, expected a mapping with",
        (("mortality: {extra_e0: 0.0}", "mortality: 3"),),
    ),
    (
        "line 16, care.hukou_per_resident_60plus.Here: found 'Here', expected text of",
        (("here: {low: 0.9,", "Here: {low: 0.9,"),),
    ),
    (
        "line 23, scenarios.long_lives.projection.mortality.extra_e0: found 15, expected",
        (("extra_e0: 1.5", "extra_e0: 15"),),
    ),
    (
        "line 23, scenarios.long_lives.projection.mortalty: found the unknown key mortalty, expected one of "
        "consistency, fertility, migration, mortality (did you mean mortality?)",
        (("      mortality:", "      mortalty:"),),
    ),
    ("line 26, profiles.smoke.drows: found the unknown key drows", (SMOKE, ("    draws: 40\n", "    drows: 40\n"))),
    ("line 20, scenarios.central: found null, expected a mapping", (("  central: {}", "  central:"),)),
    ("line 20, scenarios.central: found [1], expected a mapping", (("  central: {}", "  central: [1]"),)),
    ("line 24, profiles: found 3, expected a mapping", (("  smoke:\n    draws: 40\n", "  3\n"),)),
    ("line 2, profile: found ['full'], expected full or smoke", (("profile: full", "profile: [full]"),)),
    (
        "line 2, profile: found smoke, expected a profile of the key profiles",
        (SMOKE, ("profiles:\n  smoke:\n    draws: 40\n", "")),
    ),
    ("line 4, seed: found the key seed again (first in line 3)", (("seed: 1\n", "seed: 1\nseed: 2\n"),)),
    (
        "line 21, scenarios.central: found the key central again",
        (("  central: {}\n", "  central: {}\n  central: {}\n"),),
    ),
)


@pytest.mark.parametrize(("told", "slips"), SLIPS)
def test_a_slip_is_one_fault_named_where_it_stands(
    tmp_path: Path, told: str, slips: tuple[tuple[str, str], ...]
) -> None:
    """With what would do; further slips of params.yaml stand in bad_inputs/."""
    (found,) = faults(tmp_path, changed(*slips))
    assert found.startswith(f"params.yaml, {told}")


def test_a_file_without_scenarios_is_told(tmp_path: Path) -> None:
    found = faults(tmp_path, TEXT[: TEXT.index("scenarios:")])
    assert "params.yaml, line 1, scenarios: found no such key, expected the key scenarios" in found


@pytest.mark.parametrize(
    ("key", "low", "high", "expected"),
    [
        ("supply.leave", 0.3, 0.16, "low at most high (share a year)"),
        ("supply.leave", 0.0, 0.3, "ends above 0 and below 1, or two equal ends (share a year)"),
        ("need.target_occupancy", 0.86, 0.67, "low at most high (occupied beds per bed)"),
        ("need.institution_use", 1.6, 0.6, "low below high (factor)"),
        ("priors.old_age.area_return", 0.856, 0.344, "low below high (share)"),
        (
            "priors.old_age.level",
            -0.03,
            0.0384,
            "opposite ends, as low -0.0384 and high 0.0384: the middle is zero (log points)",
        ),
        (
            "priors.old_age.loading",
            0.7,
            1.6,
            "ends that multiply to 1 within two percent, as low 0.625 and high 1.6: the median is 1 (factor)",
        ),
        ("priors.old_age.national_return", 0.5, 0.5, "low below high, by 0.01 at least (share)"),
        (
            "priors.old_age.tails",
            4,
            4.01,
            "low below high, which is 4.02 at least (a hundredth more of what exceeds 2) (degrees of freedom)",
        ),
        (
            "priors.cities.scatter",
            0.01,
            0.08,
            "high 1.01 to 4 times low, so from 0.0101 to 0.04: beyond that the variance has no mean (log points)",
        ),
    ],
)
def test_an_interval_that_cannot_be_drawn_is_told_with_both_ends(
    tmp_path: Path, key: str, low: float, high: float, expected: str
) -> None:
    text = DEFAULT_PARAMS.splitlines()
    at = 0
    for depth, part in enumerate(key.split(".")):
        at = next(n for n in range(at, len(text)) if text[n].startswith(f"{'  ' * depth}{part}:"))
    text[at] = f"{text[at].split(':')[0]}: {{low: {low}, high: {high}}}"
    (found,) = faults(tmp_path, "\n".join(text))
    assert found == f"params.yaml, line {at + 1}, {key}: found low {low:g} and high {high:g}, expected {expected}"


def test_all_faults_are_named_at_once(tmp_path: Path) -> None:
    more = "  short_lives:\n    projection: {mortality: {extra_e0: -99}}\n    care: {hukou_befor: 3}\nprofiles:"
    found = faults(
        tmp_path, changed(("seed: 1", "seed: -1"), ("profiles:", more), ("{extra_e0: 1.5}", "{extra_e0: 99}"))
    )
    places = [line.split(": ")[0].split(", ")[-1] for line in found]
    assert sorted(places) == [
        "scenarios.long_lives.projection.mortality.extra_e0",
        "scenarios.short_lives.care.hukou_befor",
        "scenarios.short_lives.projection.mortality.extra_e0",
        "seed",
    ]


def test_an_unknown_scenario_is_named_with_the_nearest_one(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no scenario 'long_live', .*\(did you mean long_lives\?\)"):
        load_settings(write(tmp_path, TEXT), "long_live")


trees = st.recursive(
    st.integers() | st.booleans(),
    lambda inner: st.dictionaries(st.sampled_from("abcd"), inner, max_size=3),
    max_leaves=8,
)
mappings = st.dictionaries(st.sampled_from("abcd"), trees, max_size=4)


def leaves(tree: Any, path: tuple[str, ...] = ()) -> dict[tuple[str, ...], Any]:
    if not isinstance(tree, dict) or not tree:
        return {path: tree}
    return {key: value for name, inner in tree.items() for key, value in leaves(inner, (*path, name)).items()}


@given(mappings, mappings)
def test_merging_changes_neither_and_the_override_has_the_last_word(base: dict[str, Any], top: dict[str, Any]) -> None:
    before = copy.deepcopy((base, top))
    result = merged(base, top)
    assert (base, top) == before
    found = leaves(result)
    for path, value in leaves(top).items():
        if value != {}:
            assert found[path] == value
    for path, value in leaves(base).items():
        touched = any(path[: len(other)] == other or other[: len(path)] == path for other in leaves(top))
        if not touched:
            assert found[path] == value
    assert merged(base, {}) == base
    assert merged({}, top) == top
    assert merged(result, top) == result


def test_a_merged_tree_shares_nothing_with_its_parts() -> None:
    base, top = {"a": {"b": [1]}, "c": {"d": 1}}, {"e": {"f": [2]}, "a": {"g": [3]}}
    result = merged(base, top)
    for part in (result["a"]["b"], result["a"]["g"], result["e"]["f"]):
        part.append(9)
    result["c"]["d"] = 9
    assert base == {"a": {"b": [1]}, "c": {"d": 1}}
    assert top == {"e": {"f": [2]}, "a": {"g": [3]}}
