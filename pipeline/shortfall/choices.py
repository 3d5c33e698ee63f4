"""Required, existing, gap, additions and cost from the sample of draws, under choices of a reader's own.

The explorer's page works the same out in the browser; a test holds the two together.

    ratio            beds or staff per 1,000 people aged 60+, where the yardstick is `ratio`
    occupancy        of beds by residents, in the place of what is drawn
    institution      share of the disabled of a severity who live in institutions, before the drawn factor
    users_factor     users per caregiver over the published ratios
    additions        units added a year from the day on that additions count from, in the place of the trend
    closing          share of today's stock that closes, or leaves, in a year, in the place of what is drawn
"""

from collections.abc import Mapping, Sequence
from itertools import product
from typing import Final, NamedTuple

import numpy as np
import pandas as pd

from pipeline.axes import Array
from pipeline.care.need import BedUse, Need, need
from pipeline.care.yardstick import OLD, RESOURCE_OF
from pipeline.shortfall.additions import KINDS
from pipeline.shortfall.gap import need_by_quantity
from pipeline.vocabulary import SETTINGS_OF_CARE, SEVERITIES

ALL: Final = "all"
SAME_EVERY_YEAR: Final = ("kept", "record", "price", "bed_use", "share", "users_per_carer", "norm")
"""Series of the sample that hold one number for all years."""


class Choices(NamedTuple):
    """What a reader sets, as in the head of this module; None leaves what was drawn or published."""

    ratio: float | None = None
    occupancy: float | None = None
    institution: Mapping[str, float] = {}
    users_factor: float = 1.0
    additions: float | None = None
    closing: float | None = None


class Outcome(NamedTuple):
    """What choices come to in one year, (draw,); `to_add` units a year, `cost` yuan by kind in all or a year."""

    required: Array | None
    existing: Array | None
    gap: Array | None = None
    enough: float | None = None
    to_add: Array | None = None
    cost: Mapping[str, Array] = {}


class Sample:
    """Rows of the table `sample` of one region and scenario: `lines` (draw or 1, year or 1) by series and item."""

    def __init__(self, table: pd.DataFrame, region: str, scenario: str, as_of: int) -> None:
        own = (table["scenario"] == scenario) | (table["series"] == "price")
        rows = table[table["region"].isin((region, ALL)) & own]
        self.years = sorted(int(year) for year in rows.loc[rows["series"] == "people", "year"].unique())
        self.as_of = as_of
        self.lines: dict[tuple[str, str], Array] = {}
        for (series, item), part in rows.groupby(["series", "item"]):
            line = part[part["region"] == (region if (part["region"] == region).any() else ALL)]
            years = line["year"].unique() if series in SAME_EVERY_YEAR else self.years
            by_year = line.pivot(index="draw", columns="year", values="value").reindex(columns=years)
            self.lines[str(series), str(item)] = by_year.to_numpy(dtype=float)

    def in_year(self, values: Array, year: int) -> Array:
        """A line in one year, (draw or 1,)."""
        return values[:, self.years.index(year) if values.shape[1] > 1 else 0]

    def known(self, values: Array | None, year: int) -> Array | None:
        """A line in one year, None where it is not known."""
        found = None if values is None else self.in_year(values, year)
        return None if found is None or np.isnan(found).any() else found

    def by_setting(self, series: str, severities: Sequence[str]) -> Array:
        """A series of one number each, (setting, severity)."""
        cells = product(SETTINGS_OF_CARE, severities)
        numbers = [self.lines[series, f"{setting}.{severity}"][0, 0] for setting, severity in cells]
        return np.reshape(numbers, (-1, len(severities)))

    def need(self, choices: Choices) -> Need:
        """What people need, in every draw and year of the sample."""
        severities = ("all",) if ("share", "institution.all") in self.lines else SEVERITIES
        shares = self.by_setting("share", severities)
        for column, severity in enumerate(severities):
            if severity in choices.institution:
                outside = shares[1, column]
                inside = min(choices.institution[severity], 1.0 - outside)
                shares[:, column] = inside, outside, 1.0 - outside - inside
        occupancy, *beds = (
            self.lines["bed_use", name][:, 0]
            for name in ("target_occupancy", "dementia_in_institution", "mild_in_nursing")
        )
        return need(
            self.lines["people", OLD],
            np.stack([self.lines["people", severity] for severity in SEVERITIES], axis=2),
            self.lines["people", "dementia"],
            shares,
            self.by_setting("users_per_carer", SEVERITIES),
            BedUse(occupancy if choices.occupancy is None else np.array([choices.occupancy]), *beds),
            self.lines["factor", "institution_factor"],
            self.lines["factor", "users_factor"] * choices.users_factor,
        )

    def required(self, quantity: str, yardstick: str, choices: Choices) -> Array | None:
        """What a yardstick asks for, (draw, year)."""
        people = self.lines["people", OLD]
        if yardstick == "ratio":
            return None if choices.ratio is None else people * choices.ratio / 1000.0
        if yardstick == "need":
            return need_by_quantity(self.need(choices)).get(quantity)
        line = self.lines.get((yardstick, quantity))
        return people * line if yardstick == "norm" and line is not None else line

    def outcome(self, quantity: str, yardstick: str, year: int, choices: Choices | None = None) -> Outcome:
        """Everything that is told of one quantity in one year."""
        chosen, elapsed = choices or Choices(), year - self.as_of
        required = self.known(self.required(quantity, yardstick, chosen), year)
        stock = self.lines.get(("existing", quantity))
        today, existing = self.known(stock, self.as_of), self.known(stock, year)
        if today is None:
            return Outcome(required, existing)
        closing = 1.0 - self.in_year(self.lines["kept", quantity], year) if chosen.closing is None else chosen.closing
        left = today * np.maximum(1.0 - closing * elapsed, 0.0)
        if elapsed > 0 and chosen.additions is not None:
            existing = left + chosen.additions * elapsed
        if required is None or existing is None:
            return Outcome(required, existing)
        gap = required - existing
        now = Outcome(required, existing, gap, float(np.mean(gap <= 0.0)))
        if elapsed <= 0:
            return now
        to_add = np.maximum(required - left, 0.0) / elapsed
        kinds = [kind for kind, resource in KINDS.items() if resource == RESOURCE_OF[quantity]]
        return now._replace(to_add=to_add, cost={k: to_add * elapsed * self.lines["price", k][:, 0] for k in kinds})
