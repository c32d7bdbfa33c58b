"""The command line: one file a command, each importing what it needs only when it runs.

`lossdoctor --version` and `--help` must answer without NumPy, and nothing but `open` and `demo` may load Qt. Data goes
to stdout, progress and problems to stderr; every name out of a log passes `safe_text.terminal`.
"""
