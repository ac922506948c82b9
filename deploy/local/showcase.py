"""One family's way home, step by step through the public APIs; the brother decides at the gate to stay."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

from deploy.local.casework import CaseWork
from deploy.local.cast import Cast
from deploy.local.client import Lines, Refused
from deploy.local.disclosing import disclose_to_the_consulate
from deploy.local.narration import Narrator
from deploy.local.people import Traveller
from deploy.local.quoting import quote
from deploy.local.setting import make_setting
from deploy.local.supervisor import Supervisor
from deploy.local.supportwork import PAYMENT_STEPS, SupportWork

LANGUAGE = "ka"


class Days:
    """The days of the showcase, counted back from today."""

    def __init__(self, today: date) -> None:
        self.today = today

    def ago(self, days: int) -> date:
        """So many days before today."""
        return self.today - timedelta(days=days)


def beridze(today: date) -> list[Traveller]:
    """The family: two parents, two children, and the father's grown-up brother."""

    def born(years: int) -> date:
        return today - timedelta(days=years * 365 + 100)

    return [
        Traveller("main_applicant", "Davit", "Beridze", 1, born(41), "GEO"),
        Traveller("partner", "Nino", "Beridze", 2, born(38), "GEO"),
        Traveller("child", "Elene", "Beridze", 2, born(12), "GEO"),
        Traveller("child", "Luka", "Beridze", 1, born(7), "GEO"),
        Traveller("sibling", "Giorgi", "Beridze", 1, born(29), "GEO"),
    ]


async def play_showcase(house: Supervisor, lines: Lines, narrator: Narrator) -> Cast:
    """From the partnership to the figures; raises Refused or TimeoutError when a step does not work."""
    cast = Cast(lines=lines, issuer=house.state.issuer(house.port))
    await make_setting(cast, house.agencies, house.state, narrator)
    days = Days(date.today())  # noqa: DTZ011 - the story lies in the months before today
    case = CaseWork(cast, language=LANGUAGE)
    await _application(case, days, narrator)
    await _decision(case, days, narrator)
    await disclose_to_the_consulate(case, narrator)
    await _journey(case, days, narrator)
    await _new_start(case, days, narrator)
    await _figures(cast, narrator)
    cast.case_id = case.case_id
    return cast


async def _application(case: CaseWork, days: Days, narrator: Narrator) -> None:
    narrator.act("2. A family asks to return")
    with narrator.step("caseworker", "opens a file for Davit and Nino Beridze, their children, and Davit's brother"):
        await case.open(beridze(days.today), destination="GEO", on=days.ago(120))
    narrator.detail(f"file {case.case['file_reference']}; in events they are only references, codes and age bands")
    with narrator.step("caseworker", "tries to submit at once, and is told what is missing"):
        for line in await _refused(case, days):
            narrator.detail(line)
    with narrator.step("caseworker", "records that both parents agree for the children, and that they were heard"):
        await case.protect_children()
    recipients = [case.cast.partner_id, case.cast.consulate_id]
    for adult, name in zip(list(case.adults), ("Davit", "Nino", "Giorgi"), strict=True):
        with narrator.step(
            name, "alone with the counsellor: consents to what may be told, declares the wish to return"
        ):
            await case.consent(adult, recipients=recipients, on=days.ago(118))
            await case.declare(adult, on=days.ago(118))
    with narrator.step("caseworker", "submits the application"):
        await case.submit(on=days.ago(112))
    with narrator.step("caseworker", "screens everybody for needs of protection"):
        await case.screen(on=days.ago(108))
    with narrator.step("caseworker", "finds the family eligible"):
        await case.find("eligible", on=days.ago(105))


async def _refused(case: CaseWork, days: Days) -> list[str]:
    try:
        await case.submit(on=days.ago(119))
    except Refused as refusal:
        codes = [item["code"] for item in refusal.problem["missing"]]
        return [f"409 {refusal.slug}: " + ", ".join(f"{codes.count(code)}x {code}" for code in sorted(set(codes)))]
    raise TimeoutError("an application without consents was taken")


async def _decision(case: CaseWork, days: Days, narrator: Narrator) -> None:
    narrator.act("3. The decision and the money")
    with narrator.step("case officer", "has the help calculated"):
        calculated = await quote(case.cast, case, stay_months=14)
    for line in calculated["lines"]:
        narrator.detail(f"{line['phase']:<15} {_francs(line['amount_minor']):>10}  {line['code']} ({line['rule']})")
    narrator.detail(f"{'total':<15} {_francs(calculated['total']['amount_minor']):>10}  {calculated['source']}")
    with narrator.step("case officer", "grants it; the caseworker who wrote the file could not"):
        await case.decide(on=days.ago(96), quote_id=calculated["id"])
    with narrator.step("reintegration", "reserves exactly these lines; preparations may begin"):
        await case.prepare(on=days.ago(95))


def _francs(amount_minor: int) -> str:
    return f"{amount_minor / 100:,.2f}"


