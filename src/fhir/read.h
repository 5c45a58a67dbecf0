/* SPDX-License-Identifier: Apache-2.0
 * fhir/read: inside of en_fhir_read_case, shared by the read_*.c files. */
#pragma once

#include "base/limits.h"
#include "fhir/concept.h"
#include "fhir/issue.h"
#include "fhir/json.h"
#include "fhir/systems.h"

/* A resource of the Bundle. */
struct en_entry {
    struct json_object *resource;
    const char *type, *id, *full_url; /* id and full_url may be NULL */
    const char *path;                 /* "Bundle.entry[3].resource" */
    bool is_malformed;                /* breaks the R4 definitions: told, and not read */
};

/* Where a reference may point. */
struct en_address {
    const char *text; /* NULL: a free place */
    const struct en_entry *entry;
};

/* A value that somebody gave for a fact; the newest one wins at the end. */
struct en_candidate {
    size_t fact;
    struct en_fact value; /* EN_FACT_UNKNOWN: "it is not known" was said */
    size_t note;
    int64_t low_us, high_us; /* when it was measured; INT64_MIN: only the day is known */
    bool is_of_procedure;    /* measured in the course of one, like a session */
};

/* A code of another system that means a fact. */
struct en_fact_code {
    const char *system, *code;
    size_t fact;
};

/* Body site and side of a resource. */
struct en_place {
    bool is_given;
    const char *region; /* NULL: not understood */
    const char *site;   /* atlas id, NULL */
    enum en_side side;
};

struct en_reader {
    const struct en_knowledge *k;
    struct en_arena *arena;
    struct en_issues *issues;
    struct en_case *out;
    struct en_err *err;
    enum en_status status; /* sticky: EN_ENOMEM */
    en_day today;
    const struct en_table *facts;
    struct en_entry *entries;
    struct en_address *addresses; /* hash table, shape [address_slots] */
    struct en_candidate *candidates;
    struct en_fact_code *codes;
    size_t *open_problems; /* entries of Conditions that nothing recognised */
    const struct en_entry *patient;
    const struct en_entry *current; /* that is being read */
    size_t address_slots, entry_count, candidate_count, code_count, open_problem_count;
    en_day no_drug_day, no_allergy_day; /* of "none is taken", "none is known" */
    bool has_no_drug, has_no_allergy, has_unknown_drug, has_unknown_allergy;
};

/* Base (read.c) */

/* Room for one more item; NULL (and the status set) when the arena is full. */
void *en_reader_grow(struct en_reader *r, void *items, size_t count, size_t size);

/* A path below another; never NULL. */
const char *en_reader_path(struct en_reader *r, const char *path, const char *below);

#define EN_READ_ERROR(r, code, path, ...)                                                          \
    en_issue_add((r)->issues, (r)->arena, EN_ISSUE_ERROR, (code), (path), __VA_ARGS__)
#define EN_READ_WARNING(r, code, path, ...)                                                        \
    en_issue_add((r)->issues, (r)->arena, EN_ISSUE_WARNING, (code), (path), __VA_ARGS__)

/* Returns the note's index. what is copied. */
size_t en_reader_note(struct en_reader *r, enum en_note_kind kind, const char *path,
                      const char *what);

/* Address of the entry that is being read: "Observation/s1", else its full URL; NULL none. */
const char *en_reader_address(struct en_reader *r);

/* Copy of text in the arena (json-c's texts die with its tree); NULL stays NULL. */
const char *en_reader_copy(struct en_reader *r, const char *text);

/* The resource that a Reference of `from` names: an entry's or a contained one. NULL: not here. */
struct json_object *en_reader_resolve(const struct en_reader *r, const struct en_entry *from,
                                      struct json_object *reference);

/* The date of <name>DateTime, <name>Instant or <name>Period (its end, else its start).
 * EN_DAY_UNKNOWN when there is none. A day after today is an error. */
en_day en_reader_when(struct en_reader *r, struct json_object *resource, const char *path,
                      const char *name);

/* A single date member; the same rule. */
en_day en_reader_day(struct en_reader *r, struct json_object *object, const char *path,
                     const char *key);

/* Body site: one CodeableConcept or an array of them. */
struct en_place en_reader_place(struct en_reader *r, struct json_object *body_site,
                                const char *path);

/* The extension with this URL, NULL. */
struct json_object *en_reader_extension(struct json_object *element, const char *url);

/* Facts (read_fact.c) */

/* Facts that a concept's codes name, each once: shape of out [capacity]. */
size_t en_reader_facts_of(const struct en_reader *r, struct json_object *concept, size_t *out,
                          size_t capacity);

const struct en_row *en_reader_fact_row(const struct en_reader *r, size_t fact);

/* Give a value. A NULL origin takes the path. */
void en_reader_give(struct en_reader *r, size_t fact, struct en_fact value, const char *path);
void en_reader_give_bool(struct en_reader *r, size_t fact, bool truth, en_day day,
                         const char *path);
/* By the fact's id; nothing happens when this knowledge has no such fact. */
void en_reader_give_date(struct en_reader *r, const char *id, en_day date, en_day day,
                         const char *path);
void en_reader_give_unknown(struct en_reader *r, size_t fact, en_day day, const char *path);

/* Read value[x] of an Observation, a component or an answer as the fact's value, dated `day`. */
void en_reader_give_value(struct en_reader *r, size_t fact, struct json_object *carrier, en_day day,
                          const char *path);

/* Choose among the candidates and fill out->facts. */
void en_reader_settle(struct en_reader *r);

/* Resources */

void en_read_patient(struct en_reader *r, const struct en_entry *e);
void en_read_practitioner(struct en_reader *r, const struct en_entry *e);
void en_read_role(struct en_reader *r, const struct en_entry *e);
void en_read_coverage(struct en_reader *r, const struct en_entry *e);
void en_read_condition(struct en_reader *r, const struct en_entry *e);
void en_read_open_problems(struct en_reader *r);
void en_read_allergy(struct en_reader *r, const struct en_entry *e);
void en_read_medication(struct en_reader *r, const struct en_entry *e);
/* What the whole lists say: classes that are not in them are false when they were reviewed. */
void en_read_lists(struct en_reader *r);
void en_read_procedure(struct en_reader *r, const struct en_entry *e);
void en_read_finding(struct en_reader *r, const struct en_entry *e);
void en_read_observation(struct en_reader *r, const struct en_entry *e);
void en_read_answers(struct en_reader *r, const struct en_entry *e);
