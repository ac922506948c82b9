"""Proves the profile `identity` on a real engine: people sign in, systems identify themselves, scopes hold.

`.venv/bin/python -m deploy.compose.prove_identity`, in a project of its own that it removes afterwards with its data.
A person signs in as a browser would (authorization code with PKCE); the system of an agency proves itself with a key.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
import secrets
import tempfile
import time
import uuid
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import parse_qs, urlsplit

import httpx
import typer
from joserfc import jwt
from joserfc.jwk import ECKey

from deploy.compose.project import Project
from deploy.compose.prove import FAILURES, NotProven, play, step, up

PASSWORD = secrets.token_urlsafe(18)
AGENCY = "00000000-0000-4000-8000-00000000a9e0"
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
SETTINGS = """COMPOSE_PROFILES=identity
WAYHOME_LOCAL_ISSUER=0
WAYHOME_IDENTITY_UPSTREAM=http://keycloak:8080
WAYHOME_PUBLIC_URL={url}
WAYHOME_OIDC_ISSUER={url}/identity/realms/wayhome
WAYHOME_OIDC_JWKS_URL=http://keycloak:8080/identity/realms/wayhome/protocol/openid-connect/certs
"""
"""What .env.example says an operator sets, for the address of this proof."""


def expect(what: str, found: object, wanted: object) -> None:
    """Say what was seen; raises NotProven when it is something else."""
    typer.echo(f"   {what}: {found}")
    if found != wanted:
        raise NotProven(f"{what}: {found} instead of {wanted}")


class Realm:
    """The realm as its administrator, a person and a system use it, all through the gateway."""

    def __init__(self, url: str, administrator_password: str) -> None:
        self.url = url
        self.realm = f"{url}/identity/realms/wayhome"
        self._admin = f"{url}/identity/admin/realms/wayhome"
        self._web = httpx.Client(timeout=30)
        form = {
            "grant_type": "password",
            "client_id": "admin-cli",
            "username": "administrator",
            "password": administrator_password,
        }
        answer = self._web.post(f"{url}/identity/realms/master/protocol/openid-connect/token", data=form)
        self._web.headers["Authorization"] = f"Bearer {answer.raise_for_status().json()['access_token']}"

    def _client(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = self._web.get(f"{self._admin}/clients", params={"clientId": name}).json()[0]
        return found

    def grant(self, user: str, role: str) -> None:
        """Give a user (or the account of a system) one of our roles."""
        client = self._client("wayhome")["id"]
        found = self._web.get(f"{self._admin}/clients/{client}/roles/{role}").json()
        self._web.post(f"{self._admin}/users/{user}/role-mappings/clients/{client}", json=[found]).raise_for_status()

    def person(self, name: str, role: str, **scope: list[str]) -> None:
        """A person with a role and the scope it acts in."""
        credentials = [{"type": "password", "value": PASSWORD, "temporary": False}]
        entry = {"username": name, "enabled": True, "attributes": scope, "credentials": credentials}
        made = self._web.post(f"{self._admin}/users", json=entry).raise_for_status()
        self.grant(made.headers["Location"].rsplit("/", 1)[1], role)

    def system(self, name: str, key: ECKey, **scope: list[str]) -> None:
        """A system of an agency, made from the pattern of the realm, known by its public key."""
        pattern = self._client("wayhome-agency")
        pattern.pop("id")
        for mapper in pattern["protocolMappers"]:
            mapper.pop("id")
        keys = {"use.jwks.string": "true", "jwks.string": json.dumps({"keys": [key.as_dict(private=False)]})}
        entry = {**pattern, "clientId": name, "enabled": True, "attributes": {**pattern["attributes"], **keys}}
        made = self._web.post(f"{self._admin}/clients", json=entry).raise_for_status()
        client = made.headers["Location"].rsplit("/", 1)[1]
        service = self._client("wayhome")["id"]
        roles = self._web.get(f"{self._admin}/clients/{service}/roles").json()
        allowed = [role for role in roles if role["name"] in ("partner_agency", "caseworker")]
        mapping = f"{self._admin}/clients/{client}/scope-mappings/clients/{service}"
        self._web.post(mapping, json=[role for role in allowed if role["name"] == "partner_agency"]).raise_for_status()
        account = self._web.get(f"{self._admin}/clients/{client}/service-account-user").json()
        self._web.put(f"{self._admin}/users/{account['id']}", json={**account, "attributes": scope}).raise_for_status()
        for role in ("partner_agency", "caseworker"):  # the second by mistake: the scope of the client keeps it out
            self.grant(account["id"], role)

    def sign_in(self, name: str) -> str:
        """A token of a person, by the form in the browser and a code with PKCE; raises NotProven when it is refused."""
        verifier = secrets.token_urlsafe(48)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        back = f"{self.url}/reporting/v1/dashboard"
        question = {
            "client_id": "wayhome-desk",
            "response_type": "code",
            "scope": "openid",
            "redirect_uri": back,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        with httpx.Client(timeout=30) as browser:
            form = browser.get(f"{self.realm}/protocol/openid-connect/auth", params=question)
            action = re.search(r'action="([^"]+)"', form.text)
            if action is None:
                raise NotProven(f"no form to sign in: {form.status_code}")
            for cookie in browser.cookies.jar:
                cookie.secure = False  # browsers send such cookies to a loopback address, this client does not
            answer = browser.post(html.unescape(action[1]), data={"username": name, "password": PASSWORD})
            code = parse_qs(urlsplit(answer.headers.get("location", "")).query).get("code")
            if code is None:
                raise NotProven(f"{name} was not signed in: {answer.status_code}")
            exchange = {
                "grant_type": "authorization_code",
                "client_id": "wayhome-desk",
                "code": code[0],
                "redirect_uri": back,
                "code_verifier": verifier,
            }
            told = browser.post(f"{self.realm}/protocol/openid-connect/token", data=exchange)
        token: str = told.raise_for_status().json()["access_token"]
        return token

    def identify(self, name: str, key: ECKey) -> httpx.Response:
        """What a system gets for an assertion signed with its key."""
        now = int(time.time())
        claims = {
            "iss": name,
            "sub": name,
            "aud": self.realm,
            "iat": now,
            "exp": now + 60,
            "jti": str(uuid.uuid4()),
        }
        form = {
            "grant_type": "client_credentials",
            "client_assertion_type": ASSERTION,
            "client_assertion": jwt.encode({"alg": "ES256", "kid": key.kid}, claims, key),
        }
        return httpx.post(f"{self.realm}/protocol/openid-connect/token", data=form, timeout=30)


def claims_of(token: str) -> dict[str, Any]:
    """What a token says, unchecked."""
    part = token.split(".")[1]
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return found


def asked(url: str, path: str, token: str) -> int:
    """The status of a GET through the gateway."""
    return httpx.get(url + path, headers={"Authorization": f"Bearer {token}"}, timeout=30).status_code


def people(realm: Realm) -> None:
    """Persons with a role, with another role, and with none; raises NotProven."""
    realm.person("counsellor", "caseworker", offices=["ZRH"])
    realm.person("delegate", "partnership_delegate", side=["origin"], partnership_id=[str(uuid.uuid4())])
    token = realm.sign_in("counsellor")
    claims = claims_of(token)
    expect("roles and offices of the counsellor", (claims["roles"], claims["offices"]), (["caseworker"], ["ZRH"]))
    expect("audience", claims["aud"], "wayhome")
    named = {"name", "given_name", "family_name", "email", "preferred_username", "resource_access"} & claims.keys()
    expect("names in the token", sorted(named), [])
    expect("the counsellor's worklist", asked(realm.url, "/returns/v1/worklist", token), 200)
    expect("budgets, for the counsellor", asked(realm.url, "/reintegration/v1/budgets", token), 403)
    expect("cases, for a delegate", asked(realm.url, "/returns/v1/cases", realm.sign_in("delegate")), 403)
    head, body, seal = token.split(".")
    changed = f"{head}.{body}.{seal[:-6]}AAAAA{seal[-1]}"
    expect("a token that was changed", asked(realm.url, "/returns/v1/worklist", changed), 401)


def systems(realm: Realm) -> None:
    """A system with a key, and one with another key; raises NotProven."""
    key, other = (ECKey.generate_key("P-256", {"use": "sig", "alg": "ES256"}, auto_kid=True) for _ in range(2))
    realm.system("agency-1", key, agency_id=[AGENCY])
    answer = realm.identify("agency-1", key)
    expect("the agency's system with its key", answer.status_code, 200)
    token = answer.json()["access_token"]
    claims = claims_of(token)
    expect("its roles and agency", (claims["roles"], claims["agency_id"]), (["partner_agency"], AGENCY))
    expect("its webhook endpoints", asked(realm.url, "/registry/v1/webhook-endpoints", token), 200)
    expect("cases, for the agency", asked(realm.url, "/returns/v1/cases", token), 403)
    expect("with somebody else's key", realm.identify("agency-1", other).status_code in (400, 401), True)
    expect("the pattern itself", realm.identify("wayhome-agency", key).status_code in (400, 401), True)


def prove(project: Project) -> None:
    """The whole proof; raises NotProven, RuntimeError, TimeoutError or httpx.HTTPError."""
    with step("build, secrets, up --wait with the profile identity"):
        project.run("build", "secrets")
        project.run("run", "--rm", "secrets")
        up(project)
    path = "/run/secrets/identity-administrator-password"
    password = project.run("exec", "-T", "keycloak", "cat", path).strip()
    realm = Realm(project.url, password)
    with step("people sign in"):
        people(realm)
    with step("systems identify themselves"):
        systems(realm)
    with step("kill -9 keycloak: who has a token goes on, and it comes back"):
        token = realm.sign_in("counsellor")
        typer.echo(f"   healthy again after {project.kill('keycloak'):.0f} s")
        expect("the token from before", asked(realm.url, "/returns/v1/worklist", token), 200)
        expect("signing in again", asked(realm.url, "/returns/v1/worklist", realm.sign_in("counsellor")), 200)


def main(
    port: Annotated[int, typer.Option(help="Where the gateway is published.")] = 8766,
    patience: Annotated[float, typer.Option(help="Seconds until a killed Keycloak must be healthy again.")] = 300.0,
    keep: Annotated[bool, typer.Option("--keep", help="Leave everything running afterwards.")] = False,
) -> None:
    """Prove it; exit 0 only if everything held."""
    project = Project("wayhome-identity-proof", Path(tempfile.gettempdir()) / "wayhome-identity-proof", port, patience)
    settings = SETTINGS.format(url=project.url)
    play(project, lambda: prove(project), keep=keep, settings=settings, failures=(*FAILURES, httpx.HTTPError))


if __name__ == "__main__":
    typer.run(main)
