#!/bin/sh
# corpus.sh BUILD: every stored fuzz input through its target, without the fuzzer.
set -u

count=0
failures=0
for replay in "$1"/fuzz/replay_*; do
    [ -f "$replay" ] && [ -x "$replay" ] || continue
    target=${replay##*/replay_}
    for input in fuzz/corpus/"$target"/*; do
        [ -f "$input" ] || continue
        count=$((count + 1))
        if "$replay" "$input"; then
            echo "ok $count - $input"
        else
            failures=$((failures + 1))
            echo "not ok $count - $input"
        fi
    done
done
[ "$failures" -eq 0 ]
