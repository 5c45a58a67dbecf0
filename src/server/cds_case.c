/* SPDX-License-Identifier: Apache-2.0
 * server/cds_case: from what an EHR sent along to the case, and its judgement. */
#include "app/app.h"
#include "base/limits.h"
#include "base/text.h"
#include "fhir/concept.h"
#include "fhir/systems.h"
#include "server/cds_inside.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { ISSUES_TOLD = 3, SITES_MAX = 512 };

static bool is_case_type(const char *type)
{
    const char *known;

    for (size_t i = 0; (known = en_fhir_case_type(i)) != NULL; i++) {
        if (strcmp(known, type) == 0) {
            return true;
        }
    }
    return strcmp(type, "CarePlan") == 0 || strcmp(type, "Medication") == 0 ||
           strcmp(type, "Organization") == 0;
}

/* What was sent under several keys counts once. */
static bool is_there(const struct en_cds_call *c, const char *type, const char *id)
{
    for (size_t i = 0; id != NULL && i < c->part_count; i++) {
        if (en_text_equal(c->parts[i].id, id) && strcmp(c->parts[i].type, type) == 0) {
            return true;
        }
    }
    return false;
}

static void take_part(struct en_cds_call *c, const char *key, struct json_object *resource,
                      const char *url)
{
    const char *type = en_json_text(resource, "resourceType"), *id = en_json_text(resource, "id");

    if (is_case_type(type) && !is_there(c, type, id)) {
        c->parts[c->part_count++] = (struct en_cds_part){key, type, id, url, resource};
    }
}

static bool has_next(struct json_object *bundle)
{
    struct json_object *links = en_json_get(bundle, "link");

    for (size_t i = 0; i < en_json_count(links); i++) {
        if (en_text_equal(en_json_text(en_json_at(links, i), "relation"), "next")) {
            return true;
        }
    }
    return false;
}

/* A resource, or a Bundle of those that were found. Of nothing but failures there is no data. */
static bool take_value(struct en_cds_call *c, const char *key, struct json_object *value)
{
    struct json_object *entries = en_json_get(value, "entry");
    const char *type = en_json_text(value, "resourceType");

    if (type == NULL || strcmp(type, "OperationOutcome") == 0) {
        (void)en_cds_refuse(c->rs, 400, "prefetch.%s must be a resource, a Bundle or null", key);
        return false;
    }
    if (strcmp(type, "Bundle") != 0) {
        take_part(c, key, value, NULL);
        return true;
    }
    c->cut = has_next(value) ? key : c->cut;
    for (size_t i = 0; i < en_json_count(entries); i++) {
        struct json_object *entry = en_json_at(entries, i);
        struct json_object *resource = en_json_get(entry, "resource");

        if (en_json_text(resource, "resourceType") == NULL) {
            (void)en_cds_refuse(c->rs, 400, "each entry of prefetch.%s must hold a resource", key);
            return false;
        }
        take_part(c, key, resource, en_json_text(entry, "fullUrl"));
    }
    return true;
}

/* How many parts there may be at most. */
static size_t count_parts(struct json_object *prefetch)
{
    size_t count = 0;

    for (const struct en_cds_prefetch *p = EN_CDS_PREFETCH; p->key != NULL; p++) {
        count += 1 + en_json_count(en_json_get(en_json_get(prefetch, p->key), "entry"));
    }
    return count;
}

static bool refuse_missing(struct en_cds_call *c, const char *key)
{
    (void)en_cds_refuse(c->rs, 412,
                        "prefetch.%s is missing: this service fetches nothing, send it along (null "
                        "when there is no data)",
                        key);
    return false;
}

