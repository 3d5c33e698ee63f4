"""Models with draws: what is fitted to the censuses, what is forecast beside it, and how both are scored."""
