/* SPDX-License-Identifier: Apache-2.0 */
#include "server/capability.h"

#include "base/instant.h"
#include "base/text.h"
#include "fhir/json.h"
#include "fhir/writer.h"
#include "server/audit_event.h"
#include "server/rest.h"

#include <string.h>

#define BASE_MARK     "urn:enthesis:base"
#define OWN_OPERATION "https://enthesis.org/fhir/OperationDefinition/"

/* An interaction is there when a request like this has a route. */
static const struct {
    const char *code;
    const char *path; /* after "/fhir/Type" */
    enum en_method method;
} INTERACTIONS[] = {
    {"read", "/1", EN_GET},
    {"vread", "/1/_history/1", EN_GET},
    {"history-instance", "/1/_history", EN_GET},
    {"history-type", "/_history", EN_GET},
    {"search-type", "", EN_GET},
    {"create", "", EN_POST},
    {"update", "/1", EN_PUT},
    {"patch", "/1", EN_PATCH},
    {"delete", "/1", EN_DELETE},
};

/* Operations that HL7 defines; all others are the clinic's own. */
static const struct {
    const char *name, *definition;
} DEFINITIONS[] = {
    {"validate", "http://hl7.org/fhir/OperationDefinition/Resource-validate"},
    {"everything", "http://hl7.org/fhir/OperationDefinition/Patient-everything"},
    {"apply", "http://hl7.org/fhir/OperationDefinition/PlanDefinition-apply"},
};

struct statement {
    const struct en_server *server;
    struct en_writer w;
    struct en_arena *arena;
};

static bool has_route(struct statement *st, enum en_method method, const char *path)
{
    struct en_route_match match;

    return path != NULL &&
           en_route_find(EN_ROUTE_TABLES, method, path, st->arena, &match, NULL) == EN_OK &&
           match.route != NULL;
}

static void write_code(struct en_writer *w, const char *code)
{
    en_write_open(w, NULL, '{');
    en_write_text(w, "code", code);
    en_write_close(w);
}

/* The audit trail has routes of its own kind: it is read and searched, and nobody writes it. */
static bool is_trail(const char *type)
{
    return strcmp(type, "AuditEvent") == 0;
}

static bool is_possible(const char *type, size_t interaction)
{
    const char *code = INTERACTIONS[interaction].code;

    return !is_trail(type) || strcmp(code, "read") == 0 || strcmp(code, "search-type") == 0;
}

static void write_interactions(struct statement *st, const char *type)
{
    en_write_open(&st->w, "interaction", '[');
    for (size_t i = 0; i < EN_COUNT(INTERACTIONS); i++) {
        const char *path = en_arena_print(st->arena, "/fhir/%s%s", type, INTERACTIONS[i].path);

        if (is_possible(type, i) && has_route(st, INTERACTIONS[i].method, path)) {
            write_code(&st->w, INTERACTIONS[i].code);
        }
    }
    en_write_close(&st->w);
}

static const char *kind_code(enum en_search_kind kind)
{
    static const char *const CODES[] = {
        [EN_SEARCH_TOKEN] = "token",
        [EN_SEARCH_STRING] = "string",
        [EN_SEARCH_REFERENCE] = "reference",
        [EN_SEARCH_DATE] = "date",
        [EN_SEARCH_NUMBER] = "number",
        [EN_SEARCH_QUANTITY] = "quantity",
        [EN_SEARCH_URI] = "uri",
        [EN_SEARCH_ID] = "token",
        [EN_SEARCH_UPDATED] = "date",
    };

    return CODES[kind];
}

/* Of the audit trail only what it can be searched by, which is less than R4 names. */
static bool is_told(const struct en_search_param *p)
{
    return strcmp(p->name, EN_SEARCH_COMPARTMENT) != 0 &&
           (!is_trail(p->type) || en_list_has(EN_AUDIT_PARAMS, p->name));
}

static void write_params(struct statement *st, const char *type)
{
    size_t count;
    const struct en_search_param *params = en_search_params_of(st->server->params, type, &count);

    en_write_open(&st->w, "searchParam", '[');
    for (size_t i = 0; i < count; i++) {
        if (is_told(&params[i])) {
            en_write_open(&st->w, NULL, '{');
            en_write_text(&st->w, "name", params[i].name);
            en_write_text(&st->w, "type", kind_code(params[i].kind));
            en_write_close(&st->w);
        }
    }
    en_write_close(&st->w);
}

/* Whether the parameter refers to the type: "" refers to any. */
static bool refers_to(const struct en_search_param *p, const char *type)
{
    const size_t size = strlen(type);

    for (const char *at = p->targets; *at != '\0'; at += strspn(at, " ")) {
        const size_t length = strcspn(at, " ");

        if (length == size && memcmp(at, type, size) == 0) {
            return true;
        }
        at += length;
    }
    return p->targets[0] == '\0';
}

/* Reference parameters as "Type:name": of the type itself, or (is_reverse) to the type. Opened with
 * the first: FHIR has no empty lists. */
