/* SPDX-License-Identifier: Apache-2.0 */
#include "server/parameters.h"

#include "base/text.h"
#include "fhir/json.h"

#include <string.h>

struct reading {
    const struct en_http_request *rq;
    const struct en_op_rule *rules;
    struct en_op_parameters *out;
    struct en_http_response *rs;
    bool is_refused;
    struct en_err *err;
};

static enum en_status refuse(struct reading *r, const char *code, const char *name,
                             const char *what)
{
    r->is_refused = true;
    return en_refuse(r->rs, 400, code, "parameter \"%.64s\": %s", name, what);
}

static const struct en_op_rule *rule_of(const struct reading *r, const char *name)
{
    for (const struct en_op_rule *rule = r->rules; rule->name != NULL; rule++) {
        if (en_text_equal(rule->name, name)) {
            return rule;
        }
    }
    return NULL;
}

/* Keep one value. name is the caller's and may be unknown. */
static enum en_status take(struct reading *r, const char *name, const char *text)
{
    const struct en_op_rule *rule = rule_of(r, name);

    if (rule == NULL || rule->kind == EN_PARAMETER_RESOURCE) {
        return refuse(r, "not-supported", name, "this operation has no such parameter");
    }
    if (rule->kind == EN_PARAMETER_SWITCH) {
        if (!en_text_equal(text, "true") && !en_text_equal(text, "false")) {
            return refuse(r, "value", rule->name, "must be true or false");
        }
        if (en_text_equal(text, "false")) {
            return EN_OK;
        }
        text = "";
    }
    if (rule->kind != EN_PARAMETER_REPEATED && en_op_parameter(r->out, rule->name) != NULL) {
        return refuse(r, "duplicate", rule->name, "is given twice");
    }
    if (r->out->count == EN_PARAMETERS_MAX) {
        return refuse(r, "too-costly", rule->name, "there are too many parameters");
    }
    r->out->items[r->out->count++] = (struct en_op_parameter){rule->name, text};
    return EN_OK;
}

/* Query */

static bool is_passed_over(const char *name)
{
    return en_text_equal(name, "_format") || en_text_equal(name, "_pretty");
}

static enum en_status read_query(struct reading *r)
{
    const char *at = r->rq->query;

    while (*at != '\0' && !r->is_refused) {
        const size_t size = strcspn(at, "&");
        const char *equals = memchr(at, '=', size);
        const char *value = equals == NULL ? at + size : equals + 1;
        const char *name = NULL, *text = NULL;

        EN_TRY(en_http_decode(at, equals == NULL ? size : (size_t)(equals - at), true, r->rq->arena,
                              &name, r->err));
        EN_TRY(
            en_http_decode(value, (size_t)(at + size - value), true, r->rq->arena, &text, r->err));
        EN_TRY(size == 0 || is_passed_over(name) ? EN_OK : take(r, name, text));
        at += size + (at[size] == '&');
    }
    return EN_OK;
}

/* Parameters */

static const char *const TEXTS[] = {
    "valueString",  "valueCode",     "valueId",          "valueUri",         "valueUrl",
    "valueDate",    "valueDateTime", "valueInstant",     "valueCanonical",   "valueDecimal",
    "valueInteger", "valueBoolean",  "valuePositiveInt", "valueUnsignedInt", "valueMarkdown",
    "valueUuid",    "valueOid",      "valueTime",
};

/* The text of the one value that the parameter has; NULL when it has none, or several. */
static const char *value_text(struct json_object *parameter)
{
    const char *text = NULL;
    size_t count = 0;

    json_object_object_foreach(parameter, key, value)
    {
        for (size_t i = 0; i < EN_COUNT(TEXTS); i++) {
            if (en_text_equal(key, TEXTS[i]) && !json_object_is_type(value, json_type_object) &&
                !json_object_is_type(value, json_type_array) && value != NULL) {
                text = json_object_get_string(value);
            }
        }
        if (en_text_equal(key, "valueReference")) {
            text = en_json_text(value, "reference");
        }
        count += en_text_equal(key, "name") || en_text_equal(key, "id") ? 0 : 1;
    }
    return count == 1 ? text : NULL;
}

static enum en_status keep_resource(struct reading *r, const char *name,
                                    struct json_object *resource)
{
    const char *text = json_object_to_json_string_ext(resource, JSON_C_TO_STRING_PLAIN);

    r->out->resource = text == NULL ? NULL : en_arena_copy(r->rq->arena, text, SIZE_MAX);
    if (r->out->resource == NULL) {
        return en_fail(r->err, EN_ENOMEM, "no memory for the resource of the parameters");
    }
    r->out->resource_size = strlen(r->out->resource);
    r->out->resource_name = name;
    return EN_OK;
}

