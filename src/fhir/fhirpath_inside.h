/* SPDX-License-Identifier: Apache-2.0
 * fhir/fhirpath_inside: what parser and evaluator share. */
#pragma once

#include "fhir/fhirpath.h"

enum { EN_FP_ARGUMENTS_MAX = 3 };

enum en_fp_node {
    EN_FP_LITERAL_STRING,
    EN_FP_LITERAL_NUMBER,
    EN_FP_LITERAL_BOOLEAN,
    EN_FP_THIS,     /* $this */
    EN_FP_VARIABLE, /* %resource */
    EN_FP_MEMBER,   /* name, or left.name */
    EN_FP_CALL,     /* name(arguments), or left.name(arguments) */
    EN_FP_OPERATOR, /* left name right */
    EN_FP_TYPE      /* left is name, left as name */
};

struct en_fp_run;
struct en_fp_call;

/* Items in the run's arena. */
struct en_fp_list {
    struct en_fp_item *items; /* shape [count] */
    size_t count, room;
};

typedef void en_fp_function(struct en_fp_run *r, const struct en_fp_call *call,
                            struct en_fp_list *out);
typedef void en_fp_operator(struct en_fp_run *r, const struct en_fp_list *left,
                            const struct en_fp_list *right, struct en_fp_list *out);

struct en_fhirpath {
    enum en_fp_node node;
    const char *text; /* name, operator or literal */
    const struct en_fhirpath *left, *right, *arguments[EN_FP_ARGUMENTS_MAX];
    size_t argument_count;
    en_fp_function *function;
    en_fp_operator *operate;
};

struct en_fp_run {
    const struct en_fp_context *context;
    const struct en_fp_item *focus; /* %context */
    size_t steps;                   /* left; 0 ends the run */
    bool lacks_memory;
    bool is_uncertain; /* two values could not be compared */
};

struct en_fp_call {
    const struct en_fhirpath *node;
    const struct en_fp_list *input;
    const struct en_fp_list *outer; /* the focus around the call, for arguments that are values */
    const struct en_fp_item *self;  /* $this around the call */
};

/* NULL when there is none, or not with so many arguments. */
en_fp_function *en_fp_function_find(const char *name, size_t argument_count);
en_fp_operator *en_fp_operator_find(const char *name);

/* False, and nothing more happens, when the budget is spent. */
bool en_fp_push(struct en_fp_run *r, struct en_fp_list *list, const struct en_fp_item *item);
void en_fp_push_boolean(struct en_fp_run *r, struct en_fp_list *list, bool truth);
void en_fp_push_text(struct en_fp_run *r, struct en_fp_list *list, enum en_fp_kind kind,
                     const char *text);

/* Evaluate with this focus and $this. */
struct en_fp_list en_fp_evaluate(struct en_fp_run *r, const struct en_fhirpath *p,
                                 const struct en_fp_list *focus, const struct en_fp_item *self);
void en_fp_members(struct en_fp_run *r, const struct en_fp_item *item, const char *name,
                   struct en_fp_list *out);
void en_fp_children(struct en_fp_run *r, const struct en_fp_item *item, struct en_fp_list *out);

/* Memory is exhausted: end the run. */
void en_fp_stop(struct en_fp_run *r);

/* A node of a primitive as a string, number or boolean; others as they are. */
struct en_fp_item en_fp_plain(const struct en_fp_item *item);
enum en_fp_answer en_fp_truth(const struct en_fp_list *list);
bool en_fp_equal(const struct en_fp_item *a, const struct en_fp_item *b);

/* False when the two cannot be compared; *order is as of strcmp. */
bool en_fp_compare(const struct en_fp_item *a, const struct en_fp_item *b, int *order);

/* The text of the only item, NULL when there is not just one string or number. */
const char *en_fp_text(const struct en_fp_list *list);
bool en_fp_is_type(const struct en_fp_item *item, const char *name);
