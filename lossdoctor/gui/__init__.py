"""The window: shows diagnosed runs, their plots and checklists, and hands work to background jobs.

`app` puts the objects together; nothing in here is a singleton. `models` are Qt item models over our immutable values,
`views` are widgets that show a value and emit what the user wants, `plots` translates a FigureSpec to pyqtgraph,
`dialogs` are the few modal windows, `jobs` runs work off the UI thread, `actions` is the table of everything the user
can do. Text out of logs is plain text everywhere (`lossdoctor.safe_text`). Nothing imports this package but `cli`.
"""
