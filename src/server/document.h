/* SPDX-License-Identifier: Apache-2.0
 * server/document: Patient/[id]/$document: the documents of a patient. Inside of document*.c and
 * operate_case.c.
 *
 * Without a type: the list. With one: the document, as blocks of JSON or as a PDF; by POST it is
 * issued: kept as it is (Binary, DocumentReference, Provenance). issued=ID: one that was issued. */
#pragma once

#include "app/document.h"
#include "server/operate.h"

/* Runs the operation: bytes of the answer, or the Bundle that is to be stored. */
EN_MUST_USE enum en_status en_document_run(struct en_operate *o, struct en_buf *out);

/* document_note.c: all sessions of the patient, newest first. */
EN_MUST_USE enum en_status en_document_list(struct en_operate *o, struct en_document_sessions *out);

/* document_note.c: what the note of a session says. session NULL: the newest; *out NULL: there is
 * none. */
EN_MUST_USE enum en_status en_document_note(struct en_operate *o, const char *session,
                                            struct en_session_note **out);

/* document_plan.c: with a parameter plan, what that stored plan was asked for stands behind the
 * request's own parameters. */
EN_MUST_USE enum en_status en_document_plan(struct en_operate *o);

/* document_issue.c: the Bundle with Binary and DocumentReference. */
EN_MUST_USE enum en_status en_document_issue(struct en_operate *o, const struct en_app_document *d,
                                             struct en_buf *bundle);

/* document_issue.c: the bytes of one that was issued, in this media type. */
EN_MUST_USE enum en_status en_document_issued(struct en_operate *o, const char *id,
                                              const char *media, struct en_buf *out);

/* Standard base64, in the arena; NULL when it is full. */
const char *en_document_base64(struct en_arena *a, const char *bytes, size_t size);
