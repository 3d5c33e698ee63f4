"""Every prefecture and county of the country: what became of each, how it moves beside what holds it, its people."""
