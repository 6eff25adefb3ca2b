"""Pages of questionnaires, a file for each family."""
