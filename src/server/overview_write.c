/* SPDX-License-Identifier: Apache-2.0
 * server/overview_write: the overview as JSON. A reception is told who it is, what is booked and
 * what to arrange. */
#include "base/text.h"
#include "fhir/writer.h"
#include "server/overview.h"

/* Who */

static void write_person(struct en_writer *w, const struct en_overview *o)
{
    en_write_open(w, "person", '{');
    en_write_text(w, "id", o->person.id);
    en_write_text(w, "name", o->person.name);
    en_write_text(w, "birth_date", o->person.birth);
    en_write_text(w, "identifier", o->person.identifier);
    en_write_text(w, "gender", o->gender);
    en_write_integer(w, "version", o->version);
    en_write_close(w);
}

static void write_problems(struct en_writer *w, const struct en_overview *o)
{
    const struct en_case *c = &o->answer.c;

    en_write_open(w, "problems", '[');
    for (size_t i = 0; i < c->target_count; i++) {
        const struct en_target *t = &c->targets[i];
        const struct en_row *row =
            en_row_find(en_server_knowledge(o->server, o->rq), "conditions", t->condition);

        en_write_open(w, NULL, '{');
        en_write_text(w, "text", row != NULL ? en_cell(row, "title") : t->text);
        en_write_text(w, "condition", t->condition);
        en_write_text(w, "region", row != NULL ? en_cell(row, "region") : NULL);
        en_write_text(w, "side", en_side_text(t->side));
        en_write_date(w, "onset", t->onset);
        en_write_bool(w, "current", t == o->answer.target);
        en_write_close(w);
    }
    en_write_close(w);
}

/* What to mind */

static void write_alert(struct en_writer *w, const char *kind, const char *id, const char *text)
{
    en_write_open(w, NULL, '{');
    en_write_text(w, "kind", kind);
    en_write_text(w, "id", id);
    en_write_text(w, "text", text);
}

static void write_diary_alerts(struct en_writer *w, const struct en_overview *o)
{
    for (size_t i = 0; i < o->alert_count; i++) {
        write_alert(w, "diary", o->alerts[i].flag, o->alerts[i].text);
        en_write_text(w, "level", o->alerts[i].level);
        en_write_text(w, "since", o->alerts[i].since);
        en_write_close(w);
    }
}

static void write_stops(struct en_writer *w, const struct en_overview *o)
{
    const struct en_ready_part *part = &o->answer.readiness.parts[EN_READY_VERDICT];

    for (size_t i = 0; i < part->count; i++) {
        write_alert(w, part->details[i].why, part->details[i].id, part->details[i].text);
        en_write_close(w);
    }
}

static void write_allergies(struct en_writer *w, const struct en_case *c)
{
    for (size_t i = 0; i < c->allergy_count; i++) {
        write_alert(w, "allergy", c->allergies[i].allergen, c->allergies[i].text);
        en_write_close(w);
    }
}

/* It holds: yes, or a code that is not "none". A value that is too old still heads the screen. */
static bool holds(const struct en_fact *f)
{
    return (f->kind == EN_FACT_BOOL && f->truth) ||
           (f->kind == EN_FACT_CODE && !en_text_equal(f->code, "none"));
}

static void write_facts(struct en_writer *w, const struct en_overview *o, const char *list)
{
    const struct en_knowledge *k = en_server_knowledge(o->server, o->rq);
    const char *item = NULL;
    size_t size = 0;
    char id[64];

    while ((list = en_list_next(list, &item, &size)) != NULL) {
        (void)snprintf(id, sizeof id, "%.*s", (int)size, item);
        const size_t index = en_fact_index(k, id);

        if (index < o->answer.c.fact_count && holds(&o->answer.c.facts[index])) {
            const struct en_fact *f = &o->answer.c.facts[index];

            write_alert(w, "fact", id, en_cell(en_row_find(k, "facts", id), "title"));
            en_write_text(w, "value", f->kind == EN_FACT_CODE ? f->code : NULL);
            en_write_date(w, "since", f->as_of);
            en_write_close(w);
        }
    }
}

/* Of those that head the screen: what a rule waits for. */
static void write_unknown(struct en_writer *w, const struct en_overview *o, const char *list)
{
    const struct en_assessment *s =
        o->answer.expected != NULL ? o->answer.expected : o->answer.assessment;

    en_write_open(w, "unknown", '[');
    for (size_t i = 0; s != NULL && i < s->question_count; i++) {
        const struct en_row *fact = s->questions[i].fact;

        if (en_list_has(list, en_cell(fact, "id"))) {
            en_write_open(w, NULL, '{');
            en_write_text(w, "id", en_cell(fact, "id"));
            en_write_text(w, "text", en_cell(fact, "title"));
            en_write_text(w, "why", s->questions[i].is_stale ? "stale" : "unknown");
            en_write_date(w, "as_of",
                          s->questions[i].is_stale ? s->questions[i].as_of : EN_DAY_UNKNOWN);
            en_write_close(w);
        }
    }
    en_write_close(w);
}

