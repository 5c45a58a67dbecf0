/* SPDX-License-Identifier: Apache-2.0
 * Readers that do not share code with what they check: PDF through pdftotext, columns through the C
 * library, XML by counting tags. */
#pragma once

#include "base/buf.h"

/* The text of the PDF as pdftotext (poppler) reads it, with the layout kept, blanks at line breaks
 * joined when `is_joined`; release the buffer. Page 0 is all pages. */
void reader_pdf(const struct en_buf *pdf, int page, bool is_joined, struct en_buf *text);

/* Columns of the widest line, by wcwidth of the C library in a UTF-8 locale. */
int reader_columns(const char *text);

/* Every tag that opens closes, in order, and attributes are quoted. */
bool reader_is_xml(const char *text);

/* Whether "nan" or "inf" stands anywhere as a word. */
bool reader_has_nan(const char *text);

size_t reader_count(const char *text, const char *part);
