/* SPDX-License-Identifier: Apache-2.0 */
#include "care/ready.h"

#include "base/text.h"
#include "care/inside.h"

#include <assert.h>

const char *en_ready_code(enum en_ready state)
{
    static const char *const CODES[] = {"yes", "at_arrival", "no", "stopped"};

    return CODES[state];
}

const char *en_ready_kind_code(enum en_ready_kind kind)
{
    static const char *const CODES[EN_READY_KINDS] = {
        "consent", "plan", "verdict", "answers", "labs", "stock", "checklist", "performer",
    };

    return CODES[kind];
}

struct judging {
    struct care_pad *p;
    const struct en_ready_request *rq;
    struct en_readiness *out;
};

static void set(struct judging *j, enum en_ready_kind kind, enum en_ready state, const char *reason)
{
    j->out->parts[kind].state = state;
    j->out->parts[kind].reason = reason;
}

/* Room for the details of a part; false when memory is full, which care_check tells. */
static bool room(struct care_pad *p, struct en_ready_part *part, size_t count)
{
    part->details = CARE_NEW(p, struct en_ready_detail, count == 0 ? 1 : count);
    return part->details != NULL;
}

/* Consent and plan */

static void judge_consent(struct judging *j)
{
    static const struct {
        enum en_ready state;
        const char *reason;
    } ROWS[] = {
        [EN_FALSE] = {EN_READY_NO, "missing"},
        [EN_TRUE] = {EN_READY_YES, "active"},
        [EN_UNKNOWN] = {EN_READY_NO, "unknown"},
    };

    set(j, EN_READY_CONSENT, ROWS[j->rq->consent].state, ROWS[j->rq->consent].reason);
}

static void judge_plan(struct judging *j)
{
    static const char *const REASONS[] = {"none", "draft", "approved"};

    set(j, EN_READY_PLAN, j->rq->plan == EN_READY_PLAN_APPROVED ? EN_READY_YES : EN_READY_NO,
        REASONS[j->rq->plan]);
}

/* Questions */

static bool is_lab(const struct judging *j, const struct en_row *fact)
{
    const char *labs = care_policy(j->p->k, "lab_facts");

    return labs != NULL && en_list_has(labs, en_cell(fact, "id"));
}

/* Only of the day itself. */
static bool is_of_the_day(const struct en_row *fact)
{
    return en_cell_number(fact, "max_age_days") == 0.0;
}

static void add_question(struct en_ready_part *part, const struct en_question *q, bool at_arrival)
{
    const char *question = en_cell(q->fact, "question");

    part->details[part->count++] = (struct en_ready_detail){
        .id = en_cell(q->fact, "id"),
        .text = question[0] != '\0' ? question : en_cell(q->fact, "title"),
        .why = q->is_stale ? "stale" : "unknown",
        .as_of = q->is_stale ? q->as_of : EN_DAY_UNKNOWN,
        .at_arrival = at_arrival,
    };
    if (!at_arrival) {
        part->state = EN_READY_NO;
    } else if (part->state == EN_READY_YES) {
        part->state = EN_READY_AT_ARRIVAL;
    }
}

/* A question about who gives it: the part of the performer judges that. */
static bool is_of_performer(const struct en_question *q)
{
    return en_text_equal(en_cell(q->fact, "resource"), "PractitionerRole");
}

static bool waits(const struct en_question *q)
{
    return q->severity <= EN_DEFER && !is_of_performer(q);
}

static bool asks(const struct en_assessment *s, const struct en_row *fact)
{
    for (size_t i = 0; i < s->question_count; i++) {
        if (s->questions[i].fact == fact && s->questions[i].severity <= EN_DEFER) {
            return true;
        }
    }
    return false;
}

/* What would still be open with the lists reviewed; and of what is open now only the reviews
 * themselves, since the rest of it follows from them. */
