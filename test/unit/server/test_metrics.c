/* SPDX-License-Identifier: Apache-2.0
 * Figures of the server as Prometheus reads them. */
#include "server/metrics.h"

#include "support/check.h"

static const struct en_route ROWS[] = {
    {EN_GET, "/fhir/{}", EN_RIGHT_FHIR, NULL, 0, ""},
    {EN_POST, "/fhir", EN_RIGHT_FHIR, NULL, 0, ""},
    {0},
};
static const struct en_route *const TABLES[] = {ROWS, NULL};

/* Requests are counted by route and class, a request without a route too; the histogram is
 * cumulative, its last bucket is the count, and a value on a bound belongs to that bucket. */
static void test_requests_are_counted(void **state)
{
    struct en_arena a = EN_ARENA(1 << 20);
    struct en_buf out = EN_BUF(1 << 20);
    struct en_metrics *m = NULL;

    (void)state;
    CHECK(en_metrics_open(TABLES, &a, &m, NULL) == EN_OK);
    en_metrics_request(m, 0, 200, 0.001);
    en_metrics_request(m, 0, 204, 0.002);
    en_metrics_request(m, 0, 404, 100.0);
    en_metrics_request(m, SIZE_MAX, 404, 0.0);
    en_metrics_add(m, EN_METRIC_LOGINS_FAILED, 3);
    en_metrics_connections(m, 1);
    en_metrics_connections(m, 1);
    en_metrics_connections(m, -1);
    en_metrics_write(m, NULL, &out);
#define LINE(text) CHECK_CONTAINS(en_buf_text(&out), "\nenthesis_" text "\n")
#define FHIR       "method=\"GET\",route=\"/fhir/{}\""
    LINE("requests_total{" FHIR ",class=\"2xx\"} 2");
    LINE("requests_total{" FHIR ",class=\"4xx\"} 1");
    LINE("requests_total{method=\"\",route=\"\",class=\"4xx\"} 1");
    LINE("request_seconds_bucket{" FHIR ",le=\"0.001\"} 1");
    LINE("request_seconds_bucket{" FHIR ",le=\"0.0025\"} 2");
    LINE("request_seconds_bucket{" FHIR ",le=\"10\"} 2");
    LINE("request_seconds_bucket{" FHIR ",le=\"+Inf\"} 3");
    LINE("request_seconds_sum{" FHIR "} 100.003000");
    LINE("request_seconds_count{" FHIR "} 3");
    LINE("logins_failed_total 3");
    LINE("connections_total 2");
    LINE("connections 1");
    LINE("build_info{version=\"" EN_VERSION "\"} 1");
    CHECK(strstr(en_buf_text(&out), "POST") == NULL); /* what never happened has no series */
    CHECK(strstr(en_buf_text(&out), "store_") == NULL);
    en_buf_free(&out);
    en_arena_free(&a);
}

/* The store's figures stand beside; a server without figures counts nothing and does not mind. */
static void test_store_figures_are_written(void **state)
{
    const struct en_store_figures figures = {.works = 7, .queue_length = 2};
    struct en_arena a = EN_ARENA(1 << 20);
    struct en_buf out = EN_BUF(1 << 20);
    struct en_metrics *m = NULL;

    (void)state;
    CHECK(en_metrics_open(TABLES, &a, &m, NULL) == EN_OK);
    en_metrics_write(m, &figures, &out);
    LINE("store_works_total 7");
    LINE("store_queue 2");
    en_metrics_request(NULL, 0, 200, 0.0);
    en_metrics_add(NULL, EN_METRIC_LOGINS, 1);
    en_metrics_connections(NULL, 1);
    en_buf_free(&out);
    en_arena_free(&a);
    a = EN_ARENA(0);
    CHECK(en_metrics_open(TABLES, &a, &m, NULL) == EN_ENOMEM);
}

TEST_MAIN(cmocka_unit_test(test_requests_are_counted),
          cmocka_unit_test(test_store_figures_are_written));
