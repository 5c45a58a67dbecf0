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

/* 64-bit FNV-1a, for golden hashes and look-up tables, not for security. */
#define EN_HASH_START UINT64_C(14695981039346656037)
uint64_t en_hash(uint64_t start, const void *bytes, size_t size);
