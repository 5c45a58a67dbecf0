/* SPDX-License-Identifier: Apache-2.0
 * base/limits: every ceiling of the program in one place, each with its reason. */
#pragma once

enum {
    /* A case with years of follow-up is below 1 MiB; more is a mistake or an attack. */
    EN_CASE_FILE_MAX = 8 << 20,
    /* The largest table (facts, tiers, atlas) is below 100 KiB. */
    EN_TABLE_FILE_MAX = 4 << 20,
    EN_TABLE_ROWS_MAX = 20000,
    EN_TABLE_COLUMNS_MAX = 64,
    /* A cell is a paragraph at most. */
    EN_TABLE_CELL_MAX = 16 << 10,
    EN_TABLE_ID_MAX = 64,
    EN_TABLES_MAX = 128,
    /* Faults of the tables that one check lists; then mending the first ones comes first. */
    EN_TABLE_PROBLEMS_MAX = 1000,
    /* Memory of one command or request; a plan with its forecast needs about 20 MiB. */
    EN_REQUEST_ARENA = 512 << 20,
    /* A printed document is below 1 MiB; charts with many points below 4 MiB. */
    EN_OUTPUT_MAX = 64 << 20,
    /* FHIR resources nest about 12 deep; deeper input is an attack on the stack. */
    EN_JSON_DEPTH_MAX = 32,
    /* Elements of a narrative in each other; lists in tables in lists stay below 20. */
    EN_XHTML_DEPTH_MAX = 64,
    /* R4's largest resource has about 60 elements, twice that with the siblings of primitives. */
    EN_JSON_MEMBERS_MAX = 256,
    /* A Bundle of EN_BODY_LARGE_MAX holds about two million; each is some hundred bytes of memory.
     * */
    EN_JSON_VALUES_MAX = 2 << 20,
    /* A FHIR decimal has 18 digits; the longest harmless number of the test suites about 80. */
    EN_JSON_NUMBER_MAX = 128,
    /* A constraint over the largest resource visits about 200000 values; each takes 64 bytes. */
    EN_FHIRPATH_STEPS_MAX = 1 << 20,
    /* All problems of a case are reported at once, but not without end. */
    EN_ISSUES_MAX = 200,
    /* Resources in one Bundle. */
    EN_BUNDLE_ENTRIES_MAX = 20000,
    /* A trial's specification with eight arms is below 16 KiB. */
    EN_TRIAL_SPEC_MAX = 1 << 20,
    /* Sums of a trial with every arm, outcome and week: see cohort/trial. */
    EN_CHECKPOINT_MAX = 256 << 20,
    /* A thousand particles of four hypotheses with a hundred studies take 7 MiB. */
    EN_STATE_FILE_MAX = 1 << 30,
    /* Rule expressions are one line of text; the parser recurses once per parenthesis or `not`. */
    EN_EXPR_DEPTH_MAX = 32,
    EN_EXPR_NODES_MAX = 256,
    /* What the head of a backup may ask of argon2id: four times libsodium's "sensitive" work. */
    EN_BACKUP_OPERATIONS_MAX = 16,
    EN_BACKUP_MEMORY_MAX = 1 << 30,
    /* A file of an import: the longest life among Synthea's patients is 30 MiB. */
    EN_IMPORT_FILE_MAX = 1 << 30,
    EN_THREADS_MAX = 64,

    /* The clinic server. */
    /* One resource with a scanned document in it; a Bundle of a patient's whole life. */
    EN_BODY_MAX = 8 << 20,
    EN_BODY_LARGE_MAX = 64 << 20,
    /* Entries of a transaction: they hold the writer together, 5,000 for some seconds. */
    EN_BUNDLE_REQUESTS_MAX = 5000,
    /* Different conditional references of a transaction: each is a search. */
    EN_BUNDLE_POINTERS_MAX = 500,
    /* What strangers send: a login, a token. */
    EN_BODY_PUBLIC_MAX = 64 << 10,
    /* All bodies being received together: a crowd of large ones must not take the memory. */
    EN_BODIES_MAX = 512 << 20,
    /* Request line and headers. Longer searches go by POST _search. */
    EN_HEAD_MAX = 16 << 10,
    /* What a connection's library keeps for a head, all of it touched by each request; twice the
     * head leaves room for its table of headers and for the answer's head. */
    EN_CONNECTION_POOL = 32 << 10,
    /* Memory that a connection keeps between two requests; more goes back at once. */
    EN_CONNECTION_KEEP = 256 << 10,
    /* A body that is not wanted is read to its end up to here, so that the connection lives on. */
    EN_BODY_DISCARD_MAX = 64 << 10,
    /* A clinic has some tens of browsers with a few connections each, and programs. */
    EN_CONNECTIONS_MAX = 1024,
    /* Behind one address there may be a whole clinic. */
    EN_CONNECTIONS_PER_CLIENT_MAX = 256,
    /* Requests without a login from one address: a page that logs in makes about ten. */
    EN_ANONYMOUS_PER_S = 20,
    EN_ANONYMOUS_BURST = 200,
    EN_ADDRESSES_MAX = 16384,
    /* Silence on a connection, and the time for a whole head [s]. */
    EN_CONNECTION_IDLE_S = 30,
    /* A body or an answer that crawls at less is cut [bytes/s]. */
    EN_TRANSFER_RATE_MIN = 16 << 10,
    /* Stack of a connection's thread. A plan with its forecast takes 0.75 MiB of it, three times as
     * much under sanitizers; what is not touched costs address space only. */
    EN_CONNECTION_STACK = 4 << 20,
    /* Work of the database that takes longer is told in the log [ms]. */
    EN_SLOW_MS = 500,
    /* What lives as long as a server: definitions, counters. */
    EN_SERVER_ARENA = 256 << 20
};
