/* SPDX-License-Identifier: Apache-2.0
 * server/rest: the interactions of FHIR's REST API. Inside of rest_*.c, capability.c and the tests.
 *
 * One interaction is the same thing whether a request asks for it or an entry of a Bundle: a struct
 * en_interact goes in, a struct en_done comes out. What can be done without the database (parsing,
 * rights, validation, index values, the text itself) is done before the transaction. A refusal is a
 * result, not a failure: its status and issues stand in en_done, and the functions return EN_OK.
 * Within a work a refusal returns EN_EINVAL, so that nothing of the work stays. */
#pragma once

#include "fhir/links.h"
#include "fhir/subset.h"
#include "server/route.h"

enum en_rest_kind {
    EN_REST_READ,
    EN_REST_VREAD,
    EN_REST_HISTORY, /* of a resource, a type (id NULL), or all (type NULL) */
    EN_REST_SEARCH,
    EN_REST_CREATE,
    EN_REST_UPDATE, /* id NULL: conditional, as are the next two */
    EN_REST_PATCH,
    EN_REST_DELETE,
    EN_REST_KINDS
};

/* FHIR's word for it: "search-type", "history-instance"; for the audit trail. */
const char *en_rest_name(enum en_rest_kind kind, const char *type, const char *id);

/* What a change sends back. Not said: the resource to a request, nothing in a Bundle. */
enum en_prefer { EN_PREFER_NONE, EN_PREFER_REPRESENTATION, EN_PREFER_MINIMAL, EN_PREFER_OUTCOME };

/* Who asks, and how: the same for all entries of a Bundle. */
struct en_rest {
    struct en_server *server;
    const struct en_http_request *rq;
    struct en_arena *arena;
    enum en_prefer prefer;
    bool is_lenient; /* Prefer: handling=lenient */
    bool is_bundle;  /* an entry of one */
    bool is_pretty;
};

/* What is asked for. Texts live in the arena. */
struct en_interact {
    enum en_rest_kind kind;
    const char *type, *id;    /* NULL none */
    int64_t version;          /* vread */
    const char *query;        /* still encoded, "" none */
    const char *compartment;  /* Patient/{this}/type?query; NULL none */
    struct json_object *body; /* resource, or array of a JSON Patch; borrowed */
    const char *if_match, *if_none_match, *if_modified_since, *if_none_exist;
    bool is_posted; /* search by POST: no value may stand in an address */
};

/* What came of it. */
struct en_done {
    int status;            /* 0: nothing yet; from 400 on a refusal with issues */
    const char *type, *id; /* of the resource, NULL none */
    int64_t version;       /* 0 none */
    int64_t updated_us;
    const char *text; /* JSON to send, NULL none */
    size_t size;
    struct en_issues issues;
    const char *place; /* FHIRPath of the entry for issues; NULL: no Bundle */
    const char *allow; /* with 405 */
};

/* rest_request.c: from texts to interactions */

/* Preferences and format of the request. A refusal (406, 415) goes to done. */
EN_MUST_USE enum en_status en_rest_open(struct en_server *s, const struct en_http_request *rq,
                                        struct en_rest *out, struct en_done *done,
                                        struct en_err *err);

/* Read "Patient/1/_history/2" (no slash before it, percent-decoded) with its query into out. */
void en_rest_address(const struct en_rest *rest, enum en_method method, const char *path,
                     const char *query, struct en_interact *out, struct en_done *done);

/* The version that an ETag names: W/"3", "3". 0 when it is none. */
int64_t en_rest_etag(const char *text);

/* The body as a tree, owned by the caller; what is wrong with it goes to done. No body: NULL. */
EN_MUST_USE enum en_status en_rest_body(const struct en_rest *rest, struct json_object **out,
                                        struct en_done *done, struct en_err *err);

/* Whether resources of this type are kept. */
bool en_rest_type_known(const struct en_server *s, const char *type);

/* Letters, digits, '-' and '.', 1 .. 64. */
bool en_rest_id_valid(const char *id);

/* Next "name=value" of a query, decoded; NULL at the end. EN_EINVAL: badly encoded. */
EN_MUST_USE enum en_status en_rest_parameter(const char **query, struct en_arena *a,
                                             const char **name, const char **value,
                                             struct en_err *err);

/* Parameters of a read or a history. */
struct en_view {
    struct en_subset subset;
    int count; /* 0: not given */
    int64_t since_us, at_us;
    const char *cursor;
};
void en_rest_view(const struct en_rest *rest, const struct en_interact *in, struct en_view *out,
                  struct en_done *done);

/* rest_done.c: results */

void en_rest_refuse(const struct en_rest *rest, struct en_done *done, int status, const char *code,
                    const char *format, ...) EN_PRINTF(5, 6);
bool en_rest_refused(const struct en_done *done);

