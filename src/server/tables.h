/* SPDX-License-Identifier: Apache-2.0
 * server/tables: the clinical tables as this clinic has them: those that the server was started
 * with, and on top of them the rows that its clinicians approved and the switches that its owner
 * set (store/clinic).
 *
 * Each request works with one state of them from its beginning to its end (en_server_knowledge),
 * whatever is approved meanwhile. A change is made as a whole new state beside the present one.
 * Thread-safe. */
#pragma once

#include "server/server.h"
#include "store/clinic.h"

struct en_shared_token;

enum { EN_ROW_HASH = 65 };

/* Read what the clinic says; s->tables is set. Call after the store is open. */
EN_MUST_USE enum en_status en_tables_open(struct en_server *s, struct en_err *err);
void en_tables_close(struct en_server *s);

/* The present state, to be given back. Now and then it is looked whether another server of the same
 * database changed it. Without en_tables_open: the tables of the start. */
const struct en_knowledge *en_tables_take(struct en_server *s, struct en_shared_token **token);
void en_tables_give(struct en_server *s, struct en_shared_token *token);

/* Read anew what the clinic says, for all requests from now on. On failure all stays as it is. */
EN_MUST_USE enum en_status en_tables_renew(struct en_server *s, struct en_err *err);

/* What an approval is of: hash of the table's name and of each cell with its column's name, but not
 * of approved_by. A row that reads differently has another one. */
void en_row_hash(const struct en_row *row, char out[EN_ROW_HASH]);

/* The tables of the start with one switch set: whether the value may be. EN_EINVAL tells why not;
 * the text names the value, which is no patient's. */
EN_MUST_USE enum en_status en_tables_try(const struct en_server *s, const char *policy,
                                         const char *value, struct en_err *err);

/* A line of text that can stand in a cell and on paper. */
bool en_tables_text_fits(const char *text, size_t max);
