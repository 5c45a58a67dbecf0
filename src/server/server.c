/* SPDX-License-Identifier: Apache-2.0 */
#include "server/server.h"

#include "base/clock.h"
#include "base/folder.h"
#include "base/limiter.h"
#include "base/log.h"
#include "base/text.h"
#include "server/capability.h"
#include "server/cds.h"
#include "server/demo.h"
#include "server/jobs.h"
#include "server/listener.h"
#include "server/metrics.h"
#include "server/protocols.h"
#include "server/tables.h"
#include "server/tls.h"

#include <gnutls/gnutls.h>
#include <math.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

/* What is known of the place only while the server starts. */
struct starting {
    struct en_server *s;
    FILE *notice;
    struct en_tls tls;
    struct en_guard guard;
    bool is_local, has_tls;
    char host_name[256]; /* of this machine, lower case; "" unknown */
};

static void tell_slow(void *context, const char *what, double ms)
{
    const struct en_server *s = context;
    struct en_log_line l;

    if (s->demo != NULL && en_demo_is_filling(s->demo)) {
        return; /* years in one go */
    }
    en_log_start(&l, EN_LOG_WARNING, "slow", NULL);
    en_log_number(&l, "ms", ms);
    en_log_text(&l, "what", what);
    en_log_write(s->log, &l);
}

static enum en_status load_definitions(struct en_server *s, struct en_err *err)
{
    struct en_r4 *r4 = EN_NEW(&s->arena, struct en_r4, 1);
    struct en_search_params *params = EN_NEW(&s->arena, struct en_search_params, 1);

    if (r4 == NULL || params == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for the definitions of FHIR");
    }
    EN_TRY(en_r4_load(&s->arena, r4, err));
    s->r4 = r4;
    s->params = params;
    EN_TRY(en_search_params_load(&s->arena, params, err));
    return en_capability_prepare(s, en_clock_us(), err);
}

static enum en_status open_store(struct en_server *s, struct en_err *err)
{
    const char *file = en_arena_print(&s->arena, "%s/clinic.db", s->options.data);
    const struct en_store_options options = {
        .url = s->options.db == NULL ? file : s->options.db,
        .may_create = true,
        .slow = tell_slow,
        .slow_context = s,
        .slow_ms = EN_SLOW_MS,
        .now = s->demo == NULL ? NULL : en_demo_now,
        .now_context = s->demo,
        .is_lazy = s->demo != NULL,
    };

    return file == NULL ? en_fail(err, EN_ENOMEM, "no memory for the database's name")
                        : en_store_open(&options, &s->store, err);
}

static enum en_status open_parts(struct starting *g, struct en_err *err)
{
    struct en_server *s = g->s;
    const struct en_limiter_options clients = {
        .per_s = s->options.anonymous_per_s > 0.0 ? s->options.anonymous_per_s : EN_ANONYMOUS_PER_S,
        .burst = s->options.anonymous_per_s > 0.0 ? fmax(1.0, s->options.anonymous_per_s)
                                                  : EN_ANONYMOUS_BURST,
        .keys_max = EN_ADDRESSES_MAX,
    };

    EN_TRY(en_folder_take(s->options.data, &s->lock, err));
    EN_TRY(en_log_open(s->options.log, s->options.is_quiet ? EN_LOG_WARNING : EN_LOG_INFO, &s->log,
                       err));
    EN_TRY(load_definitions(s, err));
    EN_TRY(s->options.is_demo ? en_demo_open(s, err) : EN_OK);
    EN_TRY(open_store(s, err));
    EN_TRY(en_demo_check(s, err));
    EN_TRY(en_metrics_open(EN_ROUTE_TABLES, &s->arena, &s->metrics, err));
    EN_TRY(en_limiter_open(&clients, &s->clients, err));
    EN_TRY(en_login_open(s->store, &s->options.login, s->demo == NULL ? g->notice : NULL, &s->arena,
                         &s->login, err));
    en_login_key(s->login, "pages", s->page_key);
    EN_TRY(en_cds_load(s->options.cds_clients, &s->arena, &s->cds, err));
    EN_TRY(en_tables_open(s, err));
    EN_TRY(en_protocols_load(s, err));
    EN_TRY(en_jobs_open(s, err));
    return s->demo == NULL ? EN_OK : en_demo_start(s, err);
}

/* SAFETY: closed by default. Nobody beyond this machine may come while the password that was shown
 * on its screen still opens the door. */
static enum en_status check_door(const struct starting *g, struct en_err *err)
{
    bool is_default = true;

    if (g->is_local) {
        return EN_OK;
    }
    EN_TRY(en_login_is_default(g->s->login, &is_default, err));
    if (is_default) {
        return en_fail(err, EN_EINVAL,
                       "the first password of the owner was not changed: start with --listen "
                       "127.0.0.1:8080, log in, change it, then listen on %s",
                       g->s->options.listen);
    }
    return EN_OK;
}

