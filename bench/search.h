/* SPDX-License-Identifier: Apache-2.0
 * bench/search: 200 plans of the knee example for one person, and the whole of plan --optimise. */
#pragma once

void search_print(void);
