/* SPDX-License-Identifier: Apache-2.0
 * Whether a plan may be approved: by whom, on what verdict, and whether it is still the plan that
 * the verdict was about. */
#include "care/inside.h"

#include "base/text.h"
#include "care/session.h"

static void check_plan(const struct en_approving *s, struct en_arena *a, struct en_breaches *out)
{
    if (s->was_altered) {
        en_breach_add(out, "approve-plan", "CarePlan", a,
                      "the plan, or what it was made by, was changed since: plan it anew");
    }
    if (s->is_overdue) {
        en_breach_add(out, "approve-plan", "CarePlan.period", a,
                      "its first session would lie before today: plan it anew");
    }
}

/* SAFETY: what cannot be decided does not allow. */
static void check_verdict(const struct en_care *care, const struct en_approving *s,
                          struct en_arena *a, struct en_breaches *out)
{
    const double most_h = en_limit(care->knowledge, "checklist.rules_max_age");

    if (!(s->verdict_age_h >= 0.0 && s->verdict_age_h <= most_h)) {
        en_breach_add(out, "approve-verdict", "GuidanceResponse.occurrenceDateTime", a,
                      "the verdict on the plan is older than %.0f h: plan it anew", most_h);
        return;
    }
    if (s->has_changed_since) {
        en_breach_add(out, "approve-verdict", "GuidanceResponse", a,
                      "the record changed after the plan was made: plan it anew");
    }
    if (!s->verdict_allows) {
        en_breach_add(out, "approve-verdict", "GuidanceResponse.extension", a,
                      "the verdict of today does not allow this plan");
    }
}

static void check_privileges(const struct en_approving *s, struct en_arena *a,
                             struct en_breaches *out)
{
    if (en_text_is_empty(s->regions)) {
        en_breach_add(out, "approve-plan", "ServiceRequest.bodySite", a,
                      "the region that the plan is for is not known");
        return;
    }
    care_check_held(s->regions, s->signer->regions, "region", a, out);
    care_check_held(care_needing_privilege(s->guidance, a), s->signer->guidance, "guidance", a,
                    out);
}

void en_session_check_approving(const struct en_care *care, const struct en_approving *s,
                                struct en_arena *a, struct en_breaches *out)
{
    care_check_licence(care, s->signer, a, out);
    if (s->signer != NULL) {
        check_privileges(s, a, out);
    }
    check_plan(s, a, out);
    check_verdict(care, s, a, out);
}
