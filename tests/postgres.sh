#!/bin/sh
# Runs a command with a PostgreSQL server of its own on loopback; TEST_DATABASE_URL names it. The server is thrown
# away afterwards.      tests/postgres.sh .venv/bin/pytest
set -eu

programs() {
    if command -v initdb >/dev/null; then
        dirname "$(command -v initdb)"
    else
        # Debian keeps them off the PATH, a folder for each version
        found=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1)
        [ -x "$found/initdb" ] && echo "$found"
    fi
}

if [ "${1:-}" = --where ]; then
    programs
    exit
fi

bin=$(programs)
work=$(mktemp -d)
as=""
if [ "$(id -u)" = 0 ]; then # PostgreSQL refuses to run as root
    chown postgres "$work"
    as="setpriv --reuid=postgres --regid=postgres --init-groups --"
fi
stop() {
    $as "$bin/pg_ctl" -D "$work/data" -m immediate stop >/dev/null 2>&1 || true
    rm -rf "$work"
}
trap stop EXIT
trap 'exit 130' INT TERM
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
(cd "$work" && $as "$bin/initdb" -D "$work/data" -U tracker -A trust -E UTF8 --locale=C.UTF-8 --no-sync >/dev/null)
(cd "$work" && $as "$bin/pg_ctl" -D "$work/data" -w -l "$work/log" -o "-p $port -k $work -c listen_addresses=127.0.0.1 -c fsync=${FSYNC:-off} -c max_connections=300" start >/dev/null)
TEST_DATABASE_URL="postgresql+psycopg://tracker@127.0.0.1:$port/postgres" "$@"
