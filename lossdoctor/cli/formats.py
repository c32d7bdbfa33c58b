"""`lossdoctor formats`: every log format that is read, and how it is recognised."""

from __future__ import annotations

import click
