"""params.yaml, its JSON schema and its table say what the typed model says, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from difflib import unified_diff
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from pydantic import BaseModel

from pipeline.errors import InputError
from pipeline.inputs.yaml_file import read_yaml
from pipeline.settings import PARAMS_FILE, Settings, all_settings, merged
from pipeline.settings.manual import (
    SCHEMA_FILE,
    TABLE_FILE,
    default_file,
    default_values,
    schema_file,
    table_file,
    write_defaults,
)

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("file", "written"), [(PARAMS_FILE, default_file), (SCHEMA_FILE, schema_file), (TABLE_FILE, table_file)]
)
def test_what_is_committed_is_what_the_model_writes(file: str, written: Any) -> None:
    found = (ROOT / file).read_text(encoding="utf-8").splitlines()
    drift = "\n".join(unified_diff(found, written().splitlines(), f"committed {file}", "the model", lineterm=""))
    assert not drift, f"change pipeline/settings, then run `python -m pipeline defaults`\n{drift}"


def test_the_default_file_holds_the_default_values_and_they_are_valid(tmp_path: Path) -> None:
    (tmp_path / PARAMS_FILE).write_text(default_file(), encoding="utf-8")
    assert read_yaml(tmp_path, PARAMS_FILE).data == default_values()
    assert set(all_settings(tmp_path)) == set(default_values()["scenarios"])
    assert max(map(len, default_file().splitlines())) <= 120


def fields(model: type[BaseModel], path: str = "") -> Iterator[tuple[str, Any]]:
    for name, field in model.model_fields.items():
        extra = field.json_schema_extra or {}
        yield f"{path}{name}", field
        if "default" not in extra:
            yield from fields(field.annotation, f"{path}{name}.")  # type: ignore[arg-type]


def test_every_key_with_a_value_says_what_it_means_and_every_number_its_unit() -> None:
    number = (int, float)
    for path, field in fields(Settings):
        extra = field.json_schema_extra or {}
        if "default" not in extra:
            continue
        assert field.description, path
        value = extra["default"]
        numeric = isinstance(value, dict) or (isinstance(value, number) and not isinstance(value, bool))
        assert not numeric or path == "seed" or extra.get("unit"), path


def errors(change: dict[str, Any]) -> list[str]:
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
def test_the_schema_finds_what_the_model_finds(change: dict[str, Any], places: list[str]) -> None:
    assert errors(change) == places


def test_a_params_file_with_values_of_its_own_is_kept(tmp_path: Path) -> None:
    (tmp_path / PARAMS_FILE).write_text(default_file().replace("draws: 4000", "draws: 500"), encoding="utf-8")
    with pytest.raises(InputError, match="other values than the defaults"):
        write_defaults(tmp_path)
    assert "draws: 500" in (tmp_path / PARAMS_FILE).read_text(encoding="utf-8")
    assert (tmp_path / SCHEMA_FILE).is_file()
    write_defaults(tmp_path, reset=True)
    assert (tmp_path / PARAMS_FILE).read_text(encoding="utf-8") == default_file()


def test_comments_are_renewed_where_the_values_are_the_defaults(tmp_path: Path) -> None:
    bare = "\n".join(line for line in default_file().splitlines() if not line.lstrip().startswith("#"))
    (tmp_path / PARAMS_FILE).write_text(bare + "\n", encoding="utf-8")
    assert write_defaults(tmp_path) == [SCHEMA_FILE, TABLE_FILE, PARAMS_FILE]
    assert (tmp_path / PARAMS_FILE).read_text(encoding="utf-8") == default_file()
