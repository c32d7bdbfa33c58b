"""The sections of the report, one file each: functions from a scan's values to blocks."""
