"""Qt item models over frozen values; they hold no files and no widgets, and sort and filter themselves with numpy."""
