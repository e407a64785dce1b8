#!/bin/sh
# What the tests need beside Python: Chromium, and PostgreSQL's server programs. Installs them from Debian's packages
# where it may; else says what is missing and how to get it.
set -eu
missing=""
"$(dirname "$0")/postgres.sh" --where >/dev/null 2>&1 || missing="$missing postgresql"
command -v "${CHROMIUM:-chromium}" >/dev/null || missing="$missing chromium"
[ -n "$missing" ] || exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installing from Debian's packages (once):$missing …"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq -o DPkg::Lock::Timeout=300
    # shellcheck disable=SC2086  # a list of names
    apt-get install -y -qq --no-install-recommends -o DPkg::Lock::Timeout=300 $missing >/dev/null
    exit 0
fi
echo "The tests need:$missing" >&2
echo "On Debian or Ubuntu: sudo apt-get install$missing" >&2
echo "Elsewhere: put initdb and pg_ctl on the PATH, and name the browser with CHROMIUM=/path/to/chromium." >&2
exit 1
