/* SPDX-License-Identifier: Apache-2.0
 * The SQL of one clause, in two forms.
 *
 * As a condition on a row it is looked up by (resource, param): the other columns stand in
 * expressions ("x.code || ''"), so that no index that begins with them is chosen instead, and
 * "LIMIT 1 OFFSET 0" keeps PostgreSQL from turning it into a join over the whole table. As a source
 * the columns stand bare, so that the index is used. */
#include "store/search_inside.h"

#include <assert.h>
#include <float.h>
#include <stdlib.h>
#include <string.h>

#define LAST_LETTER "\xF4\x8F\xBF\xBF" /* U+10FFFF: behind every letter */

enum { COLUMN_MAX = 48 };

/* How the columns of the index table are written. */
struct scope {
    const char *alias;
    bool is_lookup;
    int64_t now_us;
};

const char *en_search_table(enum en_search_kind kind)
{
    static const char *const TABLES[] = {"index_token",     "index_string",   "index_reference",
                                         "index_date",      "index_quantity", "index_quantity",
                                         "index_reference", "resource",       "resource"};

    return TABLES[kind];
}

static void text_column(struct en_sql *sql, const struct scope *s, const char *name)
{
    en_sql_print(sql, s->is_lookup ? "(%s.%s || '')" : "%s.%s", s->alias, name);
}

static const char *number_column(const struct scope *s, const char *name, char room[COLUMN_MAX])
{
    (void)snprintf(room, COLUMN_MAX, s->is_lookup ? "(%s.%s + 0)" : "%s.%s", s->alias, name);
    return room;
}

static void text_is(struct en_sql *sql, const struct scope *s, const char *column,
                    const char *value)
{
    text_column(sql, s, column);
    en_sql_add(sql, " = ");
    en_sql_text(sql, value);
}

/* Values of each kind */

static void token(struct en_sql *sql, const struct scope *s, const struct en_search_value *v)
{
    if (v->code[0] != '\0') {
        text_is(sql, s, "code", v->code);
    }
    if (!v->any_system) {
        en_sql_add(sql, v->code[0] != '\0' ? " AND " : "");
        text_is(sql, s, "system", v->system);
    }
}

/* "%" and "_" mean themselves. */
static const char *pattern_of(struct en_sql *sql, const char *text)
{
    char *out = EN_NEW(sql->a, char, 2 * strlen(text) + 3), *to = out;

    if (out == NULL) {
        sql->text.status = EN_ENOMEM;
        return "";
    }
    *to++ = '%';
    for (; *text != '\0'; text++) {
        if (strchr("%_\\", *text) != NULL) {
            *to++ = '\\';
        }
        *to++ = *text;
    }
    *to = '%';
    return out;
}

static void string(struct en_sql *sql, const struct scope *s, enum en_search_modifier modifier,
                   const struct en_search_value *v)
{
    if (modifier == EN_MODIFIER_EXACT) {
        text_is(sql, s, "folded", v->code);
        en_sql_add(sql, " AND ");
        text_is(sql, s, "written", v->text);
    } else if (modifier == EN_MODIFIER_CONTAINS) {
        text_column(sql, s, "folded");
        en_sql_add(sql, " LIKE ");
        en_sql_text(sql, pattern_of(sql, v->code));
        en_sql_add(sql, " ESCAPE '\\'");
    } else {
        const char *end = en_arena_print(sql->a, "%s" LAST_LETTER, v->code);

        text_column(sql, s, "folded");
        en_sql_add(sql, " >= ");
        en_sql_text(sql, v->code);
        en_sql_add(sql, " AND ");
        text_column(sql, s, "folded");
        en_sql_add(sql, " < ");
        en_sql_text(sql, end == NULL ? "" : end);
        sql->text.status = end == NULL && sql->text.status == EN_OK ? EN_ENOMEM : sql->text.status;
    }
}

static void reference(struct en_sql *sql, const struct scope *s, const struct en_search_value *v)
{
    text_is(sql, s, "target", v->code);
    if (v->system[0] != '\0') {
        en_sql_add(sql, " AND ");
        text_is(sql, s, "type", v->system);
    }
}

static void compare_us(struct en_sql *sql, const char *column, const char *operator, int64_t us)
{
    en_sql_print(sql, "%s %s ", column, operator);
    en_sql_integer(sql, us);
}

