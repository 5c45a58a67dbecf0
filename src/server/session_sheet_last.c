/* SPDX-License-Identifier: Apache-2.0
 * server/session_sheet_last: the session before this one, site by site, for "as last time". */
#include "base/text.h"
#include "fhir/concept.h"
#include "fhir/json.h"
#include "fhir/systems.h"
#include "server/session_sheet.h"

#include <math.h>

enum { DIGITS = 2 }; /* of mL */

enum en_status en_session_sheet_read_last(struct en_session_sheet *s, struct en_tx *tx,
                                          struct en_err *err)
{
    struct en_arena *a = s->o->rq->arena;
    const struct en_record_request rq = {.params = s->o->server->params, .patient = s->o->patient};

    EN_TRY(en_tx_record_type(tx, &rq, "Procedure", a, &s->procedures, err));
    return en_tx_record_type(tx, &rq, "MedicationAdministration", a, &s->administrations, err);
}

/* Which */

/* SAFETY: what is under way, this very session too, is no pattern: only what was completed, which
 * a signature alone does. */
static const char *completed(const struct en_session_sheet *s, const struct en_past_session *p)
{
    struct en_arena *a = s->o->rq->arena;

    for (size_t i = 0; i < s->procedures.count; i++) {
        const struct en_version *v = &s->procedures.items[i];
        const char *address = en_arena_print(a, "Procedure/%s", v->id);

        if (address != NULL && en_text_equal(address, p->resource)) {
            struct json_object *tree = json_tokener_parse(v->body);
            const bool is_completed = en_text_equal(en_json_text(tree, "status"), "completed");

            (void)json_object_put(tree);
            return is_completed ? v->id : NULL;
        }
    }
    return NULL;
}

/* The newest on this region and side; *id: of its Procedure. */
static const struct en_past_session *find_last(const struct en_session_sheet *s, const char **id)
{
    const struct en_case *c = &s->o->c;
    const struct en_row *condition = s->answer->plan.condition;
    const char *region = condition == NULL ? NULL : en_cell(condition, "region");
    const struct en_past_session *last = NULL;

    for (size_t i = 0; i < c->session_count; i++) {
        const struct en_past_session *p = &c->sessions[i];
        const bool is_elsewhere =
            region != NULL && p->region != NULL && !en_text_equal(p->region, region);

        if (is_elsewhere || !en_side_fits(p->side, s->answer->plan.target.side) ||
            (last != NULL && p->day <= last->day)) {
            continue;
        }
        const char *of = completed(s, p);

        if (of != NULL) {
            last = p;
            *id = of;
        }
    }
    return last;
}

/* Writing */

/* What is known of one site; the rest is left out. */
struct place {
    const char *site, *side, *needle, *guidance;
    double ml;
};

static void write_place(struct en_writer *w, const struct place *p)
{
    en_write_open(w, NULL, '{');
    en_write_text(w, "site", p->site);
    en_write_text(w, "side", p->side);
    if (isfinite(p->ml)) {
        en_write_number(w, "ml", p->ml, DIGITS);
    }
    en_write_text(w, "needle", p->needle);
    en_write_text(w, "guidance", p->guidance);
    en_write_close(w);
}

static const char *extension(struct json_object *element, const char *url, const char *value)
{
    struct json_object *list = en_json_get(element, "extension");

    for (size_t i = 0; i < en_json_count(list); i++) {
        struct json_object *x = en_json_at(list, i);

        if (en_text_equal(en_json_text(x, "url"), url)) {
            return en_json_text(x, value);
        }
    }
    return NULL;
}

static bool is_of(struct en_arena *a, struct json_object *administration, const char *session)
{
    struct json_object *list = en_json_get(administration, "partOf");
    struct en_ruling c = {.a = a};

    for (size_t i = 0; i < en_json_count(list); i++) {
        if (en_text_equal(en_session_target(&c, en_json_at(list, i), "Procedure"), session)) {
            return true;
        }
    }
    return false;
}

/* False: it was not given in that session, or nobody knows where. */
static bool write_given(const struct en_session_sheet *s, struct en_writer *w,
                        struct json_object *administration, const struct en_past_session *last,
                        const char *session)
{
    struct json_object *dosage = en_json_get(administration, "dosage");
    struct json_object *dose = en_json_get(dosage, "dose"), *where = en_json_get(dosage, "site");
    const char *guidance = extension(administration, EN_EXTENSION_GUIDANCE, "valueCode");
    const char *side = en_concept_code(where, EN_SIDE_SYSTEM);
    const struct place p = {
        .site = en_concept_code(where, EN_SITE_SYSTEM),
        .side = side != NULL ? side : en_side_text(last->side),
        .needle = extension(administration, EN_EXTENSION_NEEDLE, "valueString"),
        .guidance = guidance != NULL ? guidance : last->guidance,
        .ml = en_text_equal(en_json_text(dose, "unit"), "mL")
                  ? json_object_get_double(en_json_get(dose, "value"))
                  : NAN,
    };

    if (p.site == NULL || !en_text_equal(en_json_text(administration, "status"), "completed") ||
        !is_of(s->o->rq->arena, administration, session)) {
        return false;
    }
    write_place(w, &p);
    return true;
}

/* A session that was recorded as a whole. */
static void write_whole(const struct en_past_session *last, struct en_writer *w)
{
    for (size_t i = 0; i < last->site_count; i++) {
        const struct place p = {.site = last->sites[i],
                                .side = en_side_text(last->side),
                                .guidance = last->guidance,
                                .ml = last->site_volume_ml[i]};

        write_place(w, &p);
    }
}

void en_session_sheet_write_last(const struct en_session_sheet *s, struct en_writer *w)
{
    const char *id = NULL;
    const struct en_past_session *last = find_last(s, &id);
    bool is_known = false;

    if (last == NULL) {
        return;
    }
    en_write_open(w, "last", '{');
    en_write_date(w, "day", last->day);
    en_write_open(w, "sites", '[');
    for (size_t i = 0; i < s->administrations.count; i++) {
        struct json_object *tree = json_tokener_parse(s->administrations.items[i].body);

        is_known |= write_given(s, w, tree, last, id);
        (void)json_object_put(tree);
    }
    if (!is_known) {
        write_whole(last, w);
    }
    en_write_close(w);
    en_write_close(w);
}
