/* SPDX-License-Identifier: Apache-2.0 */
#include "app/outcomes.h"

#include "base/text.h"
#include "fhir/concept.h"
#include "fhir/json.h"
#include "fhir/systems.h"
#include "num/scalar.h"

#include <math.h>
#include <string.h>

/* Numbers */

void en_tally_add(struct en_tally *t, double value)
{
    const double away = value - t->mean;

    t->n++;
    t->mean += away / (double)t->n;
    t->squares += away * (value - t->mean);
}

struct en_span en_tally_span(const struct en_tally *t)
{
    if (t->n < 2) {
        return (struct en_span){NAN, NAN};
    }
    const double n = (double)t->n;
    const double half = en_student_critical(n - 1.0) * sqrt(t->squares / (n - 1.0) / n);

    return (struct en_span){t->mean - half, t->mean + half};
}

struct en_span en_wilson_span(size_t count, size_t size)
{
    if (size == 0) {
        return (struct en_span){NAN, NAN};
    }
    const double n = (double)size, share = (double)count / n;
    const double z = en_normal_quantile(0.975), part = z * z / n;
    const double middle = (share + part / 2.0) / (1.0 + part);
    const double half = z * sqrt(share * (1.0 - share) / n + part / (4.0 * n)) / (1.0 + part);

    return (struct en_span){fmax(0.0, middle - half), fmin(1.0, middle + half)};
}

double en_rule_of_three(size_t n)
{
    return n == 0 ? NAN : fmin(1.0, 3.0 / (double)n);
}

/* Harms of a patient */

struct reading {
    const struct en_app *app;
    const struct en_case *c;
    struct en_treated *out;
};

/* The course that the session of this address is part of. */
static size_t course_of(const struct reading *r, const struct en_past_session *s)
{
    for (size_t i = 0; i < r->out->course_count; i++) {
        const struct en_course_outcome *o = &r->out->courses[i];
        const struct en_course course = {o->region, o->side, o->start, r->app->today};

        if (en_course_has(&course, s)) {
            return i;
        }
    }
    return SIZE_MAX;
}

/* Session that the event is said to come from; SIZE_MAX: it names none of the case's. */
static size_t session_of(const struct reading *r, struct json_object *event)
{
    struct json_object *list = en_json_get(event, "suspectEntity");

    for (size_t i = 0; i < en_json_count(list); i++) {
        struct json_object *instance = en_json_get(en_json_at(list, i), "instance");
        const char *reference = en_json_text(instance, "reference");

        for (size_t k = 0; reference != NULL && k < r->c->session_count; k++) {
            if (en_text_equal(r->c->sessions[k].resource, reference)) {
                return k;
            }
        }
    }
    return SIZE_MAX;
}

/* Without a session: the only course, or none. */
static void add_event(struct reading *r, struct json_object *event)
{
    const char *code = en_concept_code(en_json_get(event, "event"), EN_HARM_SYSTEM);
    const size_t session = session_of(r, event);
    size_t course = r->out->course_count == 1 ? 0 : SIZE_MAX;

    if (!en_text_equal(en_json_text(event, "actuality"), "actual") ||
        r->out->harm_count == EN_HARMS_MAX) {
        return;
    }
    if (session != SIZE_MAX) {
        course = course_of(r, &r->c->sessions[session]);
    }
    r->out->harms[r->out->harm_count++] = (struct en_harm){
        .code = en_row_find(r->app->knowledge, "ae_codes", code),
        .course = course,
        .session = session,
    };
}

static enum en_status read_events(struct reading *r, const char *const *events, size_t count,
                                  struct en_arena *a, struct en_err *err)
{
    for (size_t i = 0; i < count; i++) {
        struct json_object *tree = NULL;
        struct en_issues issues = {0};

        EN_TRY(en_json_read(events[i], strlen(events[i]), a, &tree, &issues, err));
        add_event(r, tree);
        json_object_put(tree);
    }
    return EN_OK;
}

static enum en_status read_courses(struct reading *r, struct en_arena *a, struct en_err *err)
{
    const struct en_care care = {r->app->knowledge, r->app->today};

