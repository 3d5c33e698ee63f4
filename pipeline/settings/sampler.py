"""The sections `sampler` and `backtest`: how models are sampled."""

from pipeline.settings.fields import SettingsSection, key


class Sampler(SettingsSection):
    chains: int = key(4, "Chains.", "chains", ge=2, le=16)
    draws: int = key(3000, "Draws of each chain after the warm-up.", "draws", ge=10, le=100_000)
    tune: int = key(1500, "Warm-up steps of each chain.", "steps", ge=10, le=100_000)
    target_accept: float = key(0.95, "Acceptance probability the step size aims at.", "probability", gt=0.5, lt=1)
    cores: int = key(2, "Chains run at the same time; the draws do not depend on it.", "processor cores", ge=1, le=64)
    accept_bad_fit: bool = key(
        False, "true lets a run go on with a fit that breaks the limits, and stamps DRAFT on every report."
    )


class BacktestSettings(SettingsSection):
    folds: int = key(31, "Provinces left out in turn, in the order of their ids; 31 is all.", "provinces", ge=1, le=31)
    chains: int = key(2, "Chains of every fold.", "chains", ge=2, le=16)
    draws: int = key(
        500, "Draws of each chain of every fold: enough for quantiles of scores.", "draws", ge=10, le=100_000
    )
    tune: int = key(500, "Warm-up steps of each chain of every fold.", "steps", ge=10, le=100_000)
