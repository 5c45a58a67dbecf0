#!/bin/sh
# check_deps.sh: a module includes only those below it (docs/architecture.md, the table).
set -eu

allowed() {
    case $1 in
    base) echo base ;;
    num) echo base num ;;
    heal) echo base num heal ;;
    cohort) echo base num heal cohort ;;
    forecast) echo base num heal cohort forecast ;;
    knowledge) echo base knowledge ;;
    care) echo base knowledge care ;;
    fhir) echo base knowledge care fhir ;;
    store) echo base knowledge care fhir store ;;
    report) echo base num heal cohort forecast knowledge care report ;;
    app) echo base num heal cohort forecast knowledge care fhir store report app ;;
    server) echo base knowledge care fhir store report app server ;;
    cli) echo base num heal cohort forecast knowledge care fhir store report app server cli ;;
    *) echo "check_deps.sh: no row for the module $1" >&2; exit 1 ;;
    esac
}

status=0
for folder in src/*/; do
    module=$(basename "$folder")
    row=$(allowed "$module")
    for used in $(grep -rhoE '^#include "[a-z]+/' "$folder" | sed -e 's/.*"//' -e 's|/||' | sort -u); do
        case " $row " in
        *" $used "*) ;;
        *)
            echo "$module may not include $used; it may include: $row" >&2
            status=1
            ;;
        esac
    done
done
exit $status
