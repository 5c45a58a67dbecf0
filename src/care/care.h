/* SPDX-License-Identifier: Apache-2.0
 * care/care: the clinical decisions. Pure functions: no file, no clock, no randomness.
 *
 * Inputs are a case, the knowledge and the day; results live in the arena handed in. A decision
 * never turns an unknown into a "no": what is missing is listed, and blocks where it matters.
 * Every number comes from knowledge tables and is reported with its row. Thread-safe.
 * This header is all of them; include a single one where that is enough. */
#pragma once

#include "care/after.h"
#include "care/case.h"
#include "care/documents.h"
#include "care/mix.h"
#include "care/plan.h"
#include "care/rules.h"
#include "care/scoring.h"
