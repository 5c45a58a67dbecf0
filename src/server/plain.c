/* SPDX-License-Identifier: Apache-2.0
 * server/plain: what is asked about the server itself. */
#include "base/log.h"
#include "server/metrics.h"
#include "server/route.h"

/* For watchdogs and balancers: does the server work, database included? It says no more than that;
 * why not stands in the log. */
static enum en_status health(struct en_server *s, const struct en_http_request *rq,
                             struct en_http_response *rs, struct en_err *err)
{
    const enum en_status st = en_store_ping(s->store, err);

    rs->content_type = "application/json";
    if (st == EN_OK) {
        en_buf_add(&rs->body, "{\"status\":\"ok\"}\n");
        return EN_OK;
    }
    en_log_event(s->log, EN_LOG_ERROR, "unhealthy", rq->id, err->text);
    rs->status = 503;
    en_buf_print(&rs->body, "{\"status\":\"failed\",\"reason\":\"%s\"}\n",
                 st == EN_EIO      ? "store"
                 : st == EN_ELIMIT ? "overload"
                                   : "internal");
    return EN_OK;
}

static enum en_status metrics(struct en_server *s, const struct en_http_request *rq,
                              struct en_http_response *rs, struct en_err *err)
{
    const struct en_store_figures figures = en_store_figures(s->store);

    (void)rq;
    (void)err;
    rs->content_type = "text/plain; version=0.0.4; charset=utf-8";
    en_metrics_write(s->metrics, &figures, &rs->body);
    return EN_OK;
}

/* A clinic has nothing for search engines. */
static enum en_status robots(struct en_server *s, const struct en_http_request *rq,
                             struct en_http_response *rs, struct en_err *err)
{
    (void)s;
    (void)rq;
    (void)err;
    rs->content_type = "text/plain; charset=utf-8";
    rs->is_public = true;
    en_buf_add(&rs->body, "User-agent: *\nDisallow: /\n");
    return EN_OK;
}

/* /metrics asks for a login also on loopback: behind a proxy everybody comes from there. A service
 * account with that right is made for Prometheus. */
const struct en_route EN_ROUTES_PLAIN[] = {
    {EN_GET, "/health", EN_RIGHT_PUBLIC, health, EN_ROUTE_UNAUDITED,
     "whether the server and its database work"},
    {EN_GET, "/metrics", EN_RIGHT_METRICS, metrics, EN_ROUTE_UNAUDITED,
     "figures of the server for Prometheus"},
    {EN_GET, "/robots.txt", EN_RIGHT_PUBLIC, robots, EN_ROUTE_UNAUDITED,
     "tells search engines to stay away"},
    {0},
};
