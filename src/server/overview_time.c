/* SPDX-License-Identifier: Apache-2.0
 * server/overview_time: what happened so far, for one axis of time. */
#include "base/text.h"
#include "fhir/concept.h"
#include "fhir/json.h"
#include "fhir/writer.h"
#include "server/overview.h"

/* A list that says that nothing is taken. */
static const char NO_DRUG[] = "no-current-medication";

/* Sessions */

static void write_session(struct en_writer *w, const struct en_knowledge *k,
                          const struct en_past_session *s)
{
    en_write_open(w, NULL, '{');
    en_write_date(w, "day", s->day);
    en_write_text(w, "region", s->region);
    en_write_text(w, "side", en_side_text(s->side));
    en_write_text(w, "resource", s->resource);
    en_write_number(w, "volume_ml", s->volume_ml, 1);
    en_write_number(w, "dextrose_g", s->dextrose_g, 2);
    en_write_number(w, "lidocaine_mg", s->lidocaine_mg, 1);
    en_write_text(w, "guidance", s->guidance);
    if (s->ae_grade >= 0) {
        en_write_integer(w, "harm_grade", s->ae_grade);
    }
    en_write_open(w, "sites", '[');
    for (size_t i = 0; i < s->site_count; i++) {
        const struct en_row *site = en_row_find(k, "atlas", s->sites[i]);

        en_write_text(w, NULL, site == NULL ? s->sites[i] : en_cell(site, "structure"));
    }
    en_write_close(w);
    en_write_close(w);
}

/* Scores: by instrument, so that each is a series */

static void write_scale(struct en_writer *w, const struct en_row *row)
{
    en_write_text(w, "title", en_cell(row, "title"));
    en_write_number(w, "low", en_cell_number(row, "low"), 3);
    en_write_number(w, "high", en_cell_number(row, "high"), 3);
    en_write_number(w, "important_change", en_cell_number(row, "mcid"), 3);
    en_write_text(w, "direction", en_cell(row, "direction"));
    en_write_text(w, "measure", en_cell(row, "measure"));
}

static void write_values(struct en_writer *w, const struct en_case *c, const char *instrument)
{
    en_write_open(w, "values", '[');
    for (size_t i = 0; i < c->score_count; i++) {
        const struct en_score *s = &c->scores[i];

        if (en_text_equal(s->instrument, instrument)) {
            en_write_open(w, NULL, '{');
            en_write_date(w, "day", s->day);
            en_write_number(w, "value", s->value, 3);
            en_write_text(w, "side", en_side_text(s->side));
            en_write_text(w, "region", s->region);
            en_write_text(w, "resource", s->resource);
            en_write_close(w);
        }
    }
    en_write_close(w);
}

static bool is_scored(const struct en_case *c, const char *instrument)
{
    for (size_t i = 0; i < c->score_count; i++) {
        if (en_text_equal(c->scores[i].instrument, instrument)) {
            return true;
        }
    }
    return false;
}

static void write_scores(struct en_writer *w, const struct en_knowledge *k, const struct en_case *c)
{
    const struct en_table *table = en_table_get(k, "instruments");

    en_write_open(w, "scores", '[');
    for (size_t i = 0; i < table->row_count; i++) {
        const char *id = en_cell(&table->rows[i], "id");

        if (is_scored(c, id)) {
            en_write_open(w, NULL, '{');
            en_write_text(w, "id", id);
            write_scale(w, &table->rows[i]);
            write_values(w, c, id);
            en_write_close(w);
        }
    }
    en_write_close(w);
}

/* Drugs: as they are written in the record, with their times */

/* Its name, or the name of what it refers to, or a bare code. */
static const char *drug_text(struct json_object *tree)
{
    struct json_object *concept = en_json_get(tree, "medicationCodeableConcept");
    struct json_object *coding = en_json_at(en_json_get(concept, "coding"), 0);
    const char *text = en_concept_text(concept);
    const char *display = en_json_text(en_json_get(tree, "medicationReference"), "display");

    return text != NULL ? text : display != NULL ? display : en_json_text(coding, "code");
}

static void write_drug(struct en_writer *w, struct json_object *tree)
{
    struct json_object *period = en_json_get(tree, "effectivePeriod");
    const char *moment = en_json_text(tree, "effectiveDateTime");
    const char *start = en_json_text(period, "start");
    const char *text = drug_text(tree), *status = en_json_text(tree, "status");

    if (en_text_equal(status, "entered-in-error") || en_text_equal(text, NO_DRUG)) {
        return;
    }
    en_write_open(w, NULL, '{');
    en_write_text(w, "text", text);
    en_write_text(w, "status", status);
    en_write_text(w, "start",
                  start != NULL    ? start
                  : moment != NULL ? moment
                                   : en_json_text(tree, "authoredOn"));
    en_write_text(w, "end", en_json_text(period, "end"));
    en_write_print(w, "resource", "%s/%s", en_json_text(tree, "resourceType"),
                   en_json_text(tree, "id"));
    en_write_close(w);
}

static void write_drugs(struct en_writer *w, const struct en_overview *o)
{
    struct json_object *bundle =
        o->of.record.bundle == NULL ? NULL : json_tokener_parse(o->of.record.bundle);
    struct json_object *entries = en_json_get(bundle, "entry");

    en_write_open(w, "drugs", '[');
    for (size_t i = 0; i < en_json_count(entries); i++) {
        struct json_object *tree = en_json_get(en_json_at(entries, i), "resource");
        const char *type = en_json_text(tree, "resourceType");

        if (type != NULL && en_list_has("MedicationStatement; MedicationRequest", type)) {
            write_drug(w, tree);
        }
    }
    en_write_close(w);
    (void)json_object_put(bundle);
}

/* Events */

static void write_event(struct en_writer *w, const struct en_overview_event *e)
{
    en_write_open(w, NULL, '{');
    en_write_text(w, "kind", e->kind);
    en_write_text(w, "day", e->day);
    en_write_text(w, "code", e->code);
    en_write_text(w, "text", e->text);
    en_write_print(w, "resource", "%s/%s", e->type, e->id);
    en_write_close(w);
}

static void write_events(struct en_writer *w, const struct en_overview *o)
{
    const struct en_case *c = &o->answer.c;

    en_write_open(w, "events", '[');
    for (size_t i = 0; i < o->event_count; i++) {
        write_event(w, &o->events[i]);
    }
    for (size_t i = 0; i < c->treatment_count; i++) {
        en_write_open(w, NULL, '{');
        en_write_text(w, "kind", "treatment");
        en_write_date(w, "day", c->treatments[i].day);
        en_write_text(w, "code", c->treatments[i].kind);
        en_write_close(w);
    }
    en_write_close(w);
}

void en_overview_write_time(const struct en_overview *o, struct en_writer *w)
{
    const struct en_knowledge *k = en_server_knowledge(o->server, o->rq);
    const struct en_case *c = &o->answer.c;

    en_write_open(w, "sessions", '[');
    for (size_t i = 0; i < c->session_count; i++) {
        write_session(w, k, &c->sessions[i]);
    }
    en_write_close(w);
    write_scores(w, k, c);
    write_drugs(w, o);
    write_events(w, o);
}
