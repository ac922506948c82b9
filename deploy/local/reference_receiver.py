"""A complete receiver of webhooks to copy; needs `cryptography` only: `python reference_receiver.py 8099 whpk_...`."""

import base64
import json
import re
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

LARGEST_BODY, TOLERANCE_SECONDS = 20_000, 300
SEEN: set[str] = set()  # keep these in your database, for ever: a delivery may come again after years


def verified(key: Ed25519PublicKey, identity: str, at: str, signatures: str, body: bytes) -> bool:
    """Whether one of the signatures is the sender's over exactly this, and made just now."""
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,128}", identity) or not re.fullmatch(r"[0-9]{1,12}", at):
        return False
    for version, _, encoded in (item.partition(",") for item in signatures.split(" ")[:20]):
        try:
            if version == "v1a" and abs(time.time() - int(at)) <= TOLERANCE_SECONDS:
                key.verify(base64.b64decode(encoded, validate=True), f"{identity}.{at}.".encode() + body)
                return True
        except (InvalidSignature, ValueError):
            continue
    return False


class Receiver(BaseHTTPRequestHandler):
    """Answers 204 once a delivery is safe here, and 4xx to what is none."""

    key: Ed25519PublicKey

    def do_POST(self) -> None:
        """Size first, then the signature, then whether it is known; only then act."""
        length = int(self.headers.get("content-length") or 0)
        body = self.rfile.read(min(length, 10 * LARGEST_BODY))
        identity, at, signatures = (self.headers.get(f"webhook-{it}", "") for it in ("id", "timestamp", "signature"))
        status = 413 if length > LARGEST_BODY else 204 if verified(self.key, identity, at, signatures, body) else 401
        message = json.loads(body) if status == 204 else {}
        if status == 204 and identity not in SEEN and message["type"] != "endpoint.test":  # no case starts on a test
            print(message["type"], message["data"].get("agency_case_ref"))  # noqa: T201 - your own work goes here
        SEEN.update([identity] if status == 204 else [])
        self.send_response(status)
        self.end_headers()


def serve(port: int, public_key: str) -> ThreadingHTTPServer:
    """A receiver for one sender, known by its public key `whpk_...`."""
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public_key.removeprefix("whpk_")))
    return ThreadingHTTPServer(("127.0.0.1", port), type("Keyed", (Receiver,), {"key": key}))


if __name__ == "__main__":
    serve(int(sys.argv[1]), sys.argv[2]).serve_forever()
