/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/options.h"

#include "base/text.h"

#include <assert.h>
#include <string.h>

/* Index of "--name" or "--name=value" in the table; false when there is none. */
static bool find(const struct en_option *table, const char *word, size_t length, size_t *index)
{
    for (size_t i = 0; table[i].name != NULL; i++) {
        if (strlen(table[i].name) == length && memcmp(table[i].name, word, length) == 0) {
            *index = i;
            return true;
        }
    }
    return false;
}

static enum en_status take(struct en_arguments *out, size_t index, const char *value,
                           struct en_err *err)
{
    if (out->all_count == EN_OPTION_REPEATS_MAX) {
        return en_fail(err, EN_ELIMIT, "more than %d options", (int)EN_OPTION_REPEATS_MAX);
    }
    out->given[index] = value;
    out->all[out->all_count].option = index;
    out->all[out->all_count++].value = value;
    return EN_OK;
}

/* One "--name", "--name=value" or "--name value"; *at is moved past what was used. */
static enum en_status read_option(struct en_arguments *out, int argc, char **argv, int *at,
                                  struct en_err *err)
{
    const char *word = argv[*at], *equals = strchr(word, '=');
    const size_t length = equals == NULL ? strlen(word) - 2 : (size_t)(equals - word) - 2;
    const struct en_option *table = out->options;
    size_t index = 0;

    if (!find(table, word + 2, length, &index)) {
        return en_fail(err, EN_EINVAL, "no option %.*s here", (int)length + 2, word);
    }
    assert(index < EN_OPTIONS_MAX);
    if (table[index].value == NULL && equals != NULL) {
        return en_fail(err, EN_EINVAL, "--%s takes no value", table[index].name);
    }
    if (table[index].value == NULL || equals != NULL) {
        return take(out, index, equals == NULL ? "" : equals + 1, err);
    }
    if (*at + 1 == argc) {
        return en_fail(err, EN_EINVAL, "--%s needs a value: %s", table[index].name,
                       table[index].value);
    }
    return take(out, index, argv[++*at], err);
}

enum en_status en_arguments_read(const struct en_option *table, int argc, char **argv,
                                 struct en_arguments *out, struct en_err *err)
{
    enum en_status st = EN_OK;

    *out = (struct en_arguments){.options = table};
    for (int i = 0; i < argc && st == EN_OK; i++) {
        if (en_text_starts(argv[i], "--")) {
            st = read_option(out, argc, argv, &i, err);
        } else if (out->word_count == EN_COUNT(out->words)) {
            st = en_fail(err, EN_EINVAL, "too many arguments, beginning with \"%s\"", argv[i]);
        } else {
            out->words[out->word_count++] = argv[i];
        }
    }
    return st;
}

const char *en_given(const struct en_arguments *args, const char *name)
{
    size_t index = 0;
    const bool is_known = find(args->options, name, strlen(name), &index);

    assert(is_known);
    return is_known ? args->given[index] : NULL;
}

static const char *text_of(const void *context, const char *name)
{
    return en_given((const struct en_arguments *)context, name);
}

static const char *nth_of(const void *context, const char *name, size_t index)
{
    const struct en_arguments *args = context;

    for (size_t i = 0; i < args->all_count; i++) {
        if (en_text_equal(args->options[args->all[i].option].name, name) && index-- == 0) {
            return args->all[i].value;
        }
    }
    return NULL;
}

struct en_asked en_given_asked(const struct en_arguments *args)
{
    return (struct en_asked){.text = text_of, .nth = nth_of, .context = args, .prefix = "--"};
}

enum en_status en_given_number(const struct en_arguments *args, const char *name, double low,
                               double high, double *out, struct en_err *err)
{
    const struct en_asked asked = en_given_asked(args);

    return en_asked_number(&asked, name, low, high, out, err);
}

enum en_status en_given_integer(const struct en_arguments *args, const char *name, long long low,
                                long long high, long long *out, struct en_err *err)
{
    const struct en_asked asked = en_given_asked(args);

    return en_asked_integer(&asked, name, low, high, out, err);
}

enum en_status en_given_day(const struct en_arguments *args, const char *name, en_day *out,
                            struct en_err *err)
{
    const struct en_asked asked = en_given_asked(args);

    return en_asked_day(&asked, name, out, err);
}
