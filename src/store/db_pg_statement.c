/* SPDX-License-Identifier: Apache-2.0
 * The statements that PostgreSQL keeps prepared for a connection. */
#include "base/text.h"
#include "store/db_pg.h"

#include <stdlib.h>
#include <string.h>

enum { TEXT_TYPE = 25 /* the Oid of text, since ever */ };

/* The largest n of $n; texts in quotes hold no dollar in our SQL. used (may be NULL) learns which
 * there are. */
static int find_parameters(const char *sql, bool *used)
{
    int count = 0;

    for (; *sql != '\0'; sql++) {
        const long number = *sql == '$' ? strtol(sql + 1, NULL, 10) : 0;

        if (number >= 1 && number <= EN_DB_PARAMETERS_MAX) {
            count = number > count ? (int)number : count;
            if (used != NULL) {
                used[number - 1] = true;
            }
        }
    }
    return count;
}

/* PostgreSQL wants to know the type of a parameter that the text does not use: a text's. */
static bool set_types(struct en_pg_statement *s)
{
    bool *used = s->parameters == 0 ? NULL : calloc((size_t)s->parameters, sizeof *used);
    bool is_any_free = false;

    if (used == NULL) {
        return s->parameters == 0;
    }
    (void)find_parameters(s->sql, used);
    for (int i = 0; i < s->parameters; i++) {
        is_any_free = is_any_free || !used[i];
    }
    if (is_any_free) {
        s->types = calloc((size_t)s->parameters, sizeof *s->types);
    }
    for (int i = 0; i < s->parameters && s->types != NULL; i++) {
        s->types[i] = used[i] ? 0 : TEXT_TYPE;
    }
    free(used);
    return !is_any_free || s->types != NULL;
}

void en_pg_statement_drop(struct en_pg_statement *s)
{
    free(s->sql);
    free(s->types);
    *s = (struct en_pg_statement){0};
}

/* A free place, or that of the statement that was used longest ago; NULL when all are in use. */
static struct en_pg_statement *place_for(struct en_pg *p)
{
    struct en_pg_statement *oldest = NULL;

    if (p->statement_count < EN_DB_STATEMENTS_MAX) {
        return &p->statements[p->statement_count++];
    }
    for (size_t i = 0; i < p->statement_count; i++) {
        struct en_pg_statement *s = &p->statements[i];

        if (s->users == 0 && (oldest == NULL || s->last_use < oldest->last_use)) {
            oldest = s;
        }
    }
    if (oldest != NULL) {
        p->forgotten += oldest->is_prepared;
        en_pg_statement_drop(oldest);
    }
    return oldest;
}

struct en_pg_statement *en_pg_statement_get(struct en_pg *p, const char *sql)
{
    const uint64_t hash = en_hash(EN_HASH_START, sql, strlen(sql));

    for (size_t i = 0; i < p->statement_count; i++) {
        if (p->statements[i].hash == hash && p->statements[i].sql != NULL &&
            strcmp(p->statements[i].sql, sql) == 0) {
            p->statements[i].last_use = ++p->uses;
            return &p->statements[i];
        }
    }
    char *copy = strdup(sql);

    if (copy == NULL) {
        return NULL;
    }
    struct en_pg_statement *s = place_for(p);

    if (s == NULL) {
        free(copy);
        return NULL;
    }
    *s = (struct en_pg_statement){.sql = copy,
                                  .hash = hash,
                                  .last_use = ++p->uses,
                                  .number = ++p->last_number,
                                  .parameters = find_parameters(sql, NULL)};
    if (!set_types(s)) {
        en_pg_statement_drop(s);
        return NULL;
    }
    return s;
}

/* Statements that the cache forgot stay at the server: now and then they all go. */
bool en_pg_statements_expire(struct en_pg *p)
{
    if (p->forgotten < EN_DB_STATEMENTS_MAX / 4) {
        return false;
    }
    p->forgotten = 0;
    for (size_t i = 0; i < p->statement_count; i++) {
        p->statements[i].is_prepared = false;
    }
    return true;
}
