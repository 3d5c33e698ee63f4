"""The method put together: project a region, measure a plan; what stages, notebooks and commands share."""
