/* SPDX-License-Identifier: Apache-2.0
 * app/document_inside: what document.c and document_json.c share. */
#pragma once

#include "report/blocks.h"

/* The blocks as plain JSON; the words' chart texts are written as they stand. */
EN_MUST_USE enum en_status en_app_blocks_json(enum en_paper paper, const struct en_blocks *blocks,
                                              struct en_buf *json, struct en_err *err);
