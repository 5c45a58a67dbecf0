/* SPDX-License-Identifier: Apache-2.0
 * server/sign_check: whether a session may be signed. */
#include "app/app.h"
#include "base/text.h"
#include "fhir/concept.h"
#include "fhir/json.h"
#include "fhir/systems.h"
#include "server/sign.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

enum { CHECKLIST_DEPTH = 8 }; /* stages with items */

#define VERDICT_URL EN_FHIR_BASE "StructureDefinition/verdict"

/* Places and guidance */

/* Where a session was: atlas ids and regions, as lists. */
struct places {
    const char *sites, *regions;
    bool is_known; /* every place has a region */
};

static const char *region_of(const struct en_sign *s, struct json_object *concept)
{
    const struct en_row *site = en_row_find(en_server_knowledge(s->c.server, s->c.rq), "atlas",
                                            en_concept_code(concept, EN_SITE_SYSTEM));
    const char *region = en_concept_code(concept, EN_REGION_SYSTEM);

    return site != NULL ? en_cell(site, "region") : region;
}

static const char *list_add(struct en_sign *s, const char *list, const char *item)
{
    if (en_list_has(list, item)) {
        return list;
    }
    const char *more = en_arena_print(s->c.a, "%s%s%s", list, list[0] == '\0' ? "" : "; ", item);

    return more == NULL ? list : more;
}

static void add_place(struct en_sign *s, struct json_object *concept, struct places *out)
{
    const char *region = region_of(s, concept);
    const char *site = en_concept_code(concept, EN_SITE_SYSTEM);
    const char *region_copy = region == NULL ? NULL : en_arena_copy(s->c.a, region, SIZE_MAX);
    const char *site_copy = site == NULL ? NULL : en_arena_copy(s->c.a, site, SIZE_MAX);

    out->is_known = out->is_known && region_copy != NULL;
    out->regions = region_copy == NULL ? out->regions : list_add(s, out->regions, region_copy);
    out->sites = site_copy == NULL ? out->sites : list_add(s, out->sites, site_copy);
}

/* One place or several; none is not known. */
static void add_places(struct en_sign *s, struct json_object *concepts, struct places *out)
{
    const bool is_list = json_object_is_type(concepts, json_type_array);
    const size_t count = is_list ? en_json_count(concepts) : 1;

    out->is_known = out->is_known && count > 0;
    for (size_t i = 0; i < count; i++) {
        add_place(s, is_list ? en_json_at(concepts, i) : concepts, out);
    }
}

/* All body sites of the session and of what was given. */
static struct places places_of(struct en_sign *s)
{
    struct places out = {.sites = "", .regions = "", .is_known = true};

    for (size_t i = 0; i < s->count; i++) {
        const bool is_session = i == 0;
        const bool is_given = en_text_equal(s->parts[i].type, "MedicationAdministration");
        struct json_object *tree =
            is_session || is_given ? json_tokener_parse(s->parts[i].body) : NULL;

        if (is_session) {
            add_places(s, en_json_get(tree, "bodySite"), &out);
        } else if (is_given && en_session_was_given(tree)) {
            add_places(s, en_json_get(en_json_get(tree, "dosage"), "site"), &out);
        }
        (void)json_object_put(tree);
    }
    out.regions = out.is_known ? out.regions : "";
    return out;
}

/* "US; LM", NULL when it is not recorded. */
static const char *guidance_of(struct en_sign *s, struct json_object *procedure)
{
    struct json_object *extensions = en_json_get(procedure, "extension");
    const char *list = NULL;

    for (size_t i = 0; i < en_json_count(extensions); i++) {
        struct json_object *extension = en_json_at(extensions, i);
        const char *code = en_json_text(extension, "valueCode");

        if (en_text_equal(en_json_text(extension, "url"), EN_EXTENSION_GUIDANCE) && code != NULL) {
            const char *copy = en_arena_copy(s->c.a, code, SIZE_MAX);

            list = copy == NULL ? NULL : list_add(s, list == NULL ? "" : list, copy);
        }
    }
    return list;
}

