"""Required, existing, gap, additions and cost from the sample of draws, under choices of a reader's own.

The explorer's page works the same out in the browser; a test holds the two together.

    ratio            beds or staff per 1,000 people aged 60+, where the yardstick is `ratio`
    occupancy        of beds by residents, in the place of what is drawn
    institution      share of the disabled of a severity who live in institutions, before the drawn factor
    users_factor     users per caregiver over the published ratios
    additions        units added a year from the day on that additions count from, in the place of the trend
    closing          share of today's stock that closes, or leaves, in a year, in the place of what is drawn
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import pandas as pd

from pipeline.axes import Array
from pipeline.care.need import BedUse, Need, SettingUse, Staffing, need
from pipeline.care.yardstick import OLD, resource_of
from pipeline.shortfall.cost import KINDS
from pipeline.vocabulary import SETTINGS_OF_CARE, SEVERITIES

ALL: Final = "all"
OF_NEED: Final = ("institution_beds", "nursing_beds", "dementia_beds", "caregivers")
"""Quantities that need asks for."""

SAME_EVERY_YEAR: Final = ("kept", "record", "price", "bed_use", "share", "users_per_carer", "norm")
"""Series of the sample that hold one number for all years."""


@dataclass(frozen=True)
class Choices:
    """What a reader sets, as in the head of this module; None leaves what was drawn or published."""

    ratio: float | None = None
    occupancy: float | None = None
    institution: Mapping[str, float] = field(default_factory=dict)
    users_factor: float = 1.0
    additions: float | None = None
    closing: float | None = None


@dataclass(frozen=True)
class Outcome:
    """What choices come to in one year, (draw,) each; None where it is not known.

    `to_add` units a year from today to the year; `cost` yuan by kind, for all that is added or a year.
    """

    required: Array | None
    existing: Array | None
    gap: Array | None
    to_add: Array | None
    enough: float | None
    cost: Mapping[str, Array]


class Sample:
    """The sample of one region under one scenario, from rows of the table `sample`; `as_of` the year of today."""

    def __init__(self, table: pd.DataFrame, region: str, scenario: str, as_of: int) -> None:
        own = table["region"].isin((region, ALL)) & (table["scenario"] == scenario)
        prices = (table["series"] == "price") & table["region"].isin((region, ALL))
        rows = table[own | prices]
        self.years = sorted(int(year) for year in rows.loc[rows["series"] == "people", "year"].unique())
        self.as_of = as_of
        self.prices_own = bool((prices & (table["region"] == region)).any())
        rows = rows.sort_values("region", key=lambda names: names != ALL, kind="stable")
        self._lines: dict[tuple[str, str], Array] = {
            (str(series), str(item)): line.pivot(index="draw", columns="year", values="value")
            .reindex(columns=line["year"].unique() if series in SAME_EVERY_YEAR else self.years)
            .to_numpy(dtype=float)
            for (series, item), part in rows.groupby(["series", "item"])
            for line in (part[part["region"] == part["region"].iloc[-1]],)
        }

    def line(self, series: str, item: str) -> Array | None:
        """A line (draw or 1, year or 1); None where there is none."""
        return self._lines.get((series, item))

    def known(self, series: str, item: str) -> Array:
        """A line that must be there."""
        return self._lines[series, item]

    def at(self, values: Array, year: int) -> Array:
        """A line in one year, (draw or 1,)."""
        return values[:, self.years.index(year) if values.shape[1] > 1 else 0]

    def there(self, values: Array | None, year: int) -> Array | None:
        """A line in one year, None where it is not known."""
        found = None if values is None else self.at(values, year)
        return None if found is None or np.isnan(found).any() else found

    def need(self, choices: Choices) -> Need:
        """What people need, in every draw and year of the sample."""
        older = "share" in {series for series, item in self._lines if item == "institution.all"}
        shares = {
            severity: {
                setting: float(self.known("share", f"{setting}.{severity}")[0, 0]) for setting in SETTINGS_OF_CARE
            }
            for severity in (("all",) if older else SEVERITIES)
        }
        for severity, share in choices.institution.items():
            if severity in shares:
                outside = shares[severity]["community"]
                inside = min(share, 1.0 - outside)
                shares[severity] = {"institution": inside, "community": outside, "home": 1.0 - outside - inside}
        carers = {
            setting: {
                severity: float(self.known("users_per_carer", f"{setting}.{severity}")[0, 0]) for severity in SEVERITIES
            }
            for setting in SETTINGS_OF_CARE
        }
        beds = {name: self.known("bed_use", name)[:, 0] for name in ("dementia_in_institution", "mild_in_nursing")}
        occupancy = self.known("bed_use", "target_occupancy")[:, 0] if choices.occupancy is None else choices.occupancy
        return need(
            self.known("people", OLD),
            np.stack([self.known("people", severity) for severity in SEVERITIES], axis=2),
            self.known("people", "dementia"),
            SettingUse("chosen", "older" if older else "disabled", shares, ""),
            Staffing("chosen", carers),
            BedUse(occupancy, beds["dementia_in_institution"], beds["mild_in_nursing"]),
            self.known("factor", "institution_factor"),
            self.known("factor", "users_factor") * choices.users_factor,
        )

    def required(self, quantity: str, yardstick: str, choices: Choices) -> Array | None:
        """What a yardstick asks for, (draw, year)."""
        people = self.known("people", OLD)
        if yardstick == "ratio":
            return None if choices.ratio is None else people * choices.ratio / 1000.0
        if yardstick == "norm":
            norm = self.line("norm", quantity)
            return None if norm is None else people * norm
        if yardstick != "need":
            return self.line(yardstick, quantity)
        if quantity not in OF_NEED:
            return None
        whole = self.need(choices)
        return {
            "institution_beds": whole.all_beds,
            "nursing_beds": whole.beds[..., 1],
            "dementia_beds": whole.beds[..., 2],
            "caregivers": whole.facility_carers,
        }[quantity]

    def outcome(self, quantity: str, yardstick: str, year: int, choices: Choices | None = None) -> Outcome:
        """Everything that is told of one quantity in one year."""
        chosen = choices or Choices()
        required = self.there(self.required(quantity, yardstick, chosen), year)
        stock = self.line("existing", quantity)
        today, existing = self.there(stock, self.as_of), self.there(stock, year)
        if today is None:
            return Outcome(required, existing, None, None, None, {})
        elapsed = year - self.as_of
        closing = 1.0 - self.at(self.known("kept", quantity), year)
        if chosen.closing is not None:
            closing = np.array([chosen.closing])
        left = today * np.maximum(1.0 - closing * elapsed, 0.0)
        if elapsed > 0 and chosen.additions is not None:
            existing = left + chosen.additions * elapsed
        if required is None or existing is None:
            return Outcome(required, existing, None, None, None, {})
        gap = required - existing
        enough = float(np.mean(gap <= 0.0))
        if elapsed <= 0:
            return Outcome(required, existing, gap, None, enough, {})
        to_add = np.maximum(required - left, 0.0) / elapsed
        prices = {kind: self.known("price", kind)[:, 0] for kind, of in KINDS.items() if of == resource_of(quantity)}
        cost = {kind: to_add * elapsed * price for kind, price in prices.items()}
        return Outcome(required, existing, gap, to_add, enough, cost)
