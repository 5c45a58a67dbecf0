/* SPDX-License-Identifier: Apache-2.0
 * fhir/session_note: a session's resources to what its note says. Thread-safe: no state. */
#pragma once

#include "base/buf.h"
#include "care/session_note.h"

/* From a Bundle (checked by en_json_read alone) with a Procedure, what is part of it, the stock
 * that was given of, the signature and the addenda. session: id of the Procedure; NULL: the newest
 * session of the Bundle. What cannot be understood is left unknown. EN_ENOTFOUND: there is no such
 * session in it. Texts live in the arena. */
EN_MUST_USE enum en_status en_fhir_read_session_note(const struct en_knowledge *k,
                                                     const char *bundle, size_t size,
                                                     const char *session, struct en_arena *a,
                                                     struct en_session_note *out,
                                                     struct en_err *err);
