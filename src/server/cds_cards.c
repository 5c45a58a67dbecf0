/* SPDX-License-Identifier: Apache-2.0
 * server/cds_cards: from a verdict to cards. */
#include "base/text.h"
#include "fhir/concept.h"
#include "fhir/json.h"
#include "fhir/systems.h"
#include "fhir/writer.h"
#include "server/cds.h"
#include "server/digest.h"

#include <string.h>

/* CDS Hooks: a summary has less than 140 characters. */
enum { SUMMARY_MAX = 139, DETAIL_MAX = 4000, QUESTIONS_MAX = 20 };

/* Why somebody goes on all the same. */
static const struct {
    const char *code, *display;
} REASONS[] = {
    {"benefit-outweighs-risk", "Reviewed: the benefit outweighs the risk"},
    {"no-longer-true", "The finding is no longer true"},
    {"cleared-by-specialist", "Cleared by a specialist"},
    {"other-treatment", "Another treatment is given instead"},
};

struct deciding {
    const struct en_app *app;
    const struct en_cds_call *call;
    struct en_arena *a;
    struct en_cds_cards *out;
    struct en_err *err;
    bool is_full;    /* of memory */
    size_t left_out; /* cards that found no place */
};

static const char *print(struct deciding *d, const char *format, ...) EN_PRINTF(2, 3);

static const char *print(struct deciding *d, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    const char *text = en_arena_vprint(d->a, format, args);

    va_end(args);
    d->is_full = d->is_full || text == NULL;
    return text == NULL ? "" : text;
}

/* The first so many characters; cut between two of them. */
static const char *cut(struct deciding *d, const char *text, size_t max)
{
    size_t count = 0, size = 0;

    while (text[size] != '\0' && count < max) {
        do {
            size++;
        } while (((unsigned char)text[size] & 0xc0U) == 0x80U);
        count++;
    }
    return text[size] == '\0' ? text : print(d, "%.*s…", (int)size - 1, text);
}

