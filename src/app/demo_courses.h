/* SPDX-License-Identifier: Apache-2.0
 * app/demo_courses: finished courses of synthetic patients, drawn from a table, for the registry of
 * the demo clinic. Deterministic: a number is a function of (seed, course, what it is for).
 *
 * The numbers of the table are made up so that the results look like results: some gain much, some
 * nothing, some are lost; they are evidence of nothing. */
#pragma once

#include "base/buf.h"
#include "base/date.h"
#include "knowledge/knowledge.h"

/* A Bundle of type collection: for each course a Patient, a Condition, the sessions as completed
 * Procedures, scores as Observations, harms as AdverseEvents; nothing later than `until`. tsv is a
 * table with the columns of COLUMNS in demo_courses.c, tabs between them, '#' starts a remark.
 * EN_EINVAL names the line that cannot be read. */
EN_MUST_USE enum en_status en_demo_courses(const struct en_knowledge *k, const char *tsv,
                                           uint64_t seed, en_day until, struct en_arena *a,
                                           struct en_buf *json, struct en_err *err);