static void judge_questions(struct judging *j)
{
    const struct en_assessment *now = j->rq->assessment;
    const struct en_assessment *then = j->rq->expected == NULL ? now : j->rq->expected;
    struct en_ready_part *answers = &j->out->parts[EN_READY_ANSWERS];
    struct en_ready_part *labs = &j->out->parts[EN_READY_LABS];

    if (now == NULL) {
        set(j, EN_READY_ANSWERS, EN_READY_NO, "unknown");
        set(j, EN_READY_LABS, EN_READY_NO, "unknown");
        return;
    }
    if (!room(j->p, answers, now->question_count + then->question_count) ||
        !room(j->p, labs, then->question_count)) {
        return;
    }
    answers->state = labs->state = EN_READY_YES;
    for (size_t i = 0; i < then->question_count; i++) {
        const struct en_question *q = &then->questions[i];

        if (waits(q)) {
            add_question(is_lab(j, q->fact) ? labs : answers, q, is_of_the_day(q->fact));
        }
    }
    for (size_t i = 0; i < now->question_count; i++) {
        const struct en_question *q = &now->questions[i];

        if (waits(q) && is_of_the_day(q->fact) && !asks(then, q->fact)) {
            add_question(answers, q, true);
        }
    }
    answers->reason = answers->count == 0 ? "answered" : "open";
    labs->reason = labs->count == 0 ? "current" : "due";
}

/* Verdict */

static void add_stops(struct judging *j, const struct en_assessment *s)
{
    struct en_ready_part *part = &j->out->parts[EN_READY_VERDICT];

    if (!room(j->p, part, s->fired_count)) {
        return;
    }
    for (size_t i = 0; i < s->fired_count; i++) {
        const struct en_finding *f = &s->findings[i];

        if (f->severity <= EN_DEFER) {
            part->details[part->count++] = (struct en_ready_detail){
                .id = en_cell(f->rule, "id"),
                .text = en_cell(f->rule, "title"),
                .why = f->severity == EN_STOP ? "stop" : "defer",
                .as_of = EN_DAY_UNKNOWN,
            };
        }
    }
}

/* An open verdict is as ready as its questions; without any that we know of, it is not. */
static void judge_open(struct judging *j, const struct en_assessment *s)
{
    const enum en_ready answers = j->out->parts[EN_READY_ANSWERS].state;
    const enum en_ready labs = j->out->parts[EN_READY_LABS].state;
    const enum en_ready worst = answers > labs ? answers : labs;
    bool waits_for_performer = false;

    for (size_t i = 0; i < s->question_count; i++) {
        waits_for_performer = waits_for_performer || (s->questions[i].severity <= EN_DEFER &&
                                                      is_of_performer(&s->questions[i]));
    }
    if (worst != EN_READY_NO && waits_for_performer) {
        set(j, EN_READY_VERDICT, EN_READY_NO, "performer");
    } else {
        set(j, EN_READY_VERDICT, worst == EN_READY_YES ? EN_READY_NO : worst, "open");
    }
}

static void judge_verdict(struct judging *j)
{
    const struct en_assessment *s = j->rq->assessment;

    if (s == NULL) {
        set(j, EN_READY_VERDICT, EN_READY_NO, "unknown");
        return;
    }
    switch (s->verdict) {
    case EN_VERDICT_SUITABLE:
        set(j, EN_READY_VERDICT, EN_READY_YES, "suitable");
        break;
    case EN_VERDICT_CAUTION:
        set(j, EN_READY_VERDICT, EN_READY_YES, "caution");
        break;
    case EN_VERDICT_DEFER:
        set(j, EN_READY_VERDICT, EN_READY_STOPPED, "deferred");
        break;
    case EN_VERDICT_NOT_SUITABLE:
        set(j, EN_READY_VERDICT, EN_READY_STOPPED, "not_suitable");
        break;
    case EN_VERDICT_UNDECIDED:
        judge_open(j, s);
        break;
    }
    add_stops(j, s);
    if (s->verdict == EN_VERDICT_UNDECIDED && j->out->parts[EN_READY_VERDICT].count > 0) {
        set(j, EN_READY_VERDICT, EN_READY_STOPPED, "deferred"); /* whatever else is open */
    }
}

/* Checklist */

