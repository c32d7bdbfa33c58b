"""Widgets that show a value or a model and emit what the user wants; they open no file and start no work."""