static int64_t add_us(int64_t us, int64_t more)
{
    int64_t sum;

    return __builtin_add_overflow(us, more, &sum) ? (more < 0 ? INT64_MIN : INT64_MAX) : sum;
}

/* A tenth of the time between the date and now, to both sides. */
static int64_t about_us(const struct en_search_value *v, int64_t now_us)
{
    const int64_t middle = v->low_us / 2 + v->high_us / 2;

    int64_t apart;

    if (__builtin_sub_overflow(now_us > middle ? now_us : middle, now_us > middle ? middle : now_us,
                               &apart)) {
        return INT64_MAX / 10; /* a span without an end */
    }
    return apart / 10;
}

/* A value low .. high against what was asked for. R4 defines eq as "the asked span contains the
 * value's"; the others by the ends. For ge and le a value that overlaps the asked span counts. */
static void span(struct en_sql *sql, const char *low, const char *high,
                 const struct en_search_value *v, int64_t now_us)
{
    const int64_t about = about_us(v, now_us);

    switch (v->prefix) {
    case EN_NE:
        en_sql_add(sql, "NOT ");
        __attribute__((fallthrough));
    case EN_EQ:
        en_sql_add(sql, "(");
        compare_us(sql, low, ">=", v->low_us);
        en_sql_add(sql, " AND ");
        compare_us(sql, low, "<=", v->high_us);
        en_sql_add(sql, " AND ");
        compare_us(sql, high, "<=", v->high_us);
        en_sql_add(sql, ")");
        break;
    case EN_GT:
        compare_us(sql, high, ">", v->high_us);
        break;
    case EN_LT:
        compare_us(sql, low, "<", v->low_us);
        break;
    case EN_GE:
        compare_us(sql, high, ">=", v->low_us);
        break;
    case EN_LE:
        compare_us(sql, low, "<=", v->high_us);
        break;
    case EN_SA:
        compare_us(sql, low, ">", v->high_us);
        break;
    case EN_EB:
        compare_us(sql, high, "<", v->low_us);
        break;
    case EN_AP:
        compare_us(sql, high, ">=", add_us(v->low_us, -about));
        en_sql_add(sql, " AND ");
        compare_us(sql, low, "<=", add_us(v->high_us, about));
        break;
    }
}

static void compare(struct en_sql *sql, const char *column, const char *operator, double number)
{
    en_sql_print(sql, "%s %s ", column, operator);
    en_sql_number(sql, number);
}

/* Numbers: eq and ne by the precision of what was asked, the others by the exact number. */
static void number(struct en_sql *sql, const struct scope *s, const struct en_search_value *v)
{
    char room[2][COLUMN_MAX];
    const char *low = number_column(s, "low", room[0]), *high = number_column(s, "high", room[1]);
    const double about = (v->number < 0 ? -v->number : v->number) / 10;

    switch (v->prefix) {
    case EN_NE:
        en_sql_add(sql, "NOT ");
        __attribute__((fallthrough));
    case EN_EQ:
        en_sql_add(sql, "(");
        compare(sql, low, ">=", v->low);
        en_sql_add(sql, " AND ");
        compare(sql, low, "<=", v->high);
        en_sql_add(sql, " AND ");
        compare(sql, high, v->low < v->high ? "<" : "<=", v->high);
        en_sql_add(sql, ")");
        break;
    case EN_GT:
        compare(sql, high, ">", v->number);
        break;
    case EN_LT:
        compare(sql, low, "<", v->number);
        break;
    case EN_GE:
        compare(sql, high, ">=", v->number);
        break;
    case EN_LE:
        compare(sql, low, "<=", v->number);
        break;
    case EN_SA:
        compare(sql, low, ">", v->number);
        break;
    case EN_EB:
        compare(sql, high, "<", v->number);
        break;
    case EN_AP:
        compare(sql, low, "<=", v->number + about);
        en_sql_add(sql, " AND ");
        compare(sql, high, ">=", v->number - about);
        break;
    }
    if (v->code[0] != '\0') {
        en_sql_add(sql, " AND ");
        text_is(sql, s, "unit", v->code);
    }
    if (v->system[0] != '\0') {
        en_sql_add(sql, " AND ");
        text_is(sql, s, "system", v->system);
    }
}

