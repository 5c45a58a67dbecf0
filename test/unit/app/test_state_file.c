/* SPDX-License-Identifier: Apache-2.0 */
#include "app/state_file.h"

#include "support/check.h"

static const struct en_state_file RUN = {"calibrate", 0x1234};
static const double STATE[] = {1.5, -0.0, 3.25e-300};

/* What is said of the bytes of a file. */
static const char *refusal(const char *bytes, size_t size, const struct en_state_file *which)
{
    static struct en_err err;
    const char *payload = NULL;
    size_t payload_size = 0;

    err.text[0] = '\0';
    CHECK(en_state_open(which, "FILE", bytes, size, &payload, &payload_size, &err) == EN_EINVAL);
    return err.text;
}

/* A run that goes on must start from the very numbers at which it stopped. */
static void test_state_file_gives_back_the_same_bytes(void **state)
{
    struct en_buf file = EN_BUF(4096);
    const char *payload = NULL;
    size_t size = 0;

    (void)state;
    en_state_pack(&RUN, STATE, sizeof STATE, &file);
    CHECK(en_state_open(&RUN, "FILE", en_buf_text(&file), file.size, &payload, &size, NULL) ==
          EN_OK);
    CHECK(size == sizeof STATE);
    assert_memory_equal(payload, STATE, sizeof STATE);
    en_buf_free(&file);
}

/* Going on from something else would give numbers that look right and are not. */
static void test_state_file_refuses_what_is_not_its_own(void **state)
{
    struct en_buf file = EN_BUF(4096);

    (void)state;
    en_state_pack(&RUN, STATE, sizeof STATE, &file);
    char *bytes = file.bytes;

    CHECK_CONTAINS(refusal(bytes, file.size, &(struct en_state_file){"calibrate", 0x1235}),
                   "another run");
    CHECK_CONTAINS(refusal(bytes, file.size, &(struct en_state_file){"cross", 0x1234}),
                   "another run");
    for (size_t cut = 0; cut < file.size; cut++) {
        CHECK(refusal(bytes, cut, &RUN)[0] != '\0');
    }
    CHECK_CONTAINS(refusal(bytes, file.size - 1, &RUN), "damaged");
    bytes[file.size - 3] ^= 1;
    CHECK_CONTAINS(refusal(bytes, file.size, &RUN), "damaged");
    CHECK_CONTAINS(refusal("", 0, &RUN), "no checkpoint");
    CHECK_CONTAINS(refusal("id\tvalue\n", 9, &RUN), "no checkpoint");
    en_buf_free(&file);
}

TEST_MAIN(cmocka_unit_test(test_state_file_gives_back_the_same_bytes),
          cmocka_unit_test(test_state_file_refuses_what_is_not_its_own));