static void write_includes(struct statement *st, const char *key, const char *type, bool is_reverse)
{
    const struct en_search_params *all = st->server->params;
    bool is_open = false;

    for (size_t i = 0; i < all->count && !is_trail(type); i++) {
        const struct en_search_param *p = &all->items[i];

        if (p->kind != EN_SEARCH_REFERENCE || !is_told(p) || is_trail(p->type) ||
            !(is_reverse ? refers_to(p, type) : strcmp(p->type, type) == 0)) {
            continue;
        }
        if (!is_open) {
            en_write_open(&st->w, key, '[');
            is_open = true;
        }
        en_write_print(&st->w, NULL, "%s:%s", p->type, p->name);
    }
    if (is_open) {
        en_write_close(&st->w);
    }
}

/* "validate" of a pattern "/fhir/{}/$validate"; NULL when it ends otherwise. */
static const char *operation_of(const struct en_route *r)
{
    const char *slash = strrchr(r->pattern, '/');

    return en_text_starts(r->pattern, "/fhir/") && slash[1] == '$' ? slash + 2 : NULL;
}

/* Whether the pattern's operation belongs to the type; type NULL: to the whole system. */
static bool is_operation_on(const struct en_route *r, const char *type)
{
    static const char ROOT[] = "/fhir/";
    const char *at = en_text_starts(r->pattern, ROOT) ? r->pattern + sizeof ROOT - 1 : "";
    const size_t size = strcspn(at, "/");

    if (at[0] == '$') {
        return type == NULL;
    }
    return type != NULL && ((size == 2 && memcmp(at, "{}", 2) == 0) ||
                            (size == strlen(type) && memcmp(at, type, size) == 0));
}

static const char *definition_of(struct statement *st, const char *name)
{
    for (size_t i = 0; i < EN_COUNT(DEFINITIONS); i++) {
        if (strcmp(DEFINITIONS[i].name, name) == 0) {
            return DEFINITIONS[i].definition;
        }
    }
    return en_arena_print(st->arena, OWN_OPERATION "%s", name);
}

static void write_operation(struct statement *st, const struct en_route *r, const char *name)
{
    en_write_open(&st->w, NULL, '{');
    en_write_text(&st->w, "name", name);
    en_write_text(&st->w, "definition", definition_of(st, name));
    en_write_text(&st->w, "documentation", r->help);
    en_write_close(&st->w);
}

/* Operations of a type, each once though it may have several routes. */
static void write_operations(struct statement *st, const char *type)
{
    const size_t count = en_route_count(EN_ROUTE_TABLES);
    bool is_open = false;

    for (size_t i = 0; i < count; i++) {
        const struct en_route *r = en_route_at(EN_ROUTE_TABLES, i);
        const char *name = operation_of(r);
        bool is_told_already = false;

        if (name == NULL || !is_operation_on(r, type) || (type != NULL && is_trail(type))) {
            continue;
        }
        for (size_t k = 0; k < i; k++) {
            const struct en_route *before = en_route_at(EN_ROUTE_TABLES, k);

            is_told_already = is_told_already || (is_operation_on(before, type) &&
                                                  en_text_equal(operation_of(before), name));
        }
        if (is_told_already) {
            continue;
        }
        if (!is_open) {
            en_write_open(&st->w, "operation", '[');
            is_open = true;
        }
        write_operation(st, r, name);
    }
    if (is_open) {
        en_write_close(&st->w);
    }
}

static void write_type(struct statement *st, const char *type)
{
    struct en_writer *w = &st->w;
    const bool is_written = !is_trail(type);

    en_write_open(w, NULL, '{');
    en_write_text(w, "type", type);
    en_write_print(w, "profile", "http://hl7.org/fhir/StructureDefinition/%s", type);
    write_interactions(st, type);
    en_write_text(w, "versioning", is_written ? "versioned" : "no-version");
    en_write_bool(w, "readHistory", is_written);
    en_write_bool(w, "updateCreate", is_written);
    en_write_bool(w, "conditionalCreate", is_written);
    en_write_text(w, "conditionalRead", is_written ? "full-support" : "not-supported");
    en_write_bool(w, "conditionalUpdate", is_written);
    en_write_text(w, "conditionalDelete", is_written ? "single" : "not-supported");
    write_includes(st, "searchInclude", type, false);
    write_includes(st, "searchRevInclude", type, true);
    write_params(st, type);
    write_operations(st, type);
    en_write_close(w);
}

static void write_system(struct statement *st)
{
    en_write_open(&st->w, "interaction", '[');
    if (has_route(st, EN_POST, "/fhir")) {
        write_code(&st->w, "transaction");
        write_code(&st->w, "batch");
    }
    if (has_route(st, EN_GET, "/fhir/_history")) {
        write_code(&st->w, "history-system");
    }
    en_write_close(&st->w);
    write_operations(st, NULL);
}

