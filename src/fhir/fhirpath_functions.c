/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"
#include "fhir/fhirpath_inside.h"
#include "fhir/json.h"

#include <string.h>

/* Operators */

static void operate_equal(struct en_fp_run *r, const struct en_fp_list *a,
                          const struct en_fp_list *b, struct en_fp_list *out)
{
    bool same = a->count == b->count;

    if (a->count == 0 || b->count == 0) {
        return;
    }
    for (size_t i = 0; i < a->count && same; i++) {
        same = en_fp_equal(&a->items[i], &b->items[i]);
    }
    en_fp_push_boolean(r, out, same);
}

static void operate_unequal(struct en_fp_run *r, const struct en_fp_list *a,
                            const struct en_fp_list *b, struct en_fp_list *out)
{
    operate_equal(r, a, b, out);
    if (out->count == 1) {
        out->items[0].truth = !out->items[0].truth;
    }
}

static bool order_of(struct en_fp_run *r, const struct en_fp_list *a, const struct en_fp_list *b,
                     int *order)
{
    if (a->count != 1 || b->count != 1) {
        return false;
    }
    const bool is_known = en_fp_compare(&a->items[0], &b->items[0], order);

    r->is_uncertain = r->is_uncertain || !is_known;
    return is_known;
}

static void operate_less(struct en_fp_run *r, const struct en_fp_list *a,
                         const struct en_fp_list *b, struct en_fp_list *out)
{
    int order = 0;

    if (order_of(r, a, b, &order)) {
        en_fp_push_boolean(r, out, order < 0);
    }
}

static void operate_most(struct en_fp_run *r, const struct en_fp_list *a,
                         const struct en_fp_list *b, struct en_fp_list *out)
{
    int order = 0;

    if (order_of(r, a, b, &order)) {
        en_fp_push_boolean(r, out, order <= 0);
    }
}

static void operate_greater(struct en_fp_run *r, const struct en_fp_list *a,
                            const struct en_fp_list *b, struct en_fp_list *out)
{
    operate_less(r, b, a, out);
}

static void operate_least(struct en_fp_run *r, const struct en_fp_list *a,
                          const struct en_fp_list *b, struct en_fp_list *out)
{
    operate_most(r, b, a, out);
}

static bool list_has(const struct en_fp_list *list, const struct en_fp_item *item)
{
    for (size_t i = 0; i < list->count; i++) {
        if (en_fp_equal(&list->items[i], item)) {
            return true;
        }
    }
    return false;
}

static void operate_in(struct en_fp_run *r, const struct en_fp_list *a, const struct en_fp_list *b,
                       struct en_fp_list *out)
{
    if (a->count == 1) {
        en_fp_push_boolean(r, out, list_has(b, &a->items[0]));
    }
}

static void operate_contains(struct en_fp_run *r, const struct en_fp_list *a,
                             const struct en_fp_list *b, struct en_fp_list *out)
{
    operate_in(r, b, a, out);
}

static void operate_union(struct en_fp_run *r, const struct en_fp_list *a,
                          const struct en_fp_list *b, struct en_fp_list *out)
{
    for (size_t i = 0; i < a->count; i++) {
        (void)en_fp_push(r, out, &a->items[i]);
    }
    for (size_t i = 0; i < b->count; i++) {
        (void)en_fp_push(r, out, &b->items[i]);
    }
}

static void operate_join(struct en_fp_run *r, const struct en_fp_list *a,
                         const struct en_fp_list *b, struct en_fp_list *out)
{
    const char *left = en_fp_text(a), *right = en_fp_text(b);
    const char *text = en_arena_print(r->context->arena, "%s%s", left == NULL ? "" : left,
                                      right == NULL ? "" : right);

    if (text == NULL) {
        en_fp_stop(r);
        return;
    }
    en_fp_push_text(r, out, EN_FP_STRING, text);
}

static void push_integer(struct en_fp_run *r, long long number, struct en_fp_list *out)
{
    const char *text = en_arena_print(r->context->arena, "%lld", number);

    if (text == NULL) {
        en_fp_stop(r);
        return;
    }
    en_fp_push_text(r, out, EN_FP_NUMBER, text);
}

/* Of counts only: R4's constraints add nothing else. */
static void operate_add(struct en_fp_run *r, const struct en_fp_list *a, const struct en_fp_list *b,
                        struct en_fp_list *out)
{
    const char *left = en_fp_text(a), *right = en_fp_text(b);
    long long x = 0, y = 0;

    if (left != NULL && right != NULL && en_text_integer(left, 0, INT32_MAX, &x) &&
        en_text_integer(right, 0, INT32_MAX, &y)) {
        push_integer(r, x + y, out);
    }
}

