"""params.yaml as it is delivered, for tests: the values in the project's own file are the user's, none is read."""

import shutil
from pathlib import Path

from pipeline.documents.yaml_file import parse_yaml
from pipeline.settings import PARAMS_FILE, Settings, merged, settings_of
from pipeline.settings.manual import default_file
from pipeline.vocabulary import CENTRAL

ROOT = Path(__file__).parents[1]
DEFAULT_PARAMS = default_file()


def default_values():
    """What the delivered params.yaml holds, as plain data that the caller may change."""
    return dict(parse_yaml(PARAMS_FILE, DEFAULT_PARAMS).data)


def default_settings(scenario=CENTRAL, **changes):
    """Settings of one of the delivered scenarios, with some values changed."""
    delivered = settings_of(parse_yaml(PARAMS_FILE, DEFAULT_PARAMS))[scenario]
    return Settings.model_validate(merged(delivered.model_dump(), changes))


def write_default_params(folder):
    """The delivered params.yaml in `folder`."""
    (folder / PARAMS_FILE).write_text(DEFAULT_PARAMS, encoding="utf-8")


def copy_inputs(folder):
    """The inputs of the project, nothing made of them, and the delivered params.yaml in `folder`."""
    made = shutil.ignore_patterns("inputs", "derived", "results", "backtest")
    shutil.copytree(ROOT / "data", folder / "data", ignore=made)
    write_default_params(folder)
    return folder
