"""When an undelivered webhook is tried again.

Source: the example schedule of the Standard Webhooks specification 1.0.0 (ten attempts over about 75 hours), with
jitter.
"""

from __future__ import annotations

DELAYS_SECONDS = (0, 5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
JITTER = 0.2
LONGEST_RETRY_AFTER_SECONDS = 86_400
BUSY = (429, 502, 504)


def next_delay(attempts: int, *, chance: float, retry_after: int | None = None) -> float | None:
    """Seconds until the next attempt after `attempts` have failed; None when it is given up. `chance` is in [0, 1)."""
    if attempts >= len(DELAYS_SECONDS):
        return None
    delay = DELAYS_SECONDS[attempts] * (1 - JITTER + 2 * JITTER * chance)
    if retry_after is not None:
        delay = max(delay, min(retry_after, LONGEST_RETRY_AFTER_SECONDS))
    return delay


def is_success(status: int) -> bool:
    """Only 2xx is success; a redirect is a failure."""
    return 200 <= status < 300
