"""What the project knows by name: sources, regions, indicators, plans."""
