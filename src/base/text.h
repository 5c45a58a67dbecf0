/* SPDX-License-Identifier: Apache-2.0
 * base/text: small questions about text, and strict numbers. Pure functions, no locale. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

bool en_text_equal(const char *a, const char *b);        /* NULL equals only NULL */
bool en_text_equal_nocase(const char *a, const char *b); /* ASCII letters only */
bool en_text_starts(const char *text, const char *start);
bool en_text_is_empty(const char *text); /* NULL or "" */

/* The whole text as a finite decimal number, nothing before or behind; false (and *out unchanged)
 * for anything else: no hexadecimal, no "inf", no "nan". */
bool en_text_number(const char *text, double *out);

/* The whole text as a decimal integer within low .. high. */
bool en_text_integer(const char *text, long long low, long long high, long long *out);

/* Next item of a list "a; b; c": sets *item and *size (spaces trimmed) and returns the position
 * behind it, or NULL when none is left. Start with the list itself. Empty items are skipped. */
const char *en_list_next(const char *list, const char **item, size_t *size);

/* Whether the list holds the item. */
bool en_list_has(const char *list, const char *item);

/* Whether the bytes are well-formed UTF-8 (no overlong form, no surrogate, at most U+10FFFF). When
 * not, *bad (may be NULL) is the offset of the first byte that is wrong. */
bool en_utf8_valid(const char *bytes, size_t size, size_t *bad);

/* Columns that size bytes of UTF-8 take on a terminal: 0 for a combining mark, 2 for a wide East
 * Asian letter, 1 for any other and for a malformed byte. */
size_t en_utf8_width(const char *text, size_t size);

/* The first line of text when it is broken at spaces into lines of at most `columns`: returns its
 * bytes and sets *rest to the start of the next line ("" at the end). A longer word is cut between
 * two letters. */
size_t en_text_line(const char *text, size_t columns, const char **rest);

/* Edits (a letter put in, left out or changed) that make one text of the other; SIZE_MAX when one
 * is longer than EN_TEXT_DISTANCE_MAX bytes. For "did you mean". */
enum { EN_TEXT_DISTANCE_MAX = 64 };
size_t en_text_distance(const char *a, const char *b);

/* 64-bit FNV-1a, for golden hashes and look-up tables, not for security. */
#define EN_HASH_START UINT64_C(14695981039346656037)
uint64_t en_hash(uint64_t start, const void *bytes, size_t size);
