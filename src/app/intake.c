/* SPDX-License-Identifier: Apache-2.0 */
#include "app/intake.h"

#include "base/text.h"
#include "fhir/writer.h"

#include <stdlib.h>
#include <string.h>

struct intake {
    struct en_writer w;
    const struct en_case *c;
    const struct en_intake_part *parts;
    size_t part_count;
    const struct en_knowledge *k;
};

/* The part that a path "Bundle.entry[3].resource..." leads into; NULL: none. */
static const struct en_intake_part *part_of(const struct intake *in, const char *path)
{
    static const char START[] = "Bundle.entry[";

    if (path == NULL || !en_text_starts(path, START)) {
        return NULL;
    }
    const unsigned long index = strtoul(path + sizeof START - 1, NULL, 10);

    return index < in->part_count ? &in->parts[index] : NULL;
}

/* Whether the path goes on below the resource: a component, an answer of a form. */
static bool is_below(const char *path)
{
    static const char END[] = "].resource";
    const char *found = path == NULL ? NULL : strstr(path, END);

    return found != NULL && found[sizeof END - 1] != '\0';
}

static void write_part(struct intake *in, const struct en_intake_part *part)
{
    if (part != NULL) {
        en_write_print(&in->w, "resource", "%s/%s", part->type, part->id);
        en_write_integer(&in->w, "version", part->version);
    }
}

/* By the address of a resource: "Observation/e1". */
static void write_address(struct intake *in, const char *address)
{
    for (size_t i = 0; address != NULL && i < in->part_count; i++) {
        const size_t size = strlen(in->parts[i].type);

        if (en_text_starts(address, in->parts[i].type) && address[size] == '/' &&
            en_text_equal(address + size + 1, in->parts[i].id)) {
            write_part(in, &in->parts[i]);
            return;
        }
    }
}

static void write_value(struct intake *in, const struct en_row *row, const struct en_fact *f)
{
    switch (f->kind) {
    case EN_FACT_BOOL:
        en_write_bool(&in->w, "value", f->truth);
        break;
    case EN_FACT_NUMBER:
        en_write_number(&in->w, "value", f->number, 6);
        en_write_text(&in->w, "unit", en_cell(row, "unit"));
        break;
    case EN_FACT_CODE:
        en_write_text(&in->w, "value", f->code);
        break;
    case EN_FACT_DATE:
        en_write_date(&in->w, "value", f->date);
        break;
    case EN_FACT_UNKNOWN:
        en_write_bool(&in->w, "is_unknown", true);
        break;
    }
}

/* A fact that has a value, or of which somebody said that it is not known. */
static void write_fact(struct intake *in, const struct en_fact_view *view, size_t index)
{
    const struct en_row *row = &en_table_get(in->k, "facts")->rows[index];
    const struct en_fact *f = &view->facts[index];
    bool is_stale = false;

    if (f->kind == EN_FACT_UNKNOWN && f->origin == NULL) {
        return;
    }
    (void)en_fact_seen(view, index, &is_stale);
    en_write_open(&in->w, NULL, '{');
    en_write_text(&in->w, "fact", en_cell(row, "id"));
    write_value(in, row, f);
    en_write_date(&in->w, "as_of", f->as_of);
    en_write_bool(&in->w, "is_stale", is_stale);
    if (en_text_starts(f->origin == NULL ? "" : f->origin, "derived")) {
        en_write_text(&in->w, "derived", f->origin);
    }
    write_part(in, part_of(in, f->origin));
    if (is_below(f->origin)) {
        en_write_bool(&in->w, "is_part", true);
    }
    en_write_close(&in->w);
}

static enum en_status write_facts(struct intake *in, const struct en_app *app, struct en_arena *a,
                                  struct en_err *err)
{
    const struct en_care care = {app->knowledge, app->today};
    struct en_fact *facts = NULL;

    EN_TRY(en_derive_facts(&care, in->c, NULL, NULL, a, &facts, err));
    const struct en_fact_view view = {app->knowledge, facts, app->today};

