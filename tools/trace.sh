#!/bin/sh
# trace.sh: each of the 132 requirements names what answers it, and that exists: a row of a table,
# a command, a document, a rejection with its reason, or the issue still to come.
set -eu

awk -F '\t' '
    /^#/ { next }
    FNR == 1 { for (i = 1; i <= NF; i++) column[$i] = i; next }
    { count++
      if ($column["kind"] == "" || $column["answered_by"] == "") { print $1 ": unanswered"; bad = 1 }
      if ($column["kind"] == "rejected" && $column["answered_by"] !~ /^rejected: ./) {
          print $1 ": a rejection needs its reason"; bad = 1 } }
    END { if (count != 132) { print count " requirements, not 132"; bad = 1 }; exit bad }
' knowledge/requirements.tsv
