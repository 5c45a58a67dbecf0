#!/bin/sh
# web_test.sh [NAME...]: the clinic's page in Debian's Chromium: test/web/NAME.test.mjs, or all.
set -eu

(
    cd test/web
    [ -d node_modules ] || npm ci --no-audit --no-fund --loglevel=error >&2
)
(cd web && npm run --silent check) >&2
ENTHESIS=${ENTHESIS:-$PWD/build/enthesis} node test/web/web.mjs "$@"
