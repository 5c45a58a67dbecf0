/* SPDX-License-Identifier: Apache-2.0
 * test/support/rest: the REST API without a network: requests go to the handlers of a server that
 * has a database and no listener. Every answer is looked through: from 400 on it is an
 * OperationOutcome, and none of these ever holds the family name of the fixtures. */
#pragma once

#include "support/check.h"

#include "server/login.h"
#include "server/route.h"

/* Family name of all synthetic patients of these tests. */
#define FAMILY "Syntheticfamily"

struct rest_test {
    struct en_server server;
    struct en_arena arena; /* of the server's tables, and of the answers */
    struct en_r4 r4;
    struct en_search_params params;
    struct en_caller caller; /* who asks: the owner, until the test changes it */
    en_day today;            /* EN_DAY_UNKNOWN: the clock's */
};

struct rest_answer {
    int status;
    const char *body; /* "" none; lives as long as the test */
    size_t size;
    struct en_header headers[EN_HEADERS_MAX];
    size_t header_count;
};

void rest_open(struct rest_test *t, const char *url);
void rest_close(struct rest_test *t);

/* target: "/fhir/Patient?name=x". headers: "Name: value\n..." or NULL; a Content-Type that fits the
 * method and address is added unless there is one. body NULL: none. */
struct rest_answer rest_ask(struct rest_test *t, const char *method, const char *target,
                            const char *headers, const char *body);

/* NULL when there is none. */
const char *rest_header(const struct rest_answer *answer, const char *name);

/* Ask, and the status must be this one; tells the answer when it is not. */
struct rest_answer rest_expect(struct rest_test *t, int status, const char *method,
                               const char *target, const char *headers, const char *body);

/* Text of the first member of this name ("id"), without quotes, in the test's arena. */
const char *rest_member(struct rest_test *t, const struct rest_answer *answer, const char *name);

/* How often the part occurs in the answer. */
size_t rest_count(const struct rest_answer *answer, const char *part);

/* Url of the link of this relation in a Bundle, from its path on; NULL: there is none. */
const char *rest_link(struct rest_test *t, const struct rest_answer *answer, const char *relation);

/* Entries of the audit trail with this subtype, patient and outcome; NULL and -1: any. */
size_t rest_audited(struct rest_test *t, const char *subtype, const char *patient, int outcome);

/* With what operations need beside the database: the clinical tables, long work, a folder. */
void rest_open_clinic(struct rest_test *t, const char *url, en_day today);
void rest_close_clinic(struct rest_test *t);

/* PUT every resource of a Bundle in a file of examples/, in its order; POST those without an id. */
void rest_import(struct rest_test *t, const char *file);
