#!/usr/bin/env bash
# Tries the Debian package in a bare Debian 12 of its own: packaging/test_deb.sh [PACKAGE.deb]
#
# Installs it with apt, uses it as a normal user and as root (terminal, report, the window offscreen and on an X server),
# removes it, and looks for anything left behind. Needs root, debootstrap and a Debian mirror. Without a package it builds one.
# LOSSDOCTOR_SHOT names a file for a picture of the window (xwd). LOSSDOCTOR_CHROOT names where the chroot is made (default: a temporary folder, removed at the end); LOSSDOCTOR_BASE a
# tar file or folder with a bare debootstrap of bookworm to begin with, so that only the packages are fetched.
set -euo pipefail

ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
MIRROR="${LOSSDOCTOR_MIRROR:-http://deb.debian.org/debian}"
[ "$(id -u)" -eq 0 ] || { echo "test_deb.sh: needs root, for debootstrap and chroot" >&2; exit 2; }

# Mounts are made in a name space of our own: they end with this script, however it ends, and are seen by nobody else.
if [ -z "${LOSSDOCTOR_OWN_MOUNTS:-}" ]; then
  LOSSDOCTOR_OWN_MOUNTS=1 exec unshare --mount --propagation private "$0" "$@"
fi

say() { printf '\n== %s\n' "$*"; }
WORK="$(mktemp -d)"
CHROOT="${LOSSDOCTOR_CHROOT:-$WORK/chroot}"
[ ! -e "$CHROOT" ] || { echo "test_deb.sh: $CHROOT is there already; name a folder that is not" >&2; exit 2; }
clean() {
  if mountpoint -q "$CHROOT/proc"; then umount "$CHROOT/proc" || umount --lazy "$CHROOT/proc"; fi
  # Nothing is deleted while anything is mounted below, and never on another file system.
  if grep -q " $WORK/" /proc/self/mountinfo; then
    echo "test_deb.sh: something is still mounted below $WORK; it is left as it is" >&2
    return
  fi
  rm -rf --one-file-system "$WORK"
}
trap clean EXIT

# Devices of its own, not those of the machine, which a clean-up gone wrong would delete.
make_devices() {
  local name major minor
  while read -r name major minor; do
    [ -c "$CHROOT/dev/$name" ] || mknod -m 666 "$CHROOT/dev/$name" c "$major" "$minor"
  done <<<$'null 1 3\nzero 1 5\nfull 1 7\nrandom 1 8\nurandom 1 9\ntty 5 0'
  mkdir -p "$CHROOT/dev/shm"
  chmod 1777 "$CHROOT/dev/shm"
  [ -e "$CHROOT/dev/fd" ] || ln -s /proc/self/fd "$CHROOT/dev/fd"
}

make_chroot() {
  mkdir -p "$CHROOT"
  if [ -d "${LOSSDOCTOR_BASE:-}" ]; then
    cp -a "$LOSSDOCTOR_BASE/." "$CHROOT/"
  elif [ -n "${LOSSDOCTOR_BASE:-}" ]; then
    tar -xf "$LOSSDOCTOR_BASE" -C "$CHROOT"
  else
    command -v debootstrap >/dev/null || apt-get install -y -qq --no-install-recommends debootstrap
    debootstrap --variant=minbase bookworm "$CHROOT" "$MIRROR" >"$WORK/debootstrap.log" ||
      { tail "$WORK/debootstrap.log" >&2; exit 1; }
  fi
  cp /etc/resolv.conf "$CHROOT/etc/resolv.conf"
  cp /etc/hosts "$CHROOT/etc/hosts"
  mount -t proc proc "$CHROOT/proc"
  make_devices
  # No service is started in a chroot.
  printf '#!/bin/sh\nexit 101\n' >"$CHROOT/usr/sbin/policy-rc.d"
  chmod +x "$CHROOT/usr/sbin/policy-rc.d"
}

# Arrays and not functions, so that the number of a process in the background is that of the program itself.
AS_ROOT=(chroot "$CHROOT" env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive)
AS_USER=("${AS_ROOT[@]}" setpriv --reuid=1000 --regid=1000 --clear-groups env HOME=/home/ada USER=ada XDG_RUNTIME_DIR=/tmp/ada)
inside() { "${AS_ROOT[@]}" "$@"; }
as_user() { "${AS_USER[@]}" "$@"; }
# shellcheck disable=SC2016  # dpkg-query fills these in
installed_packages() { inside dpkg-query -W -f '${Package}\n' | sort; }
# What belongs to the system: not the lists and caches of apt and dpkg, not what a user keeps at home.
snapshot() {
  (cd "$CHROOT" && find . -xdev \( -path ./proc -o -path ./dev -o -path ./tmp -o -path ./home -o -path ./run -o -path ./var/cache \
    -o -path ./var/lib/apt -o -path ./var/lib/dpkg -o -path ./var/log -o -path ./root \) -prune -o -print | sort)
}

