/* SPDX-License-Identifier: Apache-2.0
 * server/today_write: the day as JSON. Who has no right to decide (reception) is told who comes,
 * whether they can, and what to arrange, and nothing of why. */
#include "base/text.h"
#include "fhir/writer.h"
#include "server/today.h"

static void write_person(struct en_writer *w, const char *key, const struct en_today_person *p)
{
    if (p->id == NULL) {
        return;
    }
    en_write_open(w, key, '{');
    en_write_text(w, "id", p->id);
    en_write_text(w, "name", p->name);
    en_write_text(w, "birth_date", p->birth);
    en_write_text(w, "identifier", p->identifier);
    en_write_close(w);
}

static void write_problem(struct en_writer *w, const char *problem, const char *region,
                          enum en_side side)
{
    if (problem == NULL) {
        return;
    }
    en_write_open(w, "problem", '{');
    en_write_text(w, "text", problem);
    en_write_text(w, "region", region);
    en_write_text(w, "side", en_side_text(side));
    en_write_close(w);
}

/* Readiness */

static void write_detail(struct en_writer *w, const struct en_ready_detail *d)
{
    en_write_open(w, NULL, '{');
    en_write_text(w, "id", d->id);
    en_write_text(w, "text", d->text);
    en_write_text(w, "why", d->why);
    en_write_date(w, "as_of", d->as_of);
    en_write_bool(w, "at_arrival", d->at_arrival);
    en_write_close(w);
}

/* What is left of the checklist is a number: its items are the same for everybody. */
static bool is_told(int kind, const struct en_ready_detail *d)
{
    return kind != EN_READY_CHECKLIST || !d->at_arrival;
}

static void write_part(struct en_writer *w, int kind, const struct en_ready_part *part)
{
    en_write_open(w, NULL, '{');
    en_write_text(w, "part", en_ready_kind_code((enum en_ready_kind)kind));
    en_write_text(w, "state", en_ready_code(part->state));
    en_write_text(w, "reason", part->reason);
    if (part->count > 0) {
        en_write_integer(w, "left", (long long)part->count);
        en_write_open(w, "details", '[');
        for (size_t i = 0; i < part->count; i++) {
            if (is_told(kind, &part->details[i])) {
                write_detail(w, &part->details[i]);
            }
        }
        en_write_close(w);
    }
    en_write_close(w);
}

static void write_parts(struct en_writer *w, const struct en_readiness *r)
{
    en_write_open(w, "parts", '[');
    for (int i = 0; i < EN_READY_KINDS; i++) {
        write_part(w, i, &r->parts[i]);
    }
    en_write_close(w);
}

static void write_judged(struct en_writer *w, const struct en_today_session *s)
{
    write_problem(w, s->problem, s->region, s->side);
    en_write_integer(w, "sessions_given", s->sessions_given);
    en_write_bool(w, "readable", s->is_readable);
    en_write_text(w, "ready", en_ready_code(s->readiness.state));
    write_parts(w, &s->readiness);
}

/* What a reception can do something about; the rest is for a clinician. */
static void write_arrangements(struct en_writer *w, const struct en_readiness *r)
{
    static const bool IS_FOR_RECEPTION[EN_READY_KINDS] = {
        [EN_READY_CONSENT] = true,
        [EN_READY_LABS] = true,
        [EN_READY_PERFORMER] = true,
    };
    bool needs_clinician = false;

    en_write_text(w, "ready", r->state <= EN_READY_AT_ARRIVAL ? "yes" : "no");
    en_write_open(w, "arrange", '[');
    for (int i = 0; i < EN_READY_KINDS; i++) {
        if (r->parts[i].state < EN_READY_NO) {
            continue;
        }
        if (IS_FOR_RECEPTION[i]) {
            en_write_text(w, NULL, en_ready_kind_code((enum en_ready_kind)i));
        }
        needs_clinician = needs_clinician || !IS_FOR_RECEPTION[i];
    }
    en_write_text(w, NULL, needs_clinician ? "clinician" : NULL);
    en_write_close(w);
}

static void write_session(struct en_writer *w, const struct en_today *t,
                          const struct en_today_session *s)
{
    static const char *const STATES[] = {"booked", "arrived", "in_progress", "done"};

    en_write_open(w, NULL, '{');
    en_write_text(w, "appointment", s->appointment);
    en_write_text(w, "start", s->start);
    en_write_text(w, "end", s->end);
    en_write_text(w, "kind", s->is_visit ? "visit" : "session");
    en_write_text(w, "status", s->status);
    en_write_text(w, "state", STATES[s->state]);
    en_write_text(w, "description", s->text);
    write_person(w, "patient", &s->patient);
    write_person(w, "performer", &s->performer);
    if (t->is_clinical) {
        en_write_text(w, "procedure", s->procedure);
    }
    if (s->is_judged && t->is_clinical) {
        write_judged(w, s);
    } else if (s->is_judged) {
        write_arrangements(w, &s->readiness);
    }
    en_write_close(w);
}

