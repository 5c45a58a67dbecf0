/* SPDX-License-Identifier: Apache-2.0
 * Review: response and advice from the review rules, and the follow-up dates that are due. */
#include "base/text.h"
#include "care/inside.h"

#include <math.h>

struct reviewing {
    struct care_pad *p;
    const struct en_case *c;
    const struct en_target *target;
    const struct en_fact_view *view;
    struct en_review *out;
};

static bool has_outcome(const struct en_review *r, const char *outcome, bool is_unknown)
{
    for (size_t i = 0; i < r->finding_count; i++) {
        if (r->findings[i].is_unknown == is_unknown &&
            en_text_equal(en_cell(r->findings[i].tier, "outcome"), outcome)) {
            return true;
        }
    }
    return false;
}

/* First row that fits wins. */
static const struct {
    const char *outcome;
    enum en_response response;
} RESPONSES[] = {
    {"responder", EN_RESPONDER},
    {"partial", EN_PARTIAL},
    {"none", EN_NONE},
    {"too_early", EN_RESPONSE_TOO_EARLY},
};

/* First row that fits wins; "?stop" is a reason to stop that cannot be decided, which outweighs
 * everything that would let the treatment go on. */
static const struct {
    const char *outcome;
    enum en_advice advice;
} ADVICE[] = {
    {"stop", EN_ADVICE_STOP}, {"rediagnose", EN_ADVICE_REDIAGNOSE}, {"reassess", EN_ADVICE_ASK},
    {"?stop", EN_ADVICE_ASK}, {"maintain", EN_ADVICE_MAINTAIN},     {"adjust", EN_ADVICE_ADJUST},
};

static enum en_response response_of(const struct en_review *r)
{
    for (size_t i = 0; i < EN_COUNT(RESPONSES); i++) {
        if (has_outcome(r, RESPONSES[i].outcome, false)) {
            return RESPONSES[i].response;
        }
    }
    return EN_RESPONSE_UNKNOWN;
}

/* Without a reason to change: go on, unless the response is not known. */
static enum en_advice advice_of(const struct en_review *r)
{
    for (size_t i = 0; i < EN_COUNT(ADVICE); i++) {
        const char *outcome = ADVICE[i].outcome;
        const bool is_unknown = outcome[0] == '?';

        if (has_outcome(r, outcome + (is_unknown ? 1 : 0), is_unknown)) {
            return ADVICE[i].advice;
        }
    }
    return r->response == EN_RESPONSE_UNKNOWN ? EN_ADVICE_ASK : EN_ADVICE_CONTINUE;
}

static const char *pain_text(const struct reviewing *g)
{
    const struct en_review *r = g->out;

    if (isnan(r->nrs_fall)) {
        return "pain before or now is not recorded";
    }
    if (isnan(r->nrs_fall_percent)) {
        return care_print(g->p, "pain %g before, %g now", r->nrs_baseline, r->nrs_now);
    }
    return care_print(g->p, "pain %g before, %g now (%s %.0f %%)", r->nrs_baseline, r->nrs_now,
                      r->nrs_fall >= 0.0 ? "down" : "up", fabs(r->nrs_fall_percent));
}

static const char *reason_of(const struct reviewing *g)
{
    const struct en_review *r = g->out;

    if (r->sessions_given == 0) {
        return "No session is recorded in this region.";
    }
    return care_print(g->p, "%d session%s in %d days, %s: %s.", r->sessions_given,
                      r->sessions_given == 1 ? "" : "s", r->days_since_first, pain_text(g),
                      en_response_text(r->response));
}

/* Follow-up */

static bool has_score(const struct reviewing *g, en_day from, en_day to)
{
    for (size_t i = 0; i < g->c->score_count; i++) {
        if (en_text_equal(g->c->scores[i].instrument, "nrs") && g->c->scores[i].day >= from &&
            g->c->scores[i].day <= to) {
            return true;
        }
    }
    return false;
}

/* Time points that are still to come, open now, or past without a score. */
static void fill_followups(struct reviewing *g)
{
    struct en_dated_row *all = NULL;
    size_t count = 0, kept = 0;

    if (g->out->sessions_given == 0) {
        return;
    }
    care_followups(g->p, g->p->today - g->out->days_since_first, &all, &count);
    for (size_t i = 0; i < count; i++) {
        if (has_score(g, all[i].from, all[i].to)) {
            continue;
        }
        if (all[i].to < g->p->today) {
            all[i].text = care_print(g->p, "OVERDUE: %s", all[i].text);
        }
        all[kept++] = all[i];
    }
    g->out->followups = all;
    g->out->followup_count = kept;
}

/* The whole */

static void fill_numbers(struct reviewing *g)
{
    const double given = care_number(g->view, "sessions_given");
    const double days = care_number(g->view, "days_since_first_session");

    g->out->nrs_baseline = care_number(g->view, "nrs_baseline");
    g->out->nrs_now = care_number(g->view, "nrs_now");
    g->out->nrs_fall = care_number(g->view, "nrs_fall");
    g->out->nrs_fall_percent = care_number(g->view, "nrs_change_percent");
    g->out->sessions_given = given > 0.0 ? (int)given : 0;
    g->out->days_since_first = days >= 0.0 ? (int)days : 0;
}

enum en_status en_review_run(const struct en_care *care, const struct en_case *c, size_t target,
                             struct en_arena *a, struct en_review *out, struct en_err *err)
{
    struct care_pad p = care_pad(care, a);
    struct care_scene scene;
    struct care_findings f;

    *out = (struct en_review){.advice = EN_ADVICE_ASK};
    if (target >= c->target_count) {
        return en_fail(err, EN_EINVAL, "the case has %zu problem(s), there is no number %zu",
                       c->target_count, target + 1);
    }
    EN_TRY(care_scene_make(care, c, &c->targets[target], NULL, a, &scene, err));
    const struct en_fact_view view = {.knowledge = p.k, .facts = scene.facts, .today = p.today};
    struct reviewing g = {
        .p = &p, .c = c, .target = &c->targets[target], .view = &view, .out = out};

    care_rules_run(&p, "review", &scene, &f);
    out->findings = f.items;
    out->finding_count = f.count;
    out->fired_count = f.fired_count;
    care_questions(&p, &f, scene.facts, &out->questions, &out->question_count);
    fill_numbers(&g);
    out->response = response_of(out);
    out->advice = advice_of(out);
    out->reason = reason_of(&g);
    fill_followups(&g);
    const enum en_status st = care_check(&p, "the review", err);

    if (st != EN_OK) {
        *out = (struct en_review){.advice = EN_ADVICE_ASK};
    }
    return st;
}
