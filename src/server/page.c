/* SPDX-License-Identifier: Apache-2.0
 * server/page: the files of the clinic's page (web/), as the build put them into the binary. They
 * hold no data, so they need no login; what the page asks for does. */
#include "base/embedded.h"
#include "base/text.h"
#include "server/gzip.h"
#include "server/route.h"

#include <sodium.h>
#include <string.h>

/* Scripts, styles and data of this server only, nothing inline, no text that becomes a script:
 * a name that holds markup stays a name. Images may be made by the page itself (charts). */
static const char POLICY[] =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'";

static const struct en_embedded *find(const char *name)
{
    for (const struct en_embedded *f = EN_PAGE_FILES; f->name != NULL; f++) {
        if (en_text_equal(f->name, name)) {
            return f;
        }
    }
    return NULL;
}

static const char *type_of(const char *name)
{
    static const struct {
        const char *ending, *type;
    } TYPES[] = {{".html", "text/html; charset=utf-8"},
                 {".js", "text/javascript; charset=utf-8"},
                 {".css", "text/css; charset=utf-8"},
                 {".svg", "image/svg+xml"},
                 {".json", "application/json"}};

    for (size_t i = 0; i < EN_COUNT(TYPES); i++) {
        const char *dot = strrchr(name, '.');

        if (dot != NULL && en_text_equal(dot, TYPES[i].ending)) {
            return TYPES[i].type;
        }
    }
    return "application/octet-stream";
}

/* The tag is of the bytes: browsers ask each time, and get nothing when nothing changed, so a new
 * server is a new page at once. */
static const char *tag_of(const struct en_embedded *f, struct en_arena *a)
{
    unsigned char hash[16];
    char text[2 * sizeof hash + 1];

    (void)crypto_generichash(hash, sizeof hash, (const unsigned char *)f->bytes, f->size, NULL, 0);
    return en_arena_print(a, "\"%s\"", sodium_bin2hex(text, sizeof text, hash, sizeof hash));
}

static enum en_status send_file(const struct en_http_request *rq, struct en_http_response *rs,
                                const char *name, struct en_err *err)
{
    const struct en_embedded *plain = find(name);
    const char *packed_name = en_arena_print(rq->arena, "%s.gz", name);
    const struct en_embedded *packed = packed_name == NULL ? NULL : find(packed_name);

    if (plain == NULL || packed == NULL) {
        return en_refuse(rs, 404, "not-found", "there is nothing at this address");
    }
    const bool is_packed = en_gzip_is_accepted(en_http_header(rq, "Accept-Encoding"));
    const struct en_embedded *f = is_packed ? packed : plain;
    const char *tag = tag_of(f, rq->arena);

    if (tag == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for a file of the page");
    }
    en_http_add_header(rs, "ETag", tag);
    en_http_add_header(rs, "Vary", "Accept-Encoding");
    en_http_add_header(rs, "Cache-Control", "no-cache");
    en_http_add_header(rs, "Content-Security-Policy", POLICY);
    if (en_text_equal(en_http_header(rq, "If-None-Match"), tag)) {
        rs->status = 304;
        return EN_OK;
    }
    rs->content_type = type_of(name);
    if (is_packed) {
        en_http_add_header(rs, "Content-Encoding", "gzip");
    }
    en_buf_add_bytes(&rs->body, f->bytes, f->size);
    return EN_OK;
}

static enum en_status index_page(struct en_server *s, const struct en_http_request *rq,
                                 struct en_http_response *rs, struct en_err *err)
{
    (void)s;
    return send_file(rq, rs, "index.html", err);
}

static enum en_status icon(struct en_server *s, const struct en_http_request *rq,
                           struct en_http_response *rs, struct en_err *err)
{
    (void)s;
    return send_file(rq, rs, "icon.svg", err);
}

/* Names are compared with those that are there: no path leads elsewhere. */
static enum en_status part(struct en_server *s, const struct en_http_request *rq,
                           struct en_http_response *rs, struct en_err *err)
{
    (void)s;
    return send_file(rq, rs, rq->args[0], err);
}

const struct en_route EN_ROUTES_PAGE[] = {
    {EN_GET, "/", EN_RIGHT_PUBLIC, index_page, EN_ROUTE_UNAUDITED, "the clinic's page"},
    {EN_GET, "/icon.svg", EN_RIGHT_PUBLIC, icon, EN_ROUTE_UNAUDITED, "its icon"},
    {EN_GET, "/app/{}", EN_RIGHT_PUBLIC, part, EN_ROUTE_UNAUDITED,
     "its scripts, its style sheet, its texts in other languages"},
    {0},
};
