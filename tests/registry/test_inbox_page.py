"""The inbox page itself, its scripts run by Node.js: packages are opened and answers sealed in the tab, and forms work."""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from shared.protection.encryption import NotOpened, encrypted_to, opened_with
from shared.testing.plugin import Run
from tests.registry.page.drive import Page, inbox, run
from tests.registry.test_inbox import Consulate, consulate
from tests.returns.opening import opened, public_half
from tests.returns.story import CONSULATE, NAME
from tests.returns.test_disclosures import Packages, packages

pytestmark = pytest.mark.asyncio(loop_scope="session")
CONTENT = {"persons": [{"family_name": "Беридзе", "given_names": "Nino 😀"}], "n": "x" * 30_000}


def private_half(key: X25519PrivateKey) -> str:
    return base64.urlsafe_b64encode(key.private_bytes_raw()).decode().rstrip("=")


def key_file(key: X25519PrivateKey) -> str:
    return json.dumps({"kty": "OKP", "crv": "X25519", "x": public_half(key), "d": private_half(key)})


async def opened_by_page(token: str, key: X25519PrivateKey) -> Any:
    return await run(
        'import { decrypted } from "PACKAGE";'
        f"const found = await decrypted({json.dumps(token)}, {key_file(key)}).catch(() => null);"
        "console.log(JSON.stringify(found));"
    )


async def sealed_by_page(content: Any, x: str) -> str:
    return str(
        await run(
            'import { sealed } from "PACKAGE";'
            f"console.log(JSON.stringify(await sealed({json.dumps(content)}, {json.dumps({'x': x})})));"
        )
    )


async def test_the_page_opens_what_was_encrypted_to_its_key_and_nothing_else() -> None:
    key, other = X25519PrivateKey.generate(), X25519PrivateKey.generate()
    token = encrypted_to(public_half(key), json.dumps(CONTENT).encode(), key_id="k")
    assert await opened_by_page(token, key) == CONTENT
    assert await opened_by_page(token, other) is None
    head, wrapped, nonce, body, tag = token.split(".")
    swapped = body[:-2] + ("A" if body[-2] != "A" else "B") + body[-1]
    assert await opened_by_page(".".join((head, wrapped, nonce, swapped, tag)), key) is None
    weaker = {**json.loads(base64.urlsafe_b64decode(head + "==")), "enc": "A128GCM"}
    renamed = base64.urlsafe_b64encode(json.dumps(weaker).encode()).decode().rstrip("=")
    assert await opened_by_page(".".join((renamed, wrapped, nonce, body, tag)), key) is None


async def test_what_the_page_seals_only_the_holder_of_the_key_opens() -> None:
    secret = secrets.token_bytes(32)
    key = X25519PrivateKey.from_private_bytes(secret)
    token = await sealed_by_page(CONTENT, public_half(key))
    assert json.loads(opened_with(secret, token)) == CONTENT
    header, content = opened(token, key)  # by the letter of the standards, without the library
    assert (header["alg"], header["enc"], content) == ("ECDH-ES+A256KW", "A256GCM", CONTENT)
    assert await sealed_by_page(CONTENT, public_half(key)) != token
    with pytest.raises(NotOpened):
        opened_with(secrets.token_bytes(32), token)
    for broken in (token[:-4], token.replace(".", "", 1), "", "a.b.c.d.e", token[:40] + token[41:]):
        with pytest.raises(NotOpened):
            opened_with(secret, broken)


def token_of(found: Consulate) -> str:
    return str(found.story.client("agency").headers["Authorization"]).removeprefix("Bearer ")


@asynccontextmanager
async def signed_in(found: Consulate, **more: Any) -> AsyncIterator[Page]:
    async with inbox(registry=found.story.service, **more) as page:
        assert await page.text("cases") == ""
        await page.do("submit", form="enter", values={"Access token": token_of(found)})
        assert await page.text("problem") == ""
        yield page


async def asked_in_both(running: Run, key: X25519PrivateKey | None) -> tuple[Consulate, Packages, dict[str, Any]]:
    """A package that returns holds and registry tells of, for one and the same consulate."""
    told = await packages(running)
    package = await told.package(fields=["family_name", "given_names", "born_on"])
    assert (await told.approve(package)).status_code == 200
    if key is not None:
        keys = [{"key_id": str(uuid4()), "public_key": public_half(key), "valid_until": None}]
        fact = {"recipient_id": CONSULATE, "encryption_keys": keys}
        await told.service.receive("registry.recipient.keys-changed.v1", fact, key=CONSULATE)
    found = await consulate(running)
    service = found.story.service
    await service.fetch("DELETE FROM recipient_key")
    await service.fetch("UPDATE recipient SET id = $1 WHERE id::text = $2", CONSULATE, found.story.ids["agency"])
    found.story.ids["agency"], found.story.case_id = CONSULATE, str(uuid4())
    found.story.bases.clear()
    found.story.persons = package["person_refs"]
    await found.story.opened()
    for ref in found.story.persons:
        await found.story.consent("agency", ref, "identity_verification")
    fact = {"disclosure_id": package["id"], "recipient_id": CONSULATE, "purpose": "identity_verification"}
    fact |= {"basis": "binding_instrument", "person_refs": found.story.persons}
    days = {"answer_by": "2026-03-20", "destroy_by": "2026-06-01", "expires_at": "2026-03-20"}
    await found.story.fact("disclosure.approved", **fact, **days)
    return found, told, package


