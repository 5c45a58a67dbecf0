/* SPDX-License-Identifier: Apache-2.0
 * server/metrics: what the server did, as counters that Prometheus can read (text format 0.0.4).
 *
 * Requests are counted by the pattern of their route and the class of their answer, so the number
 * of series is bounded and none tells of a patient. Thread-safe: all counters are atomic; a reading
 * is no snapshot of one moment. */
#pragma once

#include "server/route.h"

struct en_metrics;

#define EN_METRIC_LIST(X)                                                                          \
    X(EN_METRIC_CONNECTIONS, "connections_total", "Connections accepted")                          \
    X(EN_METRIC_CUT, "connections_cut_total", "Connections ended because they were too slow")      \
    X(EN_METRIC_REFUSED, "requests_refused_total", "Requests that the guard refused")              \
    X(EN_METRIC_LIMITED, "requests_limited_total", "Requests refused because there were too many") \
    X(EN_METRIC_LOGINS, "logins_total", "Logins that succeeded")                                   \
    X(EN_METRIC_LOGINS_FAILED, "logins_failed_total", "Logins that failed")

enum en_metric {
#define X(name, text, help) name,
    EN_METRIC_LIST(X)
#undef X
        EN_METRICS
};

/* Counters for the rows of the tables, in the arena. */
EN_MUST_USE enum en_status en_metrics_open(const struct en_route *const *tables, struct en_arena *a,
                                           struct en_metrics **out, struct en_err *err);

/* All with m NULL: nothing is counted. */
void en_metrics_add(struct en_metrics *m, enum en_metric metric, uint64_t count);

/* A connection came (1) or went (-1); requests begun and ended. */
void en_metrics_connections(struct en_metrics *m, int change);

/* One answer. route: index of the row; SIZE_MAX: no route was found. */
void en_metrics_request(struct en_metrics *m, size_t route, int status, double seconds);

/* All as text; store NULL: without its figures. */
void en_metrics_write(const struct en_metrics *m, const struct en_store_figures *store,
                      struct en_buf *out);
