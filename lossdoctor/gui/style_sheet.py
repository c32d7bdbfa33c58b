"""The one style sheet: spacing in multiples of 4 px, quiet borders, one accent colour; built from the theme.

Widgets choose a style through dynamic properties: `tone` (title, heading, muted, small, badge ...) for labels, `kind`
(primary, quiet) for buttons, `card` for framed boxes.
"""

from __future__ import annotations

from PySide6.QtGui import QColor

from lossdoctor.figures.theme import Theme


def _mixed(first: str, second: str, share: float) -> str:
    a, b = QColor(first), QColor(second)
    pairs = ((a.red(), b.red()), (a.green(), b.green()), (a.blue(), b.blue()))
    return "#" + "".join(f"{round(x + (y - x) * share):02x}" for x, y in pairs)


def style_sheet(theme: Theme, points: float) -> str:
    """The application's style sheet for a theme and a base font size in points."""
    s = theme.surface
    hover = _mixed(s("panel"), s("text"), 0.055)
    pressed = _mixed(s("panel"), s("text"), 0.11)
    faded = _mixed(s("text"), s("window"), 0.55)
    accent_hover = _mixed(s("accent"), s("text"), 0.15)
    handle = _mixed(s("panel"), s("text"), 0.26)
    return f"""
* {{ outline: none; }}
QMainWindow, QDialog, QStackedWidget#pages {{ background: {s("window")}; }}
QToolTip {{ background: {s("raised")}; color: {s("text")}; border: 1px solid {s("border")}; padding: 4px 6px; }}

QMenuBar {{ background: {s("window")}; border: none; padding: 2px 6px; }}
QMenuBar::item {{ padding: 4px 10px; border-radius: 5px; background: transparent; }}
QMenuBar::item:selected {{ background: {pressed}; }}
QMenu {{ background: {s("panel")}; border: 1px solid {s("border")}; padding: 4px; }}
QMenu::item {{ padding: 5px 28px 5px 12px; border-radius: 4px; }}
QMenu::item:selected {{ background: {s("selection")}; color: {s("selection_text")}; }}
QMenu::item:disabled {{ color: {faded}; background: transparent; }}
QMenu::separator {{ height: 1px; background: {s("border")}; margin: 4px 8px; }}
QMenu::icon {{ padding-left: 8px; }}

QToolBar {{ background: {s("window")}; border: none; border-bottom: 1px solid {s("border")};
    padding: 4px 8px 6px 8px; spacing: 4px; }}
QToolBar::separator {{ width: 1px; background: {s("border")}; margin: 4px 6px; }}
QToolButton {{ border: 1px solid transparent; border-radius: 6px; padding: 4px 8px; background: transparent; }}
QToolButton[kind="scale"] {{ padding: 1px 6px; color: {s("muted")}; }}
QToolButton[kind="scale"]::menu-indicator {{ image: none; }}
QToolButton[kind="outcome"] {{ border-color: {s("border")}; }}
QToolButton:hover {{ background: {pressed}; }}
QToolButton:pressed, QToolButton:checked {{ background: {s("selection")}; color: {s("selection_text")}; }}
QToolButton:disabled {{ color: {faded}; }}
QToolButton:focus {{ border-color: {s("accent")}; }}

QDialogButtonBox {{ dialogbuttonbox-buttons-have-icons: 0; }}
QPushButton {{ background: {s("panel")}; border: 1px solid {s("border")}; border-radius: 6px; padding: 6px 14px;
    min-height: 18px; }}
QPushButton:hover {{ background: {hover}; }}
QPushButton:pressed {{ background: {pressed}; }}
QPushButton:focus {{ border-color: {s("accent")}; }}
QPushButton:disabled {{ color: {faded}; }}
QPushButton[kind="primary"] {{ background: {s("accent")}; color: {s("accent_text")}; border-color: {s("accent")};
    font-weight: 600; }}
QPushButton[kind="primary"]:hover {{ background: {accent_hover}; }}
QPushButton[kind="primary"]:focus {{ border: 2px solid {s("text")}; padding: 5px 13px; }}
QPushButton[kind="quiet"] {{ background: transparent; border-color: transparent; padding: 3px 8px; }}
QPushButton[kind="quiet"]:hover {{ background: {pressed}; }}
QPushButton[kind="quiet"]:focus {{ border-color: {s("accent")}; }}
QPushButton[kind="link"] {{ background: transparent; border: 1px solid transparent; padding: 5px 8px;
    text-align: left; color: {s("text")}; }}
QPushButton[kind="link"]:hover {{ background: {hover}; }}
QPushButton[kind="link"]:focus {{ border-color: {s("accent")}; }}

QLineEdit {{ background: {s("panel")}; border: 1px solid {s("border")}; border-radius: 6px; padding: 4px 6px;
    min-height: 20px; selection-background-color: {s("accent")}; selection-color: {s("accent_text")}; }}
QLineEdit:focus {{ border-color: {s("accent")}; }}
QDoubleSpinBox {{ background: {s("panel")}; border: 1px solid {s("border")}; border-radius: 6px; padding: 2px 6px;
    min-height: 20px; }}
QDoubleSpinBox:focus {{ border-color: {s("accent")}; }}
QDoubleSpinBox::up-button, QDoubleSpinBox::down-button {{ border: none; background: transparent; width: 0; }}
ChoiceBox {{ background: {s("panel")}; border: 1px solid {s("border")}; border-radius: 6px; padding: 2px 6px;
    min-height: 20px; }}
ChoiceBox::drop-down {{ border: none; background: transparent; width: 22px; }}
ChoiceBox:hover {{ background: {hover}; }}
ChoiceBox:focus {{ border-color: {s("accent")}; }}
ChoiceBox:disabled {{ color: {faded}; }}
ChoiceBox QAbstractItemView {{ background: {s("panel")}; border: 1px solid {s("border")}; padding: 4px;
    selection-background-color: {s("selection")}; selection-color: {s("selection_text")}; }}
QRadioButton {{ spacing: 8px; }}
QRadioButton::indicator {{ width: 14px; height: 14px; border-radius: 8px; border: 1px solid {s("muted")};
    background: {s("panel")}; }}
QRadioButton::indicator:checked {{ width: 6px; height: 6px; border: 5px solid {s("accent")}; }}
QRadioButton::indicator:focus {{ border-color: {s("accent")}; }}
QPlainTextEdit {{ background: {s("panel")}; border: 1px solid {s("border")}; border-radius: 6px; padding: 4px; }}

QTableView {{ background: {s("panel")}; border: none; gridline-color: transparent;
    selection-background-color: {s("selection")}; selection-color: {s("selection_text")}; }}
QTableView::item {{ padding: 0 8px; border: none; }}
QTableView::item:hover {{ background: {hover}; }}
QTableView::item:selected {{ background: {s("selection")}; color: {s("selection_text")}; }}
QHeaderView {{ background: {s("panel")}; border: none; }}
QHeaderView::section {{ background: {s("panel")}; color: {s("muted")}; border: none;
    border-bottom: 1px solid {s("border")}; padding: 5px 8px; font-size: {points * 0.92:.2f}pt; }}
QHeaderView::section:hover {{ color: {s("text")}; }}
QTableCornerButton::section {{ background: {s("panel")}; border: none; }}

QListWidget#steps {{ background: {s("panel")}; border: none; border-radius: 8px; padding: 6px; }}
QListWidget#steps::item {{ padding: 6px 4px; border-radius: 4px; }}
QListWidget#steps::item:selected {{ background: {s("selection")}; color: {s("selection_text")}; }}
QTreeWidget {{ background: {s("panel")}; border: none; }}
QTreeWidget::item {{ padding: 3px 4px; border: none; }}
QTreeWidget::item:hover {{ background: {hover}; }}
QTreeWidget::item:selected {{ background: {s("selection")}; color: {s("selection_text")}; }}
QTextBrowser {{ background: {s("panel")}; border: none; selection-background-color: {s("accent")};
    selection-color: {s("accent_text")}; }}

QScrollArea {{ border: none; background: transparent; }}
QScrollArea > QWidget > QWidget#scroll {{ background: transparent; }}
QScrollBar:vertical {{ background: transparent; width: 12px; margin: 0; }}
QScrollBar:horizontal {{ background: transparent; height: 12px; margin: 0; }}
QScrollBar::handle {{ background: {handle}; border-radius: 3px; margin: 3px; }}
QScrollBar::handle:vertical {{ min-height: 32px; }}
QScrollBar::handle:horizontal {{ min-width: 32px; }}
QScrollBar::handle:hover {{ background: {s("muted")}; }}
QScrollBar::add-line, QScrollBar::sub-line, QScrollBar::add-page, QScrollBar::sub-page {{
    background: none; border: none; width: 0; height: 0; }}

QSplitter::handle {{ background: {s("border")}; }}
QSplitter::handle:hover {{ background: {s("accent")}; }}
QSplitter#stack::handle {{ background: transparent; }}
QSplitter#stack::handle:hover {{ background: {s("border")}; }}

QStatusBar {{ background: {s("window")}; border-top: 1px solid {s("border")}; color: {s("muted")}; min-height: 30px; }}
QStatusBar::item {{ border: none; }}
QProgressBar {{ background: {pressed}; border: none; border-radius: 3px; max-height: 6px; min-height: 6px; }}
QProgressBar::chunk {{ background: {s("accent")}; border-radius: 3px; }}

QSlider::groove:horizontal {{ height: 4px; border-radius: 2px; background: {pressed}; }}
QSlider::sub-page:horizontal {{ height: 4px; border-radius: 2px; background: {s("accent")}; }}
QSlider::handle:horizontal {{ width: 12px; height: 12px; margin: -5px 0; border-radius: 7px;
    background: {s("panel")}; border: 1px solid {s("muted")}; }}
QSlider::handle:horizontal:focus {{ border: 2px solid {s("accent")}; }}

QWidget#pane {{ background: {s("panel")}; }}
QFrame[card="true"] {{ background: {s("panel")}; border: 1px solid {s("border")}; border-radius: 8px; }}
QFrame[card="true"]:hover {{ background: {hover}; }}
QFrame[card="true"]:focus {{ border-color: {s("accent")}; }}
QFrame[card="true"][chosen="true"] {{ border-color: {s("accent")};
    background: {_mixed(s("panel"), s("selection"), 0.45)}; }}
QFrame#rule {{ background: {s("border")}; border: none; max-height: 1px; min-height: 1px; }}
QFrame#drop {{ background: {s("panel")}; border: 2px dashed {s("border")}; border-radius: 14px; }}
QFrame#drop[over="true"] {{ border-color: {s("accent")}; background: {s("selection")}; }}

QLabel {{ background: transparent; }}
QLabel[tone="hero"] {{ font-size: {points * 1.75:.2f}pt; font-weight: 600; }}
QLabel[tone="title"] {{ font-size: {points * 1.28:.2f}pt; font-weight: 600; }}
QLabel[tone="heading"] {{ font-weight: 600; }}
QLabel[tone="sentence"] {{ font-size: {points * 1.06:.2f}pt; }}
QLabel[tone="muted"] {{ color: {s("muted")}; }}
QLabel[tone="small"] {{ color: {s("muted")}; font-size: {points * 0.92:.2f}pt; }}
QLabel[tone="value"] {{ font-size: {points * 0.92:.2f}pt; }}
QLabel[tone="met"] {{ font-size: {points * 0.92:.2f}pt; font-weight: 600; }}
QLabel[tone="caption"] {{ color: {s("muted")}; font-size: {points * 0.92:.2f}pt; font-weight: 600; }}
QLabel[tone="done"] {{ color: {s("muted")}; font-weight: 600; text-decoration: line-through; }}

QFrame#message {{ border: none; border-bottom: 1px solid {s("border")}; background: {s("panel")}; }}
QFrame#message[level="error"] {{ background: {theme.colour("verdict.divergence.background")}; }}
QFrame#message[level="warning"] {{ background: {theme.colour("verdict.overfitting.background")}; }}
QFrame#message[level="success"] {{ background: {theme.colour("verdict.healthy.background")}; }}
QFrame#message[level="info"] {{ background: {theme.colour("verdict.underfitting.background")}; }}
"""
