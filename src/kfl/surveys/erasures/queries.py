"""What one can ask about requests to have answers erased."""

from __future__ import annotations

from ..models import ErasureRequest, Wave
from ..waves.membership import those_belonging


def unknown_waiting(wave: Wave) -> int:
    """How many requests are about pupils whom the wave does not know: no answers can lie under the keys of these.

    It tells of places in classes alone, never of answers.
    """
    waiting = ErasureRequest.objects.within(wave).filter(pupil__isnull=False)
    keys = set(waiting.values_list("pupil_id", flat=True))
    return len(keys - those_belonging(wave, keys))