    for (size_t i = 0; i < r->c->target_count && r->out->course_count < EN_TREATED_MAX; i++) {
        struct en_course_outcome *course = &r->out->courses[r->out->course_count];
        bool is_treated = false;

        EN_TRY(en_outcome_of(&care, r->c, i, a, course, &is_treated, err));
        r->out->course_count += is_treated ? 1 : 0;
    }
    return EN_OK;
}

/* The code of the recorded sex as a word that outlives the record. */
static const char *sex_of(const struct en_app *app, const struct en_case *c)
{
    static const char *const WORDS[] = {"female", "male", "other"};
    const size_t index = en_fact_index(app->knowledge, "sex");
    const bool is_known = index != SIZE_MAX && c->facts[index].kind == EN_FACT_CODE;

    for (size_t i = 0; is_known && i < EN_COUNT(WORDS); i++) {
        if (en_text_equal(WORDS[i], c->facts[index].code)) {
            return WORDS[i];
        }
    }
    return NULL;
}

enum en_status en_app_treated(const struct en_app *app, const struct en_treated_record *record,
                              struct en_arena *a, struct en_treated *out, struct en_err *err)
{
    struct en_issues issues = {0};
    struct en_case c;

    *out = (struct en_treated){.birth = EN_DAY_UNKNOWN};
    const enum en_status st = en_app_case(app, record->bundle, record->size, a, &c, &issues, err);

    if (st == EN_EINVAL && issues.error_count > 0) {
        out->is_unreadable = true;
        return EN_OK;
    }
    EN_TRY(st);
    struct reading r = {app, &c, out};

    out->sex = sex_of(app, &c);
    out->birth = c.person.birth_known ? c.person.birth : EN_DAY_UNKNOWN;
    EN_TRY(read_courses(&r, a, err));
    return read_events(&r, record->events, record->event_count, a, err);
}

/* Adding up */

void en_outcomes_start(const struct en_app *app, const struct en_outcome_filter *filter,
                       struct en_outcomes *out)
{
    *out =
        (struct en_outcomes){.knowledge = app->knowledge, .today = app->today, .filter = *filter};
    en_timepoints_of(app->knowledge, &out->timepoints);
}

bool en_outcome_counts(const struct en_outcome_filter *f, const struct en_course_outcome *o)
{
    const bool is_condition =
        f->condition == NULL ||
        (o->condition != NULL && en_text_equal(en_cell(o->condition, "id"), f->condition));

    return is_condition && (f->side == EN_SIDE_UNKNOWN || o->side == f->side) &&
           (f->from == EN_DAY_UNKNOWN || o->start >= f->from) &&
           (f->to == EN_DAY_UNKNOWN || o->start <= f->to);
}

/* NULL: no room, which more conditions than the tables have would need. */
static struct en_outcome_group *group_of(struct en_outcomes *o,
                                         const struct en_course_outcome *course)
{
    size_t i = 0;

    while (i < o->group_count && o->groups[i].condition != course->condition) {
        i++;
    }
    if (i == EN_OUTCOME_GROUPS) {
        return NULL;
    }
    if (i == o->group_count) {
        o->groups[o->group_count++] = (struct en_outcome_group){
            .condition = course->condition, .region = course->region, .measure = course->measure};
    }
    return &o->groups[i];
}

static void add_point(struct en_outcome_point *p, const struct en_course_outcome *course,
                      const struct en_outcome_at *at)
{
    if (!at->is_due) {
        return;
    }
    p->due++;
    if (!isfinite(at->pain) || !isfinite(course->pain)) {
        return;
    }
    p->followed++;
    en_tally_add(&p->pain, course->pain - at->pain);
    if (isfinite(at->function) && isfinite(course->function)) {
        en_tally_add(&p->function,
                     en_outcome_gain(course->measure, course->function, at->function));
    }
    p->judged += at->is_responder != EN_UNKNOWN ? 1 : 0;
    p->responders += at->is_responder == EN_TRUE ? 1 : 0;
}

static void add_course(struct en_outcomes *o, struct en_outcome_group *g,
                       const struct en_course_outcome *course)
{
    g->courses++;
    g->sessions += (size_t)course->sessions;
    g->unrecorded += (size_t)course->unrecorded;
    for (size_t i = 0; i < o->timepoints.count; i++) {
        add_point(&g->points[i], course, &course->at[i]);
    }
}

