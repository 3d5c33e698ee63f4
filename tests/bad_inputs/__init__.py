"""Inputs broken by rule, and what is said of each."""
