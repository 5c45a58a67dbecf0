/* SPDX-License-Identifier: Apache-2.0 */
#include "server/metrics.h"

#include <inttypes.h>
#include <stdatomic.h>

enum { BUCKETS = 12, CLASSES = 6 };

/* Upper ends of the histogram's buckets: [us], and as Prometheus writes them [s]. */
static const struct {
    int64_t us;
    const char *text;
} BOUNDS[BUCKETS] = {
    {1000, "0.001"},  {2500, "0.0025"}, {5000, "0.005"},  {10000, "0.01"},
    {25000, "0.025"}, {50000, "0.05"},  {100000, "0.1"},  {250000, "0.25"},
    {500000, "0.5"},  {1000000, "1"},   {2500000, "2.5"}, {10000000, "10"},
};

struct route_figures {
    atomic_uint_fast64_t by_class[CLASSES]; /* [status / 100] */
    atomic_uint_fast64_t by_time[BUCKETS + 1];
    atomic_uint_fast64_t us;
};

struct en_metrics {
    const struct en_route *const *tables;
    size_t route_count;
    atomic_uint_fast64_t counters[EN_METRICS];
    atomic_int_fast64_t open;
    struct route_figures routes[]; /* shape [route_count + 1]; the last: no route */
};

enum en_status en_metrics_open(const struct en_route *const *tables, struct en_arena *a,
                               struct en_metrics **out, struct en_err *err)
{
    const size_t count = en_route_count(tables);
    struct en_metrics *m =
        en_arena_take(a, sizeof(struct en_metrics) + (count + 1) * sizeof(struct route_figures), 1);

    if (m == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for the server's figures");
    }
    m->tables = tables;
    m->route_count = count;
    *out = m;
    return EN_OK;
}

void en_metrics_add(struct en_metrics *m, enum en_metric metric, uint64_t count)
{
    if (m != NULL) {
        (void)atomic_fetch_add_explicit(&m->counters[metric], count, memory_order_relaxed);
    }
}

void en_metrics_connections(struct en_metrics *m, int change)
{
    if (m != NULL) {
        (void)atomic_fetch_add_explicit(&m->open, change, memory_order_relaxed);
        en_metrics_add(m, EN_METRIC_CONNECTIONS, change > 0 ? 1 : 0);
    }
}

void en_metrics_request(struct en_metrics *m, size_t route, int status, double seconds)
{
    const int64_t us = (int64_t)(seconds * 1e6);
    size_t bucket = 0;

    if (m == NULL) {
        return;
    }
    struct route_figures *f = &m->routes[route < m->route_count ? route : m->route_count];

    while (bucket < BUCKETS && us > BOUNDS[bucket].us) {
        bucket++;
    }
    const int class = status >= 100 && status < 600 ? status / 100 : 0;

    (void)atomic_fetch_add_explicit(&f->by_class[class], 1, memory_order_relaxed);
    (void)atomic_fetch_add_explicit(&f->by_time[bucket], 1, memory_order_relaxed);
    (void)atomic_fetch_add_explicit(&f->us, (uint64_t)us, memory_order_relaxed);
}

static uint64_t read_counter(const atomic_uint_fast64_t *counter)
{
    return atomic_load_explicit(counter, memory_order_relaxed);
}

static void write_head(struct en_buf *out, const char *name, const char *type, const char *help)
{
    en_buf_print(out, "# HELP enthesis_%s %s.\n# TYPE enthesis_%s %s\n", name, help, name, type);
}

static void write_one(struct en_buf *out, const char *name, const char *type, const char *help,
                      uint64_t value)
{
    write_head(out, name, type, help);
    en_buf_print(out, "enthesis_%s %" PRIu64 "\n", name, value);
}

/* method="GET",route="/fhir/{}": patterns hold nothing that must be escaped. */
static void write_labels(const struct en_metrics *m, size_t route, struct en_buf *out)
{
    const struct en_route *r = route < m->route_count ? en_route_at(m->tables, route) : NULL;

    en_buf_print(out, "method=\"%s\",route=\"%s\"", r == NULL ? "" : en_method_name(r->method),
                 r == NULL ? "" : r->pattern);
}

static void write_classes(const struct en_metrics *m, size_t route, struct en_buf *out)
{
    for (int c = 0; c < CLASSES; c++) {
        const uint64_t count = read_counter(&m->routes[route].by_class[c]);

        if (count > 0) {
            en_buf_add(out, "enthesis_requests_total{");
            write_labels(m, route, out);
            en_buf_print(out, ",class=\"%dxx\"} %" PRIu64 "\n", c, count);
        }
    }
}

static void write_times(const struct en_metrics *m, size_t route, struct en_buf *out)
{
    const struct route_figures *f = &m->routes[route];
    uint64_t counts[BUCKETS + 1], all = 0, sum = 0;

    for (size_t b = 0; b <= BUCKETS; b++) {
        counts[b] = read_counter(&f->by_time[b]);
        all += counts[b];
    }
    for (size_t b = 0; all > 0 && b <= BUCKETS; b++) {
        sum += counts[b];
        en_buf_add(out, "enthesis_request_seconds_bucket{");
        write_labels(m, route, out);
        en_buf_print(out, ",le=\"%s\"} %" PRIu64 "\n", b < BUCKETS ? BOUNDS[b].text : "+Inf", sum);
    }
    if (all > 0) {
        en_buf_add(out, "enthesis_request_seconds_sum{");
        write_labels(m, route, out);
        en_buf_print(out, "} %.6f\n", (double)read_counter(&f->us) * 1e-6);
        en_buf_add(out, "enthesis_request_seconds_count{");
        write_labels(m, route, out);
        en_buf_print(out, "} %" PRIu64 "\n", all);
    }
}

static void write_store(const struct en_store_figures *f, struct en_buf *out)
{
    write_one(out, "store_works_total", "counter", "Works that wrote", f->works);
    write_one(out, "store_commits_total", "counter", "Commits of those works", f->commits);
    write_one(out, "store_retries_total", "counter", "Works run again", f->retries);
    write_one(out, "store_failures_total", "counter", "Works that failed", f->failures);
    write_one(out, "store_slow_total", "counter", "Slow queries", f->slow);
    write_one(out, "store_versions_total", "counter", "Versions of resources written",
              f->resources_written);
    write_one(out, "store_queue", "gauge", "Works that wait", f->queue_length);
}

void en_metrics_write(const struct en_metrics *m, const struct en_store_figures *store,
                      struct en_buf *out)
{
    static const struct {
        const char *name, *help;
    } COUNTERS[EN_METRICS] = {
#define X(name, text, help) {text, help},
        EN_METRIC_LIST(X)
#undef X
    };
    const int64_t open = atomic_load_explicit(&m->open, memory_order_relaxed);

    write_head(out, "build_info", "gauge", "The program's version");
    en_buf_add(out, "enthesis_build_info{version=\"" EN_VERSION "\"} 1\n");
    write_one(out, "connections", "gauge", "Connections open now", open > 0 ? (uint64_t)open : 0);
    for (size_t i = 0; i < EN_METRICS; i++) {
        write_one(out, COUNTERS[i].name, "counter", COUNTERS[i].help,
                  read_counter(&m->counters[i]));
    }
    write_head(out, "requests_total", "counter", "Requests answered, by route and class");
    for (size_t i = 0; i <= m->route_count; i++) {
        write_classes(m, i, out);
    }
    write_head(out, "request_seconds", "histogram", "Time from a request's head to its answer");
    for (size_t i = 0; i <= m->route_count; i++) {
        write_times(m, i, out);
    }
    if (store != NULL) {
        write_store(store, out);
    }
}
