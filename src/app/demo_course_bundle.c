/* SPDX-License-Identifier: Apache-2.0
 * app/demo_course_bundle: one course of the demo clinic as resources. */
#include "app/demo_inside.h"
#include "fhir/systems.h"
#include "fhir/writer.h"

#include <math.h>
#include <stdio.h>

enum { ID_MAX = 64 };

/* What every resource of one course needs. */
struct out {
    struct en_writer *w;
    const struct en_demo_course *c;
    char patient[ID_MAX]; /* id */
};

static void open_entry(const struct out *o, const char *type)
{
    en_write_open(o->w, NULL, '{');
    en_write_open(o->w, "resource", '{');
    en_write_text(o->w, "resourceType", type);
}

static void close_entry(const struct out *o)
{
    en_write_close(o->w);
    en_write_close(o->w);
}

static void write_coding(const struct out *o, const char *system, const char *code)
{
    en_write_open(o->w, NULL, '{');
    en_write_text(o->w, "system", system);
    en_write_text(o->w, "code", code);
    en_write_close(o->w);
}

/* text NULL: none. */
static void write_concept(const struct out *o, const char *key, const char *system,
                          const char *code, const char *text)
{
    en_write_open(o->w, key, '{');
    en_write_open(o->w, "coding", '[');
    write_coding(o, system, code);
    en_write_close(o->w);
    if (text != NULL) {
        en_write_text(o->w, "text", text);
    }
    en_write_close(o->w);
}

static void write_subject(const struct out *o)
{
    en_write_open(o->w, "subject", '{');
    en_write_print(o->w, "reference", "Patient/%s", o->patient);
    en_write_close(o->w);
}

static void write_quantity(const struct out *o, const char *key, double value, const char *unit)
{
    en_write_open(o->w, key, '{');
    en_write_number(o->w, "value", value, 4);
    en_write_text(o->w, "unit", unit);
    en_write_text(o->w, "system", EN_UCUM);
    en_write_text(o->w, "code", unit);
    en_write_close(o->w);
}

static void write_extension(const struct out *o, const char *url, double value, const char *unit)
{
    en_write_open(o->w, NULL, '{');
    en_write_text(o->w, "url", url);
    write_quantity(o, "valueQuantity", value, unit);
    en_write_close(o->w);
}

static void write_patient(const struct out *o)
{
    const struct en_demo_course *c = o->c;

    open_entry(o, "Patient");
    en_write_text(o->w, "id", o->patient);
    en_write_open(o->w, "meta", '{');
    en_write_open(o->w, "tag", '[');
    write_coding(o, "http://terminology.hl7.org/CodeSystem/v3-ActReason", "HTEST");
    en_write_close(o->w);
    en_write_close(o->w);
    en_write_open(o->w, "identifier", '[');
    en_write_open(o->w, NULL, '{');
    en_write_text(o->w, "system", EN_FHIR_BASE "demo/patient");
    en_write_print(o->w, "value", "DEMO-%d", 1000 + c->number);
    en_write_close(o->w);
    en_write_close(o->w);
    en_write_open(o->w, "name", '[');
    en_write_open(o->w, NULL, '{');
    en_write_print(o->w, "text", "%s, Course %03d", c->group->family, c->number);
    en_write_text(o->w, "family", c->group->family);
    en_write_open(o->w, "given", '[');
    en_write_print(o->w, NULL, "Course %03d", c->number);
    en_write_close(o->w);
    en_write_close(o->w);
    en_write_close(o->w);
    en_write_text(o->w, "gender", c->gender);
    en_write_date(o->w, "birthDate", c->born);
    close_entry(o);
}

static void write_condition(const struct out *o)
{
    const struct en_demo_course *c = o->c;

    open_entry(o, "Condition");
    en_write_print(o->w, "id", "%s-problem", o->patient);
    write_concept(o, "clinicalStatus", "http://terminology.hl7.org/CodeSystem/condition-clinical",
                  "active", NULL);
    write_concept(o, "code", EN_CONDITION_SYSTEM, c->group->condition, c->group->title);
    en_write_open(o->w, "bodySite", '[');
    write_concept(o, NULL, EN_SIDE_SYSTEM, c->side, NULL);
    en_write_close(o->w);
    write_subject(o);
    en_write_date(o->w, "onsetDateTime", c->onset);
    en_write_date(o->w, "recordedDate", c->sessions[0] - 14);
    close_entry(o);
}