/* Checklist */

static void read_items(const struct en_knowledge *k, struct json_object *items,
                       enum en_truth *answers, int depth)
{
    const struct en_table *table = en_table_get(k, "checklist");

    for (size_t i = 0; i < en_json_count(items) && depth > 0; i++) {
        struct json_object *item = en_json_at(items, i);
        const struct en_row *row = en_row_find(k, "checklist", en_json_text(item, "linkId"));
        struct json_object *answer = en_json_at(en_json_get(item, "answer"), 0);
        struct json_object *value = en_json_get(answer, "valueBoolean");

        if (row != NULL && json_object_is_type(value, json_type_boolean)) {
            answers[row - table->rows] = json_object_get_boolean(value) ? EN_TRUE : EN_FALSE;
        }
        read_items(k, en_json_get(item, "item"), answers, depth - 1);
    }
}

void en_session_read_checklist(const struct en_knowledge *k, struct json_object *items,
                               enum en_truth *answers)
{
    read_items(k, items, answers, CHECKLIST_DEPTH);
}

/* Answers of the completed checklists of this session; NULL: there is none. */
static enum en_status checklist_of(struct en_sign *s, const enum en_truth **out)
{
    const size_t count =
        en_table_get(en_server_knowledge(s->c.server, s->c.rq), "checklist")->row_count;
    enum en_truth *answers = EN_NEW(s->c.a, enum en_truth, count);
    bool is_there = false;

    *out = NULL;
    if (answers == NULL) {
        return en_fail(s->c.err, EN_ENOMEM, "no memory for a checklist");
    }
    for (size_t i = 0; i < count; i++) {
        answers[i] = EN_UNKNOWN;
    }
    for (size_t i = 0; i < s->count; i++) {
        if (!en_text_equal(s->parts[i].type, "QuestionnaireResponse")) {
            continue;
        }
        struct json_object *tree = json_tokener_parse(s->parts[i].body);
        const char *status = en_json_text(tree, "status");

        if (status != NULL && en_list_has("completed; amended", status)) {
            is_there = true;
            en_session_read_checklist(en_server_knowledge(s->c.server, s->c.rq),
                                      en_json_get(tree, "item"), answers);
        }
        (void)json_object_put(tree);
    }
    *out = is_there ? answers : NULL;
    return EN_OK;
}

/* Assessment */

/* The verdict as the results write it: words joined by '-'. */
static bool is_verdict(const char *code, enum en_verdict verdict)
{
    const char *text = en_verdict_text(verdict);
    size_t i = 0;

    for (; code != NULL && text[i] != '\0' && code[i] != '\0'; i++) {
        const char expected = isalnum((unsigned char)text[i]) != 0 ? text[i] : '-';

        if (code[i] != expected) {
            return false;
        }
    }
    return code != NULL && text[i] == '\0' && code[i] == '\0';
}

static bool allows(const struct en_version *guidance)
{
    struct json_object *tree = json_tokener_parse(guidance->body);
    struct json_object *extensions = en_json_get(tree, "extension");
    bool is_allowed = false;

    for (size_t i = 0; i < en_json_count(extensions); i++) {
        struct json_object *extension = en_json_at(extensions, i);

        for (int v = EN_VERDICT_SUITABLE; v <= EN_VERDICT_NOT_SUITABLE; v++) {
            if (en_text_equal(en_json_text(extension, "url"), VERDICT_URL) &&
                is_verdict(en_json_text(extension, "valueCode"), (enum en_verdict)v)) {
                is_allowed = en_app_allows((enum en_verdict)v);
            }
        }
    }
    (void)json_object_put(tree);
    return is_allowed;
}

/* Whether a resource may differ from what the assessment saw: the session and its parts, and who
 * works here. */
static bool may_differ(const struct en_sign *s, const char *type, const char *id)
{
    if (en_text_starts(type, "Practitioner")) {
        return true;
    }
    for (size_t i = 0; i < s->count; i++) {
        if (s->parts[i].is_target && en_text_equal(s->parts[i].type, type) &&
            en_text_equal(s->parts[i].id, id)) {
            return true;
        }
    }
    return false;
}