/* That the row fits this value. */
static void value(struct en_sql *sql, const struct scope *s, const struct en_search_clause *c,
                  const struct en_search_value *v)
{
    char room[2][COLUMN_MAX];

    switch (c->param->kind) {
    case EN_SEARCH_TOKEN:
        token(sql, s, v);
        break;
    case EN_SEARCH_STRING:
        string(sql, s, c->modifier, v);
        break;
    case EN_SEARCH_REFERENCE:
        reference(sql, s, v);
        break;
    case EN_SEARCH_URI:
        text_is(sql, s, "target", v->code);
        break;
    case EN_SEARCH_DATE:
        span(sql, number_column(s, "low_us", room[0]), number_column(s, "high_us", room[1]), v,
             s->now_us);
        break;
    case EN_SEARCH_NUMBER:
    case EN_SEARCH_QUANTITY:
        number(sql, s, v);
        break;
    case EN_SEARCH_UPDATED:
        span(sql, number_column(s, "updated_us", room[0]), room[0], v, s->now_us);
        break;
    case EN_SEARCH_ID:
        text_is(sql, s, "id", v->code);
        break;
    }
}

/* " AND (a OR b)" */
static void any_value(struct en_sql *sql, const struct scope *s, const struct en_search_clause *c)
{
    for (size_t i = 0; i < c->value_count; i++) {
        en_sql_add(sql, i == 0 ? " AND ((" : ") OR (");
        value(sql, s, c, &c->values[i]);
    }
    en_sql_add(sql, "))");
}

/* Conditions */

static bool is_of_resource(const struct en_search_clause *c)
{
    return c->param->kind == EN_SEARCH_ID || c->param->kind == EN_SEARCH_UPDATED;
}

static void plain_condition(const struct en_search_run *run, struct en_sql *sql,
                            const struct en_search_clause *c, const char *key, const char *alias)
{
    const bool is_negative =
        c->modifier == EN_MODIFIER_NOT || (c->modifier == EN_MODIFIER_MISSING && c->is_missing);
    const struct scope s = {alias, true, run->tx->now_us};

    en_sql_print(sql, " AND %sEXISTS (SELECT 1 FROM %s %s WHERE ", is_negative ? "NOT " : "",
                 en_search_table(c->param->kind), alias);
    if (is_of_resource(c)) {
        en_sql_print(sql, "%s.key = %s", alias, key);
    } else {
        en_sql_print(sql, "%s.resource = %s AND %s.param = %d", alias, key, alias, c->param->key);
    }
    if (c->modifier != EN_MODIFIER_MISSING) {
        any_value(sql, &s, c);
    }
    en_sql_add(sql, " LIMIT 1 OFFSET 0)");
}

void en_search_in_compartment(const struct en_search_run *run, struct en_sql *sql, const char *type,
                              const char *key)
{
    if (run->query->compartment == NULL) {
        return;
    }
    en_sql_print(sql,
                 " AND (EXISTS (SELECT 1 FROM index_reference k WHERE k.resource = %s"
                 " AND k.param = %d AND (k.type || '') = 'Patient' AND (k.target || '') = ",
                 key, en_search_key(type, EN_SEARCH_COMPARTMENT));
    en_sql_text(sql, run->query->compartment);
    en_sql_add(sql, " LIMIT 1 OFFSET 0)");
    if (strcmp(type, "Patient") == 0) {
        en_sql_print(sql, " OR EXISTS (SELECT 1 FROM resource k WHERE k.key = %s AND k.id = ", key);
        en_sql_text(sql, run->query->compartment);
        en_sql_add(sql, " LIMIT 1 OFFSET 0)");
    }
    en_sql_add(sql, ")");
}

/* Of a chain: what it goes through must not tell of other patients' records. */
static void chain_in_compartment(const struct en_search_run *run, struct en_sql *sql,
                                 const struct en_search_param *inner)
{
    if (inner->is_of_patient) {
        en_search_in_compartment(run, sql, inner->type, "t.key");
    }
}