static void judge_checklist(struct judging *j)
{
    const struct en_table *table = en_table_get(j->p->k, "checklist");
    struct en_ready_part *part = &j->out->parts[EN_READY_CHECKLIST];
    const bool is_begun = j->rq->checklist != NULL;

    if (!room(j->p, part, table->row_count)) {
        return;
    }
    part->state = EN_READY_YES;
    for (size_t i = 0; i < table->row_count; i++) {
        const struct en_row *row = &table->rows[i];
        const enum en_truth answer = is_begun ? j->rq->checklist[i] : EN_UNKNOWN;
        const bool may_be_no = !en_text_equal(en_cell(row, "required"), "yes");

        if (!en_cell_bool(row, "before_signing") || answer == EN_TRUE ||
            (may_be_no && answer == EN_FALSE)) {
            continue;
        }
        part->details[part->count++] = (struct en_ready_detail){
            .id = en_cell(row, "id"),
            .text = en_cell(row, "item"),
            .why = answer == EN_FALSE ? "refused" : "unknown",
            .as_of = EN_DAY_UNKNOWN,
            .at_arrival = answer != EN_FALSE,
        };
        const enum en_ready state = answer == EN_FALSE ? EN_READY_NO : EN_READY_AT_ARRIVAL;

        part->state = state > part->state ? state : part->state;
    }
    part->reason = part->count == 0 ? "complete" : is_begun ? "begun" : "not_begun";
}

/* Who gives it */

static void add_lack(struct judging *j, const char *id, const char *why)
{
    struct en_ready_part *part = &j->out->parts[EN_READY_PERFORMER];

    for (size_t i = 0; i < part->count; i++) {
        if (en_text_equal(part->details[i].id, id)) {
            return;
        }
    }
    part->details[part->count++] =
        (struct en_ready_detail){.id = id, .text = "", .why = why, .as_of = EN_DAY_UNKNOWN};
}

/* Landmarks need no privilege of their own. */
static void judge_privileges(struct judging *j, const struct en_practitioner *o)
{
    const struct en_plan *plan = j->rq->recipe;

    for (size_t i = 0; plan != NULL && i < plan->site_count; i++) {
        const char *region = en_cell(plan->sites[i].site, "region");
        const char *guidance = plan->sites[i].guidance;

        if (o->regions == NULL || !en_list_has(o->regions, region)) {
            add_lack(j, region, o->regions == NULL ? "unknown" : "not_held");
        }
        if (!en_text_equal(guidance, "LM") &&
            (guidance == NULL || o->guidance == NULL || !en_list_has(o->guidance, guidance))) {
            add_lack(j, guidance == NULL ? "guidance" : guidance,
                     guidance == NULL || o->guidance == NULL ? "unknown" : "not_held");
        }
    }
}

static void judge_performer(struct judging *j)
{
    const struct en_practitioner *o = j->rq->performer;
    const struct en_plan *plan = j->rq->recipe;
    struct en_ready_part *part = &j->out->parts[EN_READY_PERFORMER];

    if (!room(j->p, part, plan == NULL ? 1 : 2 * plan->site_count)) {
        return;
    }
    if (o == NULL) {
        set(j, EN_READY_PERFORMER, EN_READY_NO, "not_named");
    } else if (o->licence == NULL || o->licence_expiry == EN_DAY_UNKNOWN) {
        set(j, EN_READY_PERFORMER, EN_READY_NO, "licence_unknown");
    } else if (o->licence_expiry < j->rq->day) {
        set(j, EN_READY_PERFORMER, EN_READY_NO, "licence_expired");
    } else if (plan == NULL || plan->site_count == 0) {
        set(j, EN_READY_PERFORMER, EN_READY_NO, "unknown"); /* for what? */
    } else {
        judge_privileges(j, o);
        set(j, EN_READY_PERFORMER, part->count == 0 ? EN_READY_YES : EN_READY_NO,
            part->count == 0 ? "privileged" : "not_privileged");
    }
}

static void sum_up(struct en_readiness *r)
{
    r->state = EN_READY_YES;
    for (int i = 0; i < EN_READY_KINDS; i++) {
        r->state = r->parts[i].state > r->state ? r->parts[i].state : r->state;
    }
}

enum en_status en_ready_judge(const struct en_care *care, const struct en_ready_request *rq,
                              struct en_arena *a, struct en_readiness *out, struct en_err *err)
{
    struct care_pad p = care_pad(care, a);
    struct judging j = {.p = &p, .rq = rq, .out = out};

