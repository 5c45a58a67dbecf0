/* SPDX-License-Identifier: Apache-2.0
 * fhir/issue: collecting problems, and the FHIRPath that names the place.
 *
 * Texts and paths never hold values of the input: a member's name is written into a path only when
 * it looks like one of FHIR's own names. */
#pragma once

#include "base/arena.h"
#include "fhir/fhir.h"

enum { EN_PATH_MAX = 512 };

/* A FHIRPath that grows and shrinks with the walk. Too long a path is cut, and so it stays valid
 * text. */
struct en_path {
    char text[EN_PATH_MAX];
    size_t size;
};

/* Each returns the size to go back to with en_path_pop. */
size_t en_path_push(struct en_path *p, const char *name);
size_t en_path_push_index(struct en_path *p, size_t index);
void en_path_pop(struct en_path *p, size_t size);

/* One more problem; the path is copied. Beyond EN_ISSUES_MAX (warnings: half of it)
 * only the counts go on. */
void en_issue_add(struct en_issues *issues, struct en_arena *a, enum en_issue_severity severity,
                  const char *code, const char *path, const char *format, ...) EN_PRINTF(6, 7);