static void push_answer(struct en_fp_run *r, enum en_fp_answer answer, struct en_fp_list *out)
{
    if (answer != EN_FP_UNKNOWN) {
        en_fp_push_boolean(r, out, answer == EN_FP_TRUE);
    }
}

static enum en_fp_answer both(enum en_fp_answer a, enum en_fp_answer b)
{
    if (a == EN_FP_FALSE || b == EN_FP_FALSE) {
        return EN_FP_FALSE;
    }
    return a == EN_FP_TRUE && b == EN_FP_TRUE ? EN_FP_TRUE : EN_FP_UNKNOWN;
}

static enum en_fp_answer negated(enum en_fp_answer a)
{
    if (a == EN_FP_UNKNOWN) {
        return a;
    }
    return a == EN_FP_TRUE ? EN_FP_FALSE : EN_FP_TRUE;
}

static void operate_and(struct en_fp_run *r, const struct en_fp_list *a, const struct en_fp_list *b,
                        struct en_fp_list *out)
{
    push_answer(r, both(en_fp_truth(a), en_fp_truth(b)), out);
}

static void operate_or(struct en_fp_run *r, const struct en_fp_list *a, const struct en_fp_list *b,
                       struct en_fp_list *out)
{
    push_answer(r, negated(both(negated(en_fp_truth(a)), negated(en_fp_truth(b)))), out);
}

static void operate_xor(struct en_fp_run *r, const struct en_fp_list *a, const struct en_fp_list *b,
                        struct en_fp_list *out)
{
    const enum en_fp_answer x = en_fp_truth(a), y = en_fp_truth(b);

    if (x != EN_FP_UNKNOWN && y != EN_FP_UNKNOWN) {
        en_fp_push_boolean(r, out, x != y);
    }
}

static void operate_implies(struct en_fp_run *r, const struct en_fp_list *a,
                            const struct en_fp_list *b, struct en_fp_list *out)
{
    push_answer(r, negated(both(en_fp_truth(a), negated(en_fp_truth(b)))), out);
}

static const struct operator_row {
    const char *name;
    en_fp_operator *operate;
} OPERATORS[] = {
    {"=", operate_equal},         {"!=", operate_unequal},
    {"<", operate_less},          {">", operate_greater},
    {"<=", operate_most},         {">=", operate_least},
    {"in", operate_in},           {"contains", operate_contains},
    {"|", operate_union},         {"&", operate_join},
    {"+", operate_add},           {"and", operate_and},
    {"or", operate_or},           {"xor", operate_xor},
    {"implies", operate_implies},
};

en_fp_operator *en_fp_operator_find(const char *name)
{
    for (size_t i = 0; i < EN_COUNT(OPERATORS); i++) {
        if (strcmp(OPERATORS[i].name, name) == 0) {
            return OPERATORS[i].operate;
        }
    }
    return NULL;
}

/* Functions */

/* The call's first argument with one item of the input as focus. */
static struct en_fp_list on_item(struct en_fp_run *r, const struct en_fp_call *c, size_t i)
{
    struct en_fp_item *item = &c->input->items[i];
    const struct en_fp_list one = {.items = item, .count = 1, .room = 1};

    return en_fp_evaluate(r, c->node->arguments[0], &one, item);
}

/* The value of an argument; its focus is the one around the call. */
static struct en_fp_list argument(struct en_fp_run *r, const struct en_fp_call *c, size_t i)
{
    return en_fp_evaluate(r, c->node->arguments[i], c->outer, c->self);
}

static void call_where(struct en_fp_run *r, const struct en_fp_call *c, struct en_fp_list *out)
{
    for (size_t i = 0; i < c->input->count; i++) {
        const struct en_fp_list result = on_item(r, c, i);

        if (en_fp_truth(&result) == EN_FP_TRUE) {
            (void)en_fp_push(r, out, &c->input->items[i]);
        }
    }
}

static void call_select(struct en_fp_run *r, const struct en_fp_call *c, struct en_fp_list *out)
{
    for (size_t i = 0; i < c->input->count; i++) {
        const struct en_fp_list result = on_item(r, c, i);

        for (size_t j = 0; j < result.count; j++) {
            (void)en_fp_push(r, out, &result.items[j]);
        }
    }
}

static void call_all(struct en_fp_run *r, const struct en_fp_call *c, struct en_fp_list *out)
{
    bool all = true;

    for (size_t i = 0; i < c->input->count && all; i++) {
        const struct en_fp_list result = on_item(r, c, i);

        all = en_fp_truth(&result) != EN_FP_FALSE;
    }
    en_fp_push_boolean(r, out, all);
}

