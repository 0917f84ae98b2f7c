#!/usr/bin/env bash
# Ends what start.sh started, by process id, and removes the database's files.
# Does nothing when nothing runs, and also cleans up after a failed start.
set -uo pipefail
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$HERE/env.sh"

# A pid file may be left from before a reboot: what has that id now must be ours.
runs() { tr '\0' ' ' 2>/dev/null <"/proc/$1/cmdline" | grep -q -- "$2"; } 2>/dev/null

for name in network.mjs redis-server; do
    file=$AT_RUN/${name%%[.-]*}.pid
    [ -f "$file" ] || continue
    pid=$(cat "$file")
    runs "$pid" "$name" && kill "$pid"
    for _ in $(seq 50); do runs "$pid" "$name" || break; sleep 0.2; done
    runs "$pid" "$name" && kill -9 "$pid"
    rm -f "$file"
done
if [ -f "$AT_RUN/pg.data" ]; then
    data=$(cat "$AT_RUN/pg.data")
    at_as_pg "$(at_pg_bin)/pg_ctl" -D "$data/db" -m immediate -w stop >/dev/null 2>&1
    # Only ever the folder that start.sh made.
    case $data in /tmp/at-pg.*) rm -rf "$data" ;; esac
    rm -f "$AT_RUN/pg.data"
fi
rm -f "$AT_RUN/ready.json"
exit 0
