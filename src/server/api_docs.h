/* SPDX-License-Identifier: Apache-2.0
 * server/api_docs: docs/api.md, written from the tables of the program: routes, rights, search
 * parameters. */
#pragma once

#include "base/buf.h"

/* The whole document as Markdown. */
EN_MUST_USE enum en_status en_api_docs(struct en_buf *out, struct en_err *err);