/* Someone else's data under this patient's name would be judged as this patient's. */
static bool check_patient(struct en_cds_call *c)
{
    for (size_t i = 0; i < c->part_count; i++) {
        struct en_cds_part *part = &c->parts[i];

        if (strcmp(part->type, "Patient") != 0) {
            continue;
        }
        if (!en_text_equal(part->id, c->patient)) {
            (void)en_cds_refuse(c->rs, 400,
                                "prefetch.%s holds another Patient than the one of "
                                "context.patientId",
                                part->key);
            return false;
        }
        /* So that references by whole addresses find it. */
        if (part->url == NULL && c->fhir_server != NULL) {
            const size_t size = strlen(c->fhir_server);
            const bool has_slash = size > 0 && c->fhir_server[size - 1] == '/';

            part->url = en_arena_print(c->rq->arena, "%s%sPatient/%s", c->fhir_server,
                                       has_slash ? "" : "/", c->patient);
        }
    }
    return true;
}

bool en_cds_gather(struct en_cds_call *c)
{
    const size_t count = count_parts(c->prefetch);

    c->parts = EN_NEW(c->rq->arena, struct en_cds_part, count);
    if (c->parts == NULL || count > EN_BUNDLE_ENTRIES_MAX) {
        (void)en_cds_refuse(c->rs, 413, "the prefetch holds too many resources");
        return false;
    }
    for (const struct en_cds_prefetch *p = EN_CDS_PREFETCH; p->key != NULL; p++) {
        struct json_object *value = NULL;

        if (!json_object_object_get_ex(c->prefetch, p->key, &value) &&
            en_list_has(p->hooks, c->service->hook)) {
            return refuse_missing(c, p->key);
        }
        if (value != NULL && !take_value(c, p->key, value)) {
            return false;
        }
    }
    return check_patient(c);
}

bool en_cds_has_all(struct en_cds_call *c)
{
    for (const struct en_cds_prefetch *p = EN_CDS_PREFETCH; p->key != NULL; p++) {
        struct json_object *value = NULL;
        const bool is_given = json_object_object_get_ex(c->prefetch, p->key, &value);

        if (en_text_equal(p->hooks, "*") &&
            (!is_given || (value == NULL && en_text_equal(p->key, "patient")))) {
            return refuse_missing(c, p->key);
        }
    }
    return true;
}

/* Is it of any concern? */

/* An appointment that is for an order, by reference. */
static bool is_for_order(const struct en_cds_call *c, struct json_object *appointment)
{
    struct json_object *list = en_json_get(appointment, "basedOn");

    for (size_t i = 0; i < en_json_count(list); i++) {
        const char *reference = en_json_text(en_json_at(list, i), "reference");
        const char *at = reference == NULL ? NULL : strstr(reference, "ServiceRequest/");

        for (size_t k = 0; at != NULL && k < c->part_count; k++) {
            const struct en_cds_part *part = &c->parts[k];

            if (strcmp(part->type, "ServiceRequest") == 0 &&
                en_text_equal(part->id, at + strlen("ServiceRequest/")) &&
                en_cds_is_prolotherapy(c->server->knowledge, part->resource)) {
                return true;
            }
        }
    }
    return false;
}

static bool is_booked(const struct en_cds_call *c)
{
    struct json_object *entries = en_json_get(en_json_get(c->context, "appointments"), "entry");

    for (size_t i = 0; i < en_json_count(entries); i++) {
        struct json_object *one = en_json_get(en_json_at(entries, i), "resource");

        if (en_cds_is_prolotherapy(c->server->knowledge, one) || is_for_order(c, one)) {
            return true;
        }
    }
    return false;
}

bool en_cds_is_relevant(const struct en_cds_call *c)
{
    if (en_text_equal(c->service->hook, "appointment-book")) {
        return is_booked(c);
    }
    if (c->service->drafts != NULL) {
        return c->order_count > 0;
    }
    for (size_t i = 0; i < c->part_count; i++) {
        const struct en_cds_part *part = &c->parts[i];

        if ((strcmp(part->type, "ServiceRequest") == 0 || strcmp(part->type, "CarePlan") == 0) &&
            en_cds_is_prolotherapy(c->server->knowledge, part->resource)) {
            return true;
        }
    }
    return false;
}

/* The case */

static bool is_of_case(const struct en_cds_part *part)
{
    return strcmp(part->type, "CarePlan") != 0;
}

enum en_status en_cds_bundle(const struct en_cds_call *c, const char **text, size_t *size)
{
    struct en_buf b = EN_BUF(EN_CASE_FILE_MAX);
    bool is_first = true;

