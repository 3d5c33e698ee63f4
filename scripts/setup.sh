#!/usr/bin/env bash
# Makes .venv with what requirements.lock says, from nothing but a Python of the version in .python-version or newer.
set -euo pipefail
cd "$(dirname "$0")/.."

stop() {
  printf 'set-up: %s\n' "$@" >&2
  exit 1
}

case "$(uname -s)" in
  MINGW* | MSYS* | CYGWIN*) stop "on Windows this runs in WSL (Windows Subsystem for Linux): 'wsl --install', then there." ;;
esac

wanted=$(tr -d '\r\n' <.python-version)
new_enough="import sys; sys.exit(sys.version_info[:2] < tuple(map(int, '$wanted'.split('.'))))"

find_python() {
  local candidate
  for candidate in "python$wanted" python3.14 python3.13 python3 python; do
    if command -v "$candidate" >/dev/null 2>&1 && "$candidate" -c "$new_enough" >/dev/null 2>&1; then
      command -v "$candidate"
      return
    fi
  done
  return 1
}

# An environment that an interrupted set-up left half-made is made anew.
if ! .venv/bin/python -c "$new_enough" >/dev/null 2>&1 || ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
  python=$(find_python) || stop "no Python $wanted or newer was found on PATH." \
    "install one, for example 'pyenv install $wanted', or your system's python$wanted with its venv module."
  rm -rf .venv
  "$python" -m venv .venv || {
    rm -rf .venv
    stop "$python has no working venv module: install it, for example 'apt install python$wanted-venv'."
  }
fi

# Packages come from where pip is set to take them: uv does not read pip's settings.
if [[ -z ${UV_DEFAULT_INDEX:-}${UV_INDEX_URL:-} ]]; then
  index=${PIP_INDEX_URL:-}
  settings=$(.venv/bin/python -m pip config list 2>/dev/null || true)
  for section in install global; do
    [[ -n $index ]] || index=$(sed -n "s/^$section\.index-url='\(.*\)'\$/\1/p" <<<"$settings")
  done
  [[ -z $index ]] || export UV_DEFAULT_INDEX=$index
fi

# Where the home cannot be written, uv keeps its cache here.
cache=${UV_CACHE_DIR:-${XDG_CACHE_HOME:-${HOME:-/nonexistent}/.cache}/uv}
if ! mkdir -p "$cache" 2>/dev/null || [[ ! -w $cache ]]; then
  export UV_CACHE_DIR=$PWD/.venv/.uv-cache
fi

if ! .venv/bin/uv --version >/dev/null 2>&1; then
  uv=$(sed -n 's/^\(uv==[0-9.]*\).*/\1/p' requirements.lock)
  .venv/bin/python -m pip install --quiet --disable-pip-version-check --force-reinstall "$uv" ||
    stop "pip could not install $uv: is there a network, or a package mirror that pip is set to use?"
fi
.venv/bin/uv pip sync --quiet --python .venv/bin/python requirements.lock
touch .venv/.ready