static void write_sessions(struct en_writer *w, const struct en_today *t)
{
    en_write_open(w, "sessions", '[');
    for (size_t i = 0; i < t->session_count; i++) {
        write_session(w, t, &t->sessions[i]);
    }
    en_write_close(w);
    en_write_bool(w, "sessions_cut", t->sessions_cut);
}

/* Alerts */

static void write_alerts(struct en_writer *w, const struct en_today *t)
{
    en_write_open(w, "alerts", '[');
    for (size_t i = 0; i < t->alert_count; i++) {
        const struct en_today_alert *alert = &t->alerts[i];

        en_write_open(w, NULL, '{');
        en_write_text(w, "flag", alert->flag);
        en_write_text(w, "level", alert->level);
        en_write_text(w, "since", alert->since);
        en_write_text(w, "text", alert->text);
        write_person(w, "patient", &alert->patient);
        en_write_close(w);
    }
    en_write_close(w);
    en_write_bool(w, "alerts_cut", t->alerts_cut);
}

/* Courses */

static void open_course(struct en_writer *w, const struct en_today_course *c)
{
    en_write_open(w, NULL, '{');
    write_person(w, "patient", &c->patient);
    write_problem(w, c->problem, c->region, c->side);
    en_write_integer(w, "sessions_given", c->due.sessions_given);
    en_write_date(w, "last_session", c->due.last_session);
}

static void write_review(struct en_writer *w, const struct en_today_course *c)
{
    open_course(w, c);
    en_write_text(w, "reason", c->due.review);
    en_write_date(w, "since", c->due.review_since);
    en_write_open(w, "rules", '[');
    for (size_t i = 0; i < c->due.why_count; i++) {
        const struct en_finding *f = c->due.why[i];

        en_write_open(w, NULL, '{');
        en_write_text(w, "id", en_cell(f->rule, "id"));
        en_write_text(w, "text", en_cell(f->tier, "message"));
        en_write_text(w, "outcome", en_cell(f->tier, "outcome"));
        en_write_close(w);
    }
    en_write_close(w);
    en_write_close(w);
}

static void write_missing(struct en_writer *w, const struct en_knowledge *k, const char *list)
{
    const char *item = NULL;
    size_t size = 0;
    char id[64];

    en_write_open(w, "missing", '[');
    while ((list = en_list_next(list, &item, &size)) != NULL) {
        (void)snprintf(id, sizeof id, "%.*s", (int)size, item);
        const struct en_row *row = en_row_find(k, "instruments", id);

        en_write_open(w, NULL, '{');
        en_write_text(w, "id", id);
        en_write_text(w, "text", row == NULL ? id : en_cell(row, "title"));
        en_write_close(w);
    }
    en_write_close(w);
}

static void write_scores(struct en_writer *w, const struct en_today *t,
                         const struct en_today_course *c)
{
    for (size_t i = 0; i < c->due.score_count; i++) {
        const struct en_due_scores *s = &c->due.scores[i];

        open_course(w, c);
        en_write_text(w, "time_point", en_cell(s->row, "note"));
        en_write_date(w, "from", s->from);
        en_write_date(w, "to", s->to);
        en_write_bool(w, "overdue", s->is_overdue);
        write_missing(w, en_server_knowledge(t->server, t->rq), s->missing);
        en_write_close(w);
    }
}

static void write_courses(struct en_writer *w, const struct en_today *t)
{
    en_write_open(w, "reviews", '[');
    for (size_t i = 0; i < t->course_count; i++) {
        if (t->courses[i].due.review != NULL) {
            write_review(w, &t->courses[i]);
        }
    }
    en_write_close(w);
    en_write_open(w, "followups", '[');
    for (size_t i = 0; i < t->course_count; i++) {
        write_scores(w, t, &t->courses[i]);
    }
    en_write_close(w);
    en_write_open(w, "unreadable", '['); /* nothing is known of what these wait for */
    for (size_t i = 0; i < t->course_count; i++) {
        if (!t->courses[i].is_readable) {
            write_person(w, NULL, &t->courses[i].patient);
        }
    }
    en_write_close(w);
    if (t->has_more_courses) {
        en_write_integer(w, "next_page", (long long)t->page + 1);
    }
}

enum en_status en_today_write(const struct en_today *t, struct en_buf *out, struct en_err *err)
{
    struct en_writer w = EN_WRITER(out);

