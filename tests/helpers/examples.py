"""How many generated examples a property is tried on: few in the suite, many where LOSSDOCTOR_EXAMPLES says so."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

# LOSSDOCTOR_EXAMPLES=10000 is the thorough run.
EXAMPLES = int(os.environ.get("LOSSDOCTOR_EXAMPLES", "300"))
MANY = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