/* "https://clinic.example:8443": scheme, host, port, nothing behind. */
static enum en_status check_base_url(struct en_server *s, const char **host, struct en_err *err)
{
    const char *url = s->options.base_url;
    const char *start = url == NULL ? NULL : strstr(url, "://");

    *host = NULL;
    if (url == NULL) {
        return EN_OK;
    }
    if (start != NULL && (en_text_starts(url, "https://") || en_text_starts(url, "http://"))) {
        *host = en_guard_host(start + 3, &s->arena);
    }
    return *host != NULL ? EN_OK
                         : en_fail(err, EN_EINVAL,
                                   "base URL \"%s\": write https://NAME or https://NAME:PORT, "
                                   "without a path",
                                   url);
}

static void add_host(struct en_guard *g, const char *name)
{
    if (name != NULL && name[0] != '\0' && g->host_count < EN_GUARD_HOSTS_MAX) {
        g->hosts[g->host_count++] = name;
    }
}

static void find_host_name(struct starting *g)
{
    const char *name = NULL;
    char text[sizeof g->host_name];

    if (gethostname(text, sizeof text - 1) == 0) {
        text[sizeof text - 1] = '\0';
        name = en_guard_host(text, &g->s->arena);
    }
    if (name != NULL) {
        memcpy(g->host_name, name, strlen(name) + 1);
    }
}

static enum en_status open_tls(struct starting *g, const char *base_host, struct en_err *err)
{
    struct en_server *s = g->s;
    const struct en_server_options *o = &s->options;
    const int64_t now_s = en_clock_us() / 1000000;
    const char *names[6] = {"localhost", "127.0.0.1", "[::1]"};
    const char *folder = en_arena_print(&s->arena, "%s/tls", o->data);
    size_t count = 3;

    if (folder == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for the folder's name");
    }
    if ((o->certificate == NULL) != (o->key == NULL)) {
        return en_fail(err, EN_EINVAL, "--tls-cert and --tls-key belong together");
    }
    g->has_tls = o->certificate != NULL || o->with_tls || !g->is_local;
    if (!g->has_tls) {
        return EN_OK;
    }
    if (o->certificate != NULL) {
        EN_TRY(en_tls_load(o->certificate, o->key, &s->arena, &g->tls, err));
    } else {
        const char *own_host = en_guard_host(o->listen, &s->arena);
        const char *more[] = {g->host_name, base_host, own_host};

        for (size_t i = 0; i < EN_COUNT(more); i++) {
            if (more[i] != NULL && more[i][0] != '\0' && !en_text_equal(more[i], "0.0.0.0") &&
                !en_text_equal(more[i], "[::]")) {
                names[count++] = more[i];
            }
        }
        EN_TRY(en_tls_own(folder, names, count, now_s, &s->arena, &g->tls, err));
    }
    s->fingerprint = en_arena_copy(&s->arena, g->tls.fingerprint, SIZE_MAX);
    if (g->tls.expires_s < now_s + (int64_t)EN_TLS_RENEW_DAYS * 86400) {
        en_log_event(s->log, EN_LOG_WARNING, "certificate", NULL,
                     "the certificate has expired or will within a month");
    }
    return EN_OK;
}

/* On loopback a name that is not ours is a page that was pointed here (DNS rebinding). */
static void name_hosts(struct starting *g, const char *base_host)
{
    add_host(&g->guard, "localhost");
    add_host(&g->guard, "127.0.0.1");
    add_host(&g->guard, "[::1]");
    add_host(&g->guard, base_host);
    g->guard.any_address = !g->is_local;
    if (!g->is_local) {
        add_host(&g->guard, g->host_name);
        for (size_t i = 0; i < g->tls.name_count; i++) {
            add_host(&g->guard, g->tls.names[i]);
        }
    }
}

static bool call_head(void *context, struct en_http_request *rq, struct en_http_response *rs,
                      struct en_route_match *match)
{
    return en_serve_head(context, rq, rs, match);
}

static void call_body(void *context, const struct en_route_match *match, struct en_http_request *rq,
                      struct en_http_response *rs)
{
    en_serve_body(context, match, rq, rs);
}

/* One line for each request: the pattern of its route, never its path or query. */
static void call_done(void *context, const struct en_http_request *rq,
                      const struct en_http_response *rs, const struct en_route_match *match,
                      const struct en_request_end *end)
{
    const struct en_server *s = context;
    const enum en_log_level level = rs->status >= 500 ? EN_LOG_WARNING : EN_LOG_INFO;
    struct en_log_line l;

    en_metrics_request(s->metrics, match->route == NULL ? SIZE_MAX : match->index, rs->status,
                       end->seconds);
    if (!en_log_takes(s->log, level)) {
        return;
    }
    en_log_start(&l, level, end->refusal != NULL ? "refused" : "request", rq->id);
    en_log_text(&l, "method", en_method_name(rq->method));
    en_log_text(&l, "route", match->route == NULL ? NULL : match->route->pattern);
    en_log_integer(&l, "status", rs->status);
    en_log_number(&l, "ms", end->seconds * 1e3);
    en_log_integer(&l, "bytes", (int64_t)rs->body.size);
    en_log_text(&l, "client", rq->address);
    en_log_text(&l, "login", rq->caller.login);
    en_log_text(&l, "why", end->refusal);
    en_log_text(&l, "aborted", end->is_aborted ? "yes" : NULL);
    en_log_write(s->log, &l);
}

