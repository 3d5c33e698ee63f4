"""What a text or YAML file holds, read safely, and typed models from it."""
