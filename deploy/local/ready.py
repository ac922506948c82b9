"""What is printed when everything is up: addresses, one token per role, three requests to copy."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from deploy.local.narration import Narrator
from deploy.local.state import SERVICES

if TYPE_CHECKING:
    from deploy.local.cast import Cast
    from deploy.local.supervisor import Supervisor


def show_ready(house: Supervisor, cast: Cast, narrator: Narrator) -> None:
    """Say that it is ready and what to do with it."""
    desks = cast.everybody()
    narrator.act(f"Ready after {narrator.seconds:.0f} s. Look around:")
    manager = desks["programme_manager"].token
    narrator.table(
        [
            ("Dashboard", f"{house.url}/reporting/v1/dashboard#token={manager}"),
            ("Inbox of the consulate", f"{house.url}/registry/inbox#token={desks['partner_agency'].token}"),
            ("Its key file for packages", str(house.state.folder / "consulate-key.json")),
            *[(f"API of {name}", f"{house.url}/{name}/docs") for name in SERVICES],
            ("Logs", str(house.state.logs)),
        ]
    )
    narrator.act("Tokens (eight hours; more with `wayhome token --role ...`)")
    for role, desk in desks.items():
        narrator.say(f"{role} ({desk.subject}): {desk.token}")
    narrator.act("Try")
    wayhome = Path(sys.executable).parent / "wayhome"
    case = f"{house.url}/returns/v1/cases/{cast.case_id}"
    caseworker = f"--role caseworker --office {cast.office}"
    for scope, address in (
        (caseworker, case),
        (caseworker, f"{case}/history"),
        ("--role programme_manager", f"{house.url}/reporting/v1/funnel"),
    ):
        narrator.say(f'curl -s -H "Authorization: Bearer $({wayhome} token {scope})" "{address}"')
