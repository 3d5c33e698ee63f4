import json
from difflib import unified_diff
from functools import reduce
from operator import getitem

import jsonschema
import pytest
from defaults import ROOT, default_values

from pipeline.commands.scaffold import write_defaults
from pipeline.documents.yaml_file import parse_yaml, read_yaml
from pipeline.errors import InputError
from pipeline.settings import PARAMS_FILE, Settings, all_settings, merged, settings_of
from pipeline.settings.manual import SCHEMA_FILE, TABLE_FILE, default_file, keys, renewed, schema_file, table_file
from pipeline.settings.parameters import PROFILES, SCENARIOS


@pytest.mark.parametrize(("file", "written"), [(SCHEMA_FILE, schema_file), (TABLE_FILE, table_file)])
def test_what_is_committed_is_what_the_model_writes(file, written):
    found = (ROOT / file).read_text(encoding="utf-8").splitlines()
    drift = "\n".join(unified_diff(found, written().splitlines(), f"committed {file}", "the model", lineterm=""))
    assert not drift, f"change pipeline/settings, then run `make params`\n{drift}"


def drift(text):
    """What `make params` would change in a params.yaml."""
    return list(unified_diff(text.splitlines(), renewed(text).splitlines(), lineterm="", n=0))[2:]


def test_keys_and_comments_of_the_project_s_own_file_are_the_model_s():
    found = "\n".join(drift((ROOT / PARAMS_FILE).read_text(encoding="utf-8")))
    assert not found, f"run `make params`\n{found}"


USERS = (
    ("  trend: constant", "  trend: falling  # ours"),
    ("  disability_rising:\n    need: {trend: rising}\n", ""),
    (
        "  central: {}\n",
        "  central: {}\n  # Ours, and dear to us.\n  ours:\n    need:\n      trend: rising\n\n"
        "  mine: {need: {trend: falling}}\n",
    ),
    ("  migration:\n", "  migration:   # of people\n"),
    ("  institution_use: {low: 0.6, high: 1.6}", "  institution_use: {low: 0.5, high: 2}"),
    ("cities: [panzhihua, wuhan, xuchang]", "cities:\n  - wuhan\n  # and\n  - xuchang"),
)


def users_file():
    """A params.yaml as an analyst leaves it: values, scenarios and remarks of their own."""
    text = default_file()
    for old, new in USERS:
        text = text.replace(old, new)
    assert len(text) != len(default_file())
    return text


def test_a_user_s_own_values_and_scenarios_drift_from_nothing():
    text = users_file()
    assert drift(text) == []
    data = parse_yaml(PARAMS_FILE, text).data
    assert data["need"]["trend"] == "falling"
    assert data["cities"] == ["wuhan", "xuchang"]
    assert list(data["scenarios"])[:3] == ["central", "ours", "mine"]
    assert "disability_rising" not in data["scenarios"]
    assert set(settings_of(parse_yaml(PARAMS_FILE, text))) == set(data["scenarios"])


def test_comments_are_renewed_and_new_keys_added_while_values_stay(tmp_path):
    text = users_file()
    old = text.replace("# Chains.", "# An older wording.").replace("  disabled_at_60: 0.03\n", "")
    assert old != text
    (tmp_path / PARAMS_FILE).write_text(old, encoding="utf-8")
    assert write_defaults(tmp_path) == [SCHEMA_FILE, TABLE_FILE, PARAMS_FILE]
    assert (tmp_path / PARAMS_FILE).read_text(encoding="utf-8") == text


def test_the_full_profile_may_have_keys_of_its_own():
    text = default_file().replace("\nprofiles:\n", "\nprofiles:\n  full:\n    draws: 3000\n")
    assert renewed(text) == text
    assert settings_of(parse_yaml(PARAMS_FILE, text))["central"].draws == 3000


def test_a_whole_new_section_is_added_with_its_defaults():
    text = default_file()
    start, end = text.index("# Supply: stocks"), text.index("# Scenarios: sparse")
    assert renewed(text[:start] + text[end:]) == text


def test_a_key_that_nothing_reads_is_named_and_nothing_is_written(tmp_path):
    text = default_file().replace("taper_years:", "taper_year:").replace("draws: 4000", "drows: 4000", 1)
    (tmp_path / PARAMS_FILE).write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as error:
        write_defaults(tmp_path)
    assert len(str(error.value).splitlines()) == 2
    assert "the unknown key taper_year, expected one of weight, taper_years (did you mean taper_years?)" in str(
        error.value
    )
    assert [path.name for path in tmp_path.iterdir()] == [PARAMS_FILE]
    write_defaults(tmp_path, reset=True)
    assert (tmp_path / PARAMS_FILE).read_text(encoding="utf-8") == default_file()


def test_the_default_file_holds_the_default_values_and_they_are_valid(tmp_path):
    (tmp_path / PARAMS_FILE).write_text(default_file(), encoding="utf-8")
    data = read_yaml(tmp_path, PARAMS_FILE).data
    for path, field in keys(Settings):
        assert reduce(getitem, path, data) == field.json_schema_extra["default"], path
    assert data["scenarios"] == {name: dict(layer.keys) for name, layer in SCENARIOS.items()}
    assert data["profiles"] == {name: dict(values) for name, values in PROFILES.items()}
    assert set(all_settings(tmp_path)) == set(SCENARIOS)
    assert max(map(len, default_file().splitlines())) <= 120


def test_every_key_with_a_value_says_what_it_means_and_every_number_its_unit():
    for path, field in keys(Settings):
        assert field.description, path
        extra = field.json_schema_extra
        numeric = isinstance(extra["default"], dict | int | float) and not isinstance(extra["default"], bool)
        assert not numeric or path == ("seed",) or extra.get("unit"), path


def errors(change):
    """Where the schema that editors use finds fault with the default file and `change`."""
    checker = jsonschema.Draft202012Validator(json.loads(schema_file()))
    return [".".join(map(str, error.path)) for error in checker.iter_errors(merged(default_values(), change))]


@pytest.mark.parametrize(
    ("change", "places"),
    [
        ({}, []),
        ({"projection": {"mortality": {"extra_e_0": 1.0}}}, ["projection.mortality"]),
        ({"last_year": 2061}, ["last_year"]),
        ({"scenarios": {"mine": {"need": {"trend": "falling"}}}}, []),
        ({"scenarios": {"mine": {"need": {"trnd": "falling"}}}}, ["scenarios.mine.need"]),
        ({"scenarios": {"mine": {"supply": {"leave": {"low": 0.2}}}}}, []),
        ({"scenarios": {"mine": {"seed": 2}}}, ["scenarios.mine"]),
        ({"profiles": {"smoke": {"sampler": {"chains": 1}}}}, ["profiles.smoke.sampler.chains"]),
        (
            {"care": {"hukou_per_resident_60plus": {"xuchang": {"low": 0.9}}}},
            ["care.hukou_per_resident_60plus.xuchang"],
        ),
    ],
)
def test_the_schema_finds_what_the_model_finds(change, places):
    assert errors(change) == places
