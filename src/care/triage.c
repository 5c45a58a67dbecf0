/* SPDX-License-Identifier: Apache-2.0
 * Triage: the highest level of all that fired; an unknown answer that could make it an emergency
 * raises it by one. */
#include "base/text.h"
#include "care/inside.h"

static enum en_triage_level level_of(const struct en_row *tier)
{
    const char *outcome = en_cell(tier, "outcome");

    if (en_text_equal(outcome, "E")) {
        return EN_TRIAGE_EMERGENCY;
    }
    if (en_text_equal(outcome, "S")) {
        return EN_TRIAGE_SAME_DAY;
    }
    return en_text_equal(outcome, "U") ? EN_TRIAGE_SOON : EN_TRIAGE_ROUTINE;
}

static const char *time_limit(struct care_pad *p, enum en_triage_level level)
{
    switch (level) {
    case EN_TRIAGE_EMERGENCY:
        return "now";
    case EN_TRIAGE_SAME_DAY:
        return care_print(p, "today, within %g hours", en_limit(p->k, "triage.same_day"));
    case EN_TRIAGE_SOON:
        return care_print(p, "within %g to %g hours", en_limit(p->k, "triage.soon_from"),
                          en_limit(p->k, "triage.soon_to"));
    case EN_TRIAGE_ROUTINE:
        break;
    }
    return "no fixed time; call again when anything changes";
}

static void decide(struct en_triage *out)
{
    bool is_emergency_open = false;

    out->level = EN_TRIAGE_ROUTINE;
    for (size_t i = 0; i < out->finding_count; i++) {
        const struct en_finding *f = &out->findings[i];
        const enum en_triage_level level = level_of(f->tier);

        if (f->is_unknown) {
            is_emergency_open |= level == EN_TRIAGE_EMERGENCY;
        } else if (level < out->level) {
            out->level = level;
        }
    }
    if (is_emergency_open && out->level != EN_TRIAGE_EMERGENCY) {
        out->level--;
        out->was_raised = true;
    }
}

enum en_status en_triage_run(const struct en_care *care, const struct en_case *c,
                             struct en_arena *a, struct en_triage *out, struct en_err *err)
{
    struct care_pad p = care_pad(care, a);
    const struct en_target *target = c->target_count > 0 ? &c->targets[0] : NULL;
    struct care_scene scene;
    struct care_findings f;

    *out = (struct en_triage){.level = EN_TRIAGE_EMERGENCY};
    EN_TRY(care_scene_make(care, c, target, NULL, a, &scene, err));
    care_rules_run(&p, "triage", &scene, &f);
    out->findings = f.items;
    out->finding_count = f.count;
    out->fired_count = f.fired_count;
    decide(out);
    out->time_limit = time_limit(&p, out->level);
    const enum en_status st = care_check(&p, "the triage", err);

    if (st != EN_OK) {
        *out = (struct en_triage){.level = EN_TRIAGE_EMERGENCY}; /* never a lower one by accident */
    }
    return st;
}
