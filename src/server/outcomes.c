/* SPDX-License-Identifier: Apache-2.0
 * server/outcomes: the clinic's own results over all patients, and its courses as rows without
 * names. Patients come in pages, each is read in a snapshot of its own and judged side by side;
 * adding up is in the order of the pages, so the same records give the same answer. */
#include "app/outcomes.h"
#include "base/gate.h"
#include "base/limits.h"
#include "base/pool.h"
#include "base/text.h"
#include "server/audit.h"
#include "server/deidentify.h"
#include "server/jobs.h"
#include "server/record.h"
#include "server/route.h"

#include <string.h>

/* A patient of a page takes some kB until it is added up, and some MB of a thread while it is
 * read. */
enum { PAGE = 64, THREADS = 4, ID_MAX = 65 };

static const double WAIT_S = 5.0;

enum form { AS_JSON, AS_CSV, AS_NDJSON };

/* One patient of a page. */
struct item {
    char id[ID_MAX];
    bool is_treated; /* a session is recorded */
    struct en_treated treated;
};

struct walk {
    struct en_server *server;
    const struct en_http_request *rq;
    struct en_err *err;
    struct en_app app;
    enum form form;
    struct en_outcomes *sum;
    struct en_deidentify deidentify;
    bool is_moved; /* all days are those of the rows: whoever asks may know no other */
    struct en_buf *out;
    const char *cursor; /* of the next page; NULL: the first */
    struct item *items; /* shape [PAGE] */
    size_t count;
    size_t rows;
    struct en_arena page, scratch[THREADS];
    enum en_status status[THREADS];
    struct en_err errors[THREADS];
};

/* A page of patients */

static enum en_status list_work(struct en_tx *tx, void *context, struct en_err *err)
{
    struct walk *w = context;
    struct en_search_query query = {
        .type = "Patient", .cursor = w->cursor, .count = PAGE, .text = ""};
    struct en_page page;

    EN_TRY(en_tx_search(tx, &query, &w->page, &page, err));
    w->count = page.count;
    for (size_t i = 0; i < page.count; i++) {
        w->items[i] = (struct item){.is_treated = false};
        (void)snprintf(w->items[i].id, ID_MAX, "%s", page.items[i].id);
    }
    w->cursor =
        page.next_cursor == NULL ? NULL : en_arena_copy(w->rq->arena, page.next_cursor, SIZE_MAX);
    return page.next_cursor != NULL && w->cursor == NULL
               ? en_fail(err, EN_ENOMEM, "no memory for the clinic's results")
               : EN_OK;
}

/* One patient */

struct reading {
    struct walk *w;
    struct item *item;
    struct en_arena *a;
    struct en_record record;
    const char **events;
    size_t event_count;
};

static enum en_status read_events(struct reading *r, const struct en_record_request *rq,
                                  struct en_tx *tx, struct en_err *err)
{
    struct en_versions found = {0};

    EN_TRY(en_tx_record_type(tx, rq, "AdverseEvent", r->a, &found, err));
    r->events = EN_NEW(r->a, const char *, found.count);
    if (r->events == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for the clinic's results");
    }
    for (size_t i = 0; i < found.count; i++) {
        r->events[r->event_count++] = found.items[i].body;
    }
    return EN_OK;
}

static enum en_status read_work(struct en_tx *tx, void *context, struct en_err *err)
{
    struct reading *r = context;
    const struct en_record_request rq = {
        .params = r->w->server->params, .patient = r->item->id, .today = r->w->app.today};
    struct en_versions found = {0};
    bool is_treated = false;

    EN_TRY(en_tx_record_type(tx, &rq, "Procedure", r->a, &found, err));
    for (size_t i = 0; i < found.count && !is_treated; i++) {
        is_treated = strstr(found.items[i].body, "\"prolotherapy-session\"") != NULL;
    }
    if (!is_treated) {
        return EN_OK;
    }
    struct en_err gone = {""};
    const enum en_status st = en_tx_record(tx, &rq, r->a, &r->record, &gone);

    if (st == EN_ENOTFOUND) {
        return EN_OK; /* deleted since the page was read */
    }
    if (st != EN_OK) {
        return en_fail(err, st, "%s", gone.text);
    }
    r->item->is_treated = true;
    return read_events(r, &rq, tx, err);
}

static enum en_status judge(struct walk *w, struct item *item, struct en_arena *a,
                            struct en_err *err)
{
    struct reading r = {.w = w, .item = item, .a = a};

    EN_TRY(en_store_read(w->server->store, read_work, &r, err));
    const struct en_treated_record record = {r.record.bundle, r.record.size, r.events,
                                             r.event_count};

    return item->is_treated ? en_app_treated(&w->app, &record, a, &item->treated, err) : EN_OK;
}

static void judge_one(void *context, size_t index, int worker)
{
    struct walk *w = context;
    const struct en_arena_mark mark = en_arena_mark(&w->scratch[worker]);

    if (w->status[worker] == EN_OK) {
        w->status[worker] = judge(w, &w->items[index], &w->scratch[worker], &w->errors[worker]);
    }
    en_arena_rewind(&w->scratch[worker], mark);
}