    en_write_open(&w, NULL, '{');
    en_write_date(&w, "date", t->day);
    en_write_date(&w, "today", t->rq->today);
    en_write_text(&w, "view", t->is_clinical ? "clinical" : "reception");
    if (t->with_sessions) {
        write_sessions(&w, t);
    }
    if (t->with_alerts) {
        write_alerts(&w, t);
    }
    if (t->with_courses) {
        write_courses(&w, t);
    }
    en_write_close(&w);
    return en_write_end(&w, "the day", err);
}

void en_today_docs(struct en_buf *out)
{
    en_buf_add(
        out,
        "## The clinic's day\n\n`GET /clinic/today?date=2026-03-02&zone=%2B01:00&part=sessions,"
        "alerts,courses&page=0`, all optional: today, UTC, all parts, the first page of courses. "
        "Plain JSON.\n\n"
        "- `sessions`: the day's Appointments in their order, without those that were cancelled. A "
        "session has the service type `prolotherapy-session` of `"
        "https://enthesis.org/fhir/"
        "CodeSystem/procedure`, or none; any other is a `visit`. `state` is `booked`, `arrived`, "
        "`in_progress` or `done`; a session to come has `ready` and its `parts`.\n"
        "- `ready`, of a session its worst part's `state`: `yes`; `at_arrival`: only what is asked "
        "or measured on the day is left; `no`: something is to be arranged or is not known; "
        "`stopped`: the verdict is against it. A part has its `reason` and its `details` (`left` "
        "of "
        "them; of the checklist only what was refused).\n"
        "- `alerts`: active Flags of diaries, gravest first: `level` E, S, U, R as in the triage.\n"
        "- `reviews`, `followups`: of patients with a session in the last year and a quarter, a "
        "page of them by their last session: a review that is due (`reason` `rules` or "
        "`before_next`), scores of a time point that are missing. `next_page` tells of more; "
        "`unreadable` lists records with errors.\n"
        "- reception is told `ready` (`yes`, `no`) and what to `arrange` (`consent`, `labs`, "
        "`performer`, `clinician`), nothing clinical, no alerts and no courses.\n\n"
        "| part | `reason` |\n|---|---|\n"
        "| `consent` | `active` when the session begins, `missing`, `unknown` |\n"
        "| `plan` | `approved` (the newest active CarePlan), `draft`, `none` |\n"
        "| `verdict` | `suitable`, `caution`, `deferred`, `not_suitable`, `open`, `performer`: "
        "only who "
        "gives it is not known to hold the privileges, `unknown` |\n"
        "| `answers` | `answered`, `open`: questions that could stop it, `unknown` |\n"
        "| `labs` | `current`, `due`: a rule waits for a value, `unknown` |\n"
        "| `stock` | `at_hand`: a vial of each stock of the recipe, with lot, in date until the "
        "end, given to nobody, not reserved for a session before; `missing`, `unknown` |\n"
        "| `checklist` | `not_begun`, `begun`, `complete` |\n"
        "| `performer` | `privileged`, `not_privileged`, `licence_expired`, `licence_unknown`, "
        "`not_named`, `unknown` |\n\n"
        "## A patient at a glance\n\n`GET /clinic/patient/[id]`, plain JSON: `person`; `problems` "
        "with side, the `current` one marked; `alerts` (`kind` `diary`, `stop`, `defer`, "
        "`allergy`, "
        "`fact`: those of policy `header_facts`); `unknown`: of these facts what a rule waits for; "
        "`allergies` (`recorded`, `none_known`, `unknown`); `next`: the next step and why; "
        "`course`; "
        "and for an axis of time `sessions`, `scores` by instrument, `drugs`, `events`. Reception "
        "is "
        "told `person` and `next`, where that is nothing clinical.\n\n"
        "| `next.step` | when | `reason` |\n|---|---|---|\n"
        "| `alert` | a diary alert E or S is not answered | `alert` |\n"
        "| `session` | a session is in progress | `open` |\n"
        "| `assess` | the record cannot be read, no problem is known, the verdict is against it or "
        "waits | `unreadable`, `no_problem`, `deferred`, `not_suitable`, `open`, `unknown` |\n"
        "| `review` | a review is due | `rules`, `before_next` |\n"
        "| `score` | after the last session scores are missing | `due`, `overdue` |\n"
        "| `labs` | a rule waits for the laboratory | `due` |\n"
        "| `plan`, `approve` | no plan; a draft | `none`, `draft` |\n"
        "| `consent` | none is active | `missing`, `unknown` |\n"
        "| `book`, `start` | no session is booked; one is, today | `not_booked`, `today` |\n"
        "| `wait` | nothing is to do | `booked`, `done_today`, `course_over` |\n\n");
}
