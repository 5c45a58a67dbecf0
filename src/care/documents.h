/* SPDX-License-Identifier: Apache-2.0
 * care/documents: consent and leaflet as filled paragraphs, checked for banned phrases.
 *
 * Results live in the arena handed in. Pure, thread-safe. */
#pragma once

#include "care/plan.h"

enum en_document {
    EN_DOCUMENT_CONSENT,
    EN_DOCUMENT_LEAFLET,
    EN_DOCUMENT_CALL /* when to call whom: goes with the aftercare items */
};

struct en_paragraph {
    const char *section; /* "risks" */
    const char *text;    /* placeholders filled */
    const struct en_row *row;
};

/* Consent form, patient leaflet or list of calls for this plan. Refuses (EN_EBUG, naming row and
 * phrase) when a text holds a banned phrase, so that such a text is never printed. */
EN_MUST_USE enum en_status en_document_text(const struct en_care *care, const struct en_case *c,
                                            const struct en_plan *plan, enum en_document document,
                                            struct en_arena *a, struct en_paragraph **out,
                                            size_t *count, struct en_err *err);

/* First banned phrase in the text (row of banned_phrases.tsv), NULL when there is none. */
const struct en_row *en_banned_phrase(const struct en_knowledge *k, const char *text);