static void call_exists(struct en_fp_run *r, const struct en_fp_call *c, struct en_fp_list *out)
{
    struct en_fp_list found = *c->input;

    if (c->node->argument_count == 1) {
        found = (struct en_fp_list){0};
        call_where(r, c, &found);
    }
    en_fp_push_boolean(r, out, found.count > 0);
}

static void call_empty(struct en_fp_run *r, const struct en_fp_call *c, struct en_fp_list *out)
{
    en_fp_push_boolean(r, out, c->input->count == 0);
}

static void call_not(struct en_fp_run *r, const struct en_fp_call *c, struct en_fp_list *out)
{
    push_answer(r, negated(en_fp_truth(c->input)), out);
}

static void call_count(struct en_fp_run *r, const struct en_fp_call *c, struct en_fp_list *out)
{
    push_integer(r, (long long)c->input->count, out);
}

static void call_first(struct en_fp_run *r, const struct en_fp_call *c, struct en_fp_list *out)
{
    if (c->input->count > 0) {
        (void)en_fp_push(r, out, &c->input->items[0]);
    }
}

static void call_tail(struct en_fp_run *r, const struct en_fp_call *c, struct en_fp_list *out)
{
    for (size_t i = 1; i < c->input->count; i++) {
        (void)en_fp_push(r, out, &c->input->items[i]);
    }
}

/* A value, and not only extensions beside one. */
static void call_has_value(struct en_fp_run *r, const struct en_fp_call *c, struct en_fp_list *out)
{
    const bool is_one = c->input->count == 1;
    const struct en_fp_item plain =
        is_one ? en_fp_plain(&c->input->items[0]) : (struct en_fp_item){0};

    en_fp_push_boolean(r, out, is_one && plain.kind != EN_FP_NODE);
}

static void call_children(struct en_fp_run *r, const struct en_fp_call *c, struct en_fp_list *out)
{
    for (size_t i = 0; i < c->input->count; i++) {
        en_fp_children(r, &c->input->items[i], out);
    }
}

/* The list grows while it is walked: each item's children come behind it, level by level. */
static void call_descendants(struct en_fp_run *r, const struct en_fp_call *c,
                             struct en_fp_list *out)
{
    call_children(r, c, out);
    for (size_t i = 0; i < out->count; i++) {
        const struct en_fp_item item = out->items[i];

        en_fp_children(r, &item, out);
    }
}

static void call_of_type(struct en_fp_run *r, const struct en_fp_call *c, struct en_fp_list *out)
{
    for (size_t i = 0; i < c->input->count; i++) {
        if (en_fp_is_type(&c->input->items[i], c->node->arguments[0]->text)) {
            (void)en_fp_push(r, out, &c->input->items[i]);
        }
    }
}

static void call_is(struct en_fp_run *r, const struct en_fp_call *c, struct en_fp_list *out)
{
    if (c->input->count == 1) {
        en_fp_push_boolean(r, out, en_fp_is_type(&c->input->items[0], c->node->arguments[0]->text));
    }
}

static void call_iif(struct en_fp_run *r, const struct en_fp_call *c, struct en_fp_list *out)
{
    const struct en_fp_list condition = en_fp_evaluate(r, c->node->arguments[0], c->input, c->self);

    if (en_fp_truth(&condition) == EN_FP_TRUE) {
        *out = en_fp_evaluate(r, c->node->arguments[1], c->input, c->self);
    } else if (c->node->argument_count == 3) {
        *out = en_fp_evaluate(r, c->node->arguments[2], c->input, c->self);
    }
}

static void call_combine(struct en_fp_run *r, const struct en_fp_call *c, struct en_fp_list *out)
{
    const struct en_fp_list other = argument(r, c, 0);

    operate_union(r, c->input, &other, out);
}

static void call_intersect(struct en_fp_run *r, const struct en_fp_call *c, struct en_fp_list *out)
{
    const struct en_fp_list other = argument(r, c, 0);

    for (size_t i = 0; i < c->input->count; i++) {
        if (list_has(&other, &c->input->items[i])) {
            (void)en_fp_push(r, out, &c->input->items[i]);
        }
    }
}

static void call_trace(struct en_fp_run *r, const struct en_fp_call *c, struct en_fp_list *out)
{
    (void)r;
    *out = *c->input;
}

static void call_starts_with(struct en_fp_run *r, const struct en_fp_call *c,
                             struct en_fp_list *out)
{
    const struct en_fp_list other = argument(r, c, 0);
    const char *text = en_fp_text(c->input), *start = en_fp_text(&other);

