import copy

import pytest
from defaults import DEFAULT_PARAMS, default_settings, write_default_params
from hypothesis import given
from hypothesis import strategies as st

from pipeline.documents.yaml_file import parse_yaml
from pipeline.errors import InputError
from pipeline.settings import PARAMS_FILE, load_settings, merged, settings_of

SMOKE = ("profile: full", "profile: smoke")


def changed(*pairs):
    """The delivered params.yaml with some texts, each of which stands there once, replaced."""
    text = DEFAULT_PARAMS
    for old, new in pairs:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


def read(text):
    return settings_of(parse_yaml(PARAMS_FILE, text))


def faults(text):
    with pytest.raises(InputError) as caught:
        read(text)
    return str(caught.value).splitlines()


def line_of(text, part):
    """The line that the last line of `part` stands in."""
    return 1 + text[: text.index(part) + len(part.rstrip())].count("\n")


def test_the_delivered_scenarios_do_what_their_names_say():
    settings = {name: default_settings(name) for name in ("central", "low_mortality", "high_mortality", "no_migration")}
    assert settings["no_migration"].projection.migration.weight == 0
    assert settings["low_mortality"].projection.mortality.extra_e0 > 0
    assert settings["high_mortality"].projection.mortality.extra_e0 < 0
    assert settings["central"].projection.mortality.extra_e0 == 0


def test_a_scenario_changes_what_it_names_and_nothing_else(tmp_path):
    write_default_params(tmp_path)
    central, other = load_settings(tmp_path), load_settings(tmp_path, "low_mortality")
    assert other.projection.mortality.extra_e0 == 1.9
    assert merged(other.model_dump(), {"projection": {"mortality": {"extra_e0": 0.0}}}) == central.model_dump()
    assert load_settings(tmp_path, "central") == central
    with pytest.raises(InputError, match=r"no scenario 'low_mortalit', .*\(did you mean low_mortality\?\)"):
        load_settings(tmp_path, "low_mortalit")


def test_a_profile_lies_between_the_file_and_the_scenario():
    assert {item.draws for item in read(DEFAULT_PARAMS).values()} == {4000}
    more = "    draws: 40\n    projection: {mortality: {extra_e0: 0.7}, fertility: {weight: 2}}\n"
    settings = read(changed(SMOKE, ("    draws: 40\n", more)))
    assert {item.draws for item in settings.values()} == {40}
    assert settings["central"].projection.mortality.extra_e0 == 0.7
    assert settings["low_mortality"].projection.mortality.extra_e0 == 1.9
    assert settings["low_mortality"].projection.fertility.weight == 2


def test_settings_cannot_be_changed_after_reading():
    with pytest.raises(ValueError, match="frozen"):
        default_settings().draws = 5


def test_a_misspelt_key_is_named_with_its_line_and_the_nearest_key():
    text = changed(("    taper_years:", "    taper_year:"))
    assert faults(text) == [
        f"params.yaml, line {line_of(text, '  migration:')}, projection.migration.taper_years: found no such key, "
        "expected the key taper_years",
        f"params.yaml, line {line_of(text, '    taper_year:')}, projection.migration.taper_year: found the unknown key "
        "taper_year, expected one of taper_years, weight (did you mean taper_years?)",
    ]


DRAWS = "    draws: 40\n"
PROFILES = DEFAULT_PARAMS[DEFAULT_PARAMS.index("profiles:\n") :]


