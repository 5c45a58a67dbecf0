/* SPDX-License-Identifier: Apache-2.0
 * server/guard: what is refused before anything else looks at a request.
 *
 * Two programs that read the same bytes differently are how requests are smuggled past a proxy, and
 * a path that means two things is how files are read. So only the one plain form passes; everything
 * else is answered 400 and the connection closed. Pure functions, thread-safe. */
#pragma once

#include "server/http.h"

enum { EN_GUARD_HOSTS_MAX = 32 };

/* The names under which this server may be asked. A page of a stranger's host that points to our
 * address (DNS rebinding) asks under the stranger's name. */
struct en_guard {
    const char *hosts[EN_GUARD_HOSTS_MAX]; /* lower case, without port; shape [host_count] */
    size_t host_count;
    bool any_address; /* also any address in digits: nobody can rebind those */
};

/* The head of a request as it was sent. */
struct en_guard_head {
    const char *method, *target, *version;
    const struct en_header *headers; /* shape [header_count], in the order sent */
    size_t header_count;
};

/* status 0: may pass. Else the answer: text says what is wrong, code is of FHIR's issue types. */
struct en_guard_verdict {
    int status;
    const char *code, *text;
};

/* What the head says of the body. */
struct en_guard_body {
    bool is_chunked;
    uint64_t size; /* of a body that is not chunked; 0 none */
};

struct en_guard_verdict en_guard_check(const struct en_guard *g, const struct en_guard_head *head,
                                       enum en_method *method, struct en_guard_body *body);

/* Path and query of a target ("/fhir/Patient?name=x"): the path decoded once, into the arena. */
struct en_guard_verdict en_guard_target(const char *target, struct en_arena *a, const char **path,
                                        const char **query);

/* Whether the head, in memory from `start` with its separators turned into NUL by libmicrohttpd
 * 0.9.75, was exactly: method, space, target, space, version, CR LF, then for each header its name,
 * a colon, spaces, its value, CR LF, then CR LF. The library also takes a bare LF, a folded line,
 * spaces more than one, and forgets what stands behind a NUL. head's texts must point into that
 * memory; target_size is the target's size as it was sent. A NUL before a bare LF looks like CR LF
 * and passes as one: the line ends at that LF in either reading. */
bool en_guard_is_plain(const char *start, size_t size, const struct en_guard_head *head,
                       size_t target_size);

/* "Host:Port" as a name in lower case without its port, in the arena; NULL: no such thing. */
const char *en_guard_host(const char *host, struct en_arena *a);