/* Telling */

/* SAFETY: who could ask for the true days, span by span, would learn by how much the days of a row
 * were moved, and with it the days of the whole record. Searches by date are refused for the same
 * reason (fhir/deidentify); here the days that are asked for are those of the rows. */
static void move_days(const struct walk *w, struct item *item)
{
    const int shift = en_deidentify_shift(&w->deidentify, item->id);

    for (size_t i = 0; i < item->treated.course_count; i++) {
        item->treated.courses[i].start += shift;
    }
}

static void add_row(struct walk *w, const struct item *item, size_t index)
{
    const struct en_course_outcome *course = &item->treated.courses[index];
    const int shift = en_deidentify_shift(&w->deidentify, item->id);
    const en_day start = w->is_moved ? course->start - shift : course->start;
    char pseudonym[EN_PSEUDONYM_TEXT];
    const struct en_outcome_row row = {
        .course = course,
        .patient = &item->treated,
        .number = index + 1,
        .pseudonym = pseudonym,
        .start = start + shift,
        .age = en_years_between(item->treated.birth, start),
    };

    if (!en_outcome_counts(&w->sum->filter, course)) {
        return;
    }
    en_deidentify_id(&w->deidentify, "Patient", item->id, pseudonym);
    (w->form == AS_CSV ? en_outcomes_csv : en_outcomes_ndjson)(&w->sum->timepoints, &row, w->out);
    w->rows++;
}

static void tell(struct walk *w, struct item *item)
{
    if (!item->is_treated) {
        return;
    }
    if (w->is_moved) {
        move_days(w, item);
    }
    en_outcomes_add(w->sum, &item->treated);
    for (size_t i = 0; w->form != AS_JSON && i < item->treated.course_count; i++) {
        add_row(w, item, i);
    }
}

static enum en_status walk_page(struct walk *w)
{
    const struct en_arena_mark mark = en_arena_mark(&w->page);
    const int processors = en_pool_processors();

    EN_TRY(en_store_read(w->server->store, list_work, w, w->err));
    en_pool_run(processors < THREADS ? processors : THREADS, w->count, judge_one, w);
    for (size_t i = 0; i < THREADS; i++) {
        if (w->status[i] != EN_OK) {
            return en_fail(w->err, w->status[i], "%s", w->errors[i].text);
        }
    }
    for (size_t i = 0; i < w->count; i++) {
        tell(w, &w->items[i]);
    }
    en_arena_rewind(&w->page, mark);
    return en_buf_check(w->out, "the clinic's results", w->err);
}

static enum en_status walk_all(struct walk *w)
{
    if (w->form == AS_CSV) {
        en_outcomes_csv_head(&w->sum->timepoints, w->out);
    }
    do {
        EN_TRY(walk_page(w));
    } while (w->cursor != NULL);
    return w->form == AS_JSON ? en_outcomes_json(w->sum, w->out, w->err) : EN_OK;
}

/* What is asked */

static enum en_status read_day(const struct en_http_request *rq, const char *name, en_day *out,
                               bool *is_wrong, struct en_err *err)
{
    enum en_date_precision precision = EN_DATE_YEAR;
    const char *text = NULL;

    *out = EN_DAY_UNKNOWN;
    EN_TRY(en_http_form_value(rq->query, name, rq->arena, &text, err));
    *is_wrong |= text != NULL && text[0] != '\0' &&
                 (!en_date_parse(text, out, &precision) || precision != EN_DATE_DAY);
    return EN_OK;
}

static bool read_side(const char *text, enum en_side *out)
{
    for (int i = EN_SIDE_UNKNOWN; i <= EN_SIDE_MIDLINE; i++) {
        if (text[0] == '\0' || en_text_equal(text, en_side_text((enum en_side)i))) {
            *out = text[0] == '\0' ? EN_SIDE_UNKNOWN : (enum en_side)i;
            return true;
        }
    }
    return false;
}

/* condition, side, from, to; an empty one is none. */
static enum en_status read_filter(const struct walk *w, struct en_outcome_filter *out,
                                  bool *is_wrong)
{
    const struct en_http_request *rq = w->rq;
    const char *side = NULL;

    *out = (struct en_outcome_filter){.side = EN_SIDE_UNKNOWN};
    EN_TRY(en_http_form_value(rq->query, "condition", rq->arena, &out->condition, w->err));
    EN_TRY(en_http_form_value(rq->query, "side", rq->arena, &side, w->err));
    out->condition = en_text_is_empty(out->condition) ? NULL : out->condition;
    *is_wrong |= out->condition != NULL &&
                 en_row_find(w->app.knowledge, "conditions", out->condition) == NULL;
    *is_wrong |= side != NULL && !read_side(side, &out->side);
    EN_TRY(read_day(rq, "from", &out->from, is_wrong, w->err));
    return read_day(rq, "to", &out->to, is_wrong, w->err);
}

