"""The data dictionary says what the schemas say."""

from pathlib import Path

from pipeline.inputs.catalogue import load_catalogue
from pipeline.results.dictionary import DICTIONARY_FILE, dictionary

ROOT = Path(__file__).parents[2]


def test_the_committed_dictionary_is_the_one_the_schemas_give() -> None:
    """After a change of a schema or an indicator: python -m pipeline.results.dictionary."""
    assert (ROOT / DICTIONARY_FILE).read_text(encoding="utf-8") == dictionary(load_catalogue(ROOT).indicators)
