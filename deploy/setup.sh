#!/bin/sh
# Brings .venv to what the locks say, with uv when it is there and with pip otherwise; does nothing when it is there already.
set -eu
cd "$(dirname "$0")/.."

fail() {
    echo "setup: $1" >&2
    exit 1
}

find_python() {
    for candidate in ${PYTHON:-} python3.11 python3 python3.12 python3.13; do
        if command -v "$candidate" >/dev/null 2>&1 &&
            "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            echo "$candidate"
            return
        fi
    done
    fail "Python 3.11 or newer is needed; set PYTHON=/path/to/python3.11 if it is not on the PATH."
}

python=$(find_python)
wanted=$("$python" -c 'import hashlib, pathlib
text = b"".join(pathlib.Path(name).read_bytes() for name in ("pyproject.toml", "uv.lock", "requirements.lock"))
print(hashlib.sha256(text).hexdigest())')
stamp=.venv/.wayhome-setup
if [ -x .venv/bin/python ] && [ "$(cat "$stamp" 2>/dev/null || true)" = "$wanted" ]; then
    exit 0
fi

# Optional settings of a shell that would make pip or uv behave otherwise here than elsewhere.
unset PYTHONPATH PYTHONHOME VIRTUAL_ENV || true
if command -v uv >/dev/null 2>&1 && [ "${WAYHOME_SETUP:-}" != pip ]; then
    echo "setup: installing what uv.lock says into .venv, with uv"
    uv sync --locked --quiet --all-extras --all-groups --python "$python"
else
    echo "setup: installing what requirements.lock says into .venv, with pip (about a minute)"
    if [ ! -x .venv/bin/python ]; then
        "$python" -m venv .venv || fail "this Python cannot make environments; on Debian: apt install python3-venv"
    fi
    .venv/bin/python -m pip --version >/dev/null 2>&1 || .venv/bin/python -m ensurepip >/dev/null
    pip="env PIP_DISABLE_PIP_VERSION_CHECK=1 .venv/bin/python -m pip --quiet install"
    $pip --require-hashes --requirement requirements.lock
    # The build backend is in the lock too, so the package itself is built offline and from checked files.
    $pip --no-deps --no-build-isolation --editable .
fi
.venv/bin/python -c 'import deploy, services, shared' || fail "the package is not importable from .venv"
echo "$wanted" >"$stamp"
echo "setup: done"