    if (text != NULL && start != NULL) {
        en_fp_push_boolean(r, out, en_text_starts(text, start));
    }
}

static void call_contains(struct en_fp_run *r, const struct en_fp_call *c, struct en_fp_list *out)
{
    const struct en_fp_list other = argument(r, c, 0);
    const char *text = en_fp_text(c->input), *part = en_fp_text(&other);

    if (text != NULL && part != NULL) {
        en_fp_push_boolean(r, out, strstr(text, part) != NULL);
    }
}

static void call_substring(struct en_fp_run *r, const struct en_fp_call *c, struct en_fp_list *out)
{
    const struct en_fp_list from = argument(r, c, 0);
    const char *text = en_fp_text(c->input), *number = en_fp_text(&from);
    long long start = 0;

    if (text != NULL && number != NULL &&
        en_text_integer(number, 0, (long long)strlen(text) - 1, &start)) {
        en_fp_push_text(r, out, EN_FP_STRING, text + start);
    }
}

static void call_to_integer(struct en_fp_run *r, const struct en_fp_call *c, struct en_fp_list *out)
{
    const char *text = en_fp_text(c->input);
    long long number = 0;

    if (text != NULL && en_text_integer(text, INT32_MIN, INT32_MAX, &number)) {
        en_fp_push_text(r, out, EN_FP_NUMBER, text);
    }
}

static void call_to_string(struct en_fp_run *r, const struct en_fp_call *c, struct en_fp_list *out)
{
    const char *text = en_fp_text(c->input);

    if (text != NULL) {
        en_fp_push_text(r, out, EN_FP_STRING, text);
    }
}

/* Equal items have equal hashes; numbers and objects, which can be written in several ways, all
 * have one. */
static uint64_t hash_of(const struct en_fp_item *item)
{
    const struct en_fp_item plain = en_fp_plain(item);

    return plain.kind == EN_FP_STRING ? en_hash(EN_HASH_START, plain.text, strlen(plain.text)) : 1;
}

static void call_is_distinct(struct en_fp_run *r, const struct en_fp_call *c,
                             struct en_fp_list *out)
{
    size_t room = 8;

    while (room < 2 * c->input->count) {
        room *= 2;
    }
    const struct en_fp_item **slots = EN_NEW(r->context->arena, const struct en_fp_item *, room);

    if (slots == NULL) {
        en_fp_stop(r);
        return;
    }
    for (size_t i = 0; i < c->input->count; i++) {
        const struct en_fp_item *item = &c->input->items[i];
        size_t slot = (size_t)hash_of(item) & (room - 1);

        for (; slots[slot] != NULL && r->steps > 0; slot = (slot + 1) & (room - 1)) {
            if (en_fp_equal(slots[slot], item)) {
                en_fp_push_boolean(r, out, false);
                return;
            }
            r->steps--;
        }
        slots[slot] = item;
    }
    en_fp_push_boolean(r, out, true);
}

static const struct function_row {
    const char *name;
    size_t least, most; /* arguments */
    en_fp_function *call;
} FUNCTIONS[] = {
    {"all", 1, 1, call_all},
    {"as", 1, 1, call_of_type},
    {"children", 0, 0, call_children},
    {"combine", 1, 1, call_combine},
    {"contains", 1, 1, call_contains},
    {"count", 0, 0, call_count},
    {"descendants", 0, 0, call_descendants},
    {"empty", 0, 0, call_empty},
    {"exists", 0, 1, call_exists},
    {"first", 0, 0, call_first},
    {"hasValue", 0, 0, call_has_value},
    {"iif", 2, 3, call_iif},
    {"intersect", 1, 1, call_intersect},
    {"is", 1, 1, call_is},
    {"isDistinct", 0, 0, call_is_distinct},
    {"not", 0, 0, call_not},
    {"ofType", 1, 1, call_of_type},
    {"select", 1, 1, call_select},
    {"startsWith", 1, 1, call_starts_with},
    {"substring", 1, 1, call_substring},
    {"tail", 0, 0, call_tail},
    {"toInteger", 0, 0, call_to_integer},
    {"toString", 0, 0, call_to_string},
    {"trace", 1, 2, call_trace},
    {"where", 1, 1, call_where},
};

en_fp_function *en_fp_function_find(const char *name, size_t argument_count)
{
    for (size_t i = 0; i < EN_COUNT(FUNCTIONS); i++) {
        const struct function_row *f = &FUNCTIONS[i];

        if (strcmp(f->name, name) == 0 && argument_count >= f->least && argument_count <= f->most) {
            return f->call;
        }
    }
    return NULL;
}
