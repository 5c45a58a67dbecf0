/* SPDX-License-Identifier: Apache-2.0
 * Candidates: every combination of at most two departures from the usual plan, for every number of
 * sessions. */
#include "care/candidates.h"

#include "base/text.h"
#include "care/inside.h"

#include <math.h>
#include <string.h>

/* What a respect may be; place 0 is "as usual". */
enum { CHOICES_MAX = 16 };

struct choices {
    double number[CHOICES_MAX];    /* interval [d], dextrose [%], volume over usual; 0 as usual */
    const char *text[CHOICES_MAX]; /* sites, guidance; NULL as usual */
    size_t count;
};

struct search {
    const struct en_care *care;
    struct care_pad *p;
    const struct en_case *c;
    const struct en_plan_options *options;
    const struct en_candidate_limits *limits;
    struct en_candidates *out;
    struct choices choices[EN_RESPECT_COUNT];
    int sessions_from, sessions_to;
    const struct en_plan *usual;
};

/* --- what may be varied ----------------------------------------------------------------------- */

static void add_number(struct choices *c, double value)
{
    if (c->count < CHOICES_MAX) {
        c->number[c->count++] = value;
    }
}

static void add_text(struct choices *c, const char *text)
{
    if (c->count < CHOICES_MAX) {
        c->text[c->count++] = text;
    }
}

/* The numbers of a policy within low .. high; NAN: no such end. */
static void add_policy(struct search *s, enum en_respect respect, const char *policy, double low,
                       double high)
{
    const char *list = care_policy(s->p->k, policy), *item;
    double value;

    while ((item = care_next(s->p, &list)) != NULL) {
        if (en_text_number(item, &value) && !(value < low) && !(value > high)) {
            add_number(&s->choices[respect], value);
        }
    }
}

/* Sites that the condition names as primary, as a list; NULL when that is all of them, or none. */
static const char *primary_sites(struct search *s)
{
    const struct en_plan *plan = s->usual;
    const char *list = "";
    bool has_other = false;

    for (size_t i = 0; i < plan->site_count; i++) {
        const struct en_row *link = plan->sites[i].link;

        if (link != NULL && en_text_equal(en_cell(link, "role"), "primary")) {
            list = care_list_add(s->p, list, en_cell(plan->sites[i].site, "id"));
        } else {
            has_other = true;
        }
    }
    return has_other && list[0] != '\0' ? list : NULL;
}

/* Landmarks, and ultrasound where the operator has it, or nothing is known of that. */
static void add_guidance(struct search *s)
{
    const struct en_practitioner *o = s->c->practitioner_count > 0 ? &s->c->practitioners[0] : NULL;

    add_text(&s->choices[EN_RESPECT_GUIDANCE], "LM");
    if (o == NULL || o->guidance == NULL || en_list_has(o->guidance, "US")) {
        add_text(&s->choices[EN_RESPECT_GUIDANCE], "US");
    }
}

static void fill_choices(struct search *s)
{
    const struct en_row *schedule = s->usual->schedule;

    for (size_t r = 0; r < EN_RESPECT_COUNT; r++) {
        s->choices[r].count = 1;
    }
    if (schedule != NULL && s->options->interval_days == 0) {
        add_policy(s, EN_RESPECT_INTERVAL, "search_intervals",
                   en_cell_number(schedule, "interval_min_days"),
                   en_cell_number(schedule, "interval_max_days"));
    }
    if (s->options->dextrose_percent == 0.0) {
        add_policy(s, EN_RESPECT_DEXTROSE, "search_dextrose", NAN, NAN);
    }
    if (s->options->volume_scale == 0.0) {
        add_policy(s, EN_RESPECT_VOLUME, "search_volumes", NAN, NAN);
    }
    if (s->options->sites == NULL) {
        const char *list = primary_sites(s);

        if (list != NULL) {
            add_text(&s->choices[EN_RESPECT_SITES], list);
        }
    }
    if (s->options->guidance == NULL) {
        add_guidance(s);
    }
    s->choices[EN_RESPECT_EXERCISE].count = s->limits->without_exercise ? 1 : 2;
}

static int whole(const struct en_row *row, const char *column)
{
    const double value = row == NULL ? NAN : en_cell_number(row, column);

    return value > 0.0 ? (int)value : 0;
}

