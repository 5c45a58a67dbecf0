/* SPDX-License-Identifier: Apache-2.0
 * server/answer: refusals and failures as OperationOutcomes, and the one table from the program's
 * statuses to HTTP's. */
#include "base/text.h"
#include "server/http.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* What a client is told when it sees no more than that: the program's own text may name files and
 * hosts of the server, and goes to the log. */
#define LATER "The server cannot do this now. Nothing was changed; try again in a moment."
#define BROKEN                                                                                     \
    "The server made a mistake. Its log tells more under the X-Request-Id of this answer."

/* One row for each status. text NULL: the text of the failure itself. */
static const struct failure {
    enum en_status status;
    int http;
    const char *code, *text;
} FAILURES[] = {
    {EN_OK, 500, "exception", BROKEN}, /* no failure: whoever reports it is wrong */
    {EN_EINVAL, 400, "invalid", NULL},      {EN_ENOTFOUND, 404, "not-found", NULL},
    {EN_EDENIED, 403, "forbidden", NULL},   {EN_ECONFLICT, 409, "conflict", NULL},
    {EN_ELIMIT, 503, "too-costly", NULL},   {EN_ENOMEM, 503, "transient", LATER},
    {EN_ENUMERIC, 422, "processing", NULL}, {EN_EIO, 503, "transient", LATER},
    {EN_EBUG, 500, "exception", BROKEN},
};
_Static_assert(EN_COUNT(FAILURES) == EN_STATUS_COUNT, "each status has its answer");

/* What is sent when there is no memory even for an OperationOutcome. */
static const char LAST_RESORT[] =
    "{\"resourceType\":\"OperationOutcome\",\"issue\":[{\"severity\":\"error\",\"code\":"
    "\"transient\",\"diagnostics\":\"" LATER "\"}]}";

void en_http_add_header(struct en_http_response *rs, const char *name, const char *value)
{
    assert(rs->header_count < EN_HEADERS_MAX);
    rs->headers[rs->header_count++] = (struct en_header){name, value};
}

static bool has_header(const struct en_http_response *rs, const char *name)
{
    for (size_t i = 0; i < rs->header_count; i++) {
        if (en_text_equal_nocase(rs->headers[i].name, name)) {
            return true;
        }
    }
    return false;
}

/* What was written before is no part of a refusal; headers that were set for it stay. */
static void start_over(struct en_http_response *rs, int status)
{
    const size_t limit = rs->body.limit;

    en_buf_free(&rs->body);
    rs->body = EN_BUF(limit == 0 ? EN_OUTPUT_MAX : limit);
    rs->status = status;
    rs->content_type = NULL;
    rs->file_path = NULL;
    rs->is_public = false;
    if ((status == 503 || status == 429) && !has_header(rs, "Retry-After")) {
        en_http_add_header(rs, "Retry-After", "1");
    }
}

enum en_status en_refuse_issues(struct en_http_response *rs, int status,
                                const struct en_issues *issues, struct en_err *err)
{
    start_over(rs, status);
    if (en_fhir_outcome(issues, &rs->body, err) != EN_OK) {
        start_over(rs, 503);
        en_buf_add(&rs->body, LAST_RESORT);
    }
    return EN_OK;
}

enum en_status en_refuse(struct en_http_response *rs, int status, const char *code,
                         const char *format, ...)
{
    char text[EN_ERR_TEXT_MAX];
    struct en_issue issue = {EN_ISSUE_ERROR, code, "", text};
    const struct en_issues issues = {.items = &issue, .count = 1, .error_count = 1};
    va_list args;

    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return en_refuse_issues(rs, status, &issues, NULL);
}

void en_answer_failure(struct en_http_response *rs, enum en_status status, const struct en_err *err)
{
    const struct failure *f = &FAILURES[(unsigned)status < EN_STATUS_COUNT ? status : EN_EBUG];
    const char *text = err == NULL || err->text[0] == '\0' ? en_status_meaning(status) : err->text;

    assert(f->status == status || f->status == EN_EBUG);
    rs->header_count = 0; /* an ETag or a place of what was not done */
    (void)en_refuse(rs, f->http, f->code, "%s", f->text == NULL ? text : f->text);
}
