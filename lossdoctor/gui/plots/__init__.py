"""Translates a FigureSpec to pyqtgraph: stacked panels on one step axis, curves that never lose a spike, marks, labels.

Curves are pyqtgraph items; marks and labels are painted over and under them in pixels, through a `Mapping`, because a
label's place depends on pixels and text drawn by QPainter is never markup.
"""
