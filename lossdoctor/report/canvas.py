"""The PDF canvas: ReportLab's, with every finished page compressed at once instead of all of them at the end."""

from __future__ import annotations

import zlib
from functools import cache
from typing import Any


@cache
def canvas_class() -> Any:
    """The class; made on demand because ReportLab is only imported when a report is written."""
    from reportlab.pdfbase.pdfdoc import PDFArray, PDFDictionary, PDFName, PDFStream
    from reportlab.pdfgen.canvas import Canvas

    class _FrugalCanvas(Canvas):  # type: ignore[misc]
        """A page's drawing commands take ten times the memory of the same compressed, and a report may have thousands."""

        def showPage(self) -> None:  # noqa: N802 (ReportLab's name)
            """Ends the page."""
            super().showPage()
            page = self._doc.Pages.pages[-1]
            if not page.compression or page.Contents or not page.stream:
                return
            content = zlib.compress(page.stream.encode("utf-8"))
            filters = PDFDictionary({"Filter": PDFArray([PDFName("FlateDecode")])})
            page.Contents = PDFStream(filters, content, filters=[])
            page.stream = ""

    return _FrugalCanvas
