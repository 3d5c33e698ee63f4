"""`defaults`: params.yaml with renewed comments and new keys, its JSON schema and its table."""

from pathlib import Path

from pipeline.results.write import write_text
from pipeline.settings import PARAMS_FILE
from pipeline.settings.manual import SCHEMA_FILE, TABLE_FILE, default_file, renewed, schema_file, table_file


def write_defaults(root: Path, *, reset: bool = False) -> list[str]:
    """Write the schema, the table and params.yaml; return the files written.

    Of a params.yaml that is there the comments above keys are renewed and new keys are added with their defaults;
    values, scenarios and profiles stay as they are written, unless `reset`. Raises InputError for a file that is no
    YAML or has a key that nothing reads.
    """
    file = root / PARAMS_FILE
    text = default_file() if reset or not file.exists() else renewed(file.read_text(encoding="utf-8"))
    write_text(schema_file(), root / SCHEMA_FILE)
    write_text(table_file(), root / TABLE_FILE)
    write_text(text, file)
    return [SCHEMA_FILE, TABLE_FILE, PARAMS_FILE]