/* The same call says the same cards: their names follow from the call and the rule. */
static const char *uuid_of(struct deciding *d, const char *name)
{
    char hex[EN_DIGEST_ID_TEXT];
    struct en_digest digest;

    en_digest_start(&digest);
    en_digest_add_text(&digest, d->call->instance);
    en_digest_add_text(&digest, d->call->service->id);
    en_digest_add_text(&digest, name);
    en_digest_end_id(&digest, hex);
    hex[12] = '8'; /* RFC 9562: version 8, variant 2 */
    hex[16] = '8';
    return print(d, "%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8, hex + 12, hex + 16, hex + 20);
}

static void add(struct deciding *d, struct en_cds_card card, const char *name)
{
    if (d->out->count == EN_CDS_CARDS_MAX) {
        d->left_out++;
    } else {
        card.uuid = uuid_of(d, name);
        card.summary = cut(d, card.summary, SUMMARY_MAX);
        card.detail = cut(d, card.detail, DETAIL_MAX);
        d->out->items[d->out->count++] = card;
    }
}

/* Findings */

static void add_fired(struct deciding *d, const struct en_finding *f)
{
    static const char *const INDICATORS[EN_SEVERITY_COUNT] = {"critical", "warning", "info", NULL};
    const char *action = en_cell(f->rule, "action");

    if (f->is_unknown || INDICATORS[f->severity] == NULL) {
        return;
    }
    add(d,
        (struct en_cds_card){
            .indicator = INDICATORS[f->severity],
            .rule = en_cell(f->rule, "id"),
            .has_override = f->has_override,
            .summary = print(d, "Prolotherapy: %s (%s)", en_cell(f->rule, "title"),
                             en_severity_text(f->severity)),
            .detail =
                print(d, "%s%s%s\n\nRule %s, source %s, grade %s, %s.", en_cell(f->tier, "message"),
                      action[0] == '\0' ? "" : "\n\n", action, en_cell(f->rule, "id"),
                      en_cell(f->tier, "source"), en_cell(f->tier, "grade"),
                      en_cell(f->tier, "approved_by")[0] == '\0' ? "not yet approved by a clinician"
                                                                 : "approved"),
        },
        en_cell(f->tier, "id"));
}

/* One card for all that is open: a list of questions, the gravest first. */
static void add_unknown(struct deciding *d, const struct en_assessment *s)
{
    const char *list = "";
    size_t count = 0;

    for (size_t i = 0; i < s->question_count; i++) {
        const struct en_row *fact = s->questions[i].fact;
        const char *question = en_cell(fact, "question");

        if (s->questions[i].severity > EN_DEFER) {
            continue;
        }
        if (count++ < QUESTIONS_MAX) {
            list =
                print(d, "%s- %s\n", list, question[0] == '\0' ? en_cell(fact, "title") : question);
        }
    }
    if (count == 0) {
        return;
    }
    add(d,
        (struct en_cds_card){
            .indicator = "warning",
            .rule = "",
            .has_override = true,
            .summary = print(d, "Prolotherapy: %zu question%s could stop it and %s not answered",
                             count, count == 1 ? "" : "s", count == 1 ? "is" : "are"),
            .detail = print(d, "What is not known is not taken for \"no\".\n\n%s%s", list,
                            count > QUESTIONS_MAX ? "- and more\n" : ""),
        },
        "unknown");
}

/* Of patient-view: all of it in one card. */
static void add_summary(struct deciding *d, const struct en_assessment *s)
{
    const char *list = "", *first = NULL;
    size_t count = 0;
    bool is_stop = false;

    for (size_t i = 0; i < s->finding_count; i++) {
        const struct en_finding *f = &s->findings[i];

        if (f->is_unknown || f->severity > EN_DEFER) {
            continue;
        }
        first = first == NULL ? en_cell(f->rule, "title") : first;
        is_stop = is_stop || f->severity == EN_STOP;
        list = print(d, "%s- **%s**: %s\n", list, en_cell(f->rule, "title"),
                     en_cell(f->tier, "message"));
        count++;
    }
    if (count == 0) {
        return; /* nothing speaks against it: no noise */
    }
    add(d,
        (struct en_cds_card){
            .indicator = is_stop ? "critical" : "warning",
            .rule = "",
            .has_override = true,
            .summary = print(d, "Prolotherapy is planned: %s%s", first,
                             count > 1 ? print(d, ", and %zu more", count - 1) : ""),
            .detail = list,
        },
        "summary");
}

/* A record that cannot be read must not look like one without findings. */
static void add_unreadable(struct deciding *d, const struct en_issues *issues)
{
    const char *list = "";

    for (size_t i = 0; i < issues->count && i < QUESTIONS_MAX; i++) {
        if (issues->items[i].severity == EN_ISSUE_ERROR) {
            list = print(d, "%s- %s: %s\n", list, issues->items[i].path, issues->items[i].text);
        }
    }
    add(d,
        (struct en_cds_card){
            .indicator = "warning",
            .rule = "",
            .has_override = true,
            .summary = "Prolotherapy: the record could not be read, nothing was checked",
            .detail = print(d, "The record that was sent has problems:\n\n%s", list),
        },
        "unreadable");
}

/* The order */

/* Sites of the atlas that the orders name: "KNE-01; KNE-02"; NULL: from the condition. */
static const char *sites_of(struct deciding *d)
{
    const char *list = NULL;

    for (size_t i = 0; i < d->call->order_count; i++) {
        struct json_object *sites = en_json_get(d->call->orders[i], "bodySite");

        for (size_t j = 0; j < en_json_count(sites); j++) {
            const char *code = en_concept_code(en_json_at(sites, j), EN_SITE_SYSTEM);

            if (en_row_find(d->app->knowledge, "atlas", code) != NULL &&
                (list == NULL || !en_list_has(list, code))) {
                list = print(d, "%s%s%s", list == NULL ? "" : list, list == NULL ? "" : "; ", code);
            }
        }
    }
    return list;
}

/* The day of the first order or appointment; the day of the question where none is said. */
static en_day day_of(const struct deciding *d)
{
    static const char *const MEMBERS[] = {"occurrenceDateTime", "start"};
    en_day day = d->app->today;

    for (size_t i = 0; i < EN_COUNT(MEMBERS); i++) {
        const char *text = en_json_text(d->call->orders[0], MEMBERS[i]);
        en_day said = EN_DAY_UNKNOWN;

        if (text != NULL && en_date_parse(text, &said, NULL) && said >= d->app->today) {
            day = said;
        }
    }
    return day;
}

static void say(struct deciding *d, const struct en_assessment *s)
{
    if (d->call->service->kind == EN_CDS_VIEW) {
        add_summary(d, s);
        return;
    }
    add_unknown(d, s);
    for (size_t i = 0; i < s->finding_count; i++) {
        add_fired(d, &s->findings[i]);
    }
    if (d->left_out > 0) { /* nothing is left out in silence: the last card says so */
        d->out->items[EN_CDS_CARDS_MAX - 1].summary =
            print(d, "Prolotherapy: %zu more findings are not shown", d->left_out + 1);
        d->out->items[EN_CDS_CARDS_MAX - 1].indicator = "critical";
        d->out->items[EN_CDS_CARDS_MAX - 1].detail =
            "More rules fire than fit here: assess the patient's whole case before you go on.";
    }
}

static enum en_status assess(struct deciding *d)
{
    struct en_plan_request request = {.without_forecast = true};
    struct en_plan_answer *answer = EN_NEW(d->a, struct en_plan_answer, 1);
    struct en_issues issues = {0};
    struct en_case c;

    if (answer == NULL) {
        return en_fail(d->err, EN_ENOMEM, "no memory for an assessment");
    }
    enum en_status st =
        en_app_case(d->app, d->call->bundle, d->call->bundle_size, d->a, &c, &issues, d->err);

    if (st == EN_EINVAL && issues.error_count > 0) {
        add_unreadable(d, &issues);
        return EN_OK;
    }
    EN_TRY(st);
    request.options.sites = sites_of(d);
    request.options.start = day_of(d);
    EN_TRY(en_app_plan(d->app, &c, &request, d->a, answer, d->err));
    say(d, &answer->assessment);
    return EN_OK;
}

enum en_status en_cds_decide(const struct en_app *app, const struct en_cds_call *call,
                             struct en_arena *a, struct en_cds_cards *out, struct en_err *err)
{
    struct deciding d = {.app = app, .call = call, .a = a, .out = out, .err = err};

    out->count = 0;
    if (call->order_count == 0) {
        return EN_OK;
    }
    EN_TRY(assess(&d));
    return d.is_full ? en_fail(err, EN_ENOMEM, "no memory for the cards") : EN_OK;
}

/* Writing */

static void write_card(const struct en_cds_card *c, const char *root, struct en_writer *w)
{
    en_write_open(w, NULL, '{');
    en_write_text(w, "uuid", c->uuid);
    en_write_text(w, "summary", c->summary);
    en_write_text(w, "detail", c->detail);
    en_write_text(w, "indicator", c->indicator);
    en_write_open(w, "source", '{');
    en_write_text(w, "label", "Enthesis");
    en_write_text(w, "url", root);
    en_write_close(w);
    if (c->has_override) {
        en_write_open(w, "overrideReasons", '[');
        for (size_t i = 0; i < EN_COUNT(REASONS); i++) {
            en_write_open(w, NULL, '{');
            en_write_text(w, "code", REASONS[i].code);
            en_write_text(w, "system", EN_FHIR_BASE "CodeSystem/override-reason");
            en_write_text(w, "display", REASONS[i].display);
            en_write_close(w);
        }
        en_write_close(w);
    }
    en_write_close(w);
}

enum en_status en_cds_write(const struct en_cds_cards *cards, const char *root, struct en_buf *out,
                            struct en_err *err)
{
    struct en_writer w = EN_WRITER(out);

    en_write_open(&w, NULL, '{');
    en_write_open(&w, "cards", '[');
    for (size_t i = 0; i < cards->count; i++) {
        write_card(&cards->items[i], root, &w);
    }
    en_write_close(&w);
    en_write_close(&w);
    return en_write_end(&w, "the cards", err);
}
