"""Publishers: one thin module for each live source; proposes rows, never edits old ones."""
