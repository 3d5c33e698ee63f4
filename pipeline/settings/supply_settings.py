"""The section `supply`: stocks and flows of beds and staff."""

from pipeline.settings.fields import SettingsSection, key
from pipeline.settings.intervals import LogitNormal, PositiveLogitNormal, interval


class SupplySettings(SettingsSection):
    trend_from: int = key(2022, "year", ge=1990, le=2100)
    """First year of the national trends on which a stock goes on where its region has no record of its own: national
    beds have fallen since 2022."""
    leave: LogitNormal = interval(0.16, 0.30, "share a year")
    """Share of caregivers who leave in a year: 20 to 23 % follow from a survey of tenure in 2022; 15 to 40 %
    plausible."""
    re_enter: LogitNormal = interval(0.10, 0.30, "share")
    """Share of leavers who come back to the same work in the region in the year they left. Assumed."""
    retire: LogitNormal = interval(0.02, 0.05, "share a year")
    """Share of the others who retire in a year. Assumed: working lives of 20 to 50 years."""
    closing: LogitNormal = interval(0.01, 0.03, "share a year")
    """Share of beds that closes in a year and must be replaced where a stock is held. Assumed."""
    occupancy: PositiveLogitNormal = interval(0.40, 0.55, "occupied beds per bed")
    """Share of beds on paper that is occupied: 45.4 % in the nation's institutions in 2024, 53 % in Beijing in 2016."""
