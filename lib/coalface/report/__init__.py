"""Paper: strict parameters, execution, pages, headlines, index."""