/* Whether the Provenance names this very version. */
static bool is_named(struct json_object *entities, const char *address)
{
    for (size_t i = 0; i < en_json_count(entities); i++) {
        struct json_object *what = en_json_get(en_json_at(entities, i), "what");

        if (en_text_equal(en_json_text(what, "reference"), address)) {
            return true;
        }
    }
    return false;
}

static const char *address_of(struct en_sign *s, const struct en_record_part *p)
{
    const char *text =
        en_arena_print(s->c.a, "%s/%s/_history/%lld", p->type, p->id, (long long)p->version);

    return text == NULL ? "" : text;
}

/* Whether something that the assessment saw is gone, or is another version now. */
static bool is_gone(struct en_sign *s, const char *reference)
{
    const char *history = reference == NULL ? NULL : strstr(reference, "/_history/");
    const char *slash = reference == NULL ? NULL : strchr(reference, '/');

    if (history == NULL || slash == NULL || slash >= history) {
        return false; /* the copy of the record */
    }
    const char *type = en_arena_copy(s->c.a, reference, (size_t)(slash - reference));
    const char *id = en_arena_copy(s->c.a, slash + 1, (size_t)(history - slash) - 1);

    if (type == NULL || id == NULL || may_differ(s, type, id)) {
        return type == NULL || id == NULL;
    }
    for (size_t i = 0; i < s->record.count; i++) {
        if (en_text_equal(address_of(s, &s->record.parts[i]), reference)) {
            return false;
        }
    }
    return true;
}

/* SAFETY: everything that the verdict rests on is as it was then, and nothing came to it. Without
 * the Provenance nobody knows. */
bool en_sign_has_changed(struct en_sign *s)
{
    struct json_object *tree = s->origin == NULL ? NULL : json_tokener_parse(s->origin->body);
    struct json_object *entities = en_json_get(tree, "entity");
    bool changed = tree == NULL;

    for (size_t i = 0; i < s->record.count && !changed; i++) {
        const struct en_record_part *p = &s->record.parts[i];

        changed = !may_differ(s, p->type, p->id) && !is_named(entities, address_of(s, p));
    }
    for (size_t i = 0; i < en_json_count(entities) && !changed; i++) {
        struct json_object *what = en_json_get(en_json_at(entities, i), "what");

        changed = is_gone(s, en_json_text(what, "reference"));
    }
    (void)json_object_put(tree);
    return changed;
}

const char *en_sign_asked(struct en_arena *a, const char *parameters, const char *name)
{
    const size_t size = strlen(name);

    for (const char *at = parameters; at != NULL && *at != '\0';) {
        const size_t end = strcspn(at, "&");

        if (end > size && strncmp(at, name, size) == 0 && at[size] == '=') {
            return en_arena_copy(a, at + size + 1, end - size - 1);
        }
        at += end + (at[end] == '&' ? 1 : 0);
    }
    return NULL;
}

const char *en_sign_parameters(struct en_sign *s)
{
    struct json_object *tree = s->origin == NULL ? NULL : json_tokener_parse(s->origin->body);
    const char *text = en_json_text(en_json_get(tree, "activity"), "text");
    const char *copy = text == NULL ? NULL : en_arena_copy(s->c.a, text, SIZE_MAX);

    (void)json_object_put(tree);
    return copy;
}

/* Every item of a list is in another one. */
static bool is_within(struct en_sign *s, const char *list, const char *whole)
{
    const char *item = NULL;
    size_t size = 0;

    while ((list = en_list_next(list, &item, &size)) != NULL) {
        const char *word = en_arena_copy(s->c.a, item, size);

        if (word == NULL || !en_list_has(whole, word)) {
            return false;
        }
    }
    return true;
}

