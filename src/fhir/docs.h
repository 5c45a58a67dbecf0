/* SPDX-License-Identifier: Apache-2.0
 * fhir/docs: the text of docs/case.md, from the same tables that the reader uses. */
#pragma once

#include "fhir/fhir.h"

/* Markdown, for people who send cases. Scratch memory comes from the arena. */
EN_MUST_USE enum en_status en_fhir_case_docs(const struct en_knowledge *k, struct en_arena *a,
                                             struct en_buf *out, struct en_err *err);