static void write_places(const struct out *o)
{
    const struct en_demo_group *g = o->c->group;

    en_write_open(o->w, "bodySite", '[');
    en_write_open(o->w, NULL, '{');
    en_write_open(o->w, "coding", '[');
    write_coding(o, EN_REGION_SYSTEM, g->region);
    write_coding(o, EN_SIDE_SYSTEM, o->c->side);
    en_write_close(o->w);
    en_write_close(o->w);
    for (size_t i = 0; i < g->site_count; i++) {
        write_concept(o, NULL, EN_SITE_SYSTEM, g->sites[i].code, NULL);
    }
    en_write_close(o->w);
}

static void write_session(const struct out *o, size_t index)
{
    const struct en_demo_course *c = o->c;
    double ml = 0.0, g = 0.0;

    for (size_t i = 0; i < c->group->site_count; i++) {
        ml += c->group->sites[i].ml;
        g += c->group->sites[i].ml * c->group->sites[i].percent / 100.0;
    }
    open_entry(o, "Procedure");
    en_write_print(o->w, "id", "%s-session-%zu", o->patient, index + 1);
    en_write_open(o->w, "extension", '[');
    write_extension(o, EN_EXTENSION_VOLUME, ml, "mL");
    write_extension(o, EN_EXTENSION_DEXTROSE, g, "g");
    en_write_open(o->w, NULL, '{');
    en_write_text(o->w, "url", EN_EXTENSION_GUIDANCE);
    en_write_text(o->w, "valueCode", c->group->guidance);
    en_write_close(o->w);
    en_write_open(o->w, NULL, '{');
    en_write_text(o->w, "url", EN_EXTENSION_AE_GRADE);
    en_write_integer(o->w, "valueInteger", c->grade[index]);
    en_write_close(o->w);
    en_write_close(o->w);
    en_write_text(o->w, "status", "completed");
    write_concept(o, "code", EN_PROCEDURE_SYSTEM, "prolotherapy-session", NULL);
    write_subject(o);
    en_write_date(o->w, "performedDateTime", c->sessions[index]);
    write_places(o);
    close_entry(o);
}

static void write_harm(const struct out *o, size_t index)
{
    static const char *const SEVERITY[] = {"mild",   "mild",   "moderate",
                                           "severe", "severe", "severe"};
    const struct en_demo_course *c = o->c;

    open_entry(o, "AdverseEvent");
    en_write_print(o->w, "id", "%s-harm-%zu", o->patient, index + 1);
    en_write_text(o->w, "actuality", "actual");
    write_concept(o, "event", EN_HARM_SYSTEM, c->harm[index], NULL);
    write_subject(o);
    en_write_date(o->w, "date", c->sessions[index] + 1);
    en_write_date(o->w, "recordedDate", c->sessions[index] + 2);
    write_concept(o, "severity", "http://terminology.hl7.org/CodeSystem/adverse-event-severity",
                  SEVERITY[c->grade[index]], NULL);
    en_write_open(o->w, "suspectEntity", '[');
    en_write_open(o->w, NULL, '{');
    en_write_open(o->w, "instance", '{');
    en_write_print(o->w, "reference", "Procedure/%s-session-%zu", o->patient, index + 1);
    en_write_close(o->w);
    en_write_close(o->w);
    en_write_close(o->w);
    close_entry(o);
}

/* NAN is not asked. */
static void write_score(const struct out *o, const char *instrument, en_day day, double value)
{
    char date[EN_DATE_TEXT_MAX];

    if (isnan(value)) {
        return;
    }
    open_entry(o, "Observation");
    en_write_print(o->w, "id", "%s-%s-%s", o->patient, instrument, en_date_text(day, date));
    en_write_text(o->w, "status", "final");
    write_concept(o, "code", EN_INSTRUMENT_SYSTEM, instrument, NULL);
    write_subject(o);
    en_write_date(o->w, "effectiveDateTime", day);
    write_quantity(o, "valueQuantity", value, "1");
    close_entry(o);
}

void en_demo_write_course(struct en_writer *w, const struct en_demo_course *c)
{
    struct out o = {.w = w, .c = c};

    (void)snprintf(o.patient, sizeof o.patient, "demo-course-%03d", c->number);
    write_patient(&o);
    write_condition(&o);
    for (size_t i = 0; i < c->session_count; i++) {
        write_session(&o, i);
        if (c->harm[i] != NULL) {
            write_harm(&o, i);
        }
    }
    for (size_t i = 0; i < c->visit_count; i++) {
        const struct en_demo_visit *v = &c->visits[i];

        write_score(&o, "nrs", v->day, v->pain);
        write_score(&o, c->group->instrument, v->day, v->function);
        write_score(&o, "psfs", v->day, v->psfs);
        write_score(&o, "pgic", v->day, v->pgic);
    }
}
