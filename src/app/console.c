/* SPDX-License-Identifier: Apache-2.0
 * app/console: the verdict of a plan, its reasons, the evidence, and what else there is. */
#include "app/console_inside.h"

#include "base/text.h"

void console_list(struct console *c, const char *key, const char *list)
{
    const char *item = NULL;
    size_t size = 0;

    if (en_text_is_empty(list)) {
        return;
    }
    en_write_open(&c->w, key, '[');
    while ((list = en_list_next(list, &item, &size)) != NULL) {
        en_write_print(&c->w, NULL, "%.*s", (int)size, item);
    }
    en_write_close(&c->w);
}

void console_from(struct console *c, const struct en_row *row)
{
    if (row == NULL) {
        return;
    }
    en_write_open(&c->w, "from", '{');
    en_write_text(&c->w, "table", row->table->name);
    en_write_text(&c->w, "row", en_cell(row, "id"));
    console_list(c, "sources", en_cell(row, "source"));
    en_write_text(&c->w, "grade", en_cell(row, "grade"));
    en_write_text(&c->w, "verified", en_cell(row, "verified"));
    en_write_bool(&c->w, "is_approved", en_cell(row, "approved_by")[0] != '\0');
    en_write_bool(&c->w, "is_memory", en_list_has(en_cell(row, "source"), "memory"));
    en_write_close(&c->w);
}

enum en_status console_end(struct console *c, const char *what, struct en_err *err)
{
    en_write_close(&c->w);
    EN_TRY(en_write_end(&c->w, what, err));
    return c->words.failed ? en_fail(err, EN_ENOMEM, "no memory for the words of %s", what) : EN_OK;
}

/* Verdict */

/* Words joined by '-', as the GuidanceResponse has it. */
static void write_verdict(struct console *c)
{
    const char *text = en_verdict_text(c->answer->assessment.verdict);
    char code[64];
    size_t i = 0;

    for (; text[i] != '\0' && i + 1 < sizeof code; i++) {
        const bool is_letter = (text[i] >= 'a' && text[i] <= 'z');

        code[i] = (char)(is_letter ? text[i] : '-');
    }
    code[i] = '\0';
    en_write_text(&c->w, "verdict", code);
    en_write_bool(&c->w, "is_issued", c->answer->is_issued);
    en_write_bool(&c->w, "has_stop_without_override",
                  c->answer->assessment.has_stop_without_override);
    en_write_integer(&c->w, "rules_looked_at", (long long)c->answer->assessment.rule_count);
}

/* Codes of enum en_severity. */
static const char *const SEVERITIES[EN_SEVERITY_COUNT] = {"stop", "defer", "caution", "info"};

void console_finding(struct console *c, const struct en_finding *f)
{
    struct en_writer *w = &c->w;

    en_write_open(w, NULL, '{');
    en_write_text(w, "rule", en_cell(f->rule, "id"));
    en_write_text(w, "tier", en_cell(f->tier, "id"));
    en_write_text(w, "title", en_cell(f->rule, "title"));
    en_write_text(w, "severity", SEVERITIES[f->severity]);
    en_write_bool(w, "is_unknown", f->is_unknown);
    en_write_bool(w, "has_override", f->has_override);
    en_write_text(w, "message", en_cell(f->tier, "message"));
    en_write_text(w, "action", en_cell(f->rule, "action"));
    console_list(c, "sites", f->sites);
    en_write_text(w, "inputs", en_words_inputs(&c->words, f));
    if (f->is_unknown && f->missing_count > 0) {
        en_write_open(w, "missing", '[');
        for (size_t i = 0; i < f->missing_count; i++) {
            en_write_text(w, NULL, en_words_fact(&c->words, f->missing[i]));
        }
        en_write_close(w);
    }
    console_from(c, f->tier);
    en_write_close(w);
}

static void write_findings(struct console *c)
{
    const struct en_assessment *s = &c->answer->assessment;

    en_write_open(&c->w, "findings", '[');
    for (size_t i = 0; i < s->finding_count; i++) {
        console_finding(c, &s->findings[i]);
    }
    en_write_close(&c->w);
    en_write_open(&c->w, "questions", '[');
    for (size_t i = 0; i < s->question_count; i++) {
        en_write_open(&c->w, NULL, '{');
        en_write_text(&c->w, "fact", en_cell(s->questions[i].fact, "id"));
        en_write_text(&c->w, "question", en_words_question(&c->words, s->questions[i].fact));
        en_write_text(&c->w, "severity", SEVERITIES[s->questions[i].severity]);
        en_write_bool(&c->w, "is_stale", s->questions[i].is_stale);
        en_write_close(&c->w);
    }
    en_write_close(&c->w);
}