async def _journey(case: CaseWork, days: Days, narrator: Narrator) -> None:
    narrator.act("5. The journey")
    travel_on = days.ago(52)
    partner = case.cast.playing("partner")
    heard = len(partner.received)
    with narrator.step("caseworker", f"books the flight of {travel_on}; the consulate's papers are in the file"):
        await case.book(travel_on=travel_on, transit=["TUR"])
    for adult, name in zip(list(case.adults), ("Davit", "Nino", "Giorgi"), strict=True):
        with narrator.step(name, "says again, alone, that the wish to return stands"):
            await case.declare(adult, on=days.ago(56), kind="reconfirmation")
    with narrator.step("caseworker", "every gate is checked: ready to travel"):
        await case.make_ready(on=days.ago(54))
    await _departure_cash(case, travel_on, narrator)
    brother = next(person for person in case.travelling if person["relation"] == "sibling")
    with narrator.step("travel officer", "at the gate: Giorgi stays. Nobody asks why; he gets a file of his own"):
        await case.depart(on=travel_on, without=[brother])
    with narrator.step("partner", "hears by signed webhook that they have left"):
        told = await partner.expect("departed", after=heard)
    narrator.detail(f"{told['type']} {told['data']}")
    with narrator.step("partner", "meets them in Tbilisi and says so in a signed message"):
        reference = told["data"]["agency_case_ref"]
        facts = {"arrived_on": travel_on.isoformat(), "evidence": "partner_met"}
        await partner.send("arrival.confirmed", {"agency_case_ref": reference, **facts})
        await case.cast.desks["caseworker"].until(case.path, "state", "ARRIVED")
    with narrator.step("caseworker", "records that nobody had to be received"):
        await case.hand_over(on=days.ago(51))


async def _departure_cash(case: CaseWork, on: date, narrator: Narrator) -> None:
    support = SupportWork(case.cast, case.case_id)
    line = next(line for line in await support.assistance_lines() if line["phase"] == "departure_cash")
    await _three_hands(support, line, desk="caseworker", evidence="CASH-0001", on=on, narrator=narrator)


async def _three_hands(
    support: SupportWork, line: dict[str, Any], *, desk: str, evidence: str, on: date, narrator: Narrator
) -> None:
    amount = _francs(line["amount"]["amount_minor"])
    with narrator.step(desk.replace("_", " "), f"asks for {amount} francs ({line['phase']})"):
        payment = await support.request(line, desk=desk, evidence=evidence, on=on)
    for step, officer in PAYMENT_STEPS:
        with narrator.step(officer.replace("_", " "), f"{step} of the payment"):
            payment = await support.take(payment, step, desk=officer, on=on)
    narrator.detail(
        f"requested by {payment['requested_by']}, certified by {payment['certified_by']},"
        f" authorised by {payment['authorised_by']}"
    )


async def _new_start(case: CaseWork, days: Days, narrator: Narrator) -> None:
    narrator.act("6. A new start")
    support = SupportWork(case.cast, case.case_id)
    await support.find_plan()
    lines = await support.assistance_lines()
    project = next(line for line in lines if line["phase"] == "post_return")
    with narrator.step("partner", "has met the family; together they plan a bakery"):
        await support.assign(on=days.ago(50))
        await support.first_contact(on=days.ago(48))
        await support.draw_up(project, category="business_start_up", summary="A bakery", on=days.ago(42))
        await support.validate(on=days.ago(41))
    with narrator.step("programme manager", "approves the plan; as they have arrived it is active at once"):
        await support.approve(on=days.ago(40))
    with narrator.step("partner", "buys the oven; the office verifies the delivery"):
        await support.carry_out(evidence="INV-2026-0017", started=days.ago(38), delivered=days.ago(30))
    await _three_hands(
        support,
        project,
        desk="reintegration_partner",
        evidence="INV-2026-0017",
        on=days.ago(28),
        narrator=narrator,
    )
    nino = next(person for person in case.adults if person["relation"] == "partner")
    with narrator.step("partner", "asks Nino the baseline questions; a versioned model scores them"):
        survey = await support.survey(nino["person_ref"], chance=random.Random(7), on=days.ago(14))  # noqa: S311
    narrator.detail(f"{survey['model_version']}: {survey['scores']}")
    with narrator.step("caseworker", "closes the file"):
        await case.close(on=days.ago(5))


async def _figures(cast: Cast, narrator: Narrator) -> None:
    narrator.act("7. What it looks like from above")
    desk = cast.desks["programme_manager"]
    with narrator.step("programme manager", "reads how far this cohort came, and who returned"):
        funnel = await desk.read("/reporting/v1/funnel")
        returns = await desk.read("/reporting/v1/returns", by="age_band")
    narrator.detail("funnel: " + ", ".join(str(row) for row in funnel["rows"])[:400])
    narrator.detail("returns by age band: " + ", ".join(str(row) for row in returns["rows"])[:400])
