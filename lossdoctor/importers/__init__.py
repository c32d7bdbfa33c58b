"""Reads logs: finds the sources below a path, recognises each by content, and returns runs and problems.

Two functions are all that other packages use: `find_sources` (walks and sniffs, reads only heads of files) and
`read_source` (reads one source whole). May import `runs` and the bottom layer; knows nothing of rules or of showing.
"""
