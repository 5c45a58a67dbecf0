/* SPDX-License-Identifier: Apache-2.0
 * The verdict. Gravest wins: not suitable, cannot be decided, defer, caution, suitable. */
#include "care/inside.h"

static const char FAMILIES[] = "contraindication; suitability; dose";

static enum en_verdict verdict_of(const struct en_finding *f)
{
    switch (f->severity) {
    case EN_STOP:
        return f->is_unknown ? EN_VERDICT_UNDECIDED : EN_VERDICT_NOT_SUITABLE;
    case EN_DEFER:
        return f->is_unknown ? EN_VERDICT_UNDECIDED : EN_VERDICT_DEFER;
    case EN_CAUTION:
        return EN_VERDICT_CAUTION; /* a caution that may apply is a caution */
    case EN_INFO:
    case EN_SEVERITY_COUNT:
        break;
    }
    return EN_VERDICT_SUITABLE;
}

static void judge(struct en_assessment *out)
{
    out->verdict = EN_VERDICT_SUITABLE;
    for (size_t i = 0; i < out->finding_count; i++) {
        const struct en_finding *f = &out->findings[i];
        const enum en_verdict v = verdict_of(f);

        out->verdict = v > out->verdict ? v : out->verdict;
        out->has_stop_without_override |=
            f->severity == EN_STOP && !f->is_unknown && !f->has_override;
    }
}

/* Facts that block by themselves, whatever the rules say: even with a table of rules that forgot
 * them, nothing is decided without weight, both lists and a diagnosis. */
static const char *const NEEDED[] = {"weight", "allergy_list_reviewed", "medication_list_reviewed",
                                     "condition_known"};

static void check_needed(const struct en_fact_view *view, struct en_assessment *out)
{
    for (size_t i = 0; i < EN_COUNT(NEEDED); i++) {
        const struct en_fact f = care_fact(view, NEEDED[i]);
        const bool is_open = f.kind == EN_FACT_UNKNOWN || (f.kind == EN_FACT_BOOL && !f.truth);

        if (is_open && out->verdict < EN_VERDICT_UNDECIDED) {
            out->verdict = EN_VERDICT_UNDECIDED;
        }
    }
}

enum en_status en_assess(const struct en_care *care, const struct en_case *c,
                         const struct en_plan *plan, struct en_arena *a, struct en_assessment *out,
                         struct en_err *err)
{
    struct care_pad p = care_pad(care, a);
    const struct en_target *target = plan != NULL          ? &plan->target
                                     : c->target_count > 0 ? &c->targets[0]
                                                           : NULL;
    struct care_scene scene;
    struct care_findings f;

    *out = (struct en_assessment){.verdict = EN_VERDICT_UNDECIDED};
    EN_TRY(care_scene_make(care, c, target, plan, a, &scene, err));
    care_rules_run(&p, FAMILIES, &scene, &f);
    out->findings = f.items;
    out->finding_count = f.count;
    out->fired_count = f.fired_count;
    out->rule_count = f.rule_count;
    out->condition = target == NULL ? NULL : care_condition(p.k, target->condition);
    care_questions(&p, &f, scene.facts, &out->questions, &out->question_count);
    judge(out);
    const struct en_fact_view view = {.knowledge = p.k, .facts = scene.facts, .today = care->today};

    check_needed(&view, out);
    const enum en_status st = care_check(&p, "the assessment", err);

    if (st != EN_OK) {
        *out = (struct en_assessment){.verdict = EN_VERDICT_UNDECIDED};
    }
    return st;
}
