#!/usr/bin/env bash
# What tests need beside Python: Chromium for the journeys, Java for Spark, a C compiler for the fault shim. By apt where that may be; else says what is missing.
set -eu
missing=()
browser=
for name in chromium chromium-browser google-chrome; do
  command -v "$name" >/dev/null 2>&1 && browser=$name
done
[ -n "$browser" ] || missing+=(chromium fonts-dejavu-core)
command -v java >/dev/null 2>&1 || missing+=(openjdk-17-jre-headless)
command -v cc >/dev/null 2>&1 || missing+=(gcc libc6-dev)
[ "${#missing[@]}" -gt 0 ] || exit 0
if command -v apt-get >/dev/null 2>&1 && [ "$(id -u)" = 0 ]; then
  echo "Installing ${missing[*]} by apt …"
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
  exit 0
fi
echo "Missing: ${missing[*]}. Tests that need them are skipped (they fail in CI)." >&2
[ -z "${CI:-}" ] || exit 1
