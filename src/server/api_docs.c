/* SPDX-License-Identifier: Apache-2.0 */
#include "server/api_docs.h"

#include "base/limits.h"
#include "base/text.h"
#include "server/audit_event.h"
#include "server/operate.h"
#include "server/rest.h"
#include "server/rights.h"
#include "server/today.h"

#include <string.h>

/* What an answer's status means here. */
static const struct {
    const char *status, *meaning;
} STATUSES[] = {
    {"200", "done; a conditional create found the resource (its place in `Location`)"},
    {"201", "created: `Location` and `ETag` tell where and in which version"},
    {"202", "accepted: `Content-Location` tells how far it is"},
    {"204", "done, nothing to say: a deletion"},
    {"304", "the client has this version (`If-None-Match`, `If-Modified-Since`)"},
    {"400", "not understood: JSON, R4's rules, a parameter, an id, a search"},
    {"401", "log in first"},
    {"403", "this role may not do this; or the session's `X-CSRF-Token` is missing"},
    {"404", "no such resource, version, type or address; or it is in a record that the caller may "
            "not know of"},
    {"405", "not at this address; `Allow` tells what is"},
    {"406", "only JSON is spoken"},
    {"409", "what is there already is in the way"},
    {"410", "deleted; its history is kept"},
    {"412", "`If-Match` names another version than the current one; a condition fits several"},
    {"413", "the body is too large, or a Bundle has too many entries"},
    {"415", "the body is no JSON, or of another Content-Type than this address takes"},
    {"422", "a JSON Patch whose `test` fails or whose result is no valid resource; a rule of the "
            "clinic (an expired vial, a signed note)"},
    {"429", "too many requests; `Retry-After`"},
    {"500", "a mistake of the server; its log tells more under `X-Request-Id`"},
    {"503", "not now: the database is out of reach or too much waits; `Retry-After`"},
};

/* Headers and parameters that any FHIR request may carry. */
static const struct {
    const char *name, *meaning;
} HEADERS[] = {
    {"`Accept`, `_format`", "`application/fhir+json`, `application/json`, `json`; XML is refused"},
    {"`_pretty=true`", "with lines and spaces"},
    {"`If-Match: W/\"3\"`", "change version 3 or nothing: 412"},
    {"`If-None-Match: *`", "with PUT: create or nothing: 412"},
    {"`If-None-Match: W/\"3\"`, `If-Modified-Since`", "with GET: 304 when nothing changed"},
    {"`If-None-Exist: QUERY`", "with POST: create only when the query finds none; of parallel ones "
                               "exactly one creates"},
    {"`Prefer: return=`", "`minimal`, `representation` (default), `OperationOutcome`; in a Bundle "
                          "`minimal` is the default"},
    {"`Prefer: handling=lenient`", "leave unknown search parameters out, with a warning in the "
                                   "answer; default: 400"},
    {"`X-Provenance`", "a Provenance without targets, stored with the change"},
    {"`_summary`, `_elements`", "a part of each resource, tagged SUBSETTED"},
};

static void write_routes(struct en_buf *out)
{
    const size_t count = en_route_count(EN_ROUTE_TABLES);

    en_buf_add(out,
               "## Addresses\n\n`{}` stands for one part that begins with neither `$` nor `_`. "
               "HEAD is answered where GET is.\n\n| method | address | right | what |\n"
               "|---|---|---|---|\n");
    for (size_t i = 0; i < count; i++) {
        const struct en_route *r = en_route_at(EN_ROUTE_TABLES, i);

        en_buf_print(out, "| %s | `%s` | `%s` | %s |\n", en_method_name(r->method), r->pattern,
                     en_right_name(r->right), r->help);
    }
}