static enum en_status read_parameter(struct reading *r, struct json_object *parameter)
{
    const char *name = en_json_text(parameter, "name");
    const struct en_op_rule *rule = name == NULL ? NULL : rule_of(r, name);
    struct json_object *resource = en_json_get(parameter, "resource");

    if (name == NULL) {
        return refuse(r, "required", "?", "each parameter needs a name");
    }
    if (resource != NULL && rule != NULL && rule->kind == EN_PARAMETER_RESOURCE) {
        return r->out->resource == NULL ? keep_resource(r, rule->name, resource)
                                        : refuse(r, "duplicate", rule->name, "is given twice");
    }
    const char *text = value_text(parameter);
    const char *copy = text == NULL ? NULL : en_arena_copy(r->rq->arena, text, SIZE_MAX);

    if (rule != NULL && copy == NULL) {
        return refuse(r, "value", rule->name,
                      rule->kind == EN_PARAMETER_RESOURCE ? "needs a resource"
                                                          : "needs one value of a simple type");
    }
    return take(r, name, copy);
}

static enum en_status read_tree(struct reading *r, struct json_object *root,
                                const char *resource_type)
{
    const char *type = en_json_text(root, "resourceType");
    struct json_object *list = en_json_get(root, "parameter");

    const bool is_plain = type == NULL && json_object_is_type(root, json_type_object);

    if (resource_type != NULL &&
        (is_plain ? resource_type[0] == '\0' : en_text_equal(type, resource_type))) {
        r->out->resource = r->rq->body;
        r->out->resource_size = r->rq->body_size;
        return EN_OK;
    }
    if (!en_text_equal(type, "Parameters")) {
        r->is_refused = true;
        return en_refuse(r->rs, 400, "structure", "the body must be Parameters%s%s",
                         resource_type == NULL ? "" : " or a ",
                         resource_type == NULL ? "" : resource_type);
    }
    for (size_t i = 0; i < en_json_count(list) && !r->is_refused; i++) {
        EN_TRY(read_parameter(r, en_json_at(list, i)));
    }
    return EN_OK;
}

static enum en_status read_body(struct reading *r, const char *resource_type)
{
    struct json_object *root = NULL;
    struct en_issues issues = {0};
    enum en_status st =
        en_json_read(r->rq->body, r->rq->body_size, r->rq->arena, &root, &issues, r->err);

    if (st == EN_EINVAL && issues.error_count > 0) {
        r->is_refused = true;
        return en_refuse_issues(r->rs, 400, &issues, r->err);
    }
    if (st == EN_OK) {
        st = read_tree(r, root, resource_type);
    }
    (void)json_object_put(root);
    return st;
}

enum en_status en_op_parameters_read(const struct en_http_request *rq,
                                     const struct en_op_rule *rules, const char *resource_type,
                                     struct en_op_parameters *out, struct en_http_response *rs,
                                     bool *is_refused, struct en_err *err)
{
    struct reading r = {.rq = rq, .rules = rules, .out = out, .rs = rs, .err = err};

    *out = (struct en_op_parameters){.count = 0};
    enum en_status st = read_query(&r);

    if (st == EN_OK && !r.is_refused && rq->body_size > 0) {
        st = read_body(&r, resource_type);
    }
    *is_refused = r.is_refused;
    return st;
}

/* Use */

const char *en_op_parameter(const struct en_op_parameters *p, const char *name)
{
    const char *text = NULL;

    for (size_t i = 0; i < p->count; i++) {
        text = en_text_equal(p->items[i].name, name) ? p->items[i].text : text;
    }
    return text;
}

static const char *text_of(const void *context, const char *name)
{
    return en_op_parameter((const struct en_op_parameters *)context, name);
}

static const char *nth_of(const void *context, const char *name, size_t index)
{
    const struct en_op_parameters *p = context;

    for (size_t i = 0; i < p->count; i++) {
        if (en_text_equal(p->items[i].name, name) && index-- == 0) {
            return p->items[i].text;
        }
    }
    return NULL;
}

struct en_asked en_op_parameters_asked(const struct en_op_parameters *p)
{
    return (struct en_asked){.text = text_of, .nth = nth_of, .context = p, .prefix = ""};
}

const char *en_op_parameters_text(const struct en_op_parameters *p, struct en_arena *a)
{
    const char *text = en_arena_copy(a, "", 0);

    for (size_t i = 0; i < p->count && text != NULL; i++) {
        text = en_arena_print(a, "%s%s%s=%s", text, i == 0 ? "" : "&", p->items[i].name,
                              p->items[i].text);
    }
    return text;
}
