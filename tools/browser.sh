#!/usr/bin/env bash
# Chromium for the browser journeys. By apt where that may be; else says what is missing.
set -eu
for name in chromium chromium-browser google-chrome; do
  command -v "$name" >/dev/null 2>&1 && exit 0
done
if command -v apt-get >/dev/null 2>&1 && [ "$(id -u)" = 0 ]; then
  echo "Installing Chromium by apt …"
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core >/dev/null
  exit 0
fi
echo "Chromium is missing: the browser journeys will be skipped (they fail in CI). Install the package 'chromium'." >&2
[ -z "${CI:-}" ] || exit 1
