/* SPDX-License-Identifier: Apache-2.0 */
#include "fhir/units.h"

#include "base/text.h"
#include "fhir/systems.h"

#include <string.h>

const struct en_row *en_unit_find(const struct en_knowledge *k, const struct en_row *fact,
                                  const char *unit)
{
    const struct en_table *units = en_table_get(k, "units");
    const char *quantity = en_cell(fact, "quantity");

    for (size_t i = 0; i < units->row_count && quantity[0] != '\0'; i++) {
        const struct en_row *row = &units->rows[i];

        if (en_text_equal(en_cell(row, "quantity"), quantity) &&
            en_text_equal(en_cell(row, "unit"), unit) &&
            en_text_equal(en_cell(row, "canonical"), en_cell(fact, "unit"))) {
            return row;
        }
    }
    return NULL;
}

const char *en_unit_list(const struct en_knowledge *k, const struct en_row *fact,
                         struct en_arena *a)
{
    const struct en_table *units = en_table_get(k, "units");
    const char *list = en_arena_copy(a, en_cell(fact, "unit"), SIZE_MAX);

    for (size_t i = 0; i < units->row_count && list != NULL; i++) {
        const struct en_row *row = &units->rows[i];
        const char *unit = en_cell(row, "unit");

        if (en_unit_find(k, fact, unit) == row && !en_text_equal(unit, en_cell(fact, "unit"))) {
            list = en_arena_print(a, "%s, %s", list, unit);
        }
    }
    return list;
}

bool en_unit_convert(const struct en_knowledge *k, const struct en_row *fact, const char *unit,
                     double value, double *out)
{
    const char *from = en_text_is_empty(unit) ? "1" : unit;
    const struct en_row *row = en_text_is_empty(unit) ? NULL : en_unit_find(k, fact, from);

    if (en_text_equal(from, en_cell(fact, "unit"))) {
        *out = value; /* no conversion, no rounding */
        return true;
    }
    if (row == NULL) {
        return false;
    }
    *out = value * en_cell_number(row, "factor") + en_cell_number(row, "offset");
    return true;
}

const char *en_quantity_unit(struct json_object *quantity, bool *is_ucum)
{
    const char *code = en_json_text(quantity, "code");
    const char *system = en_json_text(quantity, "system");

    *is_ucum = system == NULL || strcmp(system, EN_UCUM) == 0;
    return code != NULL ? code : en_json_text(quantity, "unit");
}
