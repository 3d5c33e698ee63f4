"""The population: life tables, graduation to single ages, cohort change, projection."""
