/* SPDX-License-Identifier: Apache-2.0
 * app/console_options: every option of a comparison with its benefit and what it costs, and what to
 * ask for to have it as a plan. */
#include "app/console_inside.h"

#include "base/text.h"
#include "report/words_search.h"

static const char *const KINDS[] = {"nothing", "exercise", "plan"};

/* The parameters of $plan that make this option; an option that is as usual asks for nothing. */
static void write_asked(struct console *c, const struct en_candidate *x)
{
    const size_t *choice = x->choice;

    en_write_open(&c->w, "asked", '{');
    en_write_integer(&c->w, "sessions", x->sessions);
    if (choice[EN_RESPECT_INTERVAL] > 0) {
        en_write_integer(&c->w, "interval", x->options.interval_days);
    }
    if (choice[EN_RESPECT_DEXTROSE] > 0) {
        en_write_number(&c->w, "dextrose", x->options.dextrose_percent, 2);
    }
    if (choice[EN_RESPECT_SITES] > 0) {
        en_write_text(&c->w, "sites", x->options.sites);
    }
    if (choice[EN_RESPECT_VOLUME] > 0) {
        en_write_number(&c->w, "volume-scale", x->options.volume_scale, 3);
    }
    if (choice[EN_RESPECT_GUIDANCE] > 0) {
        en_write_text(&c->w, "guidance", x->options.guidance);
    }
    en_write_close(&c->w);
}

static void write_result(struct console *c, const struct en_search_result *r)
{
    en_write_number(&c->w, "benefit", r->benefit, 3);
    en_write_number(&c->w, "benefit_sd", r->benefit_sd, 3);
    en_write_number(&c->w, "burden", r->burden, 3);
    en_write_number(&c->w, "net", r->net, 3);
    en_write_number(&c->w, "net_error", r->net_error, 3);
    en_write_number(&c->w, "pain", r->pain, 2);
    en_write_number(&c->w, "pain_q05", r->pain_q[0], 2);
    en_write_number(&c->w, "pain_q95", r->pain_q[2], 2);
    en_write_number(&c->w, "function", r->function, 2);
    en_write_number(&c->w, "goal", r->goal, 3);
    en_write_number(&c->w, "flare_days", r->flare_days, 2);
}

static void write_option(struct console *c, const struct en_report_search *s, size_t i)
{
    const struct en_candidate *x = &s->candidates->items[i];
    const struct en_search_result *r = &s->search->results[i];

    en_write_open(&c->w, NULL, '{');
    en_write_integer(&c->w, "number", (long long)i + 1);
    en_write_text(&c->w, "kind", KINDS[x->kind]);
    en_write_text(&c->w, "title", en_words_option(&c->words, s, i));
    en_write_integer(&c->w, "sessions", x->kind == EN_CANDIDATE_PLAN ? x->sessions : 0);
    en_write_bool(&c->w, "has_exercise", x->has_exercise);
    write_result(c, r);
    en_write_number(&c->w, "serious_harm", s->question->options[i].serious_harm, 8);
    en_write_bool(&c->w, "has_unknown_harm", x->has_unknown_harm);
    en_write_number(&c->w, "cost", s->question->options[i].cost, 2);
    en_write_bool(&c->w, "is_on_front", r->is_on_front);
    en_write_bool(&c->w, "is_as_good", r->is_as_good);
    en_write_bool(&c->w, "is_best", i == s->search->best);
    en_write_bool(&c->w, "is_preferred", i == s->search->preferred);
    if (x->kind == EN_CANDIDATE_PLAN) {
        write_asked(c, x);
    }
    en_write_close(&c->w);
}

static void write_sayings(struct console *c, const char *key, const struct en_sayings *s)
{
    en_write_open(&c->w, key, '[');
    for (size_t i = 0; i < s->count; i++) {
        en_write_text(&c->w, NULL, s->text[i]);
    }
    en_write_close(&c->w);
}

/* What saline in place of dextrose would bring, in the plan that is named. */
static void write_saline(struct console *c, const struct en_report_search *s)
{
    en_write_open(&c->w, "saline", '{');
    en_write_integer(&c->w, "of", (long long)s->saline_of + 1);
    write_result(c, s->saline);
    en_write_close(&c->w);
}

static void write_rows(struct console *c, const struct en_report_search *s)
{
    const struct en_search_rows rows = en_search_rows(s);

    en_write_open(&c->w, "rows", '[');
    for (size_t i = 0; i < rows.count; i++) {
        en_write_integer(&c->w, NULL, (long long)rows.option[i] + 1);
    }
    en_write_close(&c->w);
}

static enum en_status write_search(struct console *c, const struct en_optimise *answer,
                                   struct en_err *err)
{
    const struct en_report_search s = en_app_optimise_view(answer);
    struct en_sayings said = {.count = 0}, basis = {.count = 0};

    EN_TRY(en_words_search(&c->words, &s, &said, err));
    EN_TRY(en_words_search_basis(&c->words, &s, &basis, err));
    en_write_open(&c->w, "options", '[');
    for (size_t i = 0; i < s.candidates->count; i++) {
        write_option(c, &s, i);
    }
    en_write_close(&c->w);
    write_rows(c, &s);
    write_saline(c, &s);
    en_write_text(&c->w, "usual", en_words_usual(&c->words, &s));
    en_write_bool(&c->w, "has_cost", s.has_cost);
    en_write_bool(&c->w, "has_condition_data", s.has_condition_data);
    en_write_bool(&c->w, "is_calibrated", s.posterior->is_calibrated);
    write_sayings(c, "said", &said);
    write_sayings(c, "basis", &basis);
    return EN_OK;
}

static void write_refusals(struct console *c, const struct en_candidates *x)
{
    en_write_integer(&c->w, "refused", (long long)x->refused_count);
    en_write_integer(&c->w, "left_out", (long long)x->left_count);
    en_write_open(&c->w, "refusals", '[');
    for (size_t i = 0; i < x->refusal_count; i++) {
        en_write_open(&c->w, NULL, '{');
        en_write_text(&c->w, "rule", x->refusals[i].rule);
        en_write_text(&c->w, "reason", x->refusals[i].reason);
        en_write_integer(&c->w, "count", (long long)x->refusals[i].count);
        en_write_close(&c->w);
    }
    en_write_close(&c->w);
}

enum en_status en_app_console_options(const struct en_app *app, const struct en_optimise *answer,
                                      struct en_arena *a, struct en_buf *json, struct en_err *err)
{
    struct console c = {
        .w = EN_WRITER(json),
        .words = {.arena = a, .knowledge = app->knowledge, .today = app->today},
        .app = app,
        .answer = &answer->answer,
        .a = a,
    };

    en_write_open(&c.w, NULL, '{');
    en_write_bool(&c.w, "has_options", answer->search.results != NULL);
    if (answer->search.results != NULL) {
        EN_TRY(write_search(&c, answer, err));
    }
    write_refusals(&c, &answer->candidates);
    return console_end(&c, "the options", err);
}