static struct en_harm_count *kind_of(struct en_outcome_group *g, const struct en_row *code)
{
    size_t i = 0;

    while (i < g->harm_count && g->harms[i].code != code) {
        i++;
    }
    if (i == EN_HARM_KINDS) {
        return NULL;
    }
    if (i == g->harm_count) {
        g->harms[g->harm_count++] = (struct en_harm_count){.code = code};
    }
    return &g->harms[i];
}

static bool is_serious(const struct en_harm *h)
{
    return h->code != NULL && en_cell_bool(h->code, "serious");
}

/* Whether harm i of the patient is in this group's courses. */
static bool is_of_group(const struct en_outcomes *o, const struct en_treated *t,
                        const struct en_harm *h, const struct en_outcome_group *g)
{
    return h->course != SIZE_MAX && t->courses[h->course].condition == g->condition &&
           en_outcome_counts(&o->filter, &t->courses[h->course]);
}

/* Whether an earlier harm of the patient in this group is of the same kind (any serious one when
 * is_serious_asked), and of the same session when in_session. One of an unknown session is a
 * session of its own. */
static bool has_earlier(const struct en_outcomes *o, const struct en_treated *t, size_t index,
                        const struct en_outcome_group *g, bool in_session, bool any_serious)
{
    const struct en_harm *h = &t->harms[index];

    for (size_t i = 0; i < index; i++) {
        const struct en_harm *other = &t->harms[i];
        const bool is_same_kind = any_serious ? is_serious(other) : other->code == h->code;
        const bool is_same_session = h->session != SIZE_MAX && other->session == h->session;

        if (is_same_kind && is_of_group(o, t, other, g) && (!in_session || is_same_session)) {
            return true;
        }
    }
    return false;
}

static void add_harms(const struct en_outcomes *o, const struct en_treated *t,
                      struct en_outcome_group *g)
{
    for (size_t i = 0; i < t->harm_count; i++) {
        const struct en_harm *h = &t->harms[i];
        struct en_harm_count *kind = is_of_group(o, t, h, g) ? kind_of(g, h->code) : NULL;

        if (kind == NULL) {
            continue;
        }
        kind->events++;
        kind->sessions += has_earlier(o, t, i, g, true, false) ? 0 : 1;
        kind->patients += has_earlier(o, t, i, g, false, false) ? 0 : 1;
        if (is_serious(h)) {
            g->serious_sessions += has_earlier(o, t, i, g, true, true) ? 0 : 1;
        }
    }
}

void en_outcomes_add(struct en_outcomes *o, const struct en_treated *t)
{
    struct en_outcome_group *met[EN_TREATED_MAX];
    size_t count = 0;

    o->unreadable += t->is_unreadable ? 1 : 0;
    for (size_t i = 0; i < t->course_count; i++) {
        struct en_outcome_group *g =
            en_outcome_counts(&o->filter, &t->courses[i]) ? group_of(o, &t->courses[i]) : NULL;
        size_t k = 0;

        if (g == NULL) {
            continue;
        }
        add_course(o, g, &t->courses[i]);
        while (k < count && met[k] != g) {
            k++;
        }
        if (k == count) {
            met[count++] = g;
            g->patients++;
            add_harms(o, t, g);
        }
    }
}

enum en_hidden en_outcome_hidden(const struct en_knowledge *k, const struct en_outcome_point *p)
{
    const struct en_row *policy = en_row_find(k, "policies", "own_outcomes");
    const double share = p->due == 0 ? 0.0 : 100.0 * (double)p->followed / (double)p->due;

    if (policy == NULL || !en_text_equal(en_cell(policy, "value"), "when_complete")) {
        return EN_HIDDEN_POLICY;
    }
    if (p->due == 0) {
        return EN_HIDDEN_NOT_YET;
    }
    if (!((double)p->followed >= en_limit(k, "report.min_n"))) {
        return EN_HIDDEN_FEW;
    }
    return share >= en_limit(k, "followup.completeness_min") ? EN_SHOWN : EN_HIDDEN_INCOMPLETE;
}
