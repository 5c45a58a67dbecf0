/* SPDX-License-Identifier: Apache-2.0
 * fhir/xhtml: the narrative of a resource: one well-formed <div> of the elements and attributes
 * that R4's txt-1 lists, with something to read in it (txt-2), nothing active. Pure functions. */
#pragma once

#include <stddef.h>

/* NULL when the narrative is proper, or what is wrong; *key becomes the rule ("txt-1", "txt-2" or
 * "" for XML that is not well-formed). size does not count the NUL behind it. */
const char *en_xhtml_problem(const char *text, size_t size, const char **key);
