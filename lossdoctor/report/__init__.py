"""Turns what a scan found into a document, and the document into a file.

`document.build_report` makes a ReportDocument of typed blocks through the functions of `sections/`, one file a section.
Writers (`pdf.py` so far) know blocks and no section; `drawing.py` turns a FigureSpec into a vector drawing for them.
Nothing here needs Qt or a display. May be imported by cli and gui.
"""