if [ $# -gt 0 ]; then
  PACKAGE="$(realpath "$1")"
else
  say "building the package"
  PACKAGE="$("$ROOT/.venv/bin/python" "$ROOT/packaging/build_deb.py" --out "$WORK/dist" | tail -1)"
fi

say "a bare Debian 12"
make_chroot
inside apt-get update -qq
# What the test itself uses, before the first look.
inside apt-get install -y -qq --no-install-recommends xvfb x11-utils x11-apps >/dev/null 2>&1
inside useradd --create-home --uid 1000 ada
install -d -o 1000 -g 1000 -m 700 "$CHROOT/tmp/ada"
snapshot >"$WORK/before"
installed_packages >"$WORK/packages-before"

say "install"
cp "$PACKAGE" "$CHROOT/tmp/lossdoctor.deb"
started=$SECONDS
inside apt-get install -y -qq --no-install-recommends /tmp/lossdoctor.deb >"$WORK/install.log" 2>&1 || { cat "$WORK/install.log"; exit 1; }
echo "installed in $((SECONDS - started)) s: $(inside dpkg-query -W lossdoctor)"
inside dpkg --audit
inside dpkg --verify lossdoctor

say "as a normal user, without a display"
as_user lossdoctor --version
examples="$(as_user /usr/lib/lossdoctor/bin/python3 -c 'from lossdoctor.resources import resource; print(resource("examples"))')"
as_user lossdoctor scan --fail-on never "$examples"
as_user lossdoctor report "$examples" -o /home/ada/report.pdf
as_user lossdoctor help licences | head -5
as_user lossdoctor doctor
[ "$(as_user lossdoctor scan "$examples" --format json | grep -c '"verdict"')" -ge 6 ]
# Workers are processes of their own.
as_user lossdoctor scan --jobs 2 --no-cache --fail-on never "$examples" >/dev/null
as_user lossdoctor inspect "$examples/01-healthy" >/dev/null

say "as root"
inside lossdoctor doctor | tail -1

say "the window, offscreen and on an X server"
stop() {
  kill "$1"
  wait "$1" 2>/dev/null || true
}
status=0
timeout 8 "${AS_USER[@]}" QT_QPA_PLATFORM=offscreen lossdoctor-gui "$examples" || status=$?
[ "$status" -eq 124 ] || { echo "the window ended with status $status" >&2; exit 1; }
echo "offscreen: stays open"
"${AS_USER[@]}" Xvfb :97 -screen 0 1400x900x24 -nolisten tcp >/dev/null 2>&1 &
server=$!
sleep 2
"${AS_USER[@]}" DISPLAY=:97 lossdoctor-gui "$examples" &
window=$!
title=""
for _ in $(seq 60); do
  title="$(as_user DISPLAY=:97 xwininfo -root -tree 2>/dev/null | grep -o '"examples [^"]*lossdoctor"' | head -1 || true)"
  [ -z "$title" ] || break
  sleep 0.5
done
[ -n "$title" ] || { echo "no window appeared" >&2; exit 1; }
echo "window: $title"
sleep 4
as_user DISPLAY=:97 xwd -root -silent -out /tmp/ada/window.xwd
[ -z "${LOSSDOCTOR_SHOT:-}" ] || cp "$CHROOT/tmp/ada/window.xwd" "$LOSSDOCTOR_SHOT"
stop "$window"
stop "$server"

say "what the desktop and the shells know"
for place in applications/org.lossdoctor.LossDoctor.desktop metainfo/org.lossdoctor.LossDoctor.metainfo.xml \
  mime/packages/org.lossdoctor.LossDoctor.xml icons/hicolor/48x48/apps/org.lossdoctor.LossDoctor.png man/man1/lossdoctor.1.gz \
  bash-completion/completions/lossdoctor zsh/vendor-completions/_lossdoctor fish/vendor_completions.d/lossdoctor.fish; do
  [ -s "$CHROOT/usr/share/$place" ] || { echo "missing: $place" >&2; exit 1; }
done
as_user env _LOSSDOCTOR_COMPLETE=bash_complete COMP_WORDS="lossdoctor sc" COMP_CWORD=1 lossdoctor

say "remove"
inside apt-get purge -y -qq lossdoctor >/dev/null 2>&1
inside apt-get autoremove --purge -y -qq >/dev/null 2>&1
installed_packages >"$WORK/packages-after"
snapshot >"$WORK/after"
comm -13 "$WORK/before" "$WORK/after" >"$WORK/left"
# Packages that were needed and stay (none should): named, so that what they own is understood.
comm -13 "$WORK/packages-before" "$WORK/packages-after" | sed 's/^/package left: /'
if [ -s "$WORK/left" ]; then
  echo "left behind:" >&2
  cat "$WORK/left" >&2
  exit 1
fi
find "$CHROOT/home/ada" -type f | sed "s#^$CHROOT#at home, the user's own: #"
echo
echo "Nothing is left behind."
