/* SPDX-License-Identifier: Apache-2.0
 * knowledge/expr_eval: the value of an expression over facts, in Kleene's three-valued logic. */
#include "knowledge/expr_tree.h"
#include "knowledge/tables.h"

#include <assert.h>
#include <math.h>
#include <string.h>

static bool has_value(const struct en_fact *f)
{
    return f->kind == EN_FACT_BOOL || (f->kind == EN_FACT_NUMBER && isfinite(f->number)) ||
           (f->kind == EN_FACT_CODE && f->code != NULL && f->code[0] != '\0') ||
           (f->kind == EN_FACT_DATE && f->date != EN_DAY_UNKNOWN);
}

/* A value with a maximum age needs a day, not later than today and not too long ago. A value that
 * is dated after today is never used: it cannot have been measured. */
static bool is_out_of_date(const struct en_fact *f, double max_age_days, en_day today)
{
    if (f->as_of == EN_DAY_UNKNOWN) {
        return !isnan(max_age_days);
    }
    const double age_days = (double)today - (double)f->as_of;

    return age_days < 0.0 || age_days > max_age_days;
}

struct en_fact en_fact_seen(const struct en_fact_view *view, size_t index, bool *is_stale)
{
    const struct en_fact_rule *rule = &view->knowledge->facts[index];
    const struct en_fact *f = &view->facts[index];
    const bool is_known = f->kind == rule->kind && has_value(f);
    const bool is_old = is_known && is_out_of_date(f, rule->max_age_days, view->today);

    if (is_stale != NULL) {
        *is_stale = is_old;
    }
    return is_known && !is_old ? *f : (struct en_fact){.as_of = EN_DAY_UNKNOWN};
}

static bool is_known(const struct en_fact_view *view, size_t index)
{
    return en_fact_seen(view, index, NULL).kind != EN_FACT_UNKNOWN;
}

/* Days since the day that a date fact names, or since another fact was measured. */
static double age_days(const struct en_fact_view *view, size_t index)
{
    const struct en_fact f = en_fact_seen(view, index, NULL);
    const en_day day = f.kind == EN_FACT_DATE ? f.date : f.as_of;

    return f.kind == EN_FACT_UNKNOWN || day == EN_DAY_UNKNOWN ? NAN
                                                              : (double)view->today - (double)day;
}

static enum en_truth truth_of(const struct en_node *n, const struct en_fact_view *view);

/* NAN when unknown. */
static double number_of(const struct en_node *n, const struct en_fact_view *view)
{
    if (n->op == EN_NODE_NUMBER) {
        return n->number;
    }
    if (n->op == EN_NODE_AGE) {
        return age_days(view, n->fact);
    }
    if (n->op == EN_NODE_VALUE) {
        const struct en_fact f = en_fact_seen(view, n->fact, NULL);

        return f.kind == EN_FACT_NUMBER ? f.number : NAN;
    }
    const double left = number_of(n->left, view), right = number_of(n->right, view);

    if (n->op == EN_NODE_ADD) {
        return left + right;
    }
    if (n->op == EN_NODE_SUBTRACT) {
        return left - right;
    }
    assert(n->op == EN_NODE_MULTIPLY || n->op == EN_NODE_DIVIDE);
    return n->op == EN_NODE_MULTIPLY ? left * right : left / right;
}

static enum en_truth truth(bool is_true)
{
    return is_true ? EN_TRUE : EN_FALSE;
}

static enum en_truth negated(enum en_truth t)
{
    return t == EN_UNKNOWN ? EN_UNKNOWN : truth(t == EN_FALSE);
}

/* A fact's word against one that is written. */
static enum en_truth word_equal(const struct en_node *code, const struct en_node *word,
                                const struct en_fact_view *view)
{
    const struct en_fact f = en_fact_seen(view, code->fact, NULL);

    return f.kind == EN_FACT_CODE ? truth(strcmp(f.code, word->text) == 0) : EN_UNKNOWN;
}

static enum en_truth truth_constant(const struct en_node *n, const struct en_fact_view *view)
{
    (void)view;
    return truth(n->number != 0.0);
}

static enum en_truth truth_bool(const struct en_node *n, const struct en_fact_view *view)
{
    const struct en_fact f = en_fact_seen(view, n->fact, NULL);

    return f.kind == EN_FACT_BOOL ? truth(f.truth) : EN_UNKNOWN;
}

static enum en_truth truth_known(const struct en_node *n, const struct en_fact_view *view)
{
    return truth(is_known(view, n->fact));
}

static enum en_truth truth_not(const struct en_node *n, const struct en_fact_view *view)
{
    return negated(truth_of(n->left, view));
}

static enum en_truth truth_and(const struct en_node *n, const struct en_fact_view *view)
{
    const enum en_truth left = truth_of(n->left, view), right = truth_of(n->right, view);

    if (left == EN_FALSE || right == EN_FALSE) {
        return EN_FALSE;
    }
    return left == EN_TRUE && right == EN_TRUE ? EN_TRUE : EN_UNKNOWN;
}