    en_buf_add(&b, "{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"entry\":[");
    for (size_t i = 0; i < c->part_count; i++) {
        const struct en_cds_part *part = &c->parts[i];

        if (!is_of_case(part)) {
            continue;
        }
        en_buf_add(&b, is_first ? "{" : ",{");
        is_first = false;
        if (part->url != NULL) {
            struct json_object *url = json_object_new_string(part->url);

            en_buf_print(&b, "\"fullUrl\":%s,", json_object_to_json_string(url));
            (void)json_object_put(url);
        }
        en_buf_add(&b, "\"resource\":");
        en_buf_add(&b, json_object_to_json_string_ext(part->resource, JSON_C_TO_STRING_PLAIN));
        en_buf_add(&b, "}");
    }
    en_buf_add(&b, "]}");
    enum en_status st = en_buf_check(&b, "the case", c->err);

    if (st == EN_OK) {
        *text = en_arena_copy(c->rq->arena, en_buf_text(&b), b.size);
        *size = b.size;
        st = *text == NULL ? en_fail(c->err, EN_ENOMEM, "no memory for a case") : EN_OK;
    }
    en_buf_free(&b);
    return st;
}

/* "Observation 3: code: ..." of the first errors: where in our Bundle says nothing to the EHR. */
static void refuse_case(const struct en_cds_call *c, const struct en_issues *issues)
{
    const char *all = "";
    size_t told = 0;

    for (size_t i = 0; i < issues->count && told < ISSUES_TOLD; i++) {
        const struct en_issue *issue = &issues->items[i];

        if (issue->severity == EN_ISSUE_ERROR) {
            const char *more = en_arena_print(c->rq->arena, "%s%s%s: %s", all, told > 0 ? "; " : "",
                                              issue->path, issue->text);

            all = more == NULL ? all : more;
            told++;
        }
    }
    (void)en_cds_refuse(c->rs, 422, "the prefetch makes no case: %s", all);
}

/* Entry of the case that a path points to: "Bundle.entry[3].resource". */
static const struct en_cds_part *part_at(const struct en_cds_call *c, const char *path)
{
    static const char START[] = "Bundle.entry[";
    size_t number;

    if (path == NULL || strncmp(path, START, sizeof START - 1) != 0) {
        return NULL;
    }
    number = strtoul(path + sizeof START - 1, NULL, 10);
    for (size_t i = 0; i < c->part_count; i++) {
        if (is_of_case(&c->parts[i]) && number-- == 0) {
            return &c->parts[i];
        }
    }
    return NULL;
}

static bool is_reason(struct json_object *order, const struct en_cds_part *condition,
                      const char *code)
{
    struct json_object *references = en_json_get(order, "reasonReference");
    struct json_object *codes = en_json_get(order, "reasonCode");

    for (size_t i = 0; condition != NULL && i < en_json_count(references); i++) {
        const char *text = en_json_text(en_json_at(references, i), "reference");
        const char *at = text == NULL ? NULL : strstr(text, "Condition/");

        if (at != NULL && en_text_equal(at + strlen("Condition/"), condition->id)) {
            return true;
        }
    }
    for (size_t i = 0; code != NULL && i < en_json_count(codes); i++) {
        if (en_concept_has(en_json_at(codes, i), EN_CONDITION_SYSTEM, code)) {
            return true;
        }
    }
    return false;
}

/* The problem that the order is for; false: the order names one that is not there. */
static bool find_target(const struct en_cds_call *c, struct json_object *order,
                        const struct en_case *of, size_t *target)
{
    *target = 0;
    for (size_t i = 0; i < of->target_count; i++) {
        if (is_reason(order, part_at(c, of->targets[i].path), of->targets[i].condition)) {
            *target = i;
            return true;
        }
    }
    return en_json_count(en_json_get(order, "reasonReference")) == 0;
}

