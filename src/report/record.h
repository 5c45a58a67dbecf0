/* SPDX-License-Identifier: Apache-2.0
 * report/record: the parts of a document are kept instead of drawn. Inside of layout*.c. */
#pragma once

#include "report/blocks.h"
#include "report/layout.h"

/* Parts in the order of the document. */
struct en_record_parts {
    struct en_blocks *out;
    struct en_block *last;
    struct en_block_row *last_row; /* of the last part, when it is a table */
    size_t count;
};

/* One function for each part of report/layout. Failures are the layout's. */
void en_record_text(struct en_layout *l, enum en_block_kind kind, const char *text, const char *sub,
                    const struct en_style *style);
void en_record_boxes(struct en_layout *l, const struct en_layout_note *notes, size_t count);
void en_record_items(struct en_layout *l, enum en_block_kind kind, const char *const *items,
                     size_t count);
void en_record_charts(struct en_layout *l, enum en_block_kind kind,
                      const struct en_chart *const *charts, size_t count);
void en_record_table(struct en_layout *l, const struct en_layout_table *t);
void en_record_row(struct en_layout *l, const struct en_layout_table *t,
                   const struct en_layout_cell *cells);
