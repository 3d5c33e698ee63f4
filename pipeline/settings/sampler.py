"""The sections `sampler` and `backtest`: how models are sampled."""

from pipeline.settings.fields import SettingsSection, key


class Sampler(SettingsSection):
    chains: int = key(4, "chains", ge=2, le=16)
    """Chains."""
    draws: int = key(3000, "draws", ge=10, le=100_000)
    """Draws of each chain after the warm-up."""
    tune: int = key(1500, "steps", ge=10, le=100_000)
    """Warm-up steps of each chain."""
    target_accept: float = key(0.95, "probability", gt=0.5, lt=1)
    """Acceptance probability the step size aims at."""
    cores: int = key(2, "processor cores", ge=1, le=64)
    """Chains run at the same time; the draws do not depend on it."""
    accept_bad_fit: bool = key(False)
    """true lets a run go on with a fit that breaks the limits, and stamps DRAFT on every report."""


class BacktestSettings(SettingsSection):
    folds: int = key(31, "provinces", ge=1, le=31)
    """Provinces left out in turn, in the order of their ids; 31 is all."""
    chains: int = key(2, "chains", ge=2, le=16)
    """Chains of every fold."""
    draws: int = key(500, "draws", ge=10, le=100_000)
    """Draws of each chain of every fold: enough for quantiles of scores."""
    tune: int = key(500, "steps", ge=10, le=100_000)
    """Warm-up steps of each chain of every fold."""
