/* SPDX-License-Identifier: Apache-2.0 */
#include "server/guard.h"

#include "base/text.h"

#include <string.h>

#define PASS                 ((struct en_guard_verdict){0})
#define REFUSE(status, text) ((struct en_guard_verdict){(status), "structure", (text)})

enum { HOST_MAX = 255, LENGTH_DIGITS_MAX = 18 };

/* Letters and digits as ASCII has them, whatever the locale. */
static bool is_alnum(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_token(const char *text)
{
    for (const char *c = text; *c != '\0'; c++) {
        if (!is_alnum(*c) && strchr("!#$%&'*+-.^_`|~", *c) == NULL) {
            return false;
        }
    }
    return text[0] != '\0';
}

static bool has_control(const char *text)
{
    for (const char *c = text; *c != '\0'; c++) {
        if (((unsigned char)*c < ' ' && *c != '\t') || *c == '\x7f') {
            return true;
        }
    }
    return false;
}

static size_t count_of(const struct en_guard_head *head, const char *name, const char **value)
{
    size_t count = 0;

    for (size_t i = 0; i < head->header_count; i++) {
        if (en_text_equal_nocase(head->headers[i].name, name)) {
            *value = head->headers[i].value;
            count++;
        }
    }
    return count;
}

static struct en_guard_verdict check_headers(const struct en_guard_head *head)
{
    /* What decides something must not be there twice: two programs may believe different ones. */
    static const char *const ONCE[] = {
        "Authorization", "Content-Encoding", "Content-Length", "Content-Type",
        "Cookie",        "Expect",           "Host",           "If-Match",
        "If-None-Exist", "If-None-Match",    "Origin",         "Transfer-Encoding",
        "X-CSRF-Token",
    };
    const char *value = NULL;

    if (head->header_count > EN_HEADERS_MAX) {
        return REFUSE(431, "too many headers");
    }
    for (size_t i = 0; i < head->header_count; i++) {
        if (!is_token(head->headers[i].name)) {
            return REFUSE(400, "a header's name holds what no name may hold");
        }
        if (has_control(head->headers[i].value)) {
            return REFUSE(400, "a header's value holds a control character");
        }
    }
    for (size_t i = 0; i < EN_COUNT(ONCE); i++) {
        if (count_of(head, ONCE[i], &value) > 1) {
            return REFUSE(400, "a header that may stand once is there twice");
        }
    }
    return PASS;
}

static struct en_guard_verdict check_length(const char *length, struct en_guard_body *body)
{
    const size_t digits = strspn(length, "0123456789");

    if (digits == 0 || digits > LENGTH_DIGITS_MAX || length[digits] != '\0') {
        return REFUSE(400, "Content-Length must be a number");
    }
    for (const char *c = length; *c != '\0'; c++) {
        body->size = body->size * 10 + (uint64_t)(*c - '0');
    }
    return PASS;
}

static struct en_guard_verdict check_body(const struct en_guard_head *head,
                                          struct en_guard_body *body)
{
    const char *length = NULL, *encoding = NULL, *expect = NULL, *packing = NULL;

    *body = (struct en_guard_body){0};
    body->is_chunked = count_of(head, "Transfer-Encoding", &encoding) > 0;
    (void)count_of(head, "Content-Length", &length);
    (void)count_of(head, "Content-Encoding", &packing);
    (void)count_of(head, "Expect", &expect);
    if (body->is_chunked && length != NULL) {
        return REFUSE(400, "Content-Length and Transfer-Encoding exclude each other");
    }
    if (body->is_chunked &&
        (!en_text_equal_nocase(encoding, "chunked") || !en_text_equal(head->version, "HTTP/1.1"))) {
        return REFUSE(400, "the only Transfer-Encoding is chunked, in HTTP/1.1");
    }
    if (expect != NULL && !en_text_equal_nocase(expect, "100-continue")) {
        return REFUSE(417, "the only expectation is 100-continue");
    }
    if (packing != NULL && !en_text_equal_nocase(packing, "identity")) {
        /* A small packed body may unpack to any size. */
        return (struct en_guard_verdict){415, "not-supported", "the body must not be compressed"};
    }
    return length == NULL ? PASS : check_length(length, body);
}

/* Bytes of the port at the end of a host, ":" included; SIZE_MAX when it is none. */
static size_t port_size(const char *text)
{
    const size_t digits = text[0] == ':' ? strspn(text + 1, "0123456789") : 0;

    if (text[0] == '\0') {
        return 0;
    }
    return text[0] == ':' && digits > 0 && digits <= 5 && text[digits + 1] == '\0' ? digits + 1
                                                                                   : SIZE_MAX;
}

/* The name in lower case, without its port. */
static bool host_name(const char *host, char out[HOST_MAX + 1])
{
    size_t size = 0;

    if (host[0] == '[') {
        size = 1 + strspn(host + 1, "0123456789abcdefABCDEF:.");
        if (size < 3 || host[size] != ']') {
            return false;
        }
        size++;
    } else {
        while (is_alnum(host[size]) || (host[size] != '\0' && strchr("-._", host[size]) != NULL)) {
            size++;
        }
    }
    if (size == 0 || size > HOST_MAX || port_size(host + size) == SIZE_MAX) {
        return false;
    }
    for (size_t i = 0; i < size; i++) {
        out[i] = host[i];
        if (host[i] >= 'A' && host[i] <= 'Z') {
            out[i] = (char)(host[i] | 0x20); /* lower case */
        }
    }
    out[size] = '\0';
    return true;
}

const char *en_guard_host(const char *host, struct en_arena *a)
{
    char name[HOST_MAX + 1];

    return host_name(host, name) ? en_arena_copy(a, name, SIZE_MAX) : NULL;
}

/* SAFETY: an address in digits; a name that only looks like one ("1.2.3.4.example.org") is none. */
static bool is_address(const char *name)
{
    return name[0] == '[' || (name[strspn(name, "0123456789.")] == '\0');
}

static struct en_guard_verdict check_host(const struct en_guard *g,
                                          const struct en_guard_head *head)
{
    char name[HOST_MAX + 1];
    const char *host = NULL;

    if (count_of(head, "Host", &host) != 1) {
        return REFUSE(400, "exactly one Host is needed");
    }
    if (!host_name(host, name)) {
        return REFUSE(400, "Host must be a name or an address, and a port");
    }
    if (g->any_address && is_address(name)) {
        return PASS;
    }
    for (size_t i = 0; i < g->host_count; i++) {
        if (en_text_equal(g->hosts[i], name)) {
            return PASS;
        }
    }
    return (struct en_guard_verdict){421, "not-found",
                                     "this server has another name; set --base-url when it is "
                                     "reached under this one"};
}

static bool find_method(const char *name, enum en_method *out)
{
    for (int m = 0; m < EN_METHODS; m++) {
        if (en_text_equal(en_method_name((enum en_method)m), name)) {
            *out = (enum en_method)m;
            return true;
        }
    }
    return false;
}

struct en_guard_verdict en_guard_check(const struct en_guard *g, const struct en_guard_head *head,
                                       enum en_method *method, struct en_guard_body *body)
{
    struct en_guard_verdict v;

    if (!en_text_equal(head->version, "HTTP/1.1") && !en_text_equal(head->version, "HTTP/1.0")) {
        return REFUSE(400, "this server speaks HTTP/1.1 and HTTP/1.0");
    }
    v = check_headers(head);
    v = v.status != 0 ? v : check_body(head, body);
    v = v.status != 0 ? v : check_host(g, head);
    if (v.status == 0 && !find_method(head->method, method)) {
        return (struct en_guard_verdict){501, "not-supported", "there is no such method here"};
    }
    return v;
}

/* Path */

static bool is_hex(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* SAFETY: %2F, %5C, %2E, %25 and encoded control characters have no use in our paths, and mean
 * something else to whoever decodes at another moment, or twice. */
static bool is_escape_allowed(const char *at)
{
    static const char *const NEVER[] = {"2f", "5c", "2e", "25", "7f"};

    if (!is_hex(at[1]) || !is_hex(at[2]) || at[1] == '0' || at[1] == '1') {
        return false;
    }
    for (size_t i = 0; i < EN_COUNT(NEVER); i++) {
        if (strncasecmp(at + 1, NEVER[i], 2) == 0) {
            return false;
        }
    }
    return true;
}

/* Segments: none is "." or "..", none is empty but the last. */
static bool has_plain_segments(const char *path, size_t size)
{
    for (size_t i = 0; i < size;) {
        const char *segment = path + i + 1;
        const char *slash = memchr(segment, '/', size - i - 1);
        const size_t length = slash == NULL ? size - i - 1 : (size_t)(slash - segment);

        if ((length == 0 && slash != NULL) || (length == 1 && segment[0] == '.') ||
            (length == 2 && segment[0] == '.' && segment[1] == '.')) {
            return false;
        }
        i += length + 1;
    }
    return true;
}

struct en_guard_verdict en_guard_target(const char *target, struct en_arena *a, const char **path,
                                        const char **query)
{
    const size_t size = strcspn(target, "?");

    if (target[0] != '/') {
        return REFUSE(400, "the request must name a path of this server");
    }
    for (const char *c = target; *c != '\0'; c++) {
        if (*c <= ' ' || *c >= '\x7f' || *c == '#' || *c == '\\') {
            return REFUSE(400, "the path or query holds what must be percent-encoded");
        }
    }
    for (size_t i = 0; i < size; i++) {
        if (target[i] == '%' && !is_escape_allowed(target + i)) {
            return REFUSE(400, "the path holds an escape that is not allowed");
        }
    }
    if (!has_plain_segments(target, size)) {
        return REFUSE(400, "the path must not hold empty parts, \".\" or \"..\"");
    }
    const enum en_status st = en_http_decode(target, size, false, a, path, NULL);

    if (st == EN_ENOMEM) {
        return (struct en_guard_verdict){503, "transient", "no memory for the path"};
    }
    if (st != EN_OK) {
        return REFUSE(400, "the path is no UTF-8");
    }
    *query = target[size] == '?' ? target + size + 1 : target + size;
    return PASS;
}

/* Form of the head in memory */

/* `text` begins at *at and is followed by NUL; moves *at behind the NUL. */
static bool eat(const char **at, const char *end, const char *text, size_t size)
{
    if (text != *at || size >= (size_t)(end - *at)) {
        return false;
    }
    *at += size + 1;
    return true;
}

/* The NUL that was LF; that of CR is eaten with the text before it. */
static bool eat_line_end(const char **at, const char *end)
{
    if (*at >= end || **at != '\0') {
        return false;
    }
    (*at)++;
    return true;
}

bool en_guard_is_plain(const char *start, size_t size, const struct en_guard_head *head,
                       size_t target_size)
{
    const char *at = start, *end = start + size;

    if (!eat(&at, end, head->method, strlen(head->method)) ||
        !eat(&at, end, head->target, target_size) ||
        !eat(&at, end, head->version, strlen(head->version)) || !eat_line_end(&at, end)) {
        return false;
    }
    for (size_t i = 0; i < head->header_count; i++) {
        const struct en_header *h = &head->headers[i];

        if (!eat(&at, end, h->name, strlen(h->name))) {
            return false;
        }
        while (at < end && at != h->value && (*at == ' ' || *at == '\t')) {
            at++;
        }
        if (!eat(&at, end, h->value, strlen(h->value)) || !eat_line_end(&at, end)) {
            return false;
        }
    }
    return end - at == 2 && at[0] == '\0' && at[1] == '\0';
}