    en_write_open(&in->w, "facts", '[');
    for (size_t i = 0; i < in->c->fact_count; i++) {
        write_fact(in, &view, i);
    }
    en_write_close(&in->w);
    return EN_OK;
}

static void write_side(struct intake *in, enum en_side side)
{
    if (side != EN_SIDE_UNKNOWN) {
        en_write_text(&in->w, "side", en_side_text(side));
    }
}

static void write_targets(struct intake *in)
{
    en_write_open(&in->w, "problems", '[');
    for (size_t i = 0; i < in->c->target_count; i++) {
        const struct en_target *t = &in->c->targets[i];

        en_write_open(&in->w, NULL, '{');
        en_write_text(&in->w, "condition", t->condition);
        en_write_text(&in->w, "text", t->text);
        write_side(in, t->side);
        en_write_date(&in->w, "onset", t->onset);
        write_part(in, part_of(in, t->path));
        en_write_close(&in->w);
    }
    en_write_close(&in->w);
}

static void write_exams(struct intake *in)
{
    static const char *const KINDS[] = {"tenderness", "laxity", "motion"};

    en_write_open(&in->w, "exams", '[');
    for (size_t i = 0; i < in->c->exam_count; i++) {
        const struct en_exam *e = &in->c->exams[i];

        en_write_open(&in->w, NULL, '{');
        en_write_text(&in->w, "kind", KINDS[e->kind]);
        en_write_text(&in->w, "site", e->site);
        en_write_text(&in->w, "structure", e->structure);
        write_side(in, e->side);
        en_write_number(&in->w, "value", e->value, 3);
        en_write_date(&in->w, "day", e->day);
        write_address(in, e->resource);
        en_write_close(&in->w);
    }
    en_write_close(&in->w);
}

static void write_scores(struct intake *in)
{
    en_write_open(&in->w, "scores", '[');
    for (size_t i = 0; i < in->c->score_count; i++) {
        const struct en_score *s = &in->c->scores[i];

        en_write_open(&in->w, NULL, '{');
        en_write_text(&in->w, "instrument", s->instrument);
        en_write_text(&in->w, "region", s->region);
        write_side(in, s->side);
        en_write_number(&in->w, "value", s->value, 3);
        en_write_date(&in->w, "day", s->day);
        write_address(in, s->resource);
        en_write_close(&in->w);
    }
    en_write_close(&in->w);
}

static void write_treatments(struct intake *in)
{
    en_write_open(&in->w, "treatments", '[');
    for (size_t i = 0; i < in->c->treatment_count; i++) {
        const struct en_past_treatment *t = &in->c->treatments[i];

        en_write_open(&in->w, NULL, '{');
        en_write_text(&in->w, "kind", t->kind);
        en_write_text(&in->w, "region", t->region);
        en_write_date(&in->w, "day", t->day);
        en_write_close(&in->w);
    }
    for (size_t i = 0; i < in->c->session_count; i++) {
        const struct en_past_session *s = &in->c->sessions[i];

        en_write_open(&in->w, NULL, '{');
        en_write_text(&in->w, "kind", "session");
        en_write_text(&in->w, "region", s->region);
        write_side(in, s->side);
        en_write_date(&in->w, "day", s->day);
        en_write_close(&in->w);
    }
    en_write_close(&in->w);
}

enum en_status en_app_intake(const struct en_app *app, const struct en_case *c,
                             const struct en_intake_part *parts, size_t count, struct en_arena *a,
                             struct en_buf *json, struct en_err *err)
{
    struct intake in = {
        .w = EN_WRITER(json), .c = c, .parts = parts, .part_count = count, .k = app->knowledge};

    en_write_open(&in.w, NULL, '{');
    en_write_date(&in.w, "today", app->today);
    en_write_text(&in.w, "knowledge", en_knowledge_version(app->knowledge));
    EN_TRY(write_facts(&in, app, a, err));
    write_targets(&in);
    write_exams(&in);
    write_scores(&in);
    write_treatments(&in);
    en_write_close(&in.w);
    return en_write_end(&in.w, "the intake", err);
}
