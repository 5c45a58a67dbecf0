#!/bin/sh
# conformance.sh BUILD: the program before public test suites; results in test/conformance/results.txt.
# The suites are fetched from GitHub at fixed commits, once, into build/suites; SUITES names a folder
# that holds them already, each under its repository's name.
set -eu

build=$1
suites=${SUITES:-$PWD/build/suites}

# fetch OWNER/NAME COMMIT PATH...: these paths of the repository.
fetch() {
    folder=$suites/${1##*/}
    repository=https://github.com/$1
    commit=$2
    shift 2
    if [ -n "${SUITES:-}" ] || [ "$(cat "$folder/.commit" 2>/dev/null)" = "$commit" ]; then
        return
    fi
    echo "Fetching $repository"
    rm -rf "$folder"
    git init --quiet "$folder"
    git -C "$folder" fetch --quiet --depth 1 "$repository" "$commit"
    git -C "$folder" checkout --quiet FETCH_HEAD -- "$@"
    echo "$commit" >"$folder/.commit"
}

mkdir -p "$suites"
fetch FHIR/fhir-test-cases 2dee8a0f8fa0b948b4cd28f0edfc34a0322318fe validator r4/patch
fetch nst/JSONTestSuite 1ef36fa01286573e846ac449e8683f8833c5b26a test_parsing
fetch json-patch/json-patch-tests 2a928f9044aad35c74e2788d498bcf2c6b91adea .
fetch mock-health/fhir-server-compare 674a3dcd23cbdc7e0a52e76c71c9e039d0f07995 \
    conformance/testscripts/fhir-r4-base conformance/testscripts/bulk-data-v2
fetch smart-on-fhir/generated-sample-data 25ac8089f0464b8673c7669509dc0bb8f4883773 R4/SYNTHEA
(cd test/conformance && { [ -d node_modules ] || npm ci --no-audit --no-fund --loglevel=error >&2; })
status=0
node test/conformance/conformance.mjs "$build/test/judge" "$suites" test/conformance/results.txt || status=1
ENTHESIS=$PWD/$build/enthesis node test/conformance/living.mjs "$suites" || status=1
exit $status
