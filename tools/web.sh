#!/bin/sh
# web.sh: the packages that build the clinic's page (versions locked), fetched when they changed.
set -eu

cd "$(dirname "$0")/../web"
seen=node_modules/.fetched
if ! cmp -s package-lock.json "$seen" 2>/dev/null; then
    npm ci --no-audit --no-fund --loglevel=error >&2
    cp package-lock.json "$seen"
fi
