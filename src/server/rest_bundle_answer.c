/* SPDX-License-Identifier: Apache-2.0
 * The answer to a batch or transaction: one entry for each entry. */
#include "base/instant.h"
#include "fhir/writer.h"
#include "server/rest_bundle.h"

static const char *reason_of(int status)
{
    static const struct {
        int status;
        const char *reason;
    } REASONS[] = {
        {200, "OK"},
        {201, "Created"},
        {204, "No Content"},
        {304, "Not Modified"},
        {400, "Bad Request"},
        {403, "Forbidden"},
        {404, "Not Found"},
        {405, "Method Not Allowed"},
        {409, "Conflict"},
        {410, "Gone"},
        {412, "Precondition Failed"},
        {413, "Content Too Large"},
        {422, "Unprocessable Content"},
        {500, "Internal Server Error"},
        {503, "Service Unavailable"},
    };

    for (size_t i = 0; i < EN_COUNT(REASONS); i++) {
        if (REASONS[i].status == status) {
            return REASONS[i].reason;
        }
    }
    return status < 400 ? "Done" : "Refused";
}

static enum en_status add_response(const struct en_rest *rest, const struct en_interact *in,
                                   const struct en_done *done, struct en_buf *b, struct en_err *err)
{
    char instant[EN_INSTANT_TEXT_MAX];
    const bool is_write =
        in->kind == EN_REST_CREATE || in->kind == EN_REST_UPDATE || in->kind == EN_REST_PATCH;

    en_buf_print(b, "\"response\":{\"status\":\"%d %s\"", done->status, reason_of(done->status));
    if (is_write && !en_rest_refused(done)) {
        en_buf_add(b, ",\"location\":");
        en_write_quoted(b, en_rest_location(rest, done));
    }
    if (done->version > 0) {
        en_buf_print(b, ",\"etag\":\"W/\\\"%lld\\\"\",\"lastModified\":\"%s\"",
                     (long long)done->version, en_instant_text(done->updated_us, instant));
    }
    if (en_rest_refused(done) || (is_write && rest->prefer == EN_PREFER_OUTCOME)) {
        en_buf_add(b, ",\"outcome\":");
        EN_TRY(en_fhir_outcome(&done->issues, b, err));
    }
    en_buf_add(b, "}");
    return EN_OK;
}

enum en_status en_bundle_answer(const struct en_rest *rest, const struct en_bundle *bundle,
                                struct en_http_response *rs, struct en_err *err)
{
    struct en_buf *b = &rs->body;

    en_buf_print(b, "{\"resourceType\":\"Bundle\",\"type\":\"%s-response\"",
                 bundle->is_transaction ? "transaction" : "batch");
    for (size_t i = 0; i < bundle->count; i++) {
        const struct en_done *done = &bundle->dones[i];

        en_buf_add(b, i == 0 ? ",\"entry\":[{" : ",{");
        if (done->text != NULL && !en_rest_refused(done)) {
            if (done->type != NULL && done->id != NULL) {
                en_buf_print(b, "\"fullUrl\":");
                en_write_quoted(b, en_arena_print(rest->arena, "%s/%s/%s", rest->rq->base,
                                                  done->type, done->id));
                en_buf_add(b, ",");
            }
            en_buf_add(b, "\"resource\":");
            en_buf_add_bytes(b, done->text, done->size);
            en_buf_add(b, ",");
        }
        EN_TRY(add_response(rest, &bundle->ins[i], done, b, err));
        en_buf_add(b, "}");
    }
    en_buf_add(b, bundle->count > 0 ? "]}" : "}");
    rs->status = 200;
    return en_buf_check(b, "the answer", err);
}
