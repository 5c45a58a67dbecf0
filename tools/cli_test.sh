#!/bin/sh
# cli_test.sh [FILE...]: run the transcripts of test/cli and compare. A transcript is text with
#   # what must hold
#   $ command          run by sh in the project's folder; `enthesis` is the program under test
#   the output         standard output and errors as they come
#   ? 2                exit status, left out when 0
# UPDATE=1 writes the transcripts anew instead; read the difference before you commit it.
set -u

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/bin"
ln -s "${ENTHESIS:-$PWD/build/enthesis}" "$work/bin/enthesis"
export PATH="$work/bin:$PATH" TMP="$work" LC_ALL=C.UTF-8
count=0
failures=0

# Run the commands of a transcript and print the transcript as it should read.
replay() {
    while IFS= read -r line || [ -n "$line" ]; do
        case $line in
        '$ '*)
            printf '%s\n' "$line"
            status=0
            sh -c "${line#??}" </dev/null >"$work/out" 2>&1 || status=$?
            cat "$work/out"
            [ "$status" -eq 0 ] || echo "? $status"
            ;;
        '#'*) printf '%s\n' "$line" ;;
        esac
    done <"$1"
}

[ $# -gt 0 ] || set -- test/cli/*.test
for file in "$@"; do
    replay "$file" >"$work/actual"
    count=$((count + 1))
    if [ "${UPDATE:-0}" = 1 ]; then
        cp "$work/actual" "$file"
    fi
    if diff -u "$file" "$work/actual" >"$work/diff"; then
        echo "ok $count - $file"
    else
        failures=$((failures + 1))
        echo "not ok $count - $file"
        sed -e 's/^/# /' "$work/diff"
    fi
done
[ "$failures" -eq 0 ]
