/* SPDX-License-Identifier: Apache-2.0
 * server/http: a request and its answer, as handlers see them. No library's type shows here.
 *
 * Texts of a request are borrowed for the call of its handler; an answer's live in the request's
 * arena. A handler fills the answer and returns EN_OK, also for a refusal (en_refuse); a returned
 * failure becomes an OperationOutcome by the one table in server/answer.c. */
#pragma once

#include "base/arena.h"
#include "base/buf.h"
#include "base/date.h"
#include "base/limits.h"
#include "fhir/fhir.h"
#include "server/rights.h"

enum en_method { EN_GET, EN_HEAD, EN_POST, EN_PUT, EN_PATCH, EN_DELETE, EN_OPTIONS, EN_METHODS };

const char *en_method_name(enum en_method method);

struct en_header {
    const char *name, *value;
};

enum { EN_HEADERS_MAX = 64, EN_PATH_ARGS_MAX = 4 };

struct en_http_request {
    const char *id; /* 16 hexadecimal digits; in the log, in errors, in the audit trail */
    enum en_method method;
    /* "/fhir/Patient/1", percent-decoded, no "..", no empty segment but the last. */
    const char *path;
    const char *query;               /* behind "?", still encoded; "" none */
    const struct en_header *headers; /* shape [header_count] */
    size_t header_count;
    const char *body; /* NUL behind it */
    size_t body_size;
    const char *address; /* of the client */
    const char *base;    /* "https://host/fhir", no slash at the end: for links and locations */
    bool is_tls;
    const char *args[EN_PATH_ARGS_MAX]; /* what stands at {} of the route's pattern */
    struct en_caller caller;
    /* The tables for this request (en_server_knowledge); NULL before its handler. */
    const struct en_knowledge *knowledge;
    const struct en_cds_client *ehr; /* who signed the call of CDS Hooks; NULL not asked yet */
    int64_t now_us;
    en_day today;
    struct en_arena *arena;
};

/* Value of a header by name (any case); NULL when there is none. The guard refuses a second one of
 * those that decide something (Authorization, Cookie, Content-Type, If-Match ...). */
const char *en_http_header(const struct en_http_request *rq, const char *name);

/* Value of the cookie, as it was sent; NULL when it is not there, or twice: then somebody put a
 * second one beside ours. In the request's arena. */
const char *en_http_cookie(const struct en_http_request *rq, const char *name);

/* Value of a parameter of a query or of a form body ("a=b&c=d"), decoded, in the arena; NULL when
 * it does not occur. EN_EINVAL when it occurs twice or is badly encoded. */
EN_MUST_USE enum en_status en_http_form_value(const char *form, const char *name,
                                              struct en_arena *a, const char **out,
                                              struct en_err *err);

/* Percent-decode size bytes into the arena. "+" becomes a space when is_form. EN_EINVAL: a broken
 * escape, an encoded NUL, or no UTF-8. */
EN_MUST_USE enum en_status en_http_decode(const char *text, size_t size, bool is_form,
                                          struct en_arena *a, const char **out, struct en_err *err);

struct en_http_response {
    int status;               /* 0 until set; then 200 when a body was written, else 204 */
    const char *content_type; /* NULL: application/fhir+json; charset=utf-8 */
    struct en_buf body;
    struct en_header headers[EN_HEADERS_MAX];
    size_t header_count;
    const char *file_path; /* instead of the body: a file to send (exports); NULL */
    bool is_public;        /* may be kept by caches; else Cache-Control: no-store */
};

/* An answer not yet given: what a caller of en_serve hands in. The body is to be freed. */
#define EN_HTTP_RESPONSE ((struct en_http_response){.body = EN_BUF(EN_OUTPUT_MAX)})

/* Texts must live as long as the request's arena. At most EN_HEADERS_MAX. A value with a
 * control byte makes the whole answer a 500: nobody splits an answer in two. */
void en_http_add_header(struct en_http_response *rs, const char *name, const char *value);

/* Answer with an OperationOutcome of one error; headers set before stay. code is of FHIR's issue
 * types; the text tells what to do and holds no patient data. Returns EN_OK, so
 * `return en_refuse(...)` ends a handler. */
enum en_status en_refuse(struct en_http_response *rs, int status, const char *code,
                         const char *format, ...) EN_PRINTF(4, 5);

/* The same with all issues. */
enum en_status en_refuse_issues(struct en_http_response *rs, int status,
                                const struct en_issues *issues, struct en_err *err);

/* A failure as an answer: status, issue code; 503 carries Retry-After. Headers set before go. The
 * text of EN_EIO, EN_ENOMEM and EN_EBUG stays here: it may name files and hosts. */
void en_answer_failure(struct en_http_response *rs, enum en_status status,
                       const struct en_err *err);
