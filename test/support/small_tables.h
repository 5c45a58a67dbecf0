/* SPDX-License-Identifier: Apache-2.0
 * test/support/small_tables: a small, complete set of knowledge tables in memory, for tests and
 * fuzz targets that replace one of them by another. */
#pragma once

#include "knowledge/tables.h"

#include <string.h>

#define SMALL_COMMON "source\tgrade\tverified\tapproved_by"
#define SMALL_TAIL   "S-ONE\tE\tno\t"

static const char SMALL_SCHEMA[] = "table\tcolumn\ttype\tunit\trequired\trefers_to\tmeaning\n"
                                   "sources\tid\tid\t\tyes\t\tkey\n"
                                   "sources\ttitle\ttext\t\tyes\t\twhat it is\n"
                                   "sources\turl\ttext\t\tno\t\taddress\n"
                                   "facts\tid\tid\t\tyes\t\tname\n"
                                   "facts\ttype\tenum:bool|number|code|date\t\tyes\t\tkind\n"
                                   "facts\tunit\ttext\t\tno\t\tUCUM\n"
                                   "facts\tvalues\tlist\t\tno\t\twords of a code\n"
                                   "facts\tmax_age_days\tinteger\td\tno\t\tgoes stale after\n"
                                   "rules\tid\tid\t\tyes\t\tname\n"
                                   "rules\ttitle\ttext\t\tyes\t\twhat it is about\n"
                                   "rules\tasks\tlist\t\tno\tfacts\tfacts to ask for\n"
                                   "tiers\tid\tid\t\tyes\t\tname\n"
                                   "tiers\trule\tid\t\tyes\trules\tits rule\n"
                                   "tiers\toutcome\tenum:stop|defer\t\tyes\t\twhat follows\n"
                                   "tiers\twhen\texpr\t\tyes\t\tcondition\n"
                                   "tiers\tvalue\tnumber\tcolumn:unit\tno\t\tan amount\n"
                                   "tiers\tunit\ttext\t\tno\t\tunit of value\n"
                                   "tiers\tcount\tinteger\t1\tno\t\thow many\n"
                                   "tiers\tenabled\tbool\t\tno\t\tused\n"
                                   "tiers\tsince\tdate\t\tno\t\tfrom this day\n";

static const char SMALL_SOURCES[] = "id\ttitle\turl\n"
                                    "S-ONE\tThe first source\thttps://example.org/one\n";

static const char SMALL_FACTS[] = "# facts of the tests\n"
                                  "id\ttype\tunit\tvalues\tmax_age_days\t" SMALL_COMMON "\n"
                                  "a\tbool\t\t\t\t" SMALL_TAIL "\n"
                                  "b\tbool\t\t\t\t" SMALL_TAIL "\n"
                                  "c\tbool\t\t\t\t" SMALL_TAIL "\n"
                                  "inr\tnumber\t1\t\t7\t" SMALL_TAIL "\n"
                                  "glucose\tnumber\tmmol/L\t\t\t" SMALL_TAIL "\n"
                                  "fasting_glucose\tnumber\tmmol/L\t\t\t" SMALL_TAIL "\n"
                                  "site_class\tcode\t\tP; D; N\t\t" SMALL_TAIL "\n"
                                  "steroid_day\tdate\t\t\t\t" SMALL_TAIL "\n"
                                  "temperature\tnumber\tCel\t\t0\t" SMALL_TAIL "\n";

static const char SMALL_RULES[] = "id\ttitle\tasks\t" SMALL_COMMON "\n"
                                  "CI-07\tThin blood\tinr; a\t" SMALL_TAIL "\n";

static const char SMALL_TIERS[] =
    "id\trule\toutcome\twhen\tvalue\tunit\tcount\tenabled\tsince\t" SMALL_COMMON "\n"
    "CI-07.stop\tCI-07\tstop\tinr > 3.0\t1.5\tmg\t3\tyes\t2025-01-31\t" SMALL_TAIL "\n"
    "CI-07.defer\tCI-07\tdefer\tnot a\t\t\t\t\t\t" SMALL_TAIL "\n";

enum { SMALL_FILES = 10 };

/* The set above, ended by an empty entry; there is room for a few more files. */
struct small {
    struct en_embedded files[SMALL_FILES];
    size_t count;
};

/* Take the place of the file of that name, or add one; the text is kept, not copied. */
static inline void small_put(struct small *s, const char *name, const char *text, size_t size)
{
    size_t i = 0;

    while (i < s->count && strcmp(s->files[i].name, name) != 0) {
        i++;
    }
    s->files[i] = (struct en_embedded){.name = name, .bytes = text, .size = size};
    s->count += i == s->count;
}

static inline struct small small_make(void)
{
    struct small s = {.count = 0};

    small_put(&s, "schema.tsv", SMALL_SCHEMA, sizeof SMALL_SCHEMA - 1);
    small_put(&s, "sources.tsv", SMALL_SOURCES, sizeof SMALL_SOURCES - 1);
    small_put(&s, "facts.tsv", SMALL_FACTS, sizeof SMALL_FACTS - 1);
    small_put(&s, "rules.tsv", SMALL_RULES, sizeof SMALL_RULES - 1);
    small_put(&s, "tiers.tsv", SMALL_TIERS, sizeof SMALL_TIERS - 1);
    return s;
}
