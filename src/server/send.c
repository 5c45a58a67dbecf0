/* SPDX-License-Identifier: Apache-2.0
 * server/send: an answer on its way: headers that every answer has, compression, files. */
#include "server/exchange.h"

#include "base/clock.h"
#include "base/text.h"
#include "server/gzip.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Below, gzip's head and the work are not worth it. */
enum { GZIP_MIN = 1024 };

static const char FHIR_JSON[] = "application/fhir+json; charset=utf-8";

static bool has_header(const struct en_http_response *rs, const char *name)
{
    for (size_t i = 0; i < rs->header_count; i++) {
        if (en_text_equal_nocase(rs->headers[i].name, name)) {
            return true;
        }
    }
    return false;
}

/* A handler's own choice (the page's policy) stays. When there is no room the answer goes without:
 * EN_HEADERS_MAX is far beyond what handlers set. */
static void add_default(struct en_http_response *rs, const char *name, const char *value)
{
    if (!has_header(rs, name) && rs->header_count < EN_HEADERS_MAX) {
        rs->headers[rs->header_count++] = (struct en_header){name, value};
    }
}

/* What keeps browsers from being used against the clinic: nothing may be loaded by an answer,
 * framed, guessed to be of another type, kept in a cache, or told to other sites. */
static void add_defaults(struct exchange *x)
{
    struct en_http_response *rs = &x->rs;

    add_default(rs, "X-Request-Id", x->id);
    add_default(rs, "Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
    add_default(rs, "X-Content-Type-Options", "nosniff");
    add_default(rs, "X-Frame-Options", "DENY");
    add_default(rs, "Referrer-Policy", "no-referrer");
    add_default(rs, "Cross-Origin-Opener-Policy", "same-origin");
    add_default(rs, "Cross-Origin-Embedder-Policy", "require-corp");
    add_default(rs, "Cross-Origin-Resource-Policy", "same-origin");
    add_default(rs, "Permissions-Policy", "camera=(), geolocation=(), microphone=()");
    add_default(rs, "Cache-Control", rs->is_public ? "public, max-age=300" : "no-store");
    if (x->rq.is_tls) {
        add_default(rs, "Strict-Transport-Security", "max-age=31536000");
    }
    if (x->must_close) {
        add_default(rs, "Connection", "close");
    }
}

/* Text shrinks; what is packed already does not. Answers that hold a secret beside what a client
 * sent (logins) are left alone: their size would tell of the secret. */
static bool is_worth_packing(const struct exchange *x)
{
    static const char *const KINDS[] = {"application/fhir+json", "application/json",
                                        "application/fhir+ndjson", "text/", "image/svg+xml"};
    const char *type = x->rs.content_type == NULL ? FHIR_JSON : x->rs.content_type;

    if (x->rs.body.size < GZIP_MIN || has_header(&x->rs, "Content-Encoding") ||
        (x->rq.path != NULL && en_text_starts(x->rq.path, "/auth"))) {
        return false;
    }
    for (size_t i = 0; i < EN_COUNT(KINDS); i++) {
        if (en_text_starts(type, KINDS[i])) {
            return true;
        }
    }
    return false;
}

/* The answer's bytes, packed where that helps. */
static void choose_bytes(struct exchange *x, const char **bytes, size_t *size)
{
    const char *packed = NULL;
    size_t packed_size = 0;

    *bytes = en_buf_text(&x->rs.body);
    *size = x->rs.body.size;
    if (!is_worth_packing(x)) {
        return;
    }
    add_default(&x->rs, "Vary", "Accept-Encoding");
    if (en_gzip_is_accepted(en_http_header(&x->rq, "Accept-Encoding")) &&
        en_gzip(*bytes, *size, x->rq.arena, &packed, &packed_size, NULL) == EN_OK) {
        add_default(&x->rs, "Content-Encoding", "gzip");
        *bytes = packed;
        *size = packed_size;
    }
}

/* A regular file that we may read; a link is none. */
static struct MHD_Response *file_response(struct exchange *x, uint64_t *size)
{
    const int fd = open(x->rs.file_path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    struct MHD_Response *response = NULL;
    struct stat st;

    if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode)) {
        *size = (uint64_t)st.st_size;
        response = MHD_create_response_from_fd64(*size, fd);
    }
    if (response == NULL) {
        if (fd >= 0) {
            (void)close(fd);
        }
        (void)en_refuse(&x->rs, 404, "not-found", "the file is no longer here");
    }
    return response;
}

static struct MHD_Response *make_response(struct exchange *x, uint64_t *size)
{
    union {
        const char *bytes;
        void *pointer; /* the library only reads it */
    } content = {NULL};
    size_t content_size = 0;
    struct MHD_Response *response = x->rs.file_path == NULL ? NULL : file_response(x, size);

    if (response == NULL) {
        choose_bytes(x, &content.bytes, &content_size);
        *size = content_size;
        response =
            MHD_create_response_from_buffer(content_size, content.pointer, MHD_RESPMEM_PERSISTENT);
    }
    return response;
}

static bool is_header_sound(const struct en_header *h)
{
    for (const char *c = h->value; *c != '\0'; c++) {
        if ((unsigned char)*c < ' ' || *c == '\x7f') {
            return false;
        }
    }
    return true;
}

static bool add_headers(const struct exchange *x, struct MHD_Response *response)
{
    const char *type = x->rs.content_type == NULL ? FHIR_JSON : x->rs.content_type;
    bool is_good = true;

    if (x->rs.body.size > 0 || x->rs.file_path != NULL) {
        is_good = MHD_add_response_header(response, "Content-Type", type) == MHD_YES;
    }
    for (size_t i = 0; is_good && i < x->rs.header_count; i++) {
        const struct en_header *h = &x->rs.headers[i];

        is_good =
            is_header_sound(h) && (h->value[0] == '\0' ||
                                   MHD_add_response_header(response, h->name, h->value) == MHD_YES);
    }
    return is_good;
}

enum MHD_Result en_exchange_send(struct exchange *x)
{
    const struct en_listener *l = x->connection->listener;
    enum MHD_Result result = MHD_NO;
    uint64_t size = 0;

    x->phase = EXCHANGE_ANSWERED;
    x->must_close |= atomic_load(&l->is_stopping);
    for (int tries = 0; tries < 2; tries++) {
        struct MHD_Response *response = make_response(x, &size);

        add_defaults(x);
        if (response != NULL && add_headers(x, response)) {
            result = MHD_queue_response(x->mhd, (unsigned)x->rs.status, response);
            MHD_destroy_response(response);
            break;
        }
        if (response != NULL) {
            MHD_destroy_response(response);
        }
        x->rs.header_count = 0;
        (void)en_refuse(&x->rs, 500, "exception", "the answer could not be sent");
    }
    en_watch_limit(&x->connection->watched,
                   l->options.idle_s + (double)size / EN_TRANSFER_RATE_MIN);
    return result;
}