static void write_statuses(struct en_buf *out)
{
    en_buf_add(out, "\n## Status\n\nFrom 400 on the body is an OperationOutcome that says what is "
                    "wrong and what to do, without values of the request.\n\n| status | meaning |\n"
                    "|---|---|\n");
    for (size_t i = 0; i < EN_COUNT(STATUSES); i++) {
        en_buf_print(out, "| %s | %s |\n", STATUSES[i].status, STATUSES[i].meaning);
    }
    en_buf_add(out, "\n## Headers and parameters of FHIR requests\n\n| header or parameter | "
                    "meaning |\n|---|---|\n");
    for (size_t i = 0; i < EN_COUNT(HEADERS); i++) {
        en_buf_print(out, "| %s | %s |\n", HEADERS[i].name, HEADERS[i].meaning);
    }
}

static const char *kind_name(enum en_search_kind kind)
{
    static const char *const NAMES[] = {
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

    return NAMES[kind];
}

/* Parameters that every type has are told once, before the table. */
static bool is_told(const struct en_search_param *p)
{
    return p->name[0] != '_' &&
           (!en_text_equal(p->type, "AuditEvent") || en_list_has(EN_AUDIT_PARAMS, p->name));
}

static void write_search(struct en_buf *out, const struct en_search_params *params)
{
    en_buf_print(
        out,
        "\n## Bundles\n\nPOST a Bundle of type `batch` or `transaction` to `/fhir`: at most %d "
        "entries. A transaction is done whole or not at all, in the order DELETE, POST, PUT and "
        "PATCH, GET; references to an entry's `fullUrl` become references to what it made; "
        "`Patient?identifier=x` as a reference must fit exactly one. PATCH carries a Binary with "
        "the JSON Patch.\n",
        EN_BUNDLE_REQUESTS_MAX);
    en_buf_print(
        out,
        "\n## Search\n\nBy GET, or by POST to `_search` with a form, for what must not stand in an "
        "address. A page holds `_count` resources (%d, at most %d); follow its link `next`, whose "
        "address shows nothing of the query. Several values parted by commas: one must fit; the "
        "same parameter again: all must fit. An unknown parameter is refused.\n\n"
        "Modifiers: `:exact`, `:contains` (string), `:not` (token), `:missing` (all), `:Type` "
        "(reference). Prefixes of dates, numbers and quantities: eq ne gt lt ge le sa eb ap. "
        "Chains "
        "one level deep (`patient.identifier=x`). `_sort` (at most %d, `-` falls), `_include`, "
        "`_revinclude` (at most %d; at most %d resources on a page), `_total=accurate`, "
        "`_summary`, `_elements`. Every type has `_id`, `_lastUpdated`, `_profile`, `_security`, "
        "`_source`, `_tag`.\n\n| type | parameters |\n|---|---|\n",
        EN_SEARCH_COUNT, EN_SEARCH_COUNT_MAX, EN_SEARCH_SORTS_MAX, EN_SEARCH_INCLUDES_MAX,
        EN_SEARCH_INCLUDED_MAX);
    for (size_t i = 0; i < params->type_count; i++) {
        size_t count, told = 0;
        const struct en_search_param *of = en_search_params_of(params, params->types[i], &count);

        en_buf_print(out, "| %s | ", params->types[i]);
        for (size_t k = 0; k < count; k++) {
            if (is_told(&of[k])) {
                en_buf_print(out, "%s%s (%s)", told++ > 0 ? ", " : "", of[k].name,
                             kind_name(of[k].kind));
            }
        }
        en_buf_add(out, " |\n");
    }
    en_buf_add(out, "\n");
}

enum en_status en_api_docs(struct en_buf *out, struct en_err *err)
{
    struct en_arena a = EN_ARENA(EN_SERVER_ARENA);
    struct en_search_params params;
    enum en_status st = en_search_params_load(&a, &params, err);

    if (st == EN_OK) {
        en_buf_add(out,
                   "# The server's API\n\nMade by `make docs` from the tables of the program. "
                   "FHIR R4 (4.0.1), JSON. `GET /fhir/metadata` tells the same to programs.\n\n");
        write_routes(out);
        write_statuses(out);
        write_search(out, &params);
        en_operate_docs(out);
        en_today_docs(out);
        en_rights_docs(out);
        st = en_buf_check(out, "the document of the API", err);
    }
    en_arena_free(&a);
    return st;
}
