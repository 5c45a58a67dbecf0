/* SPDX-License-Identifier: Apache-2.0
 * server/deidentify: how this clinic's resources are de-identified: with a key derived from its
 * secret, so that pseudonyms and shifts of dates stay the same for ever. */
#pragma once

#include "fhir/deidentify.h"
#include "server/server.h"

struct en_deidentify en_server_deidentify(const struct en_server *s,
                                          const struct en_http_request *rq);
