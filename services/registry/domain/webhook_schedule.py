"""When an undelivered webhook is tried again, and when a receiver is given up.

Source: the example schedule of the Standard Webhooks specification 1.0.0 (ten attempts over about 75 hours), with
jitter; 410 ends an endpoint, 429, 502 and 504 ask for a rest. Given up after five days as the large operators do.
"""

from __future__ import annotations

from datetime import timedelta

DELAYS_SECONDS = (0, 5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
JITTER = 0.2
LONGEST_RETRY_AFTER_SECONDS = 86_400
BUSY = (429, 502, 504)
BUSY_REST_SECONDS = 60
"""How long a busy receiver is left alone when it does not say how long."""
GONE = 410
GIVEN_UP_AFTER = timedelta(days=5)
FEWEST_FAILURES = 5
"""An endpoint that hardly ever gets anything is not given up for a single bad day."""
LARGEST_PAYLOAD_BYTES = 20_000
ANSWER_KEPT = timedelta(days=30)


def next_delay(attempts: int, *, chance: float, retry_after: int | None = None) -> float | None:
    """Seconds until the next attempt after `attempts` have failed; None when it is given up. `chance` is in [0, 1)."""
    if attempts >= len(DELAYS_SECONDS):
        return None
    delay = DELAYS_SECONDS[attempts] * (1 - JITTER + 2 * JITTER * chance)
    if retry_after is not None:
        delay = max(delay, min(retry_after, LONGEST_RETRY_AFTER_SECONDS))
    return delay


def is_success(status: int | None) -> bool:
    """Only 2xx is success; a redirect is a failure, and so is no answer."""
    return status is not None and 200 <= status < 300


def rest_seconds(status: int | None, retry_after: int | None) -> int | None:
    """How long the whole endpoint is left alone after this answer; None when it is not asked for."""
    if status in BUSY:
        return min(BUSY_REST_SECONDS if retry_after is None else retry_after, LONGEST_RETRY_AFTER_SECONDS)
    if status == 503 and retry_after is not None:
        return min(retry_after, LONGEST_RETRY_AFTER_SECONDS)
    return None