/* Nobody is named in the answer, so no patient is in the entry: what was asked, and how much was
 * told. */
static enum en_status write_trail(const struct walk *w)
{
    static const char *const SUBTYPES[] = {
        [AS_JSON] = "outcomes", [AS_CSV] = "outcomes-csv", [AS_NDJSON] = "outcomes-ndjson"};
    const struct en_audit audit = {
        .action = 'R',
        .subtype = SUBTYPES[w->form],
        .detail = w->form == AS_JSON
                      ? NULL
                      : en_arena_print(w->rq->arena, "%zu courses, de-identified", w->rows)};

    return en_server_audit(w->server, w->rq, audit, w->err);
}

static enum en_status run(struct walk *w)
{
    w->page = EN_ARENA(EN_REQUEST_ARENA);
    for (size_t i = 0; i < THREADS; i++) {
        w->scratch[i] = EN_ARENA(EN_REQUEST_ARENA);
    }
    enum en_status st = walk_all(w);

    for (size_t i = 0; i < THREADS; i++) {
        en_arena_free(&w->scratch[i]);
    }
    en_arena_free(&w->page);
    return st == EN_OK ? write_trail(w) : st;
}

/* It takes all processors for a while: only so many at a time. */
static enum en_status run_in_turn(struct walk *w, struct en_http_response *rs)
{
    struct en_gate *gate = w->server->jobs == NULL ? NULL : en_jobs_gate(w->server->jobs);

    if (gate != NULL && !en_gate_enter(gate, WAIT_S)) {
        en_http_add_header(rs, "Retry-After", "5");
        return en_refuse(rs, 503, "throttled",
                         "too many calculations run now; try again in some seconds");
    }
    const enum en_status st = run(w);

    if (gate != NULL) {
        en_gate_leave(gate);
    }
    return st;
}

static enum en_status outcomes(struct en_server *s, const struct en_http_request *rq,
                               struct en_http_response *rs, enum form form, struct en_err *err)
{
    static const char *const TYPES[] = {[AS_JSON] = "application/json; charset=utf-8",
                                        [AS_CSV] = "text/csv; charset=utf-8; header=present",
                                        [AS_NDJSON] = "application/x-ndjson"};
    struct walk *w = EN_NEW(rq->arena, struct walk, 1);
    struct en_outcome_filter filter;
    bool is_wrong = false;

    if (w == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for the clinic's results");
    }
    *w = (struct walk){.server = s,
                       .rq = rq,
                       .err = err,
                       .app = en_server_app(s, rq),
                       .form = form,
                       .sum = EN_NEW(rq->arena, struct en_outcomes, 1),
                       .deidentify = en_server_deidentify(s, rq),
                       .is_moved = en_must_deidentify(&rq->caller),
                       .out = &rs->body,
                       .items = EN_NEW(rq->arena, struct item, PAGE)};
    if (w->sum == NULL || w->items == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for the clinic's results");
    }
    EN_TRY(read_filter(w, &filter, &is_wrong));
    if (is_wrong) {
        return en_refuse(rs, 400, "value",
                         "condition needs an id of the tables, side one of left, right, both or "
                         "midline, from and to a day (2026-03-02)");
    }
    en_outcomes_start(&w->app, &filter, w->sum);
    rs->content_type = TYPES[form];
    if (form != AS_JSON) {
        en_http_add_header(rs, "Content-Disposition",
                           form == AS_CSV ? "attachment; filename=\"outcomes.csv\""
                                          : "attachment; filename=\"outcomes.ndjson\"");
    }
    return run_in_turn(w, rs);
}

static enum en_status as_json(struct en_server *s, const struct en_http_request *rq,
                              struct en_http_response *rs, struct en_err *err)
{
    return outcomes(s, rq, rs, AS_JSON, err);
}

static enum en_status as_csv(struct en_server *s, const struct en_http_request *rq,
                             struct en_http_response *rs, struct en_err *err)
{
    return outcomes(s, rq, rs, AS_CSV, err);
}

static enum en_status as_ndjson(struct en_server *s, const struct en_http_request *rq,
                                struct en_http_response *rs, struct en_err *err)
{
    return outcomes(s, rq, rs, AS_NDJSON, err);
}

const struct en_route EN_ROUTES_OUTCOMES[] = {
    {EN_GET, "/clinic/outcomes", EN_RIGHT_OUTCOMES, as_json, 0,
     "own results by condition: follow-up, change, responders, harms; condition, side, from, to "
     "(a researcher's: days as in the rows)"},
    {EN_GET, "/clinic/outcomes.csv", EN_RIGHT_OUTCOMES, as_csv, 0,
     "the same courses as rows, de-identified"},
    {EN_GET, "/clinic/outcomes.ndjson", EN_RIGHT_OUTCOMES, as_ndjson, 0,
     "the same as lines of JSON"},
    {EN_GET, NULL, EN_RIGHT_PUBLIC, NULL, 0, NULL},
};
