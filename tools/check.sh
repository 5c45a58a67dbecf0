#!/bin/sh
# check.sh BUILD: everything that reads the sources: format, dependencies, words, tidy, cppcheck.
set -u

build=$1
status=0
step() {
    name=$1
    shift
    if "$@" >"$build/check.log" 2>&1; then
        echo "ok    $name"
    else
        echo "FAIL  $name"
        head -60 "$build/check.log"
        status=1
    fi
}

tidy() {
    # One file per call (clang-tidy 14 reports nonsense otherwise), two calls at a time.
    git ls-files 'src/*.c' | xargs -P 2 -n 1 clang-tidy-14 --quiet -p "$build" \
        --extra-arg=-Wno-ignored-optimization-argument 2>/dev/null |
        grep -E 'error:|warning:' && return 1
    return 0
}

# The unit as systemd reads it, and how much it leaves open (0 closed .. 100).
unit() {
    command -v systemd-analyze >/dev/null || return 0
    sed -e "s|@bindir@|$PWD/$build|" tools/enthesis.service.in >"$build/check.service"
    systemd-analyze verify "$build/check.service" &&
        systemd-analyze security --offline=true --threshold=20 "$build/check.service"
}

c_files=$(git ls-files '*.c' '*.h')
# shellcheck disable=SC2086 # a list of file names without spaces
step "format" clang-format-14 --dry-run --Werror $c_files
step "dependency order" tools/check_deps.sh
step "banned words, lengths" tools/check_banned.sh
step "requirements traced" tools/trace.sh
# shellcheck disable=SC2046
step "shell scripts" shellcheck --severity=warning $(git ls-files 'tools/*.sh' .ci/run)
step "systemd unit" unit
step "cppcheck" cppcheck --quiet --std=c11 --enable=warning,performance,portability \
    --inline-suppr --error-exitcode=1 -j 2 -I src -D__GNUC__ src
step "clang-tidy" tidy
exit $status
