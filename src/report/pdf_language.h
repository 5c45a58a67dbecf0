/* SPDX-License-Identifier: Apache-2.0
 * report/pdf_language: what cairo 1.16 cannot write into a PDF: its language (for screen readers)
 * and the wish to show the title. Added as an incremental update (ISO 32000-1, 7.5.6). */
#pragma once

#include "base/buf.h"

/* Copy the PDF into out, with a new catalog that names the language. EN_EBUG when the PDF is not
 * built as cairo builds it. */
EN_MUST_USE enum en_status en_pdf_set_language(const struct en_buf *pdf, const char *language,
                                               struct en_buf *out, struct en_err *err);
