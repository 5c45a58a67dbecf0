/* SPDX-License-Identifier: Apache-2.0 */
#include "app/document.h"

#include "app/document_inside.h"
#include "fhir/writer.h"

/* Without a session given the course starts with the plan's first one. */
static en_day start_of(const struct en_outlook *outlook)
{
    const struct en_plan *plan = &outlook->answer.plan;

    if (outlook->follow.start != EN_DAY_UNKNOWN || plan->session_count == 0) {
        return outlook->follow.start;
    }
    return plan->sessions[0].day;
}

struct en_report_outlook en_app_beside(const struct en_outlook *outlook)
{
    return (struct en_report_outlook){
        .before = outlook->before,
        .start = start_of(outlook),
        .notes = outlook->follow.notes,
        .note_count = outlook->follow.note_count,
        .sessions_left = outlook->sessions_left,
        .next_score_week = outlook->next_score_week,
    };
}

struct en_report en_app_report(const struct en_app *app, const struct en_plan_answer *answer)
{
    return (struct en_report){
        .knowledge = app->knowledge,
        .c = &answer->c,
        .plan = answer->plan.condition == NULL ? NULL : &answer->plan,
        .assessment = &answer->assessment,
        .forecast = answer->forecast,
        .today = app->today,
    };
}

static bool is_grave(const struct en_finding *f)
{
    return f->severity == EN_STOP || f->severity == EN_DEFER;
}

/* Whether the finding stands in the way, and is the first of its rule. */
static bool is_in_the_way(const struct en_assessment *a, size_t i)
{
    for (size_t j = 0; j < i; j++) {
        if (a->findings[j].rule == a->findings[i].rule && is_grave(&a->findings[j])) {
            return false;
        }
    }
    return is_grave(&a->findings[i]);
}

/* Titles of the rules that stand in the way: "Septic joint suspected; Fever (not known)". */
static const char *rules_of(const struct en_assessment *a, struct en_arena *arena)
{
    const char *out = "";

    for (size_t i = 0; i < a->finding_count && out != NULL; i++) {
        const struct en_finding *f = &a->findings[i];

        if (is_in_the_way(a, i)) {
            out = en_arena_print(arena, "%s%s%s%s", out, *out == '\0' ? "" : "; ",
                                 en_cell(f->rule, "title"), f->is_unknown ? " (not known)" : "");
        }
    }
    return out;
}

/* A clause, without the rules. */
static const char *why_no_plan(const struct en_plan_answer *answer, struct en_arena *a)
{
    if (answer->c.target_count == 0) {
        return "the record names no problem that could be treated";
    }
    if (answer->plan.condition == NULL) {
        return "the problem of the record is none that this program can plan for";
    }
    if (answer->plan.site_count == 0 && en_app_allows(answer->assessment.verdict)) {
        return "the plan has no site";
    }
    return en_arena_print(a, "no injection may be planned now (%s)",
                          en_verdict_text(answer->assessment.verdict));
}

static const char *why_in_full(const struct en_plan_answer *answer, struct en_arena *a)
{
    const char *why = why_no_plan(answer, a), *rules = rules_of(&answer->assessment, a);

    return why == NULL || rules == NULL || *rules == '\0' ? why
                                                          : en_arena_print(a, "%s: %s", why, rules);
}

/* Verdict and plan; the forecast only where the document shows it. */
static enum en_status decide(const struct en_app *app, const struct en_case *c,
                             const struct en_document_request *request, struct en_arena *a,
                             struct en_app_document *out, struct en_err *err)
{
    struct en_plan_request plan = request->outlook.plan;

    if (request->paper == EN_PAPER_FORECAST) {
        EN_TRY(en_app_outlook(app, c, &request->outlook, a, &out->outlook, err));
        return EN_OK;
    }
    plan.without_forecast = request->paper != EN_PAPER_PLAN;
    return en_app_plan(app, c, &plan, a, &out->outlook.answer, err);
}

static enum en_status look_back(const struct en_app *app, const struct en_case *c,
                                const struct en_document_request *request, struct en_arena *a,
                                struct en_app_document *out, struct en_err *err)
{
    const struct en_care care = {app->knowledge, app->today};

    if (request->paper != EN_PAPER_LETTER || c->target_count == 0) {
        return EN_OK;
    }
    EN_TRY(en_review_run(&care, c, request->outlook.plan.options.target, a, &out->review, err));
    out->report.review = &out->review;
    return EN_OK;
}

enum en_status en_app_document(const struct en_app *app, const struct en_case *c,
                               const struct en_document_request *request, struct en_arena *a,
                               struct en_app_document *out, struct en_err *err)
{
    *out = (struct en_app_document){.paper = request->paper};
    EN_TRY(decide(app, c, request, a, out, err));
    const struct en_plan_answer *answer = &out->outlook.answer;

    out->report = en_app_report(app, answer);
    out->report.note = request->note;
    if (request->paper == EN_PAPER_FORECAST) {
        out->beside = en_app_beside(&out->outlook);
        out->report.outlook = &out->beside;
    }
    if (en_paper_needs_plan(request->paper) && !answer->is_issued) {
        out->why_none = why_in_full(answer, a);
        return out->why_none == NULL ? en_fail(err, EN_ENOMEM, "no memory for a document") : EN_OK;
    }
    if (request->paper == EN_PAPER_NOTE && request->note == NULL) {
        out->why_none = "no session is recorded yet";
    }
    return look_back(app, c, request, a, out, err);
}