/* What the case is about */

static void write_target(struct console *c, size_t index)
{
    const struct en_target *t = &c->answer->c.targets[index];
    const struct en_row *row =
        t->condition == NULL ? NULL : en_row_find(c->app->knowledge, "conditions", t->condition);

    en_write_open(&c->w, NULL, '{');
    en_write_integer(&c->w, "number", (long long)index + 1);
    en_write_text(&c->w, "title", row == NULL ? t->text : en_cell(row, "title"));
    en_write_text(&c->w, "side", en_side_text(t->side));
    en_write_bool(&c->w, "is_recognised", row != NULL);
    en_write_bool(&c->w, "is_planned", index == c->request->options.target);
    en_write_close(&c->w);
}

static void write_targets(struct console *c)
{
    en_write_open(&c->w, "targets", '[');
    for (size_t i = 0; i < c->answer->c.target_count; i++) {
        write_target(c, i);
    }
    en_write_close(&c->w);
    en_write_integer(&c->w, "sessions_given", (long long)c->answer->c.session_count);
}

static const struct en_row *condition_of(const struct console *c)
{
    return c->answer->plan.condition != NULL ? c->answer->plan.condition
                                             : c->answer->assessment.condition;
}

/* Banners of evidence, both sides. */
static void write_condition(struct console *c)
{
    const struct en_row *row = condition_of(c);

    if (row == NULL) {
        return;
    }
    en_write_open(&c->w, "condition", '{');
    en_write_text(&c->w, "id", en_cell(row, "id"));
    en_write_text(&c->w, "title", en_cell(row, "title"));
    en_write_text(&c->w, "region", en_cell(row, "region"));
    en_write_text(&c->w, "status", en_cell(row, "status"));
    en_write_text(&c->w, "reason", en_cell(row, "reason"));
    en_write_text(&c->w, "banner", en_cell(row, "banner"));
    en_write_text(&c->w, "evidence_for", en_cell(row, "evidence_for"));
    en_write_text(&c->w, "evidence_against", en_cell(row, "evidence_against"));
    en_write_text(&c->w, "evidence_grade", en_cell(row, "evidence_grade"));
    console_from(c, row);
    en_write_close(&c->w);
}

/* None beside a stop without override: something graver comes first. */
static void write_alternatives(struct console *c)
{
    const struct en_row *condition = condition_of(c);
    const char *item = NULL, *list = condition == NULL ? NULL : en_cell(condition, "alternatives");
    size_t size = 0;

    if (list == NULL || c->answer->assessment.has_stop_without_override) {
        return;
    }
    en_write_open(&c->w, "alternatives", '[');
    while ((list = en_list_next(list, &item, &size)) != NULL) {
        const struct en_row *row = en_row_find(c->app->knowledge, "alternatives",
                                               en_words_print(&c->words, "%.*s", (int)size, item));

        if (row != NULL) {
            en_write_open(&c->w, NULL, '{');
            en_write_text(&c->w, "title", en_cell(row, "title"));
            en_write_text(&c->w, "text", en_cell(row, "text"));
            en_write_text(&c->w, "evidence", en_cell(row, "evidence"));
            console_from(c, row);
            en_write_close(&c->w);
        }
    }
    en_write_close(&c->w);
}

enum en_status en_app_console(const struct en_app *app, const struct en_plan_answer *answer,
                              const struct en_plan_request *request, struct en_arena *a,
                              struct en_buf *json, struct en_err *err)
{
    struct console c = {
        .w = EN_WRITER(json),
        .words = {.arena = a, .knowledge = app->knowledge, .today = app->today},
        .app = app,
        .answer = answer,
        .request = request,
        .a = a,
    };

    en_write_open(&c.w, NULL, '{');
    en_write_date(&c.w, "today", app->today);
    en_write_text(&c.w, "knowledge", en_knowledge_version(app->knowledge));
    write_verdict(&c);
    write_targets(&c);
    write_condition(&c);
    write_findings(&c);
    write_alternatives(&c);
    console_choices(&c);
    if (answer->is_issued) {
        console_plan(&c);
        if (answer->forecast != NULL) {
            console_forecast(&c, answer->forecast);
        }
    }
    return console_end(&c, "the plan", err);
}
