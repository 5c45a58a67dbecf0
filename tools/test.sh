#!/bin/sh
# test.sh BUILD: run every part of the tests and end with one line over all: N passed, N failed.
# Parts speak TAP ("ok 1 - name", "not ok 2 - name"); a part that dies counts as one failure.
set -u

build=$1
log=$build/test.tap
: >"$log"

# part NAME COMMAND...: run, keep the TAP lines, show what failed.
part() {
    name=$1
    shift
    status=0
    "$@" >"$build/part.tap" 2>"$build/part.err" || status=$?
    grep -E '^(not )?ok ' "$build/part.tap" >>"$log"
    failed=$(grep -c '^not ok ' "$build/part.tap")
    passed=$(grep -c '^ok ' "$build/part.tap")
    if [ "$status" -ne 0 ] && [ "$failed" -eq 0 ] || [ "$((passed + failed))" -eq 0 ]; then
        echo "not ok 1 - $name ended with status $status" >>"$log"
        failed=$((failed + 1))
    fi
    printf '%-28s %4d passed, %d failed\n' "$name" "$passed" "$failed"
    sed -n 's/^# budget /    /p' "$build/part.tap"
    [ "$failed" -eq 0 ] || grep -vE '^ok ' "$build/part.tap" | cat - "$build/part.err" | head -60
}

export CMOCKA_MESSAGE_OUTPUT=TAP ENTHESIS="$PWD/$build/enthesis"
# A clang build of meson prints its leak report only at exit: keep it an error.
export ASAN_OPTIONS=detect_leaks=1 UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
# Fonts stay in caches of the libraries until the end: no leak of ours.
printf "leak:libfontconfig\nleak:libpango\nleak:libcairo\n" >"$build/lsan.txt"
export LSAN_OPTIONS="suppressions=$PWD/$build/lsan.txt:print_suppressions=0"
for program in "$build"/test/test_*; do
    [ -f "$program" ] && [ -x "$program" ] && part "$(basename "$program")" "$program"
done
part "fuzz corpus" tools/corpus.sh "$build"
part "nothing lost" node test/durable/durable.mjs
part "command line" tools/cli_test.sh
part "fhir validators" tools/fhir_test.sh
part "fhir client" tools/rest_test.sh
part "operations" node test/operate/operate.mjs
part "the page" tools/web_test.sh
part "demo clinic" node test/demo/demo.mjs
passed=$(grep -c '^ok ' "$log")
failed=$(grep -c '^not ok ' "$log")
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
