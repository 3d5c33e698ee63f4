"""The section `atlas`: every place of the country."""

from typing import Annotated

from pydantic import Field

from pipeline.settings.fields import SettingsSection, key

LOCAL = "local"

Scheduler = Annotated[str, Field(pattern=r"^(local|tcp://[A-Za-z0-9.\-\[\]:]+:[0-9]{1,5})$", max_length=300)]


class AtlasSettings(SettingsSection):
    draws: int = key(1000, "draws", ge=10, le=100_000)
    """Draws of every place: the first of the province's own, at most `draws` above."""
    scheduler: Scheduler = key(LOCAL)
    """Where the work is done: local (processes on this machine) or the address of a Dask scheduler such as
    tcp://10.0.0.1:8786. The numbers do not depend on it."""
    workers: int = key(2, "processes", ge=1, le=31)
    """Processes on this machine where the scheduler is local; one a province at most."""