async def test_an_encrypted_package_is_read_listed_for_print_and_answered_sealed(running: Run) -> None:
    key = X25519PrivateKey.generate()
    found, told, package = await asked_in_both(running, key)
    async with signed_in(found, returns=told.service) as page:
        assert "Open the packages of those who are expected" in await page.text("roll")
        await page.do("click", words="Read package")
        assert (await page.do("focused")).startswith("This package is encrypted")
        assert NAME not in await page.text("list")
        await page.do("file", words="Key file", content=key_file(X25519PrivateKey.generate()))
        assert (await page.text("problem")).startswith("This key does not open the package")
        await page.do("file", words="Key file", content=key_file(key))
        assert NAME in await page.text("list")
        assert (await page.do("focused")).startswith("Package for identity verification")
        assert NAME in await page.text("roll")
        await page.do("click", words="Print the roll")
        assert page.printed
        answer = {"outcome": "identity_confirmed", "Issued by": "GEO", "document number": "GE-7712345"}
        answer |= {"corrected family name": "Beridse"}
        await page.do("submit", form="Your answer about person 1 of 1", values=answer)
        assert await page.text("status") == "Answered; what you wrote was sealed before it left."
        sent = page.asked[-1]
        assert list(json.loads(sent["body"])) == ["sealed"]
        assert not any("GE-7712345" in str(line) or "Beridse" in str(line) or NAME in str(line) for line in page.asked)
        await page.do("click", words="Put away")
        assert NAME not in await page.text("list") + await page.text("roll")
    path = f"/returns/v1/cases/{told.id}/disclosures/{package['id']}/answers"
    (read,) = (await told.officer.get(path)).json()
    assert (read["document_number"], read["corrected_identity"]["family_name"]) == ("GE-7712345", "Beridse")


async def test_what_somebody_must_keep_is_attested_with_article_classes_and_day(running: Run) -> None:
    found = await consulate(running)
    reference = await found.asked()
    await found.story.fact("case.withdrawn")
    async with signed_in(found) as page:
        assert "No open case." in await page.text("list")
        await page.do("choose", words="Ended")
        values = {"Article that makes": "12a(3)", "What is kept": ["identity", "contact"], "Kept until": "2031-03-02"}
        await page.do("submit", form="Kept under national law", values=values)
        assert (await page.text("status")).startswith("Attested: kept under national law.")
        assert "Nothing waits for you." in await page.text("clocks")
    (duty,) = (await found.get("attestations"))["items"]
    assert duty["agency_case_ref"] == reference
    assert (duty["result"], duty["article"], duty["retained_until"]) == (
        "retained_under_national_law",
        "12a(3)",
        "2031-03-02",
    )
    assert duty["data_classes"] == ["contact", "identity"]


async def test_more_cases_than_fit_are_paged_and_found_by_how_they_begin(running: Run) -> None:
    found = await consulate(running)
    references = [await found.asked()]
    for _ in range(24):
        found.story.case_id, found.story.persons = str(uuid4()), [f"person_{uuid4().hex}"]
        found.story.service.clock.advance(seconds=1)
        await found.story.opened()
        await found.story.consent("agency", found.story.persons[0], "identity_verification")
        await found.story.package()
    async with signed_in(found) as page:
        assert (await page.text("list")).count("What you were told") == 20
        await page.do("click", words="Show more cases")
        shown = await page.text("list")
        assert (shown.count("What you were told"), await page.text("more")) == (25, "")
        assert (await page.do("focused")).startswith("Case ac_")
        await page.do("submit", form="search", values={"Reference of a case": references[0][:14]})
        assert (await page.text("list")).count("What you were told") == 1
        await page.do("submit", form="search", values={"Reference of a case": "ac_%"})
        assert await page.text("list") == "No case of yours begins so."


async def test_an_answer_by_form_and_what_is_refused_are_said_in_words(running: Run) -> None:
    found = await consulate(running)
    await found.asked()
    async with signed_in(found) as page:
        answer = {"Your answer": "information.requested", "code": "photograph"}
        await page.do("submit", form="Your answer by form", values=answer)
        assert await page.text("status") == "Said: information requested."
        assert "You owe us 0" in await page.text("clocks")
        assert "information requested" in await page.text("we")
        await found.story.service.fetch("UPDATE recipient SET answers_by_form = false")
        await page.do("submit", form="Your answer by form", values=answer)
        assert await page.text("problem") == "Answering here is not open to your organisation (form-not-opened)."
        await page.do("click", words="Refresh")
        assert "answering here is not open to your organisation" in await page.text("list")
    async with inbox(registry=found.story.service) as page:
        await page.do("submit", form="enter", values={"Access token": "a.b.c"})
        assert (await page.text("problem")).startswith("Your token is not valid any more")
        assert await page.text("gate") != ""
        assert await page.text("cases") == ""
