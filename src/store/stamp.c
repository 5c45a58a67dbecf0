/* SPDX-License-Identifier: Apache-2.0
 * A resource made ready to be written: its text but for the version. */
#include "base/buf.h"
#include "base/text.h"
#include "fhir/json.h"
#include "store/store.h"

enum { STAMP_MAX = 64 << 20 };

static const char *plain(struct json_object *value)
{
    const char *text = json_object_to_json_string_ext(value, JSON_C_TO_STRING_PLAIN |
                                                                 JSON_C_TO_STRING_NOSLASHESCAPE);

    return text == NULL ? "null" : text;
}

static void add_name(struct en_buf *b, const char *name)
{
    struct json_object *text = json_object_new_string(name);

    en_buf_add(b, plain(text)); /* escaped where it must be */
    en_buf_add(b, ":");
    if (text == NULL && b->status == EN_OK) {
        b->status = EN_ENOMEM;
    }
    (void)json_object_put(text);
}

static bool is_one_of(const char *name, const char *const *names)
{
    for (; *names != NULL; names++) {
        if (en_text_equal(name, *names)) {
            return true;
        }
    }
    return false;
}

/* All members but those, each with a comma before it. */
static void add_rest(struct en_buf *b, struct json_object *object, const char *const *without)
{
    if (object == NULL) {
        return;
    }
    json_object_object_foreach(object, name, value)
    {
        if (!is_one_of(name, without)) {
            en_buf_add(b, ",");
            add_name(b, name);
            en_buf_add(b, plain(value));
        }
    }
}

static enum en_status copy(struct en_buf *b, struct en_arena *a, const char **out,
                           struct en_err *err)
{
    EN_TRY(en_buf_check(b, "the resource", err));
    *out = en_arena_copy(a, en_buf_text(b), b->size);
    return *out != NULL ? EN_OK : en_fail(err, EN_ENOMEM, "no memory left for the resource");
}

enum en_status en_stamp_make(struct json_object *resource, const char *id, struct en_arena *a,
                             struct en_stamp *out, struct en_err *err)
{
    static const char *const FIRST[] = {"resourceType", "id", "meta", NULL};
    static const char *const STAMPED[] = {"versionId", "lastUpdated", NULL};
    struct en_buf before = EN_BUF(STAMP_MAX), after = EN_BUF(STAMP_MAX);
    struct json_object *meta = en_json_get(resource, "meta");
    const char *type = en_json_text(resource, "resourceType");

    *out = (struct en_stamp){0};
    if (type == NULL || (meta != NULL && !json_object_is_type(meta, json_type_object))) {
        return en_fail(err, EN_EINVAL,
                       "a resource needs a resourceType, and its meta is an object");
    }
    en_buf_add(&before, "{");
    add_name(&before, "resourceType");
    en_buf_add(&before, plain(en_json_get(resource, "resourceType")));
    en_buf_print(&before, ",\"id\":\"%s\",\"meta\":{", id);
    add_rest(&after, meta, STAMPED);
    en_buf_add(&after, "}");
    add_rest(&after, resource, FIRST);
    en_buf_add(&after, "}");
    enum en_status st = copy(&before, a, &out->before, err);

    if (st == EN_OK) {
        st = copy(&after, a, &out->after, err);
    }
    en_buf_free(&before);
    en_buf_free(&after);
    return st;
}
