#!/bin/sh
# trace.sh: each of the 132 requirements names what answers it. Rules, items, texts, tables and
# commands that are named must exist; a rejection needs its reason.
set -eu

ids=$(mktemp)
trap 'rm -f "$ids"' EXIT
cut -f 1 knowledge/rules.tsv knowledge/checklist.tsv knowledge/texts.tsv knowledge/limits.tsv \
    knowledge/policies.tsv knowledge/conditions.tsv >"$ids"
# AC-08.cold is a variant of the item AC-08.
cut -f 1 knowledge/aftercare.tsv | sed -e 's/\..*//' >>"$ids"
for table in knowledge/*.tsv; do
    basename "$table" .tsv | sed -e 's/^/table /' >>"$ids"
done
sed -n -e 's/^## \(enthesis [a-z]*\).*/\1/p' docs/commands.md >>"$ids"

awk -F '\t' '
    function complain(text) { print $1 ": " text; bad = 1 }
    function known(what) {
        if (what ~ /^enthesis /) { split(what, word, " "); return ("enthesis " word[2]) in exists }
        if (what ~ /^(table|[A-Z][A-Z]-[0-9])/) return what in exists
        if (what ~ /^text /) return substr(what, 6) in exists
        return 1 # a document, an issue to come, a sentence
    }
    NR == FNR { exists[$0] = 1; next }
    /^#/ { next }
    FNR == 1 { for (i = 1; i <= NF; i++) column[$i] = i; next }
    {
        count++
        answer = $column["answered_by"]
        if ($column["kind"] == "" || answer == "") complain("unanswered")
        if ($column["kind"] == "rejected" && answer !~ /^rejected: ./) complain("no reason")
        n = split(answer, part, /; */)
        for (i = 1; i <= n; i++) if (!known(part[i])) complain("no such thing: " part[i])
    }
    END { if (count != 132) { print count " requirements, not 132"; bad = 1 }; exit bad }
' "$ids" knowledge/requirements.tsv
