"""Reports in Chinese and English from the result tables: every number comes from a table or from params.yaml."""
