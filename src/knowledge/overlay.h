/* SPDX-License-Identifier: Apache-2.0
 * knowledge/overlay: the tables with some cells changed: what a clinic says on top of them. The
 * tables themselves stay as they are; constant after making, like them. */
#pragma once

#include "knowledge/knowledge.h"

/* One cell that reads differently. Texts must live as long as the result. */
struct en_cell_change {
    const char *table, *id, *column;
    const char *text;
};

/* A copy of base, which must outlive it, with these cells. Rows of tables without a change are
 * those of base. mark (NULL: none) goes behind the version: "+mark". EN_EINVAL when a change names
 * no cell, an id or a condition, or when the cell does not fit its column; then *out is NULL. Takes
 * about 30 KiB of the arena and what the changed tables' rows take. */
EN_MUST_USE enum en_status en_knowledge_with(const struct en_knowledge *base,
                                             const struct en_cell_change *changes, size_t count,
                                             const char *mark, struct en_arena *a,
                                             struct en_knowledge **out, struct en_err *err);
