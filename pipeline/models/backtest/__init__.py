"""Forecasts of a past that is known: cases, rivals, scores."""
