"""The typed model of params.yaml: its sections in the order of the file."""

from typing import Literal

from pipeline.settings.atlas_settings import AtlasSettings
from pipeline.settings.care import CareSettings
from pipeline.settings.counts_settings import CountSettings
from pipeline.settings.fields import Day, NamesOnce, SettingsSection, key
from pipeline.settings.forecast import ForecastSettings
from pipeline.settings.need_settings import NeedSettings
from pipeline.settings.next_plan_settings import NextPlanSettings
from pipeline.settings.priors import Priors
from pipeline.settings.projection import ProjectionSettings
from pipeline.settings.sampler import BacktestSettings, Sampler
from pipeline.settings.scenarios import Profile
from pipeline.settings.supply_settings import SupplySettings


class Settings(SettingsSection):
    """params.yaml after its profile and one scenario were merged in."""

    status: Literal["draft", "final"] = key("draft")
    """draft | final. Anything but `final` stamps DRAFT on every report."""
    profile: Profile = key("full")
    """full | smoke. `smoke` takes the smaller settings under `profiles.smoke`; only tests use it."""
    seed: int = key(20201101, ge=0)
    """Root of every random number: stages and regions derive their own streams from it."""
    draws: int = key(4000, "draws", ge=10, le=100_000)
    """Posterior draws carried through the pipeline."""
    as_of: Day = key("2025-12-31")
    """The day that counts as today: no observation of supply is later, and what must be added is counted from the next
    day on."""
    last_year: int = key(2035, "year", ge=2021, le=2060)
    """Last year of the projection, counted at its end. The first is the census, 1 November 2020."""
    projection: ProjectionSettings
    """The projection as it is when no scenario changes it."""
    cities: NamesOnce = key(["panzhihua", "wuhan", "xuchang"])
    """Cities that have a plan: each is drawn by itself, conditional on the stored fit of the nation and the
    provinces."""
    forecast: ForecastSettings
    """What the censuses cannot teach the forecast. An interval {low, high} holds the middle 80 % of the draws."""
    priors: Priors
    """What is believed of the past decade before its censuses speak: 80 % intervals {low, high}, normal unless another
    distribution is named. Shares are of 1, and what is "in logs" is of people after ten years: 0.05 is five percent."""
    counts: CountSettings
    """Counts since the census, and how far off they may be. The assumed error decides what a count is worth: in the
    2010s counts believed too well made the forecast of 2020 worse (mean error of 60+ 14 % against 3.2 without)."""
    sampler: Sampler
    """How every model is sampled (nutpie, the No-U-Turn sampler). r̂ above 1.01, fewer than 400 effective draws in bulk
    or tail, or one divergence stop the run."""
    backtest: BacktestSettings
    """The forecast made in 2010 of 2020, province by province left out; `sampler` above sets what is not named here."""
    care: CareSettings
    """Care: what supply is carried forward with, and how a gap in published stocks is bridged."""
    need: NeedSettings
    """Need: who is disabled, and what care that takes. An interval {low, high} holds the middle 80 % of the draws."""
    supply: SupplySettings
    """Supply: stocks and flows of beds and staff. An interval {low, high} holds the middle 80 % of the draws."""
    atlas: AtlasSettings
    """The atlas: every province, prefecture and county."""
    next_plan: NextPlanSettings
    """The next plan: what to add from now on, how much of it, and what it costs."""
