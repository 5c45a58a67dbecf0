/* SPDX-License-Identifier: Apache-2.0
 * server/request: what handlers ask of a request: headers, cookies, values of forms. */
#include "base/text.h"
#include "server/http.h"

#include <string.h>

static const char *const METHODS[EN_METHODS] = {"GET",   "HEAD",   "POST",   "PUT",
                                                "PATCH", "DELETE", "OPTIONS"};

const char *en_method_name(enum en_method method)
{
    return METHODS[method];
}

const char *en_http_header(const struct en_http_request *rq, const char *name)
{
    for (size_t i = 0; i < rq->header_count; i++) {
        if (en_text_equal_nocase(rq->headers[i].name, name)) {
            return rq->headers[i].value;
        }
    }
    return NULL;
}

const char *en_http_cookie(const struct en_http_request *rq, const char *name)
{
    const char *item = NULL, *value = NULL;
    const char *at = en_http_header(rq, "Cookie");
    const size_t name_size = strlen(name);
    size_t size = 0, value_size = 0;

    while (at != NULL && (at = en_list_next(at, &item, &size)) != NULL) {
        if (size > name_size && item[name_size] == '=' && memcmp(item, name, name_size) == 0) {
            if (value != NULL) {
                return NULL;
            }
            value = item + name_size + 1;
            value_size = size - name_size - 1;
        }
    }
    return value == NULL ? NULL : en_arena_copy(rq->arena, value, value_size);
}

static int hex(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'A' && c <= 'F') {
        return c - 'A' + 10;
    }
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

enum en_status en_http_decode(const char *text, size_t size, bool is_form, struct en_arena *a,
                              const char **out, struct en_err *err)
{
    char *decoded = EN_NEW(a, char, size + 1);
    size_t length = 0;

    if (decoded == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory to decode a text of the request");
    }
    for (size_t i = 0; i < size; i++) {
        char c = text[i];

        if (c == '%') {
            const int high = size - i > 2 ? hex(text[i + 1]) : -1;
            const int low = high < 0 ? -1 : hex(text[i + 2]);

            if (low < 0) {
                return en_fail(err, EN_EINVAL, "\"%%\" needs two hexadecimal digits behind it");
            }
            c = (char)(high * 16 + low);
            i += 2;
        } else if (c == '+' && is_form) {
            c = ' ';
        }
        if (c == '\0') {
            return en_fail(err, EN_EINVAL, "a NUL has no place in a request");
        }
        decoded[length++] = c;
    }
    if (!en_utf8_valid(decoded, length, NULL)) {
        return en_fail(err, EN_EINVAL, "a text of the request is no UTF-8");
    }
    *out = decoded;
    return EN_OK;
}

enum en_status en_http_form_value(const char *form, const char *name, struct en_arena *a,
                                  const char **out, struct en_err *err)
{
    const char *at = form == NULL ? "" : form;
    const char *found = NULL;

    while (*at != '\0') {
        const size_t size = strcspn(at, "&");
        const char *equals = memchr(at, '=', size);
        const size_t name_size = equals == NULL ? size : (size_t)(equals - at);
        const char *start = equals == NULL ? at + size : equals + 1;
        const char *key = NULL, *value = NULL;

        EN_TRY(en_http_decode(at, name_size, true, a, &key, err));
        EN_TRY(en_http_decode(start, (size_t)(at + size - start), true, a, &value, err));
        if (en_text_equal(key, name)) {
            if (found != NULL) {
                return en_fail(err, EN_EINVAL, "\"%s\" is given twice", name);
            }
            found = value;
        }
        at += size + (at[size] == '&');
    }
    *out = found;
    return EN_OK;
}