@pytest.mark.parametrize(
    ("told", "old", "new"),
    [
        ("seed: found -1, expected a value of at least 0", "seed: 20201101", "seed: -1"),
        ("last_year: found 2020, expected a value from 2021 to 2060 (year)", "last_year: 2035", "last_year: 2020"),
        ("status: found 'finl', expected draft or final (did you mean final?)", "status: draft", "status: finl"),
        ("profile: found ['smoke'], expected full or smoke", "profile: smoke", "profile: [smoke]"),
        (
            "projection.migration.taper_years: found 0, expected a value above 0 and of at most 1000 (years)",
            "taper_years: 40",
            "taper_years: 0",
        ),
        (
            "projection.consistency.from_age: found 101, expected a value from 0 to 100 (years of age)",
            "from_age: 50",
            "from_age: 101",
        ),
        (
            "forecast.yearly: found 3, expected a mapping with the keys",
            "yearly: {persistent: 0.5, phi: 0.3}",
            "yearly: 3",
        ),
        (
            "care.hukou_per_resident_60plus.Zhejiang: found 'Zhejiang', expected text of the form",
            "zhejiang: {low: 0.92",
            "Zhejiang: {low: 0.92",
        ),
        (
            "scenarios.low_mortality.projection.mortality.extra_e0: found 15, expected a value from -10 to 10 (years)",
            "{extra_e0: 1.9}",
            "{extra_e0: 15}",
        ),
        (
            "scenarios.low_mortality.projection.mortalty: found the unknown key mortalty, expected one of consistency, "
            "fertility, migration, mortality (did you mean mortality?)",
            "{mortality: {extra_e0: 1.9",
            "{mortalty: {extra_e0: 1.9",
        ),
        ("profiles.smoke.drows: found the unknown key drows, expected one of", DRAWS, "    drows: 40\n"),
        ("scenarios.central: found null, expected a mapping", "  central: {}", "  central:"),
        ("scenarios.central: found [1], expected a mapping", "  central: {}", "  central: [1]"),
        ("profiles: found 3, expected a mapping", PROFILES, "profiles: 3\n"),
        ("seed: found the key seed again (first in line", "seed: 20201101\n", "seed: 1\nseed: 2\n"),
        (
            "scenarios.central: found the key central again (first in line",
            "  central: {}\n",
            "  central: {}\n  central: {}\n",
        ),
    ],
)
def test_a_slip_is_one_fault_named_where_it_stands(told, old, new):
    """With what would do; further slips of params.yaml stand in bad_inputs/."""
    text = changed(SMOKE, (old, new))
    (found,) = faults(text)
    assert found.startswith(f"params.yaml, line {line_of(text, new)}, {told}")


def test_a_file_without_scenarios_or_the_profile_in_use_is_told():
    scenarios, profiles = (DEFAULT_PARAMS.index(f"\n{name}:") for name in ("scenarios", "profiles"))
    found = faults(DEFAULT_PARAMS[:scenarios])
    assert "params.yaml, line 6, scenarios: found no such key, expected the key scenarios" in found
    (found,) = faults(changed(SMOKE)[: profiles + 1])
    assert found.endswith(", profile: found smoke, expected a profile of the key profiles")


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
def test_an_interval_that_cannot_be_drawn_is_told_with_both_ends(key, low, high, expected):
    text = DEFAULT_PARAMS.splitlines()
    at = 0
    for depth, part in enumerate(key.split(".")):
        at = next(n for n in range(at, len(text)) if text[n].startswith(f"{'  ' * depth}{part}:"))
    text[at] = f"{text[at].split(':')[0]}: {{low: {low}, high: {high}}}"
    (found,) = faults("\n".join(text))
    assert found == f"params.yaml, line {at + 1}, {key}: found low {low:g} and high {high:g}, expected {expected}"


def test_all_faults_are_named_at_once():
    more = "\n  short_lives:\n    projection: {mortality: {extra_e0: -99}}\n    care: {hukou_befor: 3}\nprofiles:"
    found = faults(
        changed(("seed: 20201101", "seed: -1"), ("\nprofiles:", more), ("{extra_e0: 1.9}", "{extra_e0: 99}"))
    )
    places = [line.split(": ")[0].split(", ")[-1] for line in found]
    assert sorted(places) == [
        "scenarios.low_mortality.projection.mortality.extra_e0",
        "scenarios.short_lives.care.hukou_befor",
        "scenarios.short_lives.projection.mortality.extra_e0",
        "seed",
    ]


trees = st.recursive(
    st.integers() | st.booleans(),
    lambda inner: st.dictionaries(st.sampled_from("abcd"), inner, max_size=3),
    max_leaves=8,
)
mappings = st.dictionaries(st.sampled_from("abcd"), trees, max_size=4)


def leaves(tree, path=()):
    if not isinstance(tree, dict) or not tree:
        return {path: tree}
    return {key: value for name, inner in tree.items() for key, value in leaves(inner, (*path, name)).items()}


@given(mappings, mappings)
def test_merging_changes_neither_and_the_override_has_the_last_word(base, top):
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


def test_a_merged_tree_shares_nothing_with_its_parts():
    base, top = {"a": {"b": [1]}, "c": {"d": 1}}, {"e": {"f": [2]}, "a": {"g": [3]}}
    result = merged(base, top)
    for part in (result["a"]["b"], result["a"]["g"], result["e"]["f"]):
        part.append(9)
    result["c"]["d"] = 9
    assert base == {"a": {"b": [1]}, "c": {"d": 1}}
    assert top == {"e": {"f": [2]}, "a": {"g": [3]}}
