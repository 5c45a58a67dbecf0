/* SPDX-License-Identifier: Apache-2.0 */
#include "fhir/concept.h"

#include "base/text.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

const char *en_concept_code(struct json_object *concept, const char *system)
{
    struct json_object *codings = en_json_get(concept, "coding");

    for (size_t i = 0; i < en_json_count(codings); i++) {
        struct json_object *coding = en_json_at(codings, i);

        if (en_text_equal(en_json_text(coding, "system"), system)) {
            return en_json_text(coding, "code");
        }
    }
    return NULL;
}

const char *en_concept_text(struct json_object *concept)
{
    struct json_object *codings = en_json_get(concept, "coding");
    const char *text = en_json_text(concept, "text");

    for (size_t i = 0; text == NULL && i < en_json_count(codings); i++) {
        text = en_json_text(en_json_at(codings, i), "display");
    }
    return text;
}

bool en_concept_has(struct json_object *concept, const char *system, const char *code)
{
    struct json_object *codings = en_json_get(concept, "coding");

    for (size_t i = 0; i < en_json_count(codings); i++) {
        struct json_object *coding = en_json_at(codings, i);

        if (en_text_equal(en_json_text(coding, "system"), system) &&
            en_text_equal(en_json_text(coding, "code"), code)) {
            return true;
        }
    }
    return false;
}

/* Letters, digits and everything beyond ASCII continue a word. */
static bool is_word(char c)
{
    return isalnum((unsigned char)c) || (unsigned char)c >= 0x80;
}

const char *en_phrase_find(const char *text, const char *phrase, size_t size)
{
    if (text == NULL || size == 0) {
        return NULL;
    }
    for (const char *p = text; *p != '\0'; p++) {
        if (strncasecmp(p, phrase, size) == 0 && (p == text || !is_word(p[-1])) &&
            !is_word(p[size])) {
            return p;
        }
    }
    return NULL;
}

bool en_text_has_word(const char *text, const char *word)
{
    return en_phrase_find(text, word, strlen(word)) != NULL;
}
