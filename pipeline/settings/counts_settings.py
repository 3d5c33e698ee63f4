"""The section `counts`: whether the forecast has seen what was counted since the census, and how wrong counts are."""

from pipeline.settings.fields import SettingsSection, key
from pipeline.settings.intervals import CentredNormal, interval


class NationalError(SettingsSection):
    level: CentredNormal = interval(-0.0051, 0.0051, "log points")
    """What all published counts of the old depart from what the next census will say from the start, in logs; ends are
    opposite. First counts after the censuses of 2000 and 2010 ran below the path from census to census."""
    drift: CentredNormal = interval(-0.0064, 0.0064, "log points a year")
    """By how much more each year since the census, in logs: national 65+ ran -2.7 % after 4 and 9 years in the 2000s,
    -2.8 and -3.9 % in the 2010s."""
    sampling: CentredNormal = interval(-0.0019, 0.0019, "log points")
    """Scatter from year to year of the survey of 1 in 1,000, and rounding, in logs."""


class ProvincialError(SettingsSection):
    level: CentredNormal = interval(-0.0064, 0.0064, "log points")
    """What one province's counts of the old depart beside the nation's, in logs. From 2021 on counts are tied to the
    2020 census: their SD against a forecast that had not seen them was 1.0 %, two provinces aside."""
    drift: CentredNormal = interval(-0.0077, 0.0077, "log points a year")
    """By how much more each year since the census, in logs: bulletins of the 2010s were 5 % off after ten years."""
    sampling: CentredNormal = interval(-0.0038, 0.0038, "log points")
    """Scatter from year to year, and rounding to 10,000 people, in logs."""


class CityError(SettingsSection):
    level: CentredNormal = interval(-0.0128, 0.0128, "log points")
    """What one city's counts depart beside its province's, in logs. Assumed: twice a province's."""
    drift: CentredNormal = interval(-0.0103, 0.0103, "log points a year")
    """By how much more each year since the census, in logs. Assumed: a third more than a province's."""
    sampling: CentredNormal = interval(-0.0064, 0.0064, "log points")
    """Scatter from year to year, and rounding of shares, in logs. Assumed."""


class CountSettings(SettingsSection):
    use: bool = key(True)
    """Whether the forecast starts from what was counted since the census (data/raw/population_counts.csv and the key
    `counts` of a region's file). The scenario `census_only` has seen none."""
    nation: NationalError
    province: ProvincialError
    city: CityError
    alike: float = key(0.8, "share", ge=0, le=1)
    """Share of the variance of level and drift that the counts of 60+ and of 65+ have in common: one survey, one frame.
    Assumed."""
    totals: float = key(0.5, "factor", ge=0, le=2)
    """Errors of totals against those of the old: totals are carried on from births, deaths and registers. Totals of
    provinces in the 2010s were .9 % off where the old were 4 to 8 %."""