static void write_head(struct statement *st, const char *base, int64_t date_us)
{
    static const char *const FORMATS[] = {"json", "application/fhir+json"};
    struct en_writer *w = &st->w;
    char instant[EN_INSTANT_TEXT_MAX];

    en_write_text(w, "resourceType", "CapabilityStatement");
    en_write_text(w, "status", "active");
    en_write_text(w, "date", en_instant_text(date_us, instant));
    en_write_text(w, "kind", "instance");
    en_write_open(w, "software", '{');
    en_write_text(w, "name", "Enthesis");
    en_write_text(w, "version", EN_VERSION);
    en_write_close(w);
    en_write_open(w, "implementation", '{');
    en_write_text(w, "description", "Clinic server for prolotherapy");
    en_write_text(w, "url", base);
    en_write_close(w);
    en_write_text(w, "fhirVersion", "4.0.1");
    en_write_open(w, "format", '[');
    for (size_t i = 0; i < EN_COUNT(FORMATS); i++) {
        en_write_text(w, NULL, FORMATS[i]);
    }
    en_write_close(w);
    en_write_open(w, "patchFormat", '[');
    en_write_text(w, NULL, "application/json-patch+json");
    en_write_close(w);
}

enum en_status en_capability_write(const struct en_server *s, const char *base, int64_t date_us,
                                   struct en_buf *json, struct en_err *err)
{
    struct en_arena arena = EN_ARENA(EN_REQUEST_ARENA);
    struct statement st = {.server = s, .w = EN_WRITER(json), .arena = &arena};

    en_write_open(&st.w, NULL, '{');
    write_head(&st, base, date_us);
    en_write_open(&st.w, "rest", '[');
    en_write_open(&st.w, NULL, '{');
    en_write_text(&st.w, "mode", "server");
    en_write_open(&st.w, "security", '{');
    en_write_text(&st.w, "description",
                  "Log in first: people by a session, programs by a token (OAuth 2 client "
                  "credentials, scopes in SMART v2 form). What a role may do with a type of "
                  "resource is told by the documentation; 403 says what it may not.");
    en_write_close(&st.w);
    en_write_open(&st.w, "resource", '[');
    for (size_t i = 0; i < s->params->type_count; i++) {
        write_type(&st, s->params->types[i]);
    }
    en_write_close(&st.w);
    write_system(&st);
    en_write_close(&st.w);
    en_write_close(&st.w);
    en_write_close(&st.w);
    en_arena_free(&arena);
    return en_write_end(&st.w, "the CapabilityStatement", err);
}

/* The parts before and behind the base, which each request has its own of. */
static enum en_status split(struct json_object *statement, struct en_server *s, struct en_err *err)
{
    const char *text = json_object_to_json_string_ext(
        statement, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE);
    const char *mark = text == NULL ? NULL : strstr(text, BASE_MARK);

    if (mark == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for the CapabilityStatement");
    }
    s->capability[0] = en_arena_copy(&s->arena, text, (size_t)(mark - text));
    s->capability[1] = en_arena_copy(&s->arena, mark + sizeof BASE_MARK - 1, SIZE_MAX);
    return s->capability[0] == NULL || s->capability[1] == NULL
               ? en_fail(err, EN_ENOMEM, "no memory for the CapabilityStatement")
               : EN_OK;
}

enum en_status en_capability_prepare(struct en_server *s, int64_t date_us, struct en_err *err)
{
    struct en_arena scratch = EN_ARENA(EN_REQUEST_ARENA);
    struct en_buf text = EN_BUF(EN_OUTPUT_MAX);
    struct json_object *tree = NULL;
    struct en_issues issues = {0};
    enum en_status st = en_capability_write(s, BASE_MARK, date_us, &text, err);

    if (st == EN_OK) {
        st = en_json_read(en_buf_text(&text), text.size, &scratch, &tree, &issues, err);
    }
    if (st == EN_OK) {
        st = split(tree, s, err);
    }
    json_object_put(tree);
    en_buf_free(&text);
    en_arena_free(&scratch);
    return st;
}

enum en_status en_capability(struct en_server *s, const struct en_http_request *rq,
                             struct en_http_response *rs, struct en_err *err)
{
    struct en_done done = {0};
    struct en_rest rest;

    EN_TRY(en_rest_open(s, rq, &rest, &done, err));
    if (en_rest_refused(&done)) {
        return en_refuse_issues(rs, done.status, &done.issues, err);
    }
    rs->status = 200;
    /* Not for caches: a client in use waits for ever for a cached answer (smart-on-fhir's bulk data
     * client with Node 20), and it costs nothing to ask again. */
    if (s->capability[0] == NULL) {
        return en_capability_write(s, rq->base, rq->now_us, &rs->body, err);
    }
    en_buf_add(&rs->body, s->capability[0]);
    en_buf_add(&rs->body, rq->base);
    en_buf_add(&rs->body, s->capability[1]);
    return rest.is_pretty ? en_rest_pretty(&rest, rs, err) : EN_OK;
}