static const char *header_facts(const struct en_overview *o)
{
    return en_cell(en_row_find(en_server_knowledge(o->server, o->rq), "policies", "header_facts"),
                   "value");
}

/* "none_known": the list says so itself; "unknown": nobody wrote anything. */
static void write_lists(struct en_writer *w, const struct en_overview *o)
{
    const size_t index =
        en_fact_index(en_server_knowledge(o->server, o->rq), "allergy_list_reviewed");
    const struct en_case *c = &o->answer.c;
    const struct en_fact *f = index < c->fact_count ? &c->facts[index] : NULL;
    const bool was_reviewed = f != NULL && f->kind == EN_FACT_BOOL && f->truth;

    en_write_text(w, "allergies",
                  c->allergy_count > 0 ? "recorded"
                  : was_reviewed       ? "none_known"
                                       : "unknown");
    en_write_date(w, "allergies_reviewed", was_reviewed ? f->as_of : EN_DAY_UNKNOWN);
}

static void write_alerts(struct en_writer *w, const struct en_overview *o)
{
    en_write_open(w, "alerts", '[');
    write_diary_alerts(w, o);
    write_stops(w, o);
    write_allergies(w, &o->answer.c);
    write_facts(w, o, header_facts(o));
    en_write_close(w);
    write_unknown(w, o, header_facts(o));
    write_lists(w, o);
}

/* Next */

static void write_next(struct en_writer *w, const struct en_next *next)
{
    en_write_open(w, "next", '{');
    en_write_text(w, "step", en_step_code(next->step));
    en_write_text(w, "reason", next->reason);
    en_write_date(w, "day", next->day);
    if (next->part != NULL) {
        en_write_open(w, "details", '[');
        for (size_t i = 0; i < next->part->count; i++) {
            const struct en_ready_detail *d = &next->part->details[i];

            if (!d->at_arrival) {
                en_write_open(w, NULL, '{');
                en_write_text(w, "id", d->id);
                en_write_text(w, "text", d->text);
                en_write_text(w, "why", d->why);
                en_write_date(w, "as_of", d->as_of);
                en_write_close(w);
            }
        }
        en_write_close(w);
    }
    en_write_close(w);
}

/* The same for a reception: what it can do something about, else that a clinician has to. */
static void write_next_of_reception(struct en_writer *w, const struct en_next *next)
{
    static const bool IS_FOR_RECEPTION[EN_STEPS] = {
        [EN_STEP_CONSENT] = true, [EN_STEP_LABS] = true,  [EN_STEP_BOOK] = true,
        [EN_STEP_START] = true,   [EN_STEP_SCORE] = true, [EN_STEP_WAIT] = true,
    };
    const bool is_told = IS_FOR_RECEPTION[next->step];

    en_write_open(w, "next", '{');
    en_write_text(w, "step", is_told ? en_step_code(next->step) : "clinician");
    en_write_text(w, "reason", is_told ? next->reason : "clinician");
    en_write_date(w, "day", is_told ? next->day : EN_DAY_UNKNOWN);
    en_write_close(w);
}

static void write_course(struct en_writer *w, const struct en_overview *o)
{
    static const char *const PLANS[] = {"none", "draft", "approved"};
    const struct en_due *due = o->target == SIZE_MAX ? NULL : &o->due.due[o->target];

    en_write_open(w, "course", '{');
    en_write_integer(w, "sessions_given", due == NULL ? 0 : due->sessions_given);
    en_write_date(w, "last_session", due == NULL ? EN_DAY_UNKNOWN : due->last_session);
    en_write_date(w, "last_review", o->last_review);
    en_write_text(w, "open_session", o->open_session);
    en_write_date(w, "next_visit", o->next_visit);
    en_write_text(w, "appointment", o->next_appointment);
    en_write_text(w, "plan", o->of.plan_id);
    en_write_text(w, "plan_status", PLANS[o->of.rq.plan]);
    en_write_bool(w, "consent", o->of.rq.consent == EN_TRUE);
    en_write_text(w, "verdict", o->answer.readiness.parts[EN_READY_VERDICT].reason);
    en_write_close(w);
}

enum en_status en_overview_write(const struct en_overview *o, struct en_buf *out,
                                 struct en_err *err)
{
    struct en_writer w = EN_WRITER(out);

    en_write_open(&w, NULL, '{');
    en_write_text(&w, "view", o->is_clinical ? "clinical" : "reception");
    en_write_date(&w, "today", o->rq->today);
    write_person(&w, o);
    if (o->is_clinical) {
        en_write_bool(&w, "readable", o->answer.is_readable);
        write_problems(&w, o);
        write_alerts(&w, o);
        write_next(&w, &o->next);
        write_course(&w, o);
        en_overview_write_time(o, &w);
    } else {
        write_next_of_reception(&w, &o->next);
    }
    en_write_close(&w);
    return en_write_end(&w, "the overview", err);
}
