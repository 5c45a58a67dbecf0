/* SPDX-License-Identifier: Apache-2.0
 * test/support/pg: a PostgreSQL server of the test program's own, in a temporary folder, reached by
 * a socket there. It starts with the first call, ends with the program and flushes to the disk as a
 * real one does. As root it runs as the user `postgres`, whom Debian's package makes. */
#pragma once

#include <stddef.h>
#include <sys/types.h>

enum { PG_URL_MAX = 256 };

/* The address of a new, empty database. The test fails when there is no server to be had. */
void pg_database(char url[PG_URL_MAX]);

/* Stop the server: at once as a crash would, or in order (clients are sent away). */
void pg_stop(int is_crash);

/* Start it again, and return when it answers. */
void pg_start(void);

/* Of the server; to be stopped or frozen by signals. */
pid_t pg_process(void);
