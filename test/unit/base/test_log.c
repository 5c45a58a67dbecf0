/* SPDX-License-Identifier: Apache-2.0
 * The log: a line is a line, whatever a client sent. */
#include "base/log.h"

#include "support/check.h"

#include <stdlib.h>

static const char *line(struct en_log_line *l)
{
    l->text[l->size] = '\0';
    return l->text;
}

/* Time, level, event and request come first; plain values stand as they are, others in quotes. */
static void test_line_has_its_form(void **state)
{
    struct en_log_line l;

    (void)state;
    en_log_start(&l, EN_LOG_WARNING, "request", "0123456789abcdef");
    en_log_text(&l, "route", "/fhir/{}");
    en_log_text(&l, "text", "two words");
    en_log_text(&l, "none", NULL);
    en_log_text(&l, "empty", "");
    en_log_integer(&l, "status", -1);
    en_log_number(&l, "ms", 1.23456);
    CHECK(strncmp(line(&l), "time=2", 6) == 0);
    CHECK_TEXT(strchr(line(&l), ' '),
               " level=warning event=request request=0123456789abcdef route=/fhir/{} "
               "text=\"two words\" empty=\"\" status=-1 ms=1.235");
}

/* Nothing in a value ends the line, the value, or begins another pair. */
static void test_values_are_escaped(void **state)
{
    struct en_log_line l = {.size = 0};

    (void)state;
    en_log_text(&l, "a", "x\ny\r\x1b[0m\x7f\"\\ level=error");
    CHECK_TEXT(line(&l), "a=\"x\\x0ay\\x0d\\x1b[0m\\x7f\\\"\\\\ level=error\"");
    l.size = 0;
    en_log_text(&l, "a", "b=c");
    CHECK_TEXT(line(&l), "a=\"b=c\"");
}

/* What does not fit is left out as a whole pair: a cut value could be read as another one. */
static void test_long_pairs_are_left_out(void **state)
{
    static char large[EN_LOG_LINE_MAX];
    struct en_log_line l = {.size = 0};

    (void)state;
    memset(large, 'x', sizeof large - 1);
    en_log_text(&l, "a", "1");
    en_log_text(&l, "b", large);
    large[1] = '\n';
    en_log_text(&l, "c", large);
    en_log_text(&l, "d", "2");
    CHECK_TEXT(line(&l), "a=1 d=2");
}

/* Lines reach the stream at once and end with a line feed; without a stream nothing happens. */
static void test_lines_are_written(void **state)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    struct en_log *log = NULL, *quiet = NULL, *silent = NULL;

    (void)state;
    CHECK(out != NULL);
    CHECK(en_log_open(out, EN_LOG_INFO, &log, NULL) == EN_OK);
    CHECK(en_log_open(out, EN_LOG_WARNING, &quiet, NULL) == EN_OK);
    CHECK(en_log_open(NULL, EN_LOG_INFO, &silent, NULL) == EN_OK);
    en_log_event(quiet, EN_LOG_INFO, "hidden", NULL, NULL);
    en_log_event(quiet, EN_LOG_WARNING, "shown", NULL, NULL);
    en_log_event(log, EN_LOG_INFO, "start", NULL, "one");
    en_log_event(log, EN_LOG_ERROR, "stop", "id", NULL);
    en_log_event(silent, EN_LOG_ERROR, "stop", "id", NULL);
    en_log_event(NULL, EN_LOG_ERROR, "stop", "id", NULL);
    en_log_close(log);
    en_log_close(quiet);
    en_log_close(silent);
    en_log_close(NULL);
    CHECK(fclose(out) == 0);
    CHECK(strstr(text, "hidden") == NULL);
    CHECK_CONTAINS(text, " level=warning event=shown\n");
    CHECK_CONTAINS(text, " level=info event=start text=one\n");
    CHECK_CONTAINS(text, " level=error event=stop request=id\n");
    free(text);
}

TEST_MAIN(cmocka_unit_test(test_line_has_its_form), cmocka_unit_test(test_values_are_escaped),
          cmocka_unit_test(test_long_pairs_are_left_out), cmocka_unit_test(test_lines_are_written));
