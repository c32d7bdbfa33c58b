"""The few windows that stand before the main one: file choosers, shortcut sheet, about, and the report of a defect."""
