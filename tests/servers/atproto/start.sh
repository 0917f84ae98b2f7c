#!/usr/bin/env bash
# Starts PostgreSQL, Redis and the AT Protocol network on 127.0.0.1, each time empty,
# and prints the path of ready.json, which names the endpoints.
# AT_RATE_LIMITS=1 turns on the PDS's real request limits.
set -euo pipefail
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$HERE/env.sh"
[ -f "$AT_APP/.installed" ] || { echo "run install.sh first" >&2; exit 1; }
"$HERE/stop.sh" >/dev/null 2>&1
rm -rf "$AT_RUN"
mkdir -p "$AT_RUN/tmp"
# A start that fails leaves nothing running.
trap 'status=$?; [ $status = 0 ] || "$HERE/stop.sh"' EXIT
PG_BIN=$(at_pg_bin)

# The data lies in /tmp, because the user postgres cannot look into root's home.
if [ "$(id -u)" = 0 ]; then PG_DATA=$(runuser -u postgres -- mktemp -d /tmp/at-pg.XXXXXX)
else PG_DATA=$(mktemp -d /tmp/at-pg.XXXXXX); fi
echo "$PG_DATA" > "$AT_RUN/pg.data"
cd /tmp
at_as_pg "$PG_BIN/initdb" -D "$PG_DATA/db" -U pg -A trust -E UTF8 --locale=C.UTF-8 --no-sync \
    >"$AT_RUN/initdb.log" 2>&1
# Nothing here has to survive a crash, so nothing waits for the disk.
pg_options="-c listen_addresses=127.0.0.1 -c port=$AT_PG_PORT -c unix_socket_directories=''"
pg_options+=" -c fsync=off -c full_page_writes=off -c synchronous_commit=off -c max_connections=200"
at_as_pg "$PG_BIN/pg_ctl" -D "$PG_DATA/db" -l "$PG_DATA/log" -w -t 30 -o "$pg_options" start \
    >"$AT_RUN/pg_ctl.log" 2>&1 || { cat "$PG_DATA/log" >&2; exit 1; }

redis-server --bind 127.0.0.1 --port "$AT_REDIS_PORT" --save '' --appendonly no --dir "$AT_RUN" \
    >"$AT_RUN/redis.log" 2>&1 </dev/null &
echo $! > "$AT_RUN/redis.pid"

export DB_POSTGRES_URL=postgresql://pg@127.0.0.1:$AT_PG_PORT/postgres DB_POSTGRES_SCHEMA=net
export REDIS_HOST=127.0.0.1:$AT_REDIS_PORT READY_FILE=$AT_RUN/ready.json
export AT_PLC_PORT AT_PDS_PORT AT_APPVIEW_PORT AT_OZONE_PORT AT_RATE_LIMITS=${AT_RATE_LIMITS:-0}
export TMPDIR=$AT_RUN/tmp LOG_ENABLED=${LOG_ENABLED:-false} NODE_ENV=test
cd "$AT_APP"
"$(at_node bin node)" "$HERE/network.mjs" >"$AT_RUN/network.log" 2>&1 </dev/null &
pid=$!
echo "$pid" > "$AT_RUN/network.pid"
for ((i = 0; i < AT_START_TIMEOUT * 5; i++)); do
    [ -f "$READY_FILE" ] && { echo "$READY_FILE"; exit 0; }
    kill -0 "$pid" 2>/dev/null || { echo "the network ended while starting:" >&2; tail -30 "$AT_RUN/network.log" >&2; exit 1; }
    sleep 0.2
done
echo "the network was not ready within $AT_START_TIMEOUT s:" >&2
tail -30 "$AT_RUN/network.log" >&2
exit 1
