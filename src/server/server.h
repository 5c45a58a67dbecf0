/* SPDX-License-Identifier: Apache-2.0
 * server/server: the clinic's server: what all handlers share, and starting and stopping it. */
#pragma once

#include "app/app.h"
#include "fhir/r4.h"
#include "fhir/search.h"
#include "server/http.h"
#include "server/login.h"
#include "store/audit.h"
#include "store/store.h"

struct en_server_options {
    const char *data;   /* folder of the clinic: clinic.db, tls/, export/, lock */
    const char *db;     /* NULL: clinic.db in the folder; else a path or "postgresql://..." */
    const char *listen; /* "127.0.0.1:8080"; port 0: any free one */
    /* Files; NULL beyond loopback: self-signed, made at the first start. */
    const char *certificate, *key;
    const char *base_url;    /* as clients see it, behind a proxy; NULL: from the Host header */
    const char *cds_clients; /* file of the EHRs that may call CDS Hooks; NULL none */
    bool with_tls;           /* also on loopback */
    int connections_max, per_client_max; /* 0: defaults of base/limits.h */
    /* Requests without a login that one address may make [1/s]; 0: EN_ANONYMOUS_PER_S, and no limit
     * on loopback, where a proxy may stand for everybody. */
    double anonymous_per_s;
    double idle_s;                 /* of a connection; 0: EN_CONNECTION_IDLE_S */
    struct en_login_options login; /* zeroed: the defaults */
    en_day today;                  /* EN_DAY_UNKNOWN: the clock's; else fixed, for examples */
    bool is_demo;                  /* the demo clinic (server/demo.h) and no other */
    /* Work of a backup's key, as in store/backup; 0: its defaults. */
    unsigned long long backup_operations;
    size_t backup_memory;
    FILE *log;     /* NULL: none */
    bool is_quiet; /* no line for what went well */
};

/* All that handlers share; constant after the start but for what the opaque parts guard. */
struct en_server {
    struct en_server_options options;
    /* As the program was started with. Not for handlers: what the clinic approved and set is in
     * en_server_knowledge. */
    const struct en_knowledge *knowledge;
    struct en_tables *tables; /* the same with what the clinic says (server/tables.h) */
    const struct en_r4 *r4;
    const struct en_search_params *params;
    struct en_store *store;
    struct en_login *login;     /* sessions, tokens, limits on tries (server/login.h) */
    struct en_jobs *jobs;       /* long work (server/jobs.h) */
    struct en_cds *cds;         /* EHRs that may call CDS Hooks (server/cds.h) */
    struct en_metrics *metrics; /* server/metrics.h */
    struct en_limiter *clients; /* requests without a login, by address (base/limiter.h) */
    struct en_log *log;         /* base/log.h */
    struct en_demo *demo;       /* server/demo.h; NULL: a real clinic */
    struct en_listener *listener;
    const char *capability
        [2]; /* text of the CapabilityStatement before and behind its base; NULL: none yet */
    unsigned char page_key[32]; /* of the addresses of next pages (server/seal.h) */
    unsigned char run_key[32];  /* of secrets that wait for a job; gone with this process */
    const char *url;            /* "https://127.0.0.1:8443": where it listens, for people */
    const char *fingerprint;    /* of the certificate; NULL: no TLS */
    int lock;                   /* of the folder */
    struct en_arena arena;      /* of what lives as long as the server */
};

/* Take the folder, open the store, make what is missing, listen. On return the server answers. The
 * first start makes an owner's account with a random password, written once to `notice`. Refused
 * (EN_EINVAL) beyond loopback while that password was not changed; EN_ECONFLICT: another server has
 * the folder, the database file or the address. Texts of the options must outlive the server. */
EN_MUST_USE enum en_status en_server_start(const struct en_server_options *options,
                                           const struct en_knowledge *knowledge, FILE *notice,
                                           struct en_server **out, struct en_err *err);

/* Port that was bound. */
int en_server_port(const struct en_server *s);

/* Take no new request, finish those in work (at most limit_s seconds), close. NULL is fine. */
void en_server_stop(struct en_server *s, double limit_s);

/* The clinical tables as the clinic has them, one state for the whole request. */
const struct en_knowledge *en_server_knowledge(const struct en_server *s,
                                               const struct en_http_request *rq);

/* The application as its operations want it, with the day of the request. */
struct en_app en_server_app(const struct en_server *s, const struct en_http_request *rq);
