"""The metrics of one running service, on a registry of its own; labels are codes, never ids of cases or persons."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    """Every metric the kit knows; a service adds its own to `registry`."""

    def __init__(self, service: str) -> None:
        self.registry = CollectorRegistry()
        prefix = "wayhome_"
        self.service = Gauge(prefix + "service_info", "Which service this is.", ["service"], registry=self.registry)
        self.service.labels(service=service).set(1)
        self._count_http(prefix)
        self.outbox_unpublished = Gauge(
            prefix + "outbox_unpublished", "Facts committed but not yet in the log.", registry=self.registry
        )
        self.outbox_oldest_seconds = Gauge(
            prefix + "outbox_oldest_seconds", "Age of the oldest unpublished fact.", registry=self.registry
        )
        self.relay_published = Counter(prefix + "relay_published", "Facts brought to the log.", registry=self.registry)
        self.inbox_processed = Counter(
            prefix + "inbox_processed", "Events read, by outcome.", ["outcome"], registry=self.registry
        )
        self.consumer_lag = Gauge(
            prefix + "consumer_lag",
            "Events in the log not yet read.",
            ["topic", "partition"],
            registry=self.registry,
        )
        self.parked_events = Gauge(prefix + "parked_events", "Events parked and not resolved.", registry=self.registry)
        self.webhook_deliveries = Counter(
            prefix + "webhook_deliveries",
            "Delivery attempts, by outcome.",
            ["outcome"],
            registry=self.registry,
        )
        self.agency_messages = Counter(
            prefix + "agency_messages",
            "Messages of agencies, partners and providers, by door and outcome.",
            ["door", "outcome"],
            registry=self.registry,
        )

    def _count_http(self, prefix: str) -> None:
        self.http_requests = Counter(
            prefix + "http_requests", "Requests answered.", ["operation", "status"], registry=self.registry
        )
        self.http_seconds = Histogram(
            prefix + "http_seconds", "Time to answer.", ["operation"], buckets=SECONDS, registry=self.registry
        )
        self.http_refused = Counter(
            prefix + "http_refused",
            "Connections hung up on before there was a request.",
            ["reason"],
            registry=self.registry,
        )

    def render(self) -> bytes:
        """The Prometheus text format."""
        return generate_latest(self.registry)
