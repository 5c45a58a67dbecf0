#!/bin/sh
# rest_test.sh: a FHIR client of others and HL7's examples (npm packages, versions locked) before a
# running server, on SQLite and on PostgreSQL.
set -eu

(
    cd test/rest
    [ -d node_modules ] || npm ci --no-audit --no-fund --loglevel=error >&2
)
node test/rest/rest.mjs
