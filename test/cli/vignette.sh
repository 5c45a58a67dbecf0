#!/bin/sh
# vignette.sh COMMAND [CONDITION] [FIELD=VALUE ...] [-- OPTION ...]: one case in one line.
# COMMAND is assess, plan, triage or review. The case is a healthy adult of 1976, 80 kg, seen on
# 2026-03-02 with every question answered in favour of treatment; a FIELD given here replaces that
# answer, and FIELD=- leaves it out. Printed: the verdict, then each rule that fired with its
# outcome, then how many rules cannot be decided and what would be asked.
set -u
day=2026-03-02
command=$1
condition=$2
shift 2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cat >"$work/base" <<END
born=1976-05-31
sex=male
side=right
onset=2024-01
weight=80 kg
height=180 cm
drug=none
allergy=none
allergy_list_reviewed=yes
medication_list_reviewed=yes
practitioner=SYN-0001 until 2027-12-31
privilege=knee
privilege=hip
privilege=shoulder
privilege=elbow
privilege=wrist_hand
privilege=ankle_foot
privilege=lumbar_si
privilege=cervical
privilege=thoracic
privilege=tmj
privilege=guidance-us
privilege=guidance-fl
pain_musculoskeletal=yes
structure_confirmed=yes
sij_block_positive=yes
conservative_care_tried=yes
goals_agreed=yes
evidence_acknowledged=yes
extra_reason_recorded=yes
can_follow_aftercare=yes
consent_possible=yes
emergency_kit_ok=yes
neuro_exam_done=yes
cancer_status=none
prosthesis=none
liver_disease=none
renal_disease=none
temperature=36.7 Cel
systolic=125 mm[Hg]
diastolic=78 mm[Hg]
nrs=6
psfs=4
END
for no in malignancy_at_target fracture_or_dislocation complete_tear_or_surgical spine_red_flags \
    radiculopathy spinal_defect skin_infection_at_site septic_arthritis_suspected \
    systemic_infection deep_infection_current bleeding_disorder blood_count_risk diabetes \
    immunosuppressed heart_failure la_sensitive_condition vasovagal_history smoker \
    thoracic_lung_risk arthroplasty_planned_3m hardware_in_path inflammatory_flare \
    unexplained_effusion steroid_injection_12w psychosocial_concern drives_alone; do
    echo "$no=no" >>"$work/base"
done
[ "$command" != triage ] || enthesis case new --fields | sed -n 's/^\(sx_[a-z_0-9]*\) .*/\1=no/p' |
    grep -v sx_temperature >>"$work/base"

: >"$work/own"
while [ $# -gt 0 ] && [ "$1" != -- ]; do
    printf '%s\n' "$1" >>"$work/own"
    shift
done
[ $# -eq 0 ] || shift

# The answers of the base that this vignette does not replace, then its own.
awk -F'[=@]' -v own="$work/own" 'FILENAME == own { given[$1] = 1; next } !($1 in given)' \
    "$work/own" "$work/base" >"$work/all"
grep -v '=-$' "$work/own" >>"$work/all"
printf 'new\n--today\n%s\n--condition\n%s\n--out\n%s/case.json\n' "$day" "$condition" "$work" \
    >"$work/words"
sed -e 's/^\(born\|sex\|side\|onset\)=/--\1\n/' -e t -e 's/^/--set\n/' "$work/all" >>"$work/words"
tr '\n' '\0' <"$work/words" | xargs -0 enthesis case >"$work/new" 2>&1 || {
    cat "$work/new"
    exit 1
}
enthesis "$command" "$work/case.json" --today "$day" "$@" >"$work/out" 2>&1
verdict=$(sed -n 's/^│ \(.*[^ ]\) *│$/\1/p' "$work/out" | head -n 1)
rules=$(awk '
    /^RULES THAT CANNOT/ { open_rules = 1 }
    /^(ASK OR|EVIDENCE|SITES|QUESTIONS)/ { exit }
    /^(STOP|DEFER|CAUTION|INFO) +[A-Z][A-Z]-[0-9]+/ { note($2, tolower($1)) }
    /^[A-Z][A-Z]-[0-9]+ / { note($1, "") }
    function note(id, outcome,   text) {
        text = id (outcome == "" ? "" : " " outcome) (open_rules ? "?" : "")
        if (!seen[text]++) { printf "%s%s", sep, text; sep = ", " }
    }' "$work/out")
echo "${verdict:-$(head -n 3 "$work/out")} | ${rules:-no rule}"
[ -z "${SHOW:-}" ] || cat "$work/out"
