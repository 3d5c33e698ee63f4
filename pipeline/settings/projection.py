"""The section `projection`: how people die, move and are born after the census."""

from pipeline.settings.fields import SettingsSection, key


class Mortality(SettingsSection):
    extra_e0: float = key(0.0, "years", ge=-10, le=10)
    """Years of life expectancy at birth added in last_year to every draw, growing in a straight line from 2020. 0
    follows the median of World Population Prospects 2024 around which the draws lie."""


class Consistency(SettingsSection):
    weight: float = key(1.0, "factor", ge=0, le=2)
    """How much of the census-consistency offset carries forward: 1 means that the next census counts old people as the
    last one did, 0 that reported mortality (WPP 2024) holds from 2020 on."""
    from_age: int = key(50, "years of age", ge=0, le=100)
    """Youngest age to which the offset is applied; below it censuses miscount children, who do not matter here."""


class Migration(SettingsSection):
    weight: float = key(1.0, "factor", ge=-2, le=3)
    """Factor on net migration as measured between the censuses of 2010 and 2020. 0 switches migration off."""
    taper_years: float = key(40, "years", gt=0, le=1000)
    """Years after the census over which net migration falls in a straight line to zero: a stated choice, not a finding.
    The forecast of the first decade already holds how much of the last one's migration comes back."""


class Fertility(SettingsSection):
    weight: float = key(1.0, "factor", ge=0, le=5)
    """Factor on the total fertility rate (WPP 2024 median, set to the region's level)."""


class ProjectionSettings(SettingsSection):
    mortality: Mortality
    consistency: Consistency
    migration: Migration
    fertility: Fertility
