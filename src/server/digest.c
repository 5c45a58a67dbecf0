/* SPDX-License-Identifier: Apache-2.0 */
#include "server/digest.h"

#include "base/limits.h"
#include "fhir/json.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

void en_digest_start(struct en_digest *d)
{
    (void)crypto_generichash_init(&d->state, NULL, 0, EN_DIGEST_BYTES);
}

void en_digest_add(struct en_digest *d, const void *bytes, size_t size)
{
    unsigned char length[8];

    for (size_t i = 0; i < sizeof length; i++) {
        length[i] = (unsigned char)((uint64_t)size >> (8 * i) & 0xff);
    }
    (void)crypto_generichash_update(&d->state, length, sizeof length);
    if (size > 0) {
        (void)crypto_generichash_update(&d->state, bytes, size);
    }
}

void en_digest_add_text(struct en_digest *d, const char *text)
{
    en_digest_add(d, text == NULL ? "" : text, text == NULL ? 0 : strlen(text));
}

void en_digest_end(struct en_digest *d, char out[EN_DIGEST_TEXT])
{
    unsigned char hash[EN_DIGEST_BYTES];

    (void)crypto_generichash_final(&d->state, hash, sizeof hash);
    (void)sodium_bin2hex(out, EN_DIGEST_TEXT, hash, sizeof hash);
}

void en_digest_end_id(struct en_digest *d, char out[EN_DIGEST_ID_TEXT])
{
    char whole[EN_DIGEST_TEXT];

    en_digest_end(d, whole);
    memcpy(out, whole, EN_DIGEST_ID_TEXT - 1);
    out[EN_DIGEST_ID_TEXT - 1] = '\0';
}

/* Canonical form */

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void add_value(struct json_object *value, size_t depth, struct en_buf *out);

static void add_object(struct json_object *object, size_t depth, struct en_buf *out)
{
    const char *names[EN_JSON_MEMBERS_MAX] = {NULL};
    size_t count = 0;

    json_object_object_foreach(object, name, member)
    {
        assert(count < EN_JSON_MEMBERS_MAX); /* the gate refuses more */
        (void)member;
        if (depth > 0 || strcmp(name, "meta") != 0) {
            names[count++] = name;
        }
    }
    qsort(names, count, sizeof *names, by_name);
    en_buf_add(out, "{");
    for (size_t i = 0; i < count; i++) {
        en_buf_print(out, "%s\"%s\":", i == 0 ? "" : ",", names[i]);
        add_value(en_json_get(object, names[i]), depth + 1, out);
    }
    en_buf_add(out, "}");
}

static void add_array(struct json_object *array, size_t depth, struct en_buf *out)
{
    en_buf_add(out, "[");
    for (size_t i = 0; i < en_json_count(array); i++) {
        en_buf_add(out, i == 0 ? "" : ",");
        add_value(en_json_at(array, i), depth + 1, out);
    }
    en_buf_add(out, "]");
}

static void add_value(struct json_object *value, size_t depth, struct en_buf *out)
{
    assert(depth <= EN_JSON_DEPTH_MAX);
    if (json_object_is_type(value, json_type_object)) {
        add_object(value, depth, out);
    } else if (json_object_is_type(value, json_type_array)) {
        add_array(value, depth, out);
    } else {
        en_buf_add(out, json_object_to_json_string_ext(value, JSON_C_TO_STRING_PLAIN |
                                                                  JSON_C_TO_STRING_NOSLASHESCAPE));
    }
}

void en_canonical_add(struct json_object *resource, struct en_buf *out)
{
    add_value(resource, 0, out);
}

enum en_status en_canonical_hash(struct json_object *resource, char out[EN_DIGEST_TEXT],
                                 struct en_err *err)
{
    struct en_buf text = EN_BUF(EN_OUTPUT_MAX);
    struct en_digest d;

    en_canonical_add(resource, &text);
    const enum en_status st = en_buf_check(&text, "a resource's hash", err);

    if (st == EN_OK) {
        en_digest_start(&d);
        en_digest_add(&d, en_buf_text(&text), text.size);
        en_digest_end(&d, out);
    }
    en_buf_free(&text);
    return st;
}