/* From one session to the most that the schedule names. */
static void fill_sessions(struct search *s)
{
    const struct en_row *schedule = s->usual->schedule;
    int most = whole(schedule, "sessions_max");

    most = most > 0 ? most : (int)s->usual->session_count;
    most -= s->limits->sessions_given;
    if (s->limits->max_sessions > 0 && most > s->limits->max_sessions) {
        most = s->limits->max_sessions;
    }
    s->sessions_from = 1;
    s->sessions_to = most < EN_PLAN_SESSIONS_MAX ? most : EN_PLAN_SESSIONS_MAX;
    if (s->options->sessions > 0) {
        s->sessions_from = s->sessions_to = s->options->sessions;
    }
}

/* --- one plan --------------------------------------------------------------------------------- */

static struct en_plan_options options_of(const struct search *s, const struct en_candidate *c)
{
    struct en_plan_options o = *s->options;

    o.sessions = c->sessions;
    if (c->choice[EN_RESPECT_INTERVAL] > 0) {
        o.interval_days =
            (int)s->choices[EN_RESPECT_INTERVAL].number[c->choice[EN_RESPECT_INTERVAL]];
    }
    if (c->choice[EN_RESPECT_DEXTROSE] > 0) {
        o.dextrose_percent = s->choices[EN_RESPECT_DEXTROSE].number[c->choice[EN_RESPECT_DEXTROSE]];
    }
    if (c->choice[EN_RESPECT_VOLUME] > 0) {
        o.volume_scale = s->choices[EN_RESPECT_VOLUME].number[c->choice[EN_RESPECT_VOLUME]];
    }
    if (c->choice[EN_RESPECT_SITES] > 0) {
        o.sites = s->choices[EN_RESPECT_SITES].text[c->choice[EN_RESPECT_SITES]];
    }
    if (c->choice[EN_RESPECT_GUIDANCE] > 0) {
        o.guidance = s->choices[EN_RESPECT_GUIDANCE].text[c->choice[EN_RESPECT_GUIDANCE]];
    }
    return o;
}

static void refuse(struct search *s, const char *rule, const char *reason)
{
    struct en_candidates *out = s->out;
    size_t i = 0;

    while (i < out->refusal_count && !en_text_equal(out->refusals[i].reason, reason)) {
        i++;
    }
    out->refused_count++;
    if (i < EN_REFUSALS_MAX) {
        out->refusal_count += i == out->refusal_count ? 1 : 0;
        out->refusals[i].rule = rule;
        out->refusals[i].reason = reason;
        out->refusals[i].count++;
    }
}

/* The finding that decides against a plan, gravest first; NULL: something that no rule says. */
static const struct en_finding *deciding(const struct en_assessment *a)
{
    for (size_t i = 0; i < a->finding_count; i++) {
        if (a->findings[i].severity == EN_STOP || a->findings[i].severity == EN_DEFER) {
            return &a->findings[i];
        }
    }
    return NULL;
}

/* Whether the plan may be carried out. What is kept of a refusal is text of the tables. */
static bool is_allowed(struct search *s, const struct en_plan *plan, const struct en_assessment *a)
{
    const double most = s->limits->max_dextrose_percent;

    for (size_t i = 0; i < plan->site_count && most > 0.0; i++) {
        if (plan->sites[i].dextrose_percent > most) {
            refuse(s, NULL, "Stronger dextrose than the clinician wants.");
            return false;
        }
    }
    for (size_t i = 0; i < plan->mix_count; i++) {
        if (!plan->mixes[i].mix.is_possible) {
            refuse(s, NULL, "The solution cannot be mixed from the stocks.");
            return false;
        }
    }
    if (a->verdict != EN_VERDICT_SUITABLE && a->verdict != EN_VERDICT_CAUTION) {
        const struct en_finding *f = deciding(a);

        refuse(s, f == NULL ? NULL : en_cell(f->tier, "id"),
               f == NULL ? "Weight, allergies, medicines or the diagnosis are not known."
                         : en_cell(f->tier, "message"));
        return false;
    }
    return plan->site_count > 0 && plan->session_count > 0;
}

static bool is_same_site(const struct en_plan_site *a, const struct en_plan_site *b)
{
    return a->site == b->site && a->side == b->side && a->volume_ml == b->volume_ml &&
           a->dextrose_percent == b->dextrose_percent && en_text_equal(a->guidance, b->guidance);
}

static bool is_same_plan(const struct en_plan *a, const struct en_plan *b)
{
    bool is_same = a->session_count == b->session_count && a->site_count == b->site_count;

    for (size_t i = 0; is_same && i < a->session_count; i++) {
        is_same = a->sessions[i].day == b->sessions[i].day;
    }
    for (size_t i = 0; is_same && i < a->site_count; i++) {
        is_same = is_same_site(&a->sites[i], &b->sites[i]);
    }
    return is_same;
}

