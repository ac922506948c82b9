"""Reads reference data: scoring models and periods, files of this package that carry their own version and
source.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Any

from services.reintegration.domain.exchange import Bearer, ExchangeRules, RateKind
from services.reintegration.domain.payment_failure import FailureReason, FailureRules, Mend
from services.reintegration.domain.plan_deadline import Deadline, DeadlineRules
from services.reintegration.domain.plan_rules import PlanRules
from services.reintegration.domain.scoring import Item, ScoringModel
from shared.errors import NotFound

FOLDER = "services.reintegration.persistence.reference"
SCORING_MODELS = ("rss-equal-v1",)
PERIODS = "plan-periods-v1"
FAILURES = "payment-failures-v1"
EXCHANGE = "exchange-v1"
REFERRALS = "referrals-v1"
REPLACEMENT = "provider-replacement-v1"
PLAN_RULES = "plan-rules-v1"
DEADLINES = "plan-deadlines-v1"
DEFAULT_MODEL = SCORING_MODELS[0]


class ScoringModelUnknown(NotFound):
    """There is no scoring model of that version."""

    slug = "scoring-model-unknown"
    title = "There is no such scoring model"


@cache
def scoring_model(version: str) -> ScoringModel:
    """The scoring model of a version; raises ScoringModelUnknown."""
    if version not in SCORING_MODELS:
        raise ScoringModelUnknown
    raw = _bytes(version)
    document = json.loads(raw)
    return ScoringModel(
        version=document["version"],
        source="; ".join(document["sources"]),
        official=document["official"],
        digest=hashlib.sha256(raw).hexdigest(),
        completeness_needed=Decimal(document["completeness_needed"]),
        unscored_answers=frozenset(document["unscored_answers"]),
        items=tuple(_item(entry, document) for entry in document["items"]),
    )


def scoring_models() -> list[ScoringModel]:
    """Every scoring model there is."""
    return [scoring_model(version) for version in SCORING_MODELS]


@cache
def plan_due_days() -> int:
    """Within how many days of the arrival a plan should be active."""
    days: int = json.loads(_bytes(PERIODS))["plan_due_days_after_arrival"]
    return days


@cache
def failure_rules() -> FailureRules:
    """What has to be mended when a payment came back, and how long that may take."""
    document = json.loads(_bytes(FAILURES))
    return FailureRules(
        version=document["version"],
        retry_within_days=document["retry_within_days"],
        mends={FailureReason(code): Mend(entry["mend"]) for code, entry in document["reasons"].items()},
    )


@cache
def exchange_rules() -> ExchangeRules:
    """When a plan is quoted anew, with which kind of rate, and who bears what it costs more."""
    document = json.loads(_bytes(EXCHANGE))
    return ExchangeRules(
        version=document["version"],
        move_percent=document["move_percent"],
        rate_kind=RateKind(document["rate_kind"]),
        loss_borne_by=Bearer(document["loss_borne_by"]),
    )


@cache
def referral_answer_days() -> int:
    """How many calendar days a provider has to answer a referral."""
    days: int = json.loads(_bytes(REFERRALS))["answer_within_days"]
    return days


@dataclass(frozen=True)
class ReplacementRules:
    """By when another provider takes over, in calendar days, and who bears what was paid for nothing."""

    version: str
    replace_within_days: int
    loss_borne_by: str


@cache
def replacement_rules() -> ReplacementRules:
    """What follows when a provider is suspended while it has orders."""
    document = json.loads(_bytes(REPLACEMENT))
    return ReplacementRules(document["version"], document["replace_within_days"], document["loss_borne_by"])


@cache
def default_plan_rules() -> PlanRules:
    """The rules for programmes that state none."""
    document = json.loads(_bytes(PLAN_RULES))
    return PlanRules(
        contact_after_days=tuple(document["contact_after_days"]),
        support_window_days=document["support_window_days"],
        family_continues_after_death=document["family_continues_after_death"],
        source="; ".join(document["sources"]),
        version=document["version"],
    )


@cache
def deadline_rules() -> DeadlineRules:
    """How long before its day the partner is told that a deadline of a plan is near."""
    document = json.loads(_bytes(DEADLINES))
    days = {Deadline(name): count for name, count in document["lead_days"].items()}
    return DeadlineRules(version=document["version"], lead_days=days)


def _item(entry: dict[str, Any], document: dict[str, Any]) -> Item:
    weights = document["weights"][entry["dimension"]]
    return Item(
        code=entry["code"],
        dimension=entry["dimension"],
        scored=entry.get("scored", True),
        points={option: Decimal(points) for option, points in document["scales"][entry["scale"]].items()},
        weight=Decimal(weights["dimension"]),
        composite_weight=Decimal(weights["composite"]),
        referral_at=frozenset(entry.get("referral_at", ())),
    )


def _bytes(name: str) -> bytes:
    return resources.files(FOLDER).joinpath(f"{name}.json").read_bytes()
