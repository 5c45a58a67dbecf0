/* SPDX-License-Identifier: Apache-2.0
 * cli/options: the arguments of a command, from a table that is also its help text. */
#pragma once

#include "app/asked.h"

#include <stdbool.h>
#include <stdint.h>

enum { EN_OPTIONS_MAX = 32, EN_OPTION_REPEATS_MAX = 256 };

/* One option: "--today DAY". value NULL makes it a switch. */
struct en_option {
    const char *name, *value, *help;
};

struct en_arguments {
    const struct en_option *options;   /* the table, ended by a NULL name */
    const char *given[EN_OPTIONS_MAX]; /* last value; "" for a switch; NULL not given */
    /* Values of an option that may be repeated ("--set"), in order, with the option's index. */
    struct {
        size_t option;
        const char *value;
    } all[EN_OPTION_REPEATS_MAX];
    size_t all_count;
    const char *words[4]; /* what is no option */
    size_t word_count;
};

/* Split argv (without program and command). EN_EINVAL names the argument. */
EN_MUST_USE enum en_status en_arguments_read(const struct en_option *table, int argc, char **argv,
                                             struct en_arguments *out, struct en_err *err);

/* Value of an option; NULL when not given. Asserts that the table has it. */
const char *en_given(const struct en_arguments *args, const char *name);

/* The options as operations ask for them. */
struct en_asked en_given_asked(const struct en_arguments *args);

/* Typed values; when the option is not given, *out keeps its default. */
EN_MUST_USE enum en_status en_given_number(const struct en_arguments *args, const char *name,
                                           double low, double high, double *out,
                                           struct en_err *err);
EN_MUST_USE enum en_status en_given_integer(const struct en_arguments *args, const char *name,
                                            long long low, long long high, long long *out,
                                            struct en_err *err);
EN_MUST_USE enum en_status en_given_day(const struct en_arguments *args, const char *name,
                                        en_day *out, struct en_err *err);