static enum en_status listen_now(struct starting *g, struct en_err *err)
{
    struct en_server *s = g->s;
    const struct en_server_options *o = &s->options;
    /* On loopback a proxy may stand for everybody. */
    const int all = o->connections_max > 0 ? o->connections_max : EN_CONNECTIONS_MAX;
    const struct en_listener_options options = {
        .address = o->listen,
        .certificate = g->has_tls ? g->tls.certificate : NULL,
        .key = g->tls.key,
        .base_url = o->base_url,
        .guard = g->guard,
        .metrics = s->metrics,
        .connections_max = o->connections_max,
        .per_client_max = o->per_client_max > 0 || !g->is_local ? o->per_client_max : all,
        .idle_s = o->idle_s,
        .today = s->options.today,
        .clock_shift_us = s->demo == NULL ? 0 : en_demo_shift_us(s->demo),
        .calls = {call_head, call_body, call_done, s},
    };
    const char *colon = strrchr(o->listen, ':');

    EN_TRY(en_listener_open(&options, &s->listener, err));
    s->url = en_arena_print(&s->arena, "%s://%.*s:%d", g->has_tls ? "https" : "http",
                            (int)(colon - o->listen), o->listen, en_listener_port(s->listener));
    return s->url != NULL ? EN_OK : en_fail(err, EN_ENOMEM, "no memory for the server's address");
}

static enum en_status start(struct starting *g, struct en_err *err)
{
    const char *base_host = NULL;

    EN_TRY(en_listen_is_local(g->s->options.listen, &g->is_local, err));
    if (g->s->options.is_demo && !g->is_local) {
        return en_fail(err, EN_EINVAL,
                       "the demo clinic shows its passwords, so it listens on this machine only: "
                       "--listen 127.0.0.1:PORT");
    }
    EN_TRY(check_base_url(g->s, &base_host, err));
    find_host_name(g);
    EN_TRY(open_parts(g, err));
    EN_TRY(check_door(g, err));
    EN_TRY(open_tls(g, base_host, err));
    name_hosts(g, base_host);
    return listen_now(g, err);
}

enum en_status en_server_start(const struct en_server_options *options,
                               const struct en_knowledge *knowledge, FILE *notice,
                               struct en_server **out, struct en_err *err)
{
    struct en_arena arena = EN_ARENA(EN_SERVER_ARENA);
    struct starting *g = EN_NEW(&arena, struct starting, 1);
    struct en_server *s = EN_NEW(&arena, struct en_server, 1);

    if (s == NULL || g == NULL || sodium_init() < 0 || gnutls_global_init() < 0) {
        en_arena_free(&arena);
        return en_fail(err, EN_ENOMEM, "no memory for the server");
    }
    s->arena = arena;
    s->options = *options;
    s->knowledge = knowledge;
    s->lock = -1;
    randombytes_buf(s->run_key, sizeof s->run_key);
    g->s = s;
    g->notice = notice;
    const enum en_status st = start(g, err);

    if (st != EN_OK) {
        en_server_stop(s, 0.0);
        return st;
    }
    en_log_event(s->log, EN_LOG_INFO, "start", NULL, s->url);
    *out = s;
    return EN_OK;
}

int en_server_port(const struct en_server *s)
{
    return en_listener_port(s->listener);
}

void en_server_stop(struct en_server *s, double limit_s)
{
    if (s == NULL) {
        return;
    }
    en_listener_close(s->listener, limit_s);
    en_jobs_close(s);
    en_tables_close(s);
    en_login_close(s->login);
    en_store_close(s->store);
    if (s->listener != NULL) {
        en_log_event(s->log, EN_LOG_INFO, "stop", NULL, s->url);
    }
    en_limiter_close(s->clients);
    en_log_close(s->log);
    if (s->lock >= 0) {
        (void)close(s->lock);
    }
    gnutls_global_deinit();
    struct en_arena arena = s->arena;

    en_arena_free(&arena);
}

const struct en_knowledge *en_server_knowledge(const struct en_server *s,
                                               const struct en_http_request *rq)
{
    return rq->knowledge != NULL ? rq->knowledge : s->knowledge;
}

struct en_app en_server_app(const struct en_server *s, const struct en_http_request *rq)
{
    return (struct en_app){
        .knowledge = en_server_knowledge(s, rq), .today = rq->today, .r4 = s->r4};
}
