"""Open an encrypted package, to copy; needs `joserfc` only: `python reference_package.py key.json < package.jose`.

`key.json` is your X25519 key pair as a JSON Web Key. `python reference_package.py new key.json` makes one and prints
the public half, which the administration enters for you; the file never leaves you.
"""

import json
import os
import sys
from typing import Any

from joserfc import jwe
from joserfc.jwk import OKPKey

ALGORITHMS = ["ECDH-ES+A256KW", "A256GCM"]  # nothing else is accepted, whatever the package says


def new_key() -> dict[str, Any]:
    """A key pair: `x` is public, `d` is not."""
    made: dict[str, Any] = OKPKey.generate_key("X25519", private=True).as_dict(private=True)
    return {name: made[name] for name in ("kty", "crv", "x", "d")}


def opened(token: str, key: dict[str, Any]) -> dict[str, Any]:
    """The package; raises joserfc.errors.JoseError when it was not encrypted to this key, or was changed."""
    plain = jwe.decrypt_compact(token, OKPKey.import_key(key), algorithms=ALGORITHMS).plaintext
    package: dict[str, Any] = json.loads(plain or b"null")
    return package


if __name__ == "__main__":
    if sys.argv[1] == "new":
        pair = new_key()
        with open(os.open(sys.argv[2], os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump(pair, file)
        print(pair["x"])  # noqa: T201 - this is what it is for
    else:
        with open(sys.argv[1]) as file:
            print(json.dumps(opened(sys.stdin.read().strip(), json.load(file)), indent=1))  # noqa: T201 - as above
