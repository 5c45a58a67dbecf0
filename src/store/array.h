/* SPDX-License-Identifier: Apache-2.0
 * store/array: values as one text of PostgreSQL, "{...}", so that one statement takes many rows.
 * Inside of store/. Append freely and check the buffer once. */
#pragma once

#include "base/buf.h"

#include <stdint.h>

/* Of one statement: far more than EN_INDEX_VALUES_MAX texts of EN_INDEX_TEXT_MAX bytes take. */
#define EN_ARRAY ((struct en_buf){.limit = 64 << 20})

void en_array_integer(struct en_buf *array, int64_t value);
void en_array_number(struct en_buf *array, double value);
void en_array_text(struct en_buf *array, const char *text);
void en_array_bytes(struct en_buf *array, const unsigned char *bytes, size_t size);

/* Close it; the text is the buffer's. */
const char *en_array_end(struct en_buf *array);