    *out = (struct en_readiness){.state = EN_READY_NO};
    for (int i = 0; i < EN_READY_KINDS; i++) {
        set(&j, (enum en_ready_kind)i, EN_READY_NO, "unknown");
    }
    judge_consent(&j);
    judge_plan(&j);
    judge_questions(&j);
    judge_verdict(&j);
    judge_checklist(&j);
    judge_performer(&j);
    sum_up(out);
    return care_check(&p, "the readiness of a session", err);
}

/* Stock */

static bool is_mixable(const struct en_plan *recipe)
{
    for (size_t i = 0; recipe != NULL && i < recipe->mix_count; i++) {
        if (!recipe->mixes[i].mix.is_possible) {
            return false;
        }
    }
    return recipe != NULL && recipe->mix_count > 0;
}

enum en_status en_ready_needs(const struct en_plan *recipe, struct en_arena *a, const char **out,
                              struct en_err *err)
{
    struct care_pad p = {.a = a};

    *out = is_mixable(recipe) ? "" : NULL;
    for (size_t i = 0; *out != NULL && i < recipe->mix_count; i++) {
        const struct en_mix *mix = &recipe->mixes[i].mix;

        for (size_t k = 0; k < mix->part_count; k++) {
            *out = care_list_add(&p, *out, en_cell(mix->parts[k].stock, "id"));
        }
    }
    return care_check(&p, "the stock of a recipe", err);
}

/* The first vial of the stock that may be given then; else NULL, and why not even the nearest one.
 */
static struct en_shelf_vial *find_vial(struct care_pad *p, const char *stock,
                                       const struct en_shelf *shelf, int64_t until_us,
                                       struct en_ready_detail *lack)
{
    for (size_t i = 0; i < shelf->count; i++) {
        struct en_shelf_vial *v = &shelf->vials[i];
        struct en_breaches *b = CARE_NEW(p, struct en_breaches, 1);

        if (b == NULL || !en_text_equal(v->vial.stock, stock)) {
            continue;
        }
        en_session_check_vial(p->k, &v->vial, until_us, p->a, b);
        if (b->count == 0 && !v->is_reserved) {
            return v;
        }
        lack->why = b->count == 0 ? "reserved" : b->items[0].rule;
        lack->as_of = v->expiry;
    }
    return NULL;
}

static void look_for(struct care_pad *p, const char *stock, const struct en_shelf *shelf,
                     int64_t until_us, struct en_ready_part *part)
{
    const struct en_row *row = en_row_find(p->k, "stocks", stock);
    struct en_ready_detail lack = {.id = stock,
                                   .text = row == NULL ? stock : en_cell(row, "title"),
                                   .why = "none",
                                   .as_of = EN_DAY_UNKNOWN};
    struct en_shelf_vial *found = find_vial(p, stock, shelf, until_us, &lack);

    if (found == NULL) {
        part->details[part->count++] = lack;
    } else if (care_is_single_dose(row)) {
        found->is_reserved = true;
    }
}

static size_t list_length(const char *list)
{
    const char *item = NULL;
    size_t size = 0, count = 0;

    while ((list = en_list_next(list, &item, &size)) != NULL) {
        count++;
    }
    return count;
}

enum en_status en_ready_stock(const struct en_care *care, const char *needs, struct en_shelf *shelf,
                              int64_t until_us, struct en_arena *a, struct en_readiness *out,
                              struct en_err *err)
{
    struct care_pad p = care_pad(care, a);
    struct en_ready_part *part = &out->parts[EN_READY_STOCK];
    const char *list = needs, *stock;

    *part = (struct en_ready_part){.state = EN_READY_NO, .reason = "unknown"};
    if (!en_text_is_empty(needs) && room(&p, part, list_length(needs))) {
        while ((stock = care_next(&p, &list)) != NULL) {
            look_for(&p, stock, shelf, until_us, part);
        }
        part->state = part->count == 0 ? EN_READY_YES : EN_READY_NO;
        part->reason = part->count == 0 ? "at_hand" : "missing";
    }
    sum_up(out);
    return care_check(&p, "the stock of a session", err);
}
