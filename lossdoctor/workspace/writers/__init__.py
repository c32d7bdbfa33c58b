"""Writers of a scan for programs: one format a module, each a function from a result and a Gate to text.

`json_results` is the format with everything in it; these here are for spreadsheets, test reports and code hosting.
"""