/* Sites of the atlas that the order names; NULL: none, the condition's are taken. */
static const char *sites_of(const struct en_cds_call *c, struct json_object *order)
{
    struct json_object *list = en_json_get(order, "bodySite");
    const char *all = NULL;

    for (size_t i = 0; i < en_json_count(list); i++) {
        const char *site = en_concept_code(en_json_at(list, i), EN_SITE_SYSTEM);

        if (site != NULL && en_row_find(c->server->knowledge, "atlas", site) != NULL &&
            (all == NULL || strlen(all) < SITES_MAX)) {
            all = all == NULL ? site : en_arena_print(c->rq->arena, "%s; %s", all, site);
        }
    }
    return all;
}

/* What a card is about, in words of the tables: "Knee osteoarthritis, right". */
static const char *about(const struct en_cds_call *c, const struct en_case *of, size_t target)
{
    const struct en_target *t = target < of->target_count ? &of->targets[target] : NULL;
    const struct en_row *row =
        t == NULL ? NULL : en_row_find(c->server->knowledge, "conditions", t->condition);

    if (row == NULL) {
        return "no problem of the record that the tables know";
    }
    return en_arena_print(c->rq->arena, "%s%s%s", en_cell(row, "title"),
                          t->side == EN_SIDE_UNKNOWN ? "" : ", ",
                          t->side == EN_SIDE_UNKNOWN ? "" : en_side_text(t->side));
}

/* What the order chooses: its problem, its sites. */
static enum en_status choose(struct en_cds_call *c, const struct en_case *of,
                             struct json_object *order, struct en_plan_options *options)
{
    options->sites = sites_of(c, order);
    if (find_target(c, order, of, &options->target)) {
        return EN_OK;
    }
    return en_cds_add_note(c, "reason",
                           "Prolotherapy: the order's reason is not among the problems",
                           "The order refers to a condition that was not sent, or is not known to "
                           "the tables. It was checked for the first problem of the record "
                           "instead.");
}

/* order NULL: the case alone. */
static enum en_status judge_one(struct en_cds_call *c, const struct en_app *app,
                                const struct en_case *of, struct json_object *order,
                                bool is_summary)
{
    struct en_plan_request request = {.without_forecast = true, .options = {.start = app->today}};
    struct en_plan_answer *answer = EN_NEW(c->rq->arena, struct en_plan_answer, 1);

    if (answer == NULL) {
        return en_fail(c->err, EN_ENOMEM, "no memory for an assessment");
    }
    if (order != NULL) {
        EN_TRY(choose(c, of, order, &request.options));
    }
    EN_TRY(en_app_plan(app, of, &request, c->rq->arena, answer, c->err));
    return en_cds_add_cards(c, &answer->assessment, is_summary,
                            about(c, of, request.options.target));
}

enum en_status en_cds_judge(struct en_cds_call *c, bool is_summary, bool *is_refused)
{
    const struct en_app app = en_server_app(c->server, c->rq);
    const struct en_case_source source = {app.knowledge, c->server->r4, app.today};
    struct en_case *of = EN_NEW(c->rq->arena, struct en_case, 1);
    struct en_issues issues = {0};
    const char *text = NULL;
    size_t size = 0;

    if (of == NULL) {
        return en_fail(c->err, EN_ENOMEM, "no memory for a case");
    }
    EN_TRY(en_cds_bundle(c, &text, &size));
    const enum en_status st =
        en_fhir_read_case_with(&source, text, size, c->rq->arena, of, &issues, c->err);

    if (st == EN_EINVAL && issues.error_count > 0) {
        refuse_case(c, &issues);
        *is_refused = true;
        return EN_OK;
    }
    EN_TRY(st);
    if (c->cut != NULL) {
        EN_TRY(en_cds_add_note(
            c, "incomplete", "Prolotherapy: not all of the record was sent, the check is partial",
            "The EHR sent one page of several. What stands on the others was not looked at."));
    }
    for (size_t i = 0; i < c->order_count; i++) {
        EN_TRY(judge_one(c, &app, of, c->orders[i], is_summary));
    }
    if (c->order_count == 0) {
        EN_TRY(judge_one(c, &app, of, NULL, is_summary));
    }
    return en_cds_add_rest(c);
}