/* Region of the problem that the assessment was asked about; NULL: none of the case's. */
static const char *region_of_target(const struct en_sign *s, const struct en_case *c,
                                    const char *target)
{
    long long number = 1;

    if ((target != NULL && !en_text_integer(target, 1, 1000, &number)) ||
        (size_t)number > c->target_count) {
        return NULL;
    }
    const char *condition = c->targets[number - 1].condition;
    const struct en_row *row =
        en_row_find(en_server_knowledge(s->c.server, s->c.rq), "conditions", condition);

    return row == NULL ? NULL : en_cell(row, "region");
}

/* SAFETY: a verdict on one problem says nothing of another: the sites that were treated must be
 * those that it was asked about, or lie in the region of the problem that it was about. */
static bool fits(struct en_sign *s, const struct en_case *c, const char *sites, const char *regions)
{
    struct json_object *tree = s->origin == NULL ? NULL : json_tokener_parse(s->origin->body);
    const char *parameters = en_json_text(en_json_get(tree, "activity"), "text");
    const char *asked_sites = en_sign_asked(s->c.a, parameters, "sites");
    const char *region = region_of_target(s, c, en_sign_asked(s->c.a, parameters, "target"));
    const bool is_fit = tree != NULL && regions[0] != '\0' &&
                        (asked_sites != NULL ? sites[0] != '\0' && is_within(s, sites, asked_sites)
                                             : region != NULL && is_within(s, regions, region));

    (void)json_object_put(tree);
    return is_fit;
}

/* All of it */

static size_t administrations_of(const struct en_sign *s)
{
    size_t count = 0;

    for (size_t i = 0; i < s->count; i++) {
        if (en_text_equal(s->parts[i].type, "MedicationAdministration")) {
            struct json_object *tree = json_tokener_parse(s->parts[i].body);

            count += en_session_was_given(tree) ? 1 : 0;
            (void)json_object_put(tree);
        }
    }
    return count;
}

/* The Procedure itself: a session of a patient, in progress. */
static bool check_procedure(struct en_sign *s, struct json_object *procedure)
{
    const char *status = en_json_text(procedure, "status");

    if (!en_session_is_one(procedure) || s->patient == NULL) {
        en_breach_add(&s->c.breaches, "sign-session", "Procedure.code", s->c.a,
                      "only a prolotherapy session of a patient of this server can be signed");
        return false;
    }
    if (status == NULL || !en_list_has("preparation; in-progress", status)) {
        en_breach_add(&s->c.breaches, "sign-session", "Procedure.status", s->c.a,
                      "must be in-progress: what was completed elsewhere is not signed here");
    }
    return true;
}

static enum en_status check_facts(struct en_sign *s, struct json_object *procedure)
{
    const struct en_app app = en_server_app(s->c.server, s->c.rq);
    const struct en_care care = {app.knowledge, app.today};
    const struct places places = places_of(s);
    struct en_signing signing = {
        .regions = places.regions,
        .guidance = guidance_of(s, procedure),
        .administrations = administrations_of(s),
        .has_consent = s->has_consent,
        .assessment_age_h = NAN,
    };
    struct en_issues issues = {0};
    struct en_case c;

    EN_TRY(checklist_of(s, &signing.checklist));
    if (s->guidance != NULL) {
        signing.assessment_age_h = (double)(s->c.rq->now_us - s->guidance->updated_us) / 3600e6;
        signing.assessment_allows = allows(s->guidance);
        signing.has_changed_since = en_sign_has_changed(s);
    }
    const enum en_status st =
        en_app_case(&app, s->record.bundle, s->record.size, s->c.a, &c, &issues, s->c.err);

    if (st == EN_OK) {
        signing.signer = c.practitioner_count > 0 ? &c.practitioners[0] : NULL;
        signing.assessment_fits = fits(s, &c, places.sites, places.regions);
    } else if (st != EN_EINVAL) {
        return st;
    }
    en_session_check_signing(&care, &signing, s->c.a, &s->c.breaches);
    return EN_OK;
}

enum en_status en_sign_check(struct en_sign *s)
{
    struct json_object *procedure = json_tokener_parse(s->parts[0].body);
    const enum en_status st = check_procedure(s, procedure) ? check_facts(s, procedure) : EN_OK;

    (void)json_object_put(procedure);
    return st;
}
