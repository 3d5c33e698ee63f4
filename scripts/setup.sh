#!/usr/bin/env bash
# Makes .venv with what requirements.lock says, from nothing but a Python of the version in .python-version or newer.
set -euo pipefail
cd "$(dirname "$0")/.."

wanted=$(<.python-version)
new_enough="import sys; sys.exit(sys.version_info[:2] < tuple(map(int, '$wanted'.split('.'))))"

find_python() {
  local candidate
  for candidate in "python$wanted" python3.14 python3.13 python3 python; do
    if command -v "$candidate" >/dev/null 2>&1 && "$candidate" -c "$new_enough" >/dev/null 2>&1; then
      command -v "$candidate"
      return
    fi
  done
  echo "setup: no Python $wanted or newer was found on PATH." >&2
  echo "setup: install one (for example 'pyenv install $wanted', or your system's python$wanted with its venv module)" >&2
  exit 1
}

if ! .venv/bin/python -c "$new_enough" >/dev/null 2>&1; then
  rm -rf .venv
  "$(find_python)" -m venv .venv
fi
if [[ ! -x .venv/bin/uv ]]; then
  uv=$(grep -oE '^uv==[0-9.]+' requirements.lock)
  .venv/bin/pip install --quiet --disable-pip-version-check "$uv"
fi
.venv/bin/uv pip sync --quiet --python .venv/bin/python requirements.lock
touch .venv/.ready