void en_search_condition(const struct en_search_run *run, struct en_sql *sql,
                         const struct en_search_clause *c, const char *key)
{
    if (c->chain == NULL) {
        plain_condition(run, sql, c, key, "x");
        return;
    }
    const struct en_search_param *inner = c->chain->param;

    en_sql_print(sql,
                 " AND EXISTS (SELECT 1 FROM index_reference x"
                 " JOIN resource t ON t.type = x.type AND t.id = x.target"
                 " WHERE x.resource = %s AND x.param = %d AND x.type = ",
                 key, c->param->key);
    en_sql_text(sql, inner->type);
    en_sql_add(sql, " AND t.is_deleted = 0");
    plain_condition(run, sql, c->chain, "t.key", "y");
    chain_in_compartment(run, sql, inner);
    en_sql_add(sql, " LIMIT 1 OFFSET 0)");
}

/* Sources */

/* Whether the index finds this value without reading all of the parameter's. */
static bool is_indexed(const struct en_search_clause *c, const struct en_search_value *v)
{
    switch (c->param->kind) {
    case EN_SEARCH_TOKEN:
        return v->code[0] != '\0';
    case EN_SEARCH_NUMBER:
    case EN_SEARCH_QUANTITY:
        return v->prefix == EN_EQ || v->prefix == EN_LT || v->prefix == EN_LE || v->prefix == EN_SA;
    case EN_SEARCH_DATE:
    case EN_SEARCH_UPDATED:
        return v->prefix != EN_NE;
    case EN_SEARCH_STRING:
    case EN_SEARCH_REFERENCE:
    case EN_SEARCH_URI:
    case EN_SEARCH_ID:
        return true;
    }
    return false;
}

bool en_search_is_gatherable(const struct en_search_clause *c)
{
    const struct en_search_clause *last = c->chain == NULL ? c : c->chain;

    if (last->modifier == EN_MODIFIER_NOT || last->modifier == EN_MODIFIER_MISSING) {
        return false;
    }
    for (size_t i = 0; i < last->value_count; i++) {
        if (!is_indexed(last, &last->values[i])) {
            return false;
        }
    }
    return true;
}

/* From the value's own table, with the alias x. "+ 0": else SQLite would read all of another index
 * just because it gives the resources in order. */
static void gather_plain(const struct en_search_run *run, struct en_sql *sql,
                         const struct en_search_clause *c, const struct en_search_value *v)
{
    const struct scope s = {"x", false, run->tx->now_us};

    if (is_of_resource(c)) {
        en_sql_add(sql, "x.key AS resource FROM resource x WHERE x.is_deleted = 0 AND x.type = ");
        en_sql_text(sql, c->param->type);
    } else {
        en_sql_print(sql, "x.resource + 0 AS resource FROM %s x WHERE x.param = %d",
                     en_search_table(c->param->kind), c->param->key);
    }
    en_sql_add(sql, " AND (");
    value(sql, &s, c, v);
    en_sql_add(sql, ")");
}

/* From the end of the chain back: those that fit, their heads, what refers to them. */
static void gather_chain(const struct en_search_run *run, struct en_sql *sql,
                         const struct en_search_clause *c, const struct en_search_value *v)
{
    const struct en_search_clause *inner = c->chain;

    en_sql_print(sql, "z.resource FROM (SELECT ");
    gather_plain(run, sql, inner, v);
    en_sql_print(sql,
                 ") y JOIN resource t ON t.key = y.resource JOIN index_reference z"
                 " ON z.param = %d AND z.target = t.id AND z.type = t.type"
                 " WHERE t.is_deleted = 0",
                 c->param->key);
    chain_in_compartment(run, sql, inner->param);
}

void en_search_gather(const struct en_search_run *run, struct en_sql *sql,
                      const struct en_search_clause *c, bool is_distinct)
{
    const struct en_search_clause *last = c->chain == NULL ? c : c->chain;

    for (size_t i = 0; i < last->value_count; i++) {
        if (i > 0) {
            en_sql_add(sql, is_distinct ? " UNION " : " UNION ALL ");
        }
        en_sql_add(sql, is_distinct && last->value_count == 1 ? "SELECT DISTINCT " : "SELECT ");
        if (c->chain == NULL) {
            gather_plain(run, sql, c, &c->values[i]);
        } else {
            gather_chain(run, sql, c, &last->values[i]);
        }
    }
}
