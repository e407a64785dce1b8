"""How hard Hypothesis tries: a little at the desk; more, and always the same, where CI has the time."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

# A busy machine is not a fault of the strategy, so slowness alone fails nothing.
_SLOW = (HealthCheck.too_slow,)
settings.register_profile("desk", max_examples=60, deadline=None, suppress_health_check=_SLOW)
settings.register_profile(
    "ci", max_examples=500, deadline=None, suppress_health_check=_SLOW, derandomize=True, database=None
)
settings.load_profile("ci" if os.environ.get("CI") else "desk")