static enum en_truth truth_or(const struct en_node *n, const struct en_fact_view *view)
{
    const enum en_truth left = truth_of(n->left, view), right = truth_of(n->right, view);

    if (left == EN_TRUE || right == EN_TRUE) {
        return EN_TRUE;
    }
    return left == EN_FALSE && right == EN_FALSE ? EN_FALSE : EN_UNKNOWN;
}

static enum en_truth truth_equal(const struct en_node *n, const struct en_fact_view *view)
{
    if (n->left->kind == EN_KIND_NUMBER) {
        const double left = number_of(n->left, view), right = number_of(n->right, view);

        return isfinite(left) && isfinite(right) ? truth(left == right) : EN_UNKNOWN;
    }
    if (n->left->kind == EN_KIND_TRUTH) {
        const enum en_truth left = truth_of(n->left, view), right = truth_of(n->right, view);

        return left == EN_UNKNOWN || right == EN_UNKNOWN ? EN_UNKNOWN : truth(left == right);
    }
    return n->left->kind == EN_KIND_CODE ? word_equal(n->left, n->right, view)
                                         : word_equal(n->right, n->left, view);
}

static enum en_truth truth_unequal(const struct en_node *n, const struct en_fact_view *view)
{
    return negated(truth_equal(n, view));
}

static enum en_truth truth_order(const struct en_node *n, const struct en_fact_view *view)
{
    const double left = number_of(n->left, view), right = number_of(n->right, view);

    if (!isfinite(left) || !isfinite(right)) {
        return EN_UNKNOWN;
    }
    const bool is_true = n->op == EN_NODE_LESS      ? left < right
                         : n->op == EN_NODE_AT_MOST ? left <= right
                         : n->op == EN_NODE_MORE    ? left > right
                                                    : left >= right;

    return truth(is_true);
}

static enum en_truth truth_in(const struct en_node *n, const struct en_fact_view *view)
{
    enum en_truth result = EN_FALSE;

    for (const struct en_node *word = n->right; word != NULL; word = word->next) {
        const enum en_truth equal = word_equal(n->left, word, view);

        if (equal != EN_FALSE) {
            result = equal;
        }
    }
    return result;
}

static enum en_truth (*const TRUTH[])(const struct en_node *, const struct en_fact_view *) = {
    [EN_NODE_CONSTANT] = truth_constant,
    [EN_NODE_BOOL] = truth_bool,
    [EN_NODE_KNOWN] = truth_known,
    [EN_NODE_NOT] = truth_not,
    [EN_NODE_AND] = truth_and,
    [EN_NODE_OR] = truth_or,
    [EN_NODE_EQUAL] = truth_equal,
    [EN_NODE_UNEQUAL] = truth_unequal,
    [EN_NODE_LESS] = truth_order,
    [EN_NODE_AT_MOST] = truth_order,
    [EN_NODE_MORE] = truth_order,
    [EN_NODE_AT_LEAST] = truth_order,
    [EN_NODE_IN] = truth_in,
};

static enum en_truth truth_of(const struct en_node *n, const struct en_fact_view *view)
{
    assert((size_t)n->op < EN_COUNT(TRUTH));
    return TRUTH[n->op](n, view);
}

enum en_truth en_expr_truth(const struct en_expr *e, const struct en_fact_view *view)
{
    return truth_of(e->root, view);
}

size_t en_expr_inputs(const struct en_expr *e, const size_t **out)
{
    *out = e->inputs;
    return e->input_count;
}

const char *en_expr_text(const struct en_expr *e)
{
    return e->text;
}

/* The facts found so far. */
struct missing {
    const struct en_fact_view *view;
    size_t *facts;
    size_t count, capacity;
};

static void add_missing(struct missing *m, size_t fact)
{
    for (size_t i = 0; i < m->count; i++) {
        if (m->facts[i] == fact) {
            return;
        }
    }
    if (m->count < m->capacity) {
        m->facts[m->count++] = fact;
    }
}

static bool names_fact(const struct en_node *n)
{
    return n->op == EN_NODE_BOOL || n->op == EN_NODE_VALUE || n->op == EN_NODE_AGE ||
           n->op == EN_NODE_CODE;
}

/* age_days is also unknown for a known fact without a day. */
static bool is_missing(const struct en_node *n, const struct en_fact_view *view)
{
    return n->op == EN_NODE_AGE ? isnan(age_days(view, n->fact)) : !is_known(view, n->fact);
}

static void find_missing(struct missing *m, const struct en_node *n)
{
    if (n->kind == EN_KIND_TRUTH && truth_of(n, m->view) != EN_UNKNOWN) {
        return; /* decided: what is unknown below does not matter */
    }
    if (names_fact(n) && is_missing(n, m->view)) {
        add_missing(m, n->fact);
    }
    if (n->left != NULL) {
        find_missing(m, n->left);
    }
    if (n->right != NULL) {
        find_missing(m, n->right);
    }
}

size_t en_expr_missing(const struct en_expr *e, const struct en_fact_view *view, size_t *out,
                       size_t capacity)
{
    struct missing m = {.view = view, .capacity = capacity};

    m.facts = out;
    find_missing(&m, e->root);
    return m.count;
}
