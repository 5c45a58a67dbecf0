#!/bin/sh
# fhir_test.sh: our output before validators of others (npm packages, versions locked).
set -eu

cd test/fhir
[ -d node_modules ] || npm ci --silent --no-audit --no-fund >/dev/null
node validate.mjs
