#!/bin/sh
# What `make up` does: secrets on first use, build, start, wait until healthy, and say where everything is.
set -eu
cd "$(dirname "$0")/../.."

docker compose version >/dev/null 2>&1 || {
    echo "make up: Docker with the compose plugin is needed; 'make demo' runs everything without." >&2
    exit 2
}
# Settings of .env that this script needs itself; the shell's own environment comes first, as with compose.
setting() {
    value=$(printenv "$1" || true)
    [ -n "$value" ] || value=$(sed -n "s/^$1=//p" .env 2>/dev/null | tail -n 1)
    echo "${value:-$2}"
}

folder=$(setting WAYHOME_SECRETS ./.local/compose/secrets)
mkdir -p "$folder"
chmod 0700 "$folder"
docker compose build secrets
docker compose run --rm secrets
docker compose up --detach --wait

if [ "$(setting WAYHOME_LOCAL_ISSUER 1)" = 1 ]; then
    token="docker compose exec issuer python -m deploy.compose.issuer token --role caseworker --office ZRH"
else
    token="from $(setting WAYHOME_OIDC_ISSUER "your identity provider"); docs/operations.md, People and systems sign in"
fi
url=$(setting WAYHOME_PUBLIC_URL "http://127.0.0.1:$(setting WAYHOME_PORT 8000)")
cat <<END

Wayhome is up.
  APIs       $url/registry/docs  $url/returns/docs
             $url/reintegration/docs  $url/reporting/docs
  Dashboard  $url/reporting/v1/dashboard#token=<token of a programme_manager>
  A token    $token
  Parked     docker compose exec returns-worker python -m deploy.compose.entrypoint services.returns parked
  Logs       docker compose logs --follow returns returns-worker
  Run-book   docs/operations.md
END
