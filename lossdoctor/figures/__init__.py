"""What is drawn, as data: a FigureSpec of panels, lines and marks in data coordinates, without colours or pixels.

The window (pyqtgraph) and the report (ReportLab) each translate it; neither knows a rule.
"""

from lossdoctor.figures.spec import FigureSpec, Mark, Panel, Polyline

__all__ = ["FigureSpec", "Mark", "Panel", "Polyline"]
