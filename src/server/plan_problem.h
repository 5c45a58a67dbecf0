/* SPDX-License-Identifier: Apache-2.0
 * server/plan_problem: which problem a stored plan is about.
 *
 * A plan is asked for by the number of a problem, and the numbers change when a problem comes or is
 * over. So a stored CarePlan names its Condition (addresses), and whoever reads the plan's choices
 * again looks up the number that this Condition has by now. */
#pragma once

#include "care/case.h"
#include "server/parameters.h"
#include "server/record.h"

struct json_object;

/* Id of the Condition that a CarePlan names, in the arena; NULL: it names none. */
const char *en_plan_condition(struct json_object *plan, struct en_arena *a);

/* Write it down: the Condition of this path of the record. Nothing, where the path is none's. */
void en_plan_set_condition(struct json_object *plan, const struct en_record *record,
                           const char *path, struct en_arena *a);

/* Where the Condition is in the record's Bundle; NULL: not there. */
const char *en_condition_path(const struct en_record *record, const char *condition,
                              struct en_arena *a);

/* Let "target" be the Condition's present number. EN_EINVAL: it is no problem of the case any more,
 * so the plan is about nothing that can be treated. condition NULL: the number stays. */
EN_MUST_USE enum en_status en_plan_take_target(struct en_op_parameters *p,
                                               const struct en_record *record,
                                               const struct en_case *c, const char *condition,
                                               struct en_arena *a, struct en_err *err);
