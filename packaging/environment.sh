# shellcheck shell=bash
# Makes the environment that packaging/run and packaging/test share. Sourced by both, never run.
#
# What is done once is not done again: .venv/stamp holds a hash of everything the environment depends on.

ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
VENV="$ROOT/.venv"

# "library:package": what Qt loads and Debian does not install by itself. lossdoctor/cli/display.py names the same packages.
QT_LIBRARIES=(
  libEGL.so.1:libegl1
  libGL.so.1:libgl1
  libglib-2.0.so.0:libglib2.0-0
  libxkbcommon.so.0:libxkbcommon0
  libfontconfig.so.1:libfontconfig1
  libdbus-1.so.3:libdbus-1-3
  libxkbcommon-x11.so.0:libxkbcommon-x11-0
  libxcb-cursor.so.0:libxcb-cursor0
  libxcb-icccm.so.4:libxcb-icccm4
  libxcb-image.so.0:libxcb-image0
  libxcb-keysyms.so.1:libxcb-keysyms1
  libxcb-randr.so.0:libxcb-randr0
  libxcb-render-util.so.0:libxcb-render-util0
  libxcb-shape.so.0:libxcb-shape0
  libwayland-cursor.so.0:libwayland-cursor0
)
# "command:package": what the tests use besides.
TEST_PROGRAMS=(Xvfb:xvfb pdftotext:poppler-utils)

# A bare Debian has python3.11 but neither of the two that can put pip into an environment.
CAN_MAKE='
import importlib.util as u, sys
sys.exit(not (u.find_spec("venv") and (u.find_spec("ensurepip") or u.find_spec("pip"))))'

say() { printf '%s\n' "$*" >&2; }

# Sets PYTHON to a Python >= 3.11, preferring one that can make environments; empty when there is none.
find_python() {
  local candidate fallback=""
  PYTHON=""
  for candidate in "${LOSSDOCTOR_PYTHON:-}" python3.13 python3.12 python3.11 python3 /usr/bin/python3; do
    [ -n "$candidate" ] || continue
    # Started for real: a version manager's stand-in exists for versions that are not installed.
    "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue
    if "$candidate" -c "$CAN_MAKE" 2>/dev/null; then
      PYTHON="$candidate"
      return
    fi
    fallback="${fallback:-$candidate}"
  done
  PYTHON="$fallback"
}

can_make_environments() { [ -n "$PYTHON" ] && "$PYTHON" -c "$CAN_MAKE" 2>/dev/null; }

missing_python_packages() {
  [ -x "$VENV/bin/python" ] && "$VENV/bin/python" -c 'import pip' 2>/dev/null && return
  find_python
  can_make_environments || echo python3-venv
}

missing_qt_packages() {
  local known entry
  known="$(/sbin/ldconfig -p 2>/dev/null || true)"
  [ -n "$known" ] || return 0 # no such list here: lossdoctor itself says what it misses
  for entry in "${QT_LIBRARIES[@]}"; do
    case "$known" in *"${entry%%:*} "*) ;; *) echo "${entry#*:}" ;; esac
  done
  # Qt draws no letter without a font; any font will do.
  [ -d /usr/share/fonts/truetype ] || [ -d /usr/share/fonts/opentype ] || echo fonts-dejavu-core
}

missing_test_packages() {
  local entry
  for entry in "${TEST_PROGRAMS[@]}"; do
    command -v "${entry%%:*}" >/dev/null 2>&1 || echo "${entry#*:}"
  done
}

# install_packages PACKAGE...: as root installs them, otherwise says the exact line; goes on either way, since much works
# without them.
install_packages() {
  [ $# -gt 0 ] || return 0
  if ! command -v apt-get >/dev/null 2>&1; then
    say "Missing: $* (names of the Debian packages; install what your system calls them)."
    return 0
  fi
  if [ "$(id -u)" -ne 0 ]; then
    say "Some Debian packages are missing. Run this once:"
    say "  sudo apt-get update && sudo apt-get install -y --no-install-recommends $*"
    return 0
  fi
  say "Installing with apt-get: $*"
  # stdout of these commands belongs to lossdoctor; apt's goes to stderr.
  if ! { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"; } >&2; then
    say "apt-get could not install them; going on without."
  fi
}

# make_environment EXTRA: .venv with lossdoctor, editable, and an extra ("" or "test"), unless it is there already.
make_environment() {
  local extra="$1" wanted have=""
  wanted="$(inputs_hash)"
  [ -f "$VENV/stamp" ] && have="$(cat "$VENV/stamp")"
  # The test environment serves packaging/run too, not the other way round.
  if [ -x "$VENV/bin/python" ] && { [ "$have" = "$wanted $extra" ] || [ "$have" = "$wanted test" ]; }; then
    return
  fi
  if [ ! -x "$VENV/bin/python" ] || ! "$VENV/bin/python" -m pip --version >/dev/null 2>&1; then
    create_venv
  fi
  say "Installing lossdoctor and what it needs into .venv (once; about 600 MB on disk) ..."
  rm -f "$VENV/stamp"
  "$VENV/bin/python" -m pip install -q --disable-pip-version-check --no-input \
    -c "$ROOT/packaging/constraints.txt" -e "$ROOT${extra:+[$extra]}" >&2 || {
    say "pip could not install the dependencies; the lines above say why. Without access to PyPI, set PIP_INDEX_URL to a mirror."
    exit 1
  }
  # Anew: the first time there was no interpreter to count in.
  printf '%s %s' "$(inputs_hash)" "$extra" >"$VENV/stamp"
}

create_venv() {
  find_python
  if ! can_make_environments; then
    if [ -n "$PYTHON" ]; then
      say "$PYTHON cannot make environments without the package above; LOSSDOCTOR_PYTHON may name another Python."
    else
      say "No Python 3.11 or newer was found. Set LOSSDOCTOR_PYTHON to one."
    fi
    exit 1
  fi
  say "Making .venv with $("$PYTHON" --version 2>&1) ..."
  rm -rf "$VENV"
  if "$PYTHON" -c 'import ensurepip' 2>/dev/null; then
    "$PYTHON" -m venv "$VENV"
  else
    # Debian's python3-pip without python3-venv.
    "$PYTHON" -m venv --without-pip "$VENV" &&
      "$PYTHON" -m pip --python "$VENV/bin/python" install -q --disable-pip-version-check pip >&2
  fi || { say "$PYTHON could not make $VENV; the lines above say why."; exit 1; }
}

# The place counts too: a moved checkout needs its scripts written again.
inputs_hash() {
  { echo "$ROOT"; readlink -f "$VENV/bin/python" || true; cat "$ROOT/pyproject.toml" "$ROOT/packaging/constraints.txt"; } |
    sha256sum | cut -d' ' -f1
}