static bool is_new(const struct search *s, const struct en_plan *plan)
{
    for (size_t i = 0; i < s->out->count; i++) {
        const struct en_candidate *c = &s->out->items[i];

        if (c->plan != NULL && !c->has_exercise && is_same_plan(c->plan, plan)) {
            return false;
        }
    }
    return true;
}

/* Known chance of serious harm in one session: for each kind the highest rate that applies, the
 * sum over kinds. Opinions and bounds are no rates. */
static enum en_status fill_harm(struct search *s, struct en_candidate *c, struct en_err *err)
{
    const struct en_table *t = en_table_get(s->p->k, "ae_rates");
    const struct en_table *codes = en_table_get(s->p->k, "ae_codes");
    double *highest = CARE_NEW(s->p, double, codes->row_count);
    struct care_scene scene;

    if (highest == NULL) {
        return care_check(s->p, "the rates of harm", err);
    }
    EN_TRY(care_scene_make(s->care, s->c, &c->plan->target, c->plan, s->p->a, &scene, err));
    c->serious_harm = NAN;
    for (size_t i = 0; i < t->row_count; i++) {
        const struct en_row *row = &t->rows[i];
        const struct en_row *code = en_row_find(s->p->k, "ae_codes", en_cell(row, "code"));
        const double share = en_cell_number(row, "percent") / 100.0;

        if (care_scene_truth(s->p, &scene, en_cell_expr(row, "when")) != EN_TRUE) {
            continue;
        }
        c->has_unknown_harm |= en_text_equal(en_cell(row, "kind"), "not known");
        if (code != NULL && en_cell_bool(code, "serious") && share > 0.0 &&
            !en_list_has("opinion survey; statistics; statement", en_cell(row, "kind"))) {
            double *of = &highest[code - codes->rows];

            *of = fmax(*of, share);
        }
    }
    for (size_t i = 0; i < codes->row_count; i++) {
        if (highest[i] > 0.0) {
            c->serious_harm = isnan(c->serious_harm) ? highest[i] : c->serious_harm + highest[i];
        }
    }
    return EN_OK;
}

/* Whether the plan may be carried out; what the verdict needs is given back. */
static enum en_status judge(struct search *s, struct en_candidate *c, bool *is_taken,
                            struct en_err *err)
{
    const struct en_arena_mark mark = en_arena_mark(s->p->a);
    struct en_assessment assessment;

    EN_TRY(en_assess(s->care, s->c, c->plan, s->p->a, &assessment, err));
    c->verdict = assessment.verdict;
    *is_taken = is_allowed(s, c->plan, &assessment);
    if (*is_taken) {
        EN_TRY(fill_harm(s, c, err));
    }
    en_arena_rewind(s->p->a, mark);
    return EN_OK;
}

/* Make the candidate's plan and judge it; is_taken: it may be carried out and is not there yet.
 * Memory of what is not taken is given back. */
static enum en_status try_plan(struct search *s, struct en_candidate *c, bool *is_taken,
                               struct en_err *err)
{
    const struct en_arena_mark before = en_arena_mark(s->p->a);
    struct en_plan *plan = CARE_NEW(s->p, struct en_plan, 1);

    *is_taken = false;
    if (plan == NULL) {
        return care_check(s->p, "the plans", err);
    }
    c->options = options_of(s, c);
    c->plan = plan;
    EN_TRY(en_plan_make(s->care, s->c, &c->options, s->p->a, plan, err));
    if (is_new(s, plan)) {
        EN_TRY(judge(s, c, is_taken, err));
    }
    if (!*is_taken) {
        en_arena_rewind(s->p->a, before);
    }
    return EN_OK;
}

/* --- all of them ------------------------------------------------------------------------------ */

static size_t departures(const struct en_candidate *c)
{
    size_t count = 0;

    for (size_t r = 0; r < EN_RESPECT_COUNT; r++) {
        count += c->choice[r] > 0 ? 1 : 0;
    }
    return count;
}

/* The next combination of choices, like a counter; false after the last. */
static bool next_choice(const struct search *s, struct en_candidate *c)
{
    for (size_t r = 0; r < EN_RESPECT_COUNT; r++) {
        c->choice[r]++;
        if (c->choice[r] < s->choices[r].count) {
            return true;
        }
        c->choice[r] = 0;
    }
    return false;
}

/* The same plan without the programme; NULL when there is none. */
static const struct en_candidate *without_exercise(const struct search *s,
                                                   const struct en_candidate *c)
{
    for (size_t i = 0; i < s->out->count; i++) {
        const struct en_candidate *other = &s->out->items[i];
        bool is_same =
            other->plan != NULL && !other->has_exercise && other->sessions == c->sessions;

        for (size_t r = 0; is_same && r < EN_RESPECT_EXERCISE; r++) {
            is_same = other->choice[r] == c->choice[r];
        }
        if (is_same) {
            return other;
        }
    }
    return NULL;
}