/* A failure of the program as a refusal, for an entry of a batch. */
void en_rest_fail(const struct en_rest *rest, struct en_done *done, enum en_status st,
                  const struct en_err *err);

/* "base/Patient/1/_history/3"; W/"3". NULL when there is no version. In the arena. */
const char *en_rest_location(const struct en_rest *rest, const struct en_done *done);
const char *en_rest_etag_text(const struct en_rest *rest, int64_t version);

/* The text becomes what is sent, with status 200. */
EN_MUST_USE enum en_status en_rest_keep(const struct en_rest *rest, const struct en_buf *b,
                                        struct en_done *done, struct en_err *err);

/* The result as an answer. */
enum en_status en_rest_answer(const struct en_rest *rest, const struct en_interact *in,
                              const struct en_done *done, struct en_http_response *rs,
                              struct en_err *err);

/* The body again with spaces and lines, for people. */
EN_MUST_USE enum en_status en_rest_pretty(const struct en_rest *rest, struct en_http_response *rs,
                                          struct en_err *err);

/* What the caller is shown of a stored resource: de-identified, a part of it, or the text itself. A
 * type that is not shown gives NULL. */
EN_MUST_USE enum en_status en_rest_shape(const struct en_rest *rest, const struct en_subset *subset,
                                         const struct en_version *v, struct en_version *out,
                                         struct en_err *err);

/* rest_audit.c: who did what */

/* Ids of the Patients that a resource is about or points to: in its own text, each once. */
EN_MUST_USE enum en_status en_rest_patients(const char *type, const char *id, const char *text,
                                            struct en_arena *a, const char ***out, size_t *count,
                                            struct en_err *err);

/* What one access was: one entry for each patient, or one without. */
struct en_access {
    struct en_audit audit; /* without patient */
    const char **patients; /* shape [patient_count] */
    size_t patient_count;
};
void en_rest_access(const struct en_rest *rest, const struct en_interact *in,
                    const struct en_done *done, struct en_access *out);
EN_MUST_USE enum en_status en_rest_audit_in(struct en_tx *tx, const struct en_access *access,
                                            struct en_err *err);
EN_MUST_USE enum en_status en_rest_audit(const struct en_rest *rest, const struct en_access *access,
                                         struct en_err *err);

/* rest_match.c: conditions */

struct en_criteria {
    struct en_search_query query;
    const char *key; /* type and parameters in one order: what two servers meet at */
};

enum { EN_MATCH_SEVERAL = 2 };

struct en_match {
    int count; /* 0, 1, EN_MATCH_SEVERAL */
    const char *id;
};

/* Type that a chain of the query leads through though the caller may not search it (what was found
 * would tell of it); NULL: none. */
const char *en_rest_chain_refused(const struct en_caller *caller, const struct en_search_query *q);

EN_MUST_USE enum en_status en_rest_criteria(const struct en_rest *rest, const char *type,
                                            const char *query, struct en_criteria *out,
                                            struct en_done *done, struct en_err *err);
EN_MUST_USE enum en_status en_rest_match(struct en_tx *tx, bool is_writing,
                                         const struct en_criteria *criteria, struct en_arena *a,
                                         struct en_match *out, struct en_err *err);

/* rest_read.c, rest_search.c: what only looks */

/* Whether the caller may do this at all; else done refuses. */
bool en_rest_allowed(const struct en_rest *rest, const struct en_interact *in,
                     struct en_done *done);

/* Look within a transaction of either kind, once it is allowed. */
EN_MUST_USE enum en_status en_rest_look_in(struct en_tx *tx, const struct en_rest *rest,
                                           const struct en_interact *in, struct en_done *done,
                                           struct en_access *access, struct en_err *err);

/* Look with a transaction of its own; its audit entries are durable on return. */
EN_MUST_USE enum en_status en_rest_look(const struct en_rest *rest, const struct en_interact *in,
                                        struct en_done *done, struct en_err *err);
EN_MUST_USE enum en_status en_rest_search_in(struct en_tx *tx, const struct en_rest *rest,
                                             const struct en_interact *in, struct en_done *done,
                                             struct en_access *access, struct en_err *err);

/* rest_unit.c: what changes something. All of it or, when one is refused, nothing; audit included.
 * `full_urls` (NULL: no Bundle) are the addresses by which references name the entries; each may be
 * NULL. */
EN_MUST_USE enum en_status en_rest_change(const struct en_rest *rest, struct en_interact *ins,
                                          struct en_done *dones, const char *const *full_urls,
                                          size_t count, struct en_err *err);

/* rest_bundle.c: batch and transaction */
EN_MUST_USE enum en_status en_rest_bundle(const struct en_rest *rest, struct json_object *bundle,
                                          struct en_http_response *rs, struct en_err *err);
