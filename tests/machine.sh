#!/bin/sh
# What the tests need beside Python: Chromium, and PostgreSQL's server programs; `machine.sh smtp-sink`: what bench-mail
# sends to. Installs it from Debian's packages where it may; else says what is missing and how to get it.
set -eu
missing=""
elsewhere="put initdb and pg_ctl on the PATH, and name the browser with CHROMIUM=/path/to/chromium."
if [ "${1:-}" = smtp-sink ]; then
    PATH="$PATH:/usr/sbin" command -v "${SMTP_SINK:-smtp-sink}" >/dev/null || missing=" postfix"
    elsewhere="name it with SMTP_SINK=/path/to/smtp-sink."
else
    "$(dirname "$0")/postgres.sh" --where >/dev/null 2>&1 || missing="$missing postgresql"
    command -v "${CHROMIUM:-chromium}" >/dev/null || missing="$missing chromium"
fi
[ -n "$missing" ] || exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installing from Debian's packages (once):$missing …"
    export DEBIAN_FRONTEND=noninteractive
    if [ "$missing" = " postfix" ]; then # the program alone: no mail server is to run here
        echo "postfix postfix/main_mailer_type select No configuration" | debconf-set-selections
    fi
    apt-get update -qq -o DPkg::Lock::Timeout=300
    # shellcheck disable=SC2086  # a list of names
    apt-get install -y -qq --no-install-recommends -o DPkg::Lock::Timeout=300 $missing >/dev/null
    exit 0
fi
echo "The tests need:$missing" >&2
echo "On Debian or Ubuntu: sudo apt-get install$missing" >&2
echo "Elsewhere: $elsewhere" >&2
exit 1
