"""What in a plan does not add up, by kind of rule."""
