/* SPDX-License-Identifier: Apache-2.0
 * Any bytes as the head of a request, split into lines as freely as libmicrohttpd does: what passes
 * the guard was in the one plain form, its path is harmless, its body has one length; and whatever
 * is decoded from it is UTF-8 without NUL. */
#include "base/text.h"
#include "fuzz.h"
#include "server/guard.h"
#include "server/gzip.h"

#include <string.h>

enum { HEADERS = EN_HEADERS_MAX + 8 };

static const struct en_guard GUARD = {.hosts = {"localhost", "127.0.0.1"}, .host_count = 2};

/* What the library would make of the bytes. */
struct split {
    struct en_guard_head head;
    struct en_header headers[HEADERS];
    size_t target_size, size;
};

/* The next line: its end, CR LF or LF, becomes NUL. NULL: none. */
static char *next_line(char **at, const char *end)
{
    char *line = *at;
    char *feed = memchr(line, '\n', (size_t)(end - line));

    if (feed == NULL) {
        return NULL;
    }
    *feed = '\0';
    if (feed > line && feed[-1] == '\r') {
        feed[-1] = '\0';
    }
    *at = feed + 1;
    return line;
}

static bool split_first(struct split *s, char *line)
{
    char *target = strchr(line, ' ');
    char *version = target == NULL ? NULL : strrchr(target, ' ');

    if (target == NULL || version == target) {
        return false;
    }
    *target++ = '\0';
    target += strspn(target, " ");
    if (version < target) {
        return false;
    }
    *version++ = '\0';
    s->head.method = line;
    s->head.target = target;
    s->head.version = version;
    s->target_size = strlen(target);
    return true;
}

/* True when there is a whole head. */
static bool split_head(struct split *s, char *bytes, size_t size)
{
    char *at = bytes, *line = next_line(&at, bytes + size);

    if (line == NULL || !split_first(s, line)) {
        return false;
    }
    while ((line = next_line(&at, bytes + size)) != NULL && line[0] != '\0') {
        char *colon = strchr(line, ':');

        if (colon == NULL || s->head.header_count == HEADERS) {
            return false;
        }
        *colon++ = '\0';
        colon += strspn(colon, " \t");
        s->headers[s->head.header_count++] = (struct en_header){line, colon};
    }
    s->head.headers = s->headers;
    s->size = (size_t)(at - bytes);
    return line != NULL;
}

/* A NUL before a bare LF cannot be told from CR LF once the library has been there (guard.h). */
static void mend_line_ends(char *raw, size_t size)
{
    for (size_t i = 1; i < size; i++) {
        if (raw[i] == '\n' && raw[i - 1] == '\0') {
            raw[i - 1] = '\r';
        }
    }
}

/* The form that a strict reader would accept, on the bytes as they came. */
static bool is_plain_form(const char *raw, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (raw[i] == '\0' || (raw[i] == '\n' && (i == 0 || raw[i - 1] != '\r')) ||
            (raw[i] == '\r' && (i + 1 == size || raw[i + 1] != '\n')) ||
            (i > 1 && raw[i - 1] == '\n' && (raw[i] == ' ' || raw[i] == '\t'))) {
            return false;
        }
    }
    const char *end = memchr(raw, '\r', size);
    const char *one = memchr(raw, ' ', size);
    const char *two = one == NULL ? NULL : memchr(one + 1, ' ', size - (size_t)(one + 1 - raw));

    return size > 4 && memcmp(raw + size - 4, "\r\n\r\n", 4) == 0 && two != NULL && two < end &&
           two > one + 1 && memchr(two + 1, ' ', (size_t)(end - two) - 1) == NULL;
}

static void check_path(const char *path)
{
    PROPERTY(path[0] == '/' && en_utf8_valid(path, strlen(path), NULL));
    PROPERTY(strstr(path, "/../") == NULL && strstr(path, "/./") == NULL);
    PROPERTY(strstr(path, "//") == NULL && strpbrk(path, "\\%") == NULL);
    for (const char *c = path; *c != '\0'; c++) {
        PROPERTY((unsigned char)*c >= ' ' && *c != '\x7f');
    }
    const size_t size = strlen(path);

    PROPERTY(size < 3 || strcmp(path + size - 3, "/..") != 0);
}

static void check_values(const struct split *s, const char *query, struct en_arena *a)
{
    const struct en_http_request rq = {
        .arena = a, .headers = s->headers, .header_count = s->head.header_count};
    const char *value = NULL;
    const char *cookie = en_http_cookie(&rq, "session");

    if (en_http_form_value(query, "name", a, &value, NULL) == EN_OK && value != NULL) {
        PROPERTY(en_utf8_valid(value, strlen(value), NULL));
    }
    PROPERTY(cookie == NULL || strchr(cookie, ';') == NULL);
    (void)en_gzip_is_accepted(en_http_header(&rq, "Accept-Encoding"));
}

static void check_request(struct split *s, const char *raw, const char *start, struct en_arena *a)
{
    enum en_method method = EN_GET;
    struct en_guard_body body;
    const char *path = NULL, *query = NULL;

    if (!en_guard_is_plain(start, s->size, &s->head, s->target_size)) {
        return;
    }
    if (en_guard_check(&GUARD, &s->head, &method, &body).status != 0) {
        return;
    }
    PROPERTY(!body.is_chunked || body.size == 0);
    PROPERTY(en_text_equal(en_method_name(method), s->head.method));
    if (en_guard_target(s->head.target, a, &path, &query).status == 0) {
        /* All three together: a bare CR and a space in the target are seen by one of them. */
        PROPERTY(is_plain_form(raw, s->size));
        check_path(path);
        check_values(s, query, a);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct en_arena a = EN_ARENA(8 << 20);
    char *raw = en_arena_copy(&a, (const char *)bytes, size);
    char *room = en_arena_copy(&a, (const char *)bytes, size);
    struct split *s = EN_NEW(&a, struct split, 1);

    PROPERTY(raw != NULL && room != NULL && s != NULL);
    mend_line_ends(raw, size);
    if (split_head(s, room, size)) {
        check_request(s, raw, room, &a);
    }
    const char *host = en_guard_host(raw, &a), *decoded = NULL;

    PROPERTY(host == NULL || strpbrk(host, "ABCDEFGHIJKLMNOPQRSTUVWXYZ/@ ") == NULL);
    if (en_http_decode(raw, strlen(raw), true, &a, &decoded, NULL) == EN_OK) {
        PROPERTY(en_utf8_valid(decoded, strlen(decoded), NULL));
    }
    en_arena_free(&a);
    return 0;
}
