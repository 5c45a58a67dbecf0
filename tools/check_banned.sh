#!/bin/sh
# check_banned.sh: words that must not stand in the sources, file lengths, line lengths.
set -u

status=0
complain() {
    echo "$1" >&2
    status=1
}

# ban PATTERN MESSAGE [PATHS TO LEAVE OUT]
ban() {
    found=$(git ls-files 'src/*.[ch]' 'fuzz/*.c' 'bench/*.c' | grep -vE "${3:-^$}" |
        xargs grep -nE "(^|[^a-zA-Z0-9_>.])$1\(" /dev/null | grep -vE ':[0-9]+: *(/?\*|//)')
    [ -z "$found" ] || complain "$found
  -> $2"
}

ban '(strcpy|strcat|sprintf|vsprintf)' 'use en_buf_print or snprintf'
ban '(gets|strtok|atoi|atof)' 'use base/text.h'
ban '(rand|srand)' 'use num/random.h: a stream is a function of the seed'
ban '(localtime|gmtime|asctime|ctime)' 'use base/date.h'
ban '(system|popen|alloca|setjmp|longjmp)' 'not in this program' '^bench/'
ban '(malloc|calloc|realloc|free)' 'use an arena (base/arena.h)' '^src/base/|^src/store/db_|^fuzz/|^bench/'
ban '(printf|puts|putchar)' 'write to a buffer; cli prints' '^src/cli/|^fuzz/|^bench/'
ban '(getenv|exit|abort)' 'only cli and main talk to the system' '^src/cli/|^src/main|^fuzz/|^bench/'
ban '(time|clock_gettime|gettimeofday)' 'ask base/clock.h; decisions are handed their day' '^src/base/clock.c|^bench/'

# What the clinic approved and set is not in the tables of the start.
found=$(git ls-files 'src/server/*.c' | grep -vE '/(clinic_case|demo_fill|demo_switches|server|tables|policies)\.c$' |
    xargs grep -nE '(server|[^a-z]s)->knowledge' /dev/null)
[ -z "$found" ] || complain "$found
  -> ask en_server_knowledge(server, request); a job takes en_tables_take"

# Characters, not bytes: mawk would count the bytes of UTF-8.
found=$(git ls-files '*.c' '*.h' | LC_ALL=C.UTF-8 xargs grep -nE '^.{101,}' /dev/null | cut -c1-120)
[ -z "$found" ] || complain "$found
  -> over 100 columns"
for file in $(git ls-files '*.c'); do
    [ "$(wc -l <"$file")" -le 800 ] || complain "$file: over 800 lines, split it"
done
for file in $(git ls-files '*.h'); do
    [ "$(wc -l <"$file")" -le 330 ] || complain "$file: over 330 lines, split it"
    head -1 "$file" | grep -q 'SPDX-License-Identifier: Apache-2.0' || complain "$file: no SPDX line"
done
for file in $(git ls-files 'tools/*.sh'); do
    [ "$(wc -l <"$file")" -le 70 ] || complain "$file: over 70 lines"
done
exit $status
