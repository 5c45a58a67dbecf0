#!/bin/sh
# fhir_test.sh: our output before validators of others (npm packages, versions locked).
set -eu

cd test/fhir
[ -d node_modules ] || npm ci --no-audit --no-fund --loglevel=error >&2
node validate.mjs
