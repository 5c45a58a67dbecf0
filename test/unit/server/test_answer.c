/* SPDX-License-Identifier: Apache-2.0
 * Refusals and failures as answers. */
#include "base/text.h"
#include "server/http.h"

#include "support/check.h"

static const char *header_of(const struct en_http_response *rs, const char *name)
{
    for (size_t i = 0; i < rs->header_count; i++) {
        if (en_text_equal_nocase(rs->headers[i].name, name)) {
            return rs->headers[i].value;
        }
    }
    return NULL;
}

/* A refusal is an OperationOutcome with the text, whatever was written before; headers that the
 * handler set for it stay. */
static void test_refusal_replaces_what_was_written(void **state)
{
    struct en_http_response rs = EN_HTTP_RESPONSE;

    (void)state;
    en_buf_add(&rs.body, "half of an answer");
    rs.file_path = "/file";
    rs.is_public = true;
    en_http_add_header(&rs, "WWW-Authenticate", "Bearer");
    CHECK(en_refuse(&rs, 401, "login", "log in as \"%s\"", "somebody") == EN_OK);
    CHECK(rs.status == 401 && rs.file_path == NULL && !rs.is_public);
    CHECK(strncmp(en_buf_text(&rs.body), "{\n  \"resourceType\": \"OperationOutcome\"", 37) == 0);
    CHECK_CONTAINS(en_buf_text(&rs.body), "\"text\": \"log in as \\\"somebody\\\"\"");
    CHECK_TEXT(header_of(&rs, "WWW-Authenticate"), "Bearer");
    en_buf_free(&rs.body);
}

/* Each status has its own answer. The texts of what happened inside stay inside:
 * they name files and hosts. An unknown status is a mistake of ours: 500. */
static void test_each_failure_has_its_answer(void **state)
{
    static const struct {
        int http;
        const char *code;
        bool is_told;
    } EXPECTED[EN_STATUS_COUNT] = {
        [EN_OK] = {500, "exception", false},       [EN_EINVAL] = {400, "invalid", true},
        [EN_ENOTFOUND] = {404, "not-found", true}, [EN_EDENIED] = {403, "forbidden", true},
        [EN_ECONFLICT] = {409, "conflict", true},  [EN_ELIMIT] = {503, "too-costly", true},
        [EN_ENOMEM] = {503, "transient", false},   [EN_ENUMERIC] = {422, "processing", true},
        [EN_EIO] = {503, "transient", false},      [EN_EBUG] = {500, "exception", false},
    };
    const struct en_err err = {"text of the failure"};

    (void)state;
    for (int i = 0; i < EN_STATUS_COUNT + 1; i++) {
        const int row = i < EN_STATUS_COUNT ? i : EN_EBUG;
        struct en_http_response rs = EN_HTTP_RESPONSE;
        char code[64];

        en_http_add_header(&rs, "Location", "/fhir/Patient/1");
        en_answer_failure(&rs, (enum en_status)i, &err);
        (void)snprintf(code, sizeof code, "\"code\": \"%s\"", EXPECTED[row].code);
        CHECK(rs.status == EXPECTED[row].http);
        CHECK_CONTAINS(en_buf_text(&rs.body), code);
        CHECK((strstr(en_buf_text(&rs.body), err.text) != NULL) == EXPECTED[row].is_told);
        CHECK(header_of(&rs, "Location") == NULL);
        CHECK((header_of(&rs, "Retry-After") != NULL) == (rs.status == 503));
        en_buf_free(&rs.body);
    }
}

/* A failure without a text still says something. */
static void test_failure_without_text(void **state)
{
    struct en_http_response rs = EN_HTTP_RESPONSE;

    (void)state;
    en_answer_failure(&rs, EN_ENOTFOUND, NULL);
    CHECK_CONTAINS(en_buf_text(&rs.body), "no such record");
    en_buf_free(&rs.body);
}

/* A refusal that does not fit into the answer's room is a short 503, never an empty answer. */
static void test_refusal_without_room(void **state)
{
    struct en_http_response rs = {.body = EN_BUF(270)};
    char text[300];

    (void)state;
    memset(text, 'x', sizeof text);
    text[sizeof text - 1] = '\0';
    CHECK(en_refuse(&rs, 400, "invalid", "%s", text) == EN_OK);
    CHECK(rs.status == 503);
    CHECK_CONTAINS(en_buf_text(&rs.body), "\"code\":\"transient\"");
    en_buf_free(&rs.body);
}

TEST_MAIN(cmocka_unit_test(test_refusal_replaces_what_was_written),
          cmocka_unit_test(test_each_failure_has_its_answer),
          cmocka_unit_test(test_failure_without_text), cmocka_unit_test(test_refusal_without_room));