static enum en_status refuse(const struct en_app_document *d, struct en_err *err)
{
    return en_fail(err, EN_EINVAL, "there is no %s now: %s", en_paper_name(d->paper), d->why_none);
}

enum en_status en_app_document_pdf(const struct en_app_document *d, struct en_buf *pdf,
                                   struct en_err *err)
{
    return d->why_none != NULL ? refuse(d, err) : en_paper_write(&d->report, d->paper, pdf, err);
}

enum en_status en_app_document_json(const struct en_app_document *d, struct en_arena *a,
                                    struct en_buf *json, struct en_err *err)
{
    struct en_blocks blocks;

    if (d->why_none != NULL) {
        return refuse(d, err);
    }
    EN_TRY(en_paper_blocks(&d->report, d->paper, a, &blocks, err));
    return en_app_blocks_json(d->paper, &blocks, json, err);
}

/* The list */

static void write_paper(struct en_writer *w, enum en_paper paper, const char *why)
{
    en_write_open(w, NULL, '{');
    en_write_text(w, "type", en_paper_name(paper));
    en_write_text(w, "title", en_paper_title_of(paper));
    en_write_text(w, "reader", en_paper_is_patients(paper) ? "patient" : "clinician");
    en_write_bool(w, "possible", why == NULL);
    en_write_text(w, "why", why);
    en_write_close(w);
}

static void write_sessions(struct en_writer *w, const struct en_document_sessions *sessions)
{
    en_write_open(w, "sessions", '[');
    for (size_t i = 0; i < sessions->count; i++) {
        en_write_open(w, NULL, '{');
        en_write_text(w, "id", sessions->items[i].id);
        en_write_date(w, "date", sessions->items[i].day);
        en_write_bool(w, "signed", sessions->items[i].is_signed);
        en_write_close(w);
    }
    en_write_close(w);
}

void en_app_write_problems(struct en_writer *w, const struct en_app *app, const struct en_case *c)
{
    en_write_open(w, "problems", '[');
    for (size_t i = 0; i < c->target_count; i++) {
        const struct en_target *t = &c->targets[i];
        const struct en_row *row = en_row_find(app->knowledge, "conditions", t->condition);

        en_write_open(w, NULL, '{');
        en_write_integer(w, "target", (long long)i + 1);
        en_write_text(w, "text", row == NULL ? t->text : en_cell(row, "title"));
        en_write_text(w, "side", en_side_text(t->side));
        en_write_close(w);
    }
    en_write_close(w);
}

enum en_status en_app_problems(const struct en_app *app, const struct en_case *c,
                               struct en_buf *json, struct en_err *err)
{
    struct en_writer w = EN_WRITER(json);

    en_write_open(&w, NULL, '{');
    en_app_write_problems(&w, app, c);
    en_write_close(&w);
    return en_write_end(&w, "the list of problems", err);
}

/* The rules that stand in the way; none when nothing does. */
static void write_rules(struct en_writer *w, const struct en_plan_answer *answer)
{
    const struct en_assessment *a = &answer->assessment;

    en_write_open(w, "rules", '[');
    for (size_t i = 0; !answer->is_issued && i < a->finding_count; i++) {
        if (is_in_the_way(a, i)) {
            en_write_open(w, NULL, '{');
            en_write_text(w, "id", en_cell(a->findings[i].rule, "id"));
            en_write_text(w, "title", en_cell(a->findings[i].rule, "title"));
            en_write_bool(w, "unknown", a->findings[i].is_unknown);
            en_write_close(w);
        }
    }
    en_write_close(w);
}

static void write_papers(struct en_writer *w, const char *why_no_plan, bool has_session)
{
    en_write_open(w, "documents", '[');
    for (int i = 0; i < EN_PAPER_COUNT; i++) {
        const enum en_paper paper = (enum en_paper)i;
        const char *why = en_paper_needs_plan(paper) ? why_no_plan : NULL;

        write_paper(w, paper,
                    paper == EN_PAPER_NOTE && !has_session ? "no session is recorded yet" : why);
    }
    en_write_close(w);
}

enum en_status en_app_documents(const struct en_app *app, const struct en_case *c,
                                const struct en_outlook_request *request,
                                const struct en_document_sessions *sessions, struct en_arena *a,
                                struct en_buf *json, struct en_err *err)
{
    struct en_plan_answer *answer = EN_NEW(a, struct en_plan_answer, 1);
    struct en_plan_request plan = request->plan;
    struct en_writer w = EN_WRITER(json);

    if (answer == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for the list of documents");
    }
    plan.without_forecast = true;
    EN_TRY(en_app_plan(app, c, &plan, a, answer, err));
    const char *why = answer->is_issued ? NULL : why_no_plan(answer, a);

    if (!answer->is_issued && why == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for the list of documents");
    }
    en_write_open(&w, NULL, '{');
    en_write_text(&w, "verdict", en_verdict_text(answer->assessment.verdict));
    en_app_write_problems(&w, app, c);
    write_rules(&w, answer);
    write_papers(&w, why, sessions->count > 0);
    write_sessions(&w, sessions);
    en_write_close(&w);
    return en_write_end(&w, "the list of documents", err);
}
