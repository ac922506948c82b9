#!/bin/sh
# Gets the Compose program from Debian's packages where there is none, so that a build machine can ask it about our files.
# Debian 12 itself has Compose 1 only; the package of Debian 13 holds one static program, which is taken out and not
# installed. Signatures are checked by apt; nothing outside the given folder changes; it gives up after two minutes.
set -eu
folder=${1:?usage: fetch_compose.sh <folder>}
program=$folder/docker-compose
[ ! -x "$program" ] || exit 0
sources=/etc/apt/sources.list.d/debian.sources
[ -r "$sources" ] && command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null || {
    echo "fetch_compose: this is no Debian with apt sources in $sources" >&2
    exit 1
}
mkdir -p "$folder"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/sources" "$work/lists/partial" "$work/cache/archives/partial" "$work/package"
sed 's/bookworm/trixie/g' "$sources" >"$work/sources/debian.sources"
cat >"$work/apt.conf" <<END
Dir::Etc::sourcelist "/dev/null";
Dir::Etc::sourceparts "$work/sources";
Dir::State::lists "$work/lists";
Dir::Cache "$work/cache";
APT::Sandbox::User "";
Acquire::Languages "none";
Acquire::http::Timeout "20";
Acquire::https::Timeout "20";
Acquire::Retries "1";
END
cd "$work"
export APT_CONFIG="$work/apt.conf"
timeout 60 apt-get update -qq
timeout 60 apt-get download -qq docker-compose
dpkg-deb -x docker-compose_*.deb "$work/package"
install -m 0755 "$work/package/usr/libexec/docker/cli-plugins/docker-compose" "$program"
"$program" version
