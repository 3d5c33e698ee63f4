#!/usr/bin/env bash
# Debian's chromium and its driver, for `make test-browser`: installed where this runs as root on a system with
# apt-get. Elsewhere it says what is missing and goes on; the tests are then skipped with the reason.
set -euo pipefail

missing=()
for command in chromium chromedriver pdftoppm; do
  command -v "$command" >/dev/null 2>&1 || missing+=("$command")
done
if ((${#missing[@]} == 0)); then
  exit 0
fi
if [[ $(id -u) == 0 ]] && command -v apt-get >/dev/null 2>&1; then
  export DEBIAN_FRONTEND=noninteractive
  if { apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium chromium-driver poppler-utils; } \
    >/dev/null; then
    exit 0
  fi
fi
echo "browser: ${missing[*]} not found and not installed; tests that need them are skipped" >&2
