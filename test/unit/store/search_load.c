/* SPDX-License-Identifier: Apache-2.0 */
#include "unit/store/search_load.h"

#include "unit/store/search_fixture.h"

#include "base/date.h"

#define DAY_US (86400LL * 1000000)

enum { FIRST_DAY = 10957 /* 2000-01-01 */ };

/* The dates, as the SQL of both databases has no common word for them. */
static void add_days(struct en_buf *sql)
{
    char text[EN_DATE_TEXT_MAX];

    en_buf_add(sql, "CREATE TABLE load_day (n INTEGER PRIMARY KEY, text TEXT, low BIGINT);"
                    "INSERT INTO load_day VALUES ");
    for (int i = 0; i < LOAD_DAYS; i++) {
        en_buf_print(sql, "%s(%d, '%s', %lld)", i == 0 ? "" : ",", i,
                     en_date_text(FIRST_DAY + i, text), (FIRST_DAY + i) * DAY_US);
    }
    en_buf_add(sql, ";");
}

static void add_heads(struct en_buf *sql, int patients, int each)
{
    const int all = patients * each;

    en_buf_print(sql,
                 "CREATE TABLE load_o (i BIGINT, p BIGINT, day INTEGER, code INTEGER, v INTEGER);"
                 "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)"
                 " INSERT INTO load_o SELECT i, (i - 1) %% %d + 1, i * 7 %% %d,"
                 " (i * 31 + i / %d) %% %d, i %% %d FROM n;",
                 all, patients, LOAD_DAYS, patients, LOAD_CODES, LOAD_VALUES);
    en_buf_print(sql,
                 "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)"
                 " INSERT INTO resource SELECT i, 'Patient', 'p' || i, 1, 1000000, 0 FROM n;"
                 "INSERT INTO resource SELECT %d + i, 'Observation', 'o' || i, 1, 2000000 + i, 0"
                 " FROM load_o;"
                 "INSERT INTO version SELECT key, 1, updated_us, 'POST',"
                 " '{\"resourceType\":\"Patient\",\"id\":\"' || id || '\",\"name\":[{\"family\":"
                 "\"Family ' || key || '\",\"given\":[\"Synthetic\"]}]}' FROM resource"
                 " WHERE type = 'Patient';",
                 patients, patients);
    en_buf_print(sql,
                 "INSERT INTO version SELECT %d + o.i, 1, 2000000 + o.i, 'POST',"
                 " '{\"resourceType\":\"Observation\",\"id\":\"o' || o.i || '\",\"meta\":{"
                 "\"versionId\":\"1\",\"lastUpdated\":\"1970-01-01T00:00:02.000Z\"},\"status\":"
                 "\"final\",\"category\":[{\"coding\":[{\"system\":\"http://terminology.hl7.org/"
                 "CodeSystem/observation-category\",\"code\":\"vital-signs\"}]}],\"code\":{"
                 "\"coding\":[{\"system\":\"http://loinc.org\",\"code\":\"c' || o.code || '\"}]},"
                 "\"subject\":{\"reference\":\"Patient/p' || o.p || '\"},\"effectiveDateTime\":\"'"
                 " || d.text || '\",\"valueQuantity\":{\"value\":' || o.v || '.5,\"unit\":\"kg\","
                 "\"system\":\"http://unitsofmeasure.org\",\"code\":\"kg\"}}'"
                 " FROM load_o o JOIN load_day d ON d.n = o.day;",
                 patients);
}

static void add_index(struct en_buf *sql, int patients)
{
    static const char *const REFERENCES[] = {"patient", "subject", EN_SEARCH_COMPARTMENT};
    static const char *const QUANTITIES[] = {"value-quantity", "combo-value-quantity"};
    static const struct {
        const char *name, *code, *system;
    } TOKENS[] = {
        {"code", "'c' || code", "http://loinc.org"},
        {"combo-code", "'c' || code", "http://loinc.org"},
        {"status", "'final'", "http://hl7.org/fhir/observation-status"},
        {"category", "'vital-signs'", "http://terminology.hl7.org/CodeSystem/observation-category"},
    };

    en_buf_print(sql,
                 "INSERT INTO index_string (param, folded, written, resource)"
                 " SELECT %d, 'family ' || key, 'Family ' || key, key FROM resource"
                 " WHERE type = 'Patient';"
                 "INSERT INTO index_token (param, code, system, resource)"
                 " SELECT %d, '' || key, 'urn:clinic', key FROM resource WHERE type = 'Patient';",
                 en_search_key("Patient", "family"), en_search_key("Patient", "identifier"));
    for (size_t i = 0; i < EN_COUNT(REFERENCES); i++) {
        en_buf_print(sql,
                     "INSERT INTO index_reference (param, target, type, resource)"
                     " SELECT %d, 'p' || p, 'Patient', %d + i FROM load_o;",
                     en_search_key("Observation", REFERENCES[i]), patients);
    }
    for (size_t i = 0; i < EN_COUNT(TOKENS); i++) {
        en_buf_print(sql,
                     "INSERT INTO index_token (param, code, system, resource)"
                     " SELECT %d, %s, '%s', %d + i FROM load_o;",
                     en_search_key("Observation", TOKENS[i].name), TOKENS[i].code, TOKENS[i].system,
                     patients);
    }
    for (size_t i = 0; i < EN_COUNT(QUANTITIES); i++) {
        en_buf_print(sql,
                     "INSERT INTO index_quantity (param, low, high, unit, system, resource)"
                     " SELECT %d, v + 0.5, v + 0.5, 'kg', 'http://unitsofmeasure.org', %d + i"
                     " FROM load_o;",
                     en_search_key("Observation", QUANTITIES[i]), patients);
    }
    en_buf_print(sql,
                 "INSERT INTO index_date (param, low_us, high_us, resource)"
                 " SELECT %d, d.low, d.low + %lld, %d + o.i FROM load_o o"
                 " JOIN load_day d ON d.n = o.day;",
                 en_search_key("Observation", "date"), DAY_US - 1, patients);
}

void search_load(const char *url, int patients, int each)
{
    struct en_buf sql = EN_BUF(4 << 20);

    add_days(&sql);
    add_heads(&sql, patients, each);
    add_index(&sql, patients);
    en_buf_add(&sql, "DROP TABLE load_o; DROP TABLE load_day; ANALYZE;");
    store_sql(url, en_buf_text(&sql));
    en_buf_free(&sql);
}