static enum en_status add_candidate(struct search *s, struct en_candidate c, struct en_err *err)
{
    bool is_taken = false;

    c.is_primary_only = c.choice[EN_RESPECT_SITES] > 0;
    if (s->out->count == EN_CANDIDATES_MAX) {
        s->out->left_count++;
        return EN_OK;
    }
    if (c.choice[EN_RESPECT_EXERCISE] > 0) {
        const struct en_candidate *alone = without_exercise(s, &c);

        if (alone == NULL) { /* refused, or the same as another */
            return EN_OK;
        }
        c = *alone;
        c.choice[EN_RESPECT_EXERCISE] = 1;
        c.has_exercise = is_taken = true;
    } else {
        EN_TRY(try_plan(s, &c, &is_taken, err));
    }
    if (is_taken) {
        s->out->items[s->out->count++] = c;
    }
    return EN_OK;
}

/* One combination in every number of sessions; one session has no interval. */
static enum en_status add_numbers(struct search *s, struct en_candidate c, struct en_err *err)
{
    const bool has_interval = c.choice[EN_RESPECT_INTERVAL] > 0;

    c.sessions = has_interval && s->sessions_from == 1 ? 2 : s->sessions_from;
    for (; c.sessions <= s->sessions_to; c.sessions++) {
        EN_TRY(add_candidate(s, c, err));
    }
    return EN_OK;
}

/* All combinations with so many departures. */
static enum en_status add_level(struct search *s, size_t level, struct en_err *err)
{
    struct en_candidate c = {.kind = EN_CANDIDATE_PLAN};
    bool is_left = true;

    while (is_left) {
        EN_TRY(departures(&c) == level ? add_numbers(s, c, err) : EN_OK);
        is_left = next_choice(s, &c);
    }
    return EN_OK;
}

static enum en_status add_plans(struct search *s, struct en_err *err)
{
    const int wanted = s->limits->max_departures;
    const size_t most = wanted > 0 && wanted < EN_CANDIDATE_DEPARTURES_MAX
                            ? (size_t)wanted
                            : (size_t)EN_CANDIDATE_DEPARTURES_MAX;

    for (size_t level = 0; level <= most; level++) {
        EN_TRY(add_level(s, level, err));
    }
    return EN_OK;
}

static void sort_refusals(struct en_candidates *out)
{
    for (size_t i = 1; i < out->refusal_count; i++) {
        const struct en_refusal one = out->refusals[i];
        size_t at = i;

        for (; at > 0 && out->refusals[at - 1].count < one.count; at--) {
            out->refusals[at] = out->refusals[at - 1];
        }
        out->refusals[at] = one;
    }
}

static enum en_status make(struct search *s, struct en_err *err)
{
    struct en_candidates *out = s->out;
    struct en_plan *usual = CARE_NEW(s->p, struct en_plan, 1);

    out->items = CARE_NEW(s->p, struct en_candidate, EN_CANDIDATES_MAX);
    out->refusals = CARE_NEW(s->p, struct en_refusal, EN_REFUSALS_MAX);
    if (usual == NULL || out->items == NULL || out->refusals == NULL) {
        return care_check(s->p, "the plans", err);
    }
    out->items[out->count++] = (struct en_candidate){.kind = EN_CANDIDATE_NOTHING};
    if (!s->limits->without_exercise) {
        out->items[out->count++] =
            (struct en_candidate){.kind = EN_CANDIDATE_EXERCISE, .has_exercise = true};
    }
    EN_TRY(en_plan_make(s->care, s->c, s->options, s->p->a, usual, err));
    s->usual = usual;
    if (usual->site_count > 0) {
        out->usual = usual;
        fill_choices(s);
        fill_sessions(s);
        EN_TRY(add_plans(s, err));
        sort_refusals(out);
    }
    return care_check(s->p, "the plans", err);
}

enum en_status en_candidates_make(const struct en_care *care, const struct en_case *c,
                                  const struct en_plan_options *options,
                                  const struct en_candidate_limits *limits, struct en_arena *a,
                                  struct en_candidates *out, struct en_err *err)
{
    struct care_pad p = care_pad(care, a);
    struct search s = {
        .care = care, .p = &p, .c = c, .options = options, .limits = limits, .out = out};

    *out = (struct en_candidates){0};
    const enum en_status st = make(&s, err);

    if (st != EN_OK) {
        *out = (struct en_candidates){0};
    }
    return st;
}
