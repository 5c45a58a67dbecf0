/* SPDX-License-Identifier: Apache-2.0
 * server/apply: GET and POST /fhir/PlanDefinition/{id}/$apply. */
#pragma once

#include "server/route.h"

en_handler en_apply;
