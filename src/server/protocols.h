/* SPDX-License-Identifier: Apache-2.0
 * server/protocols: what the clinical tables offer as definitions: each schedule that can be
 * planned as a PlanDefinition, the checklist of a session as a Questionnaire. They are put into the
 * store at the start, when they are not there or the tables changed. */
#pragma once

#include "server/server.h"

/* Id of the PlanDefinition of a schedule: FHIR allows no '_'. In the arena; NULL when it is full.
 * */
const char *en_protocol_id(const char *schedule, struct en_arena *a);

/* The row of schedules.tsv behind the id of a PlanDefinition; NULL: none, or one without a plan. */
const struct en_row *en_protocol_find(const struct en_knowledge *k, const char *id,
                                      struct en_arena *a);

/* The resources as JSON. */
void en_protocol_write(const struct en_knowledge *k, const struct en_row *schedule,
                       struct en_arena *a, struct en_buf *out);
void en_checklist_write(const struct en_knowledge *k, struct en_buf *out);

EN_MUST_USE enum en_status en_protocols_load(struct en_server *s, struct en_err *err);
