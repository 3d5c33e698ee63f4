"""What every stage does alike: find the project, name each fault in one line, put results in place all at once."""

import fcntl
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
from threadpoolctl import threadpool_limits

from pipeline.errors import InputError, print_anywhere
from pipeline.model.result_files import TABLES_FOLDER
from pipeline.processes import Killed
from pipeline.results.monte_carlo import borne
from pipeline.results.tables import TABLES
from pipeline.results.write import together, write_csv, write_parquet


def run(stage: Callable[[Path], None], owns: Iterable[Path] = ()) -> None:
    """Run a stage on the project in the working directory; exit with 1 and the faults where inputs are wrong.

    What the stage writes comes into place all at once when it ends well; the folders that it `owns` then hold nothing
    else, as what it made of a region that is gone. A second run of the stage waits for the first.

    Matrix products have one thread whatever the environment says: with two, sums have another last digit.
    """
    print_anywhere()
    try:
        with alone(Path(sys.argv[0])), together() as batch, threadpool_limits(1):
            batch.owned |= {*owns}
            stage(Path())
    except (InputError, Killed) as error:
        print(error, file=sys.stderr)
        sys.exit(1)


def publish(root: Path, rows: pd.DataFrame, table: str, draws: int | None = None) -> None:
    """Write rows as the table's CSV file for readers; with `draws`, numbers in the digits that so many bear."""
    write_csv(rows if draws is None else borne(rows, draws), root / TABLES_FOLDER / f"{table}.csv", TABLES[table])


def hand_on(root: Path, rows: pd.DataFrame, file: Path, table: str, digits: int | None = None) -> None:
    """Write rows of a table in full as Parquet, for later stages; with `digits`, to so many significant ones."""
    write_parquet(rows, root / file, TABLES[table], digits)


@contextmanager
def alone(module: Path) -> Iterator[None]:
    """Keep out every other run of the stage in the file `module`, as one that outlived a DVC that was killed.

    The lock is on that file itself: it ends with the process and leaves nothing behind.
    """
    with module.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print(f"{module.stem}: waits for another run of this stage to end", file=sys.stderr)
            fcntl.flock(file, fcntl.LOCK_EX)
        yield
