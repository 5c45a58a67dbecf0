/* SPDX-License-Identifier: Apache-2.0
 * server/rest_operation: the operations of FHIR itself: $validate and $everything. */
#pragma once

#include "server/rest.h"

en_handler en_operation_validate, en_operation_everything;
