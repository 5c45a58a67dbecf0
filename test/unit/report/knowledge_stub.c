/* SPDX-License-Identifier: Apache-2.0
 * A small knowledge in plain tables, so that documents are tested without the data files. The weak
 * functions stand in for knowledge/ and care/, which report/ calls for look-ups and names only. */
#include "fixture.h"

#include "base/text.h"

#include <assert.h>

#define COLUMNS_OF(array) (sizeof(array)[0] / sizeof *(array)[0])

static const char *const CONDITION[][8] = {
    {"id", "title", "evidence_for", "evidence_against", "evidence_grade", "banner", "source",
     "grade"},
    {"oa_knee", "Knee osteoarthritis",
     "Three monthly sessions lowered WOMAC pain by 14.2 of 100 points at 52 weeks, against 7.4 with "
     "saline and 9.2 with exercise (90 people).",
     "Trials are small and at high risk of bias; a network meta-analysis of 87 trials found no clear "
     "gain in pain over other treatments. One guideline advises against prolotherapy in knee "
     "osteoarthritis.",
     "B", "Benefit possible, high risk of bias. Payers: investigational.", "S-PMC9989868; S-ACR",
     "B"},
};

static const char *const ATLAS[][8] = {
    {"id", "structure", "needle", "risks", "danger", "site_class", "source", "grade"},
    {"KNE-01", "Tibiofemoral joint, intra-articular", "22–25 G 1.5 in",
     "cartilage, infrapatellar nerve branch", "", "P", "S-PMC9989868; S-SIT2020", "B"},
    {"KNE-02", "Medial collateral ligament, femoral origin", "25–27 G 1–1.5 in",
     "saphenous nerve and vein", "", "P", "S-PMC9989868", "B"},
    {"KNE-03", "Medial collateral ligament, tibial insertion", "25–27 G 1–1.5 in",
     "saphenous nerve", "", "P", "S-PMC9989868", "B"},
    {"KNE-04", "Medial coronary (meniscotibial) ligament", "27 G 1 in", "meniscus", "", "P",
     "memory", "C"},
    {"KNE-05", "Pes anserinus enthesis", "27 G 1 in", "saphenous nerve", "", "P", "memory", "C"},
    {"KNE-06", "Lateral collateral ligament, femoral", "27 G 1–1.5 in", "popliteus", "", "P",
     "memory", "C"},
    {"KNE-07", "Lateral collateral ligament, fibular", "27 G 1 in", "", "common peroneal nerve",
     "P", "memory", "C"},
    {"KNE-08", "Lateral coronary ligament", "27 G 1 in", "meniscus", "", "P", "memory", "C"},
    {"KNE-13", "Medial/lateral patellofemoral retinaculum", "27 G 1 in", "none major", "", "P",
     "memory", "C"},
};

static const char *const STOCKS[][4] = {
    {"id", "title", "source", "grade"},
    {"dextrose_50", "dextrose 50 % (500 mg/mL), single-dose vial", "S-D50", "L"},
    {"lidocaine_1", "lidocaine 1 % (10 mg/mL), without preservative", "memory", "L"},
    {"saline", "sodium chloride 0.9 %", "memory", "L"},
};

static const char *const RULES[][4] = {
    {"id", "title", "source", "grade"},
    {"CI-31", "Body mass index and needle length", "memory", "C"},
    {"SU-3", "Exercise programme tried first", "memory", "G"},
    {"CI-07", "Vitamin K antagonist", "S-ASRA", "G"},
    {"CI-02", "Septic joint suspected", "S-GPREAS", "G"},
};

static const char *const TIERS[][7] = {
    {"id", "rule", "message", "threshold", "source", "grade", "approved_by"},
    {"CI-31.caution", "CI-31",
     "Landmarks are less reliable at this body mass index. Use ultrasound for the joint and check "
     "needle lengths before the session.",
     "BMI ≥ 30 kg/m2", "memory", "C", ""},
    {"SU-3.info", "SU-3",
     "Twelve weeks of exercise are recorded. Keep the programme going between sessions.",
     "any record", "S-GUL", "G", "Licence 0001"},
    {"CI-07.defer", "CI-07", "INR above 3.0: ask the prescriber, do not stop the drug yourself.",
     "INR > 3.0", "V-ASRA-PAIN", "G", ""},
    {"CI-02.stop", "CI-02",
     "A hot, swollen joint is septic until proven otherwise. Same-day aspiration in hospital.",
     "yes", "S-GPREAS; S-NHS-SA", "G", ""},
};

static const char *const FACTS[][4] = {
    {"id", "title", "unit", "question"},
    {"sex", "Recorded sex for clinical use", "", "What sex is recorded for clinical use?"},
    {"bmi", "Body mass index", "kg/m2", "What are weight and height?"},
    {"exercise_weeks", "Exercise programme", "wk", "For how long were exercises done?"},
    {"inr", "INR", "1", "What is the latest INR?"},
    {"septic_arthritis_suspected", "Septic joint suspected", "",
     "Is there a hot, swollen, painful single joint, with or without fever?"},
    {"allergy_corn", "Corn allergy", "", "Is there an allergy to corn?"},
    {"med_vka", "Vitamin K antagonist", "", "Is a vitamin K antagonist taken?"},
};

static const char *const SCHEDULES[][4] = {
    {"id", "title", "source", "grade"},
    {"knee_rabago2013", "Knee, trial of 2013: three monthly sessions and two optional ones",
     "S-PMC9989868", "B"},
};

static const char *const CHECKLIST[][6] = {
    {"id", "phase", "item", "required", "source", "grade"},
    {"CL-01", "Before the day", "Plan approved; contraindication rules run within 24 hours and again today.",
     "yes", "policy", "E"},
    {"CL-02", "Before the day", "Instructions sent: medicines, light meal and water, list to bring, escort if needed.",
     "yes", "S-STUDY; S-TPC", "D"},
    {"CL-03", "Room", "Emergency kit checked today: adrenaline, oxygen and bag-mask, suction, IV access, lipid emulsion or written route to it.",
     "yes", "S-PFIZER-LIDO", "L"},
    {"CL-04", "Room", "Single-dose vials, sterile needles, probe cover, sharps bin.", "yes",
     "S-MMWR", "G"},
    {"CL-05", "Patient", "Identity twice, consent confirmed, allergies, medicines, pregnancy, glucose if diabetic, weight, vital signs.",
     "yes", "seed000", "C"},
    {"CL-06", "Patient", "Strength, sensation and reflexes recorded for sites of class N or D.",
     "class N or D", "memory", "C"},
    {"CL-07", "Consent", "Signed: diagnosis, purpose, off-label use, evidence grade, alternatives, risks, cost, right to stop; copy given.",
     "yes", "seed000; S-GOODMED", "C"},
    {"CL-08", "Marking", "Sites and side marked with the patient awake.", "yes", "memory", "G"},
    {"CL-09", "Time-out", "Right patient, side, sites, solution, anaesthetic total against maximum, allergies, guidance, needle lengths.",
     "yes", "memory", "G"},
    {"CL-10", "Preparation", "Mix, label, double check, expiry.", "yes", "policy", "E"},
    {"CL-11", "Asepsis", "Hand hygiene; skin antisepsis dry for 30 s or more; sterile gloves for joints.",
     "yes", "seed000", "G"},
    {"CL-12", "Anaesthesia", "Skin blebs counted into the anaesthetic total.", "optional",
     "S-VANPELT", "C"},
    {"CL-13", "Injection", "Needle to target, aspirate each point, slow, never against high resistance; stop on shooting pain.",
     "yes", "seed000", "C"},
    {"CL-14", "Injection", "Image saved when guidance was used.", "if used", "seed000", "C"},
    {"CL-15", "Tally", "mL, g dextrose, mg anaesthetic, points: compare with plan and limits before the end.",
     "yes", "policy", "E"},
    {"CL-16", "After", "Dressing.", "yes", "seed000", "C"},
    {"CL-17", "After", "Watched for the planned minutes; vital signs at the start and the end.", "yes",
     "seed004", "E"},
    {"CL-18", "Discharge", "Alert, stable, no new deficit, walks safely, leaflet and number given, next date set.",
     "yes", "policy", "E"},
    {"CL-19", "Record", "Operator, start and end, deviations, harm; note signed within 24 hours.", "yes",
     "seed003", "E"},
    {"CL-20", "Billing", "Code and self-pay notice.", "as needed", "memory", "G"},
};

static const char *const REHAB[][6] = {
    {"id", "phase", "goals", "allowed", "source", "grade"},
    {"RH-0", "Settle", "comfort; no harm", "gentle active movement three times a day", "S-ENGELEN",
     "D"},
    {"RH-1", "Restore motion", "full everyday activity", "active movement, cycling", "S-ENGELEN",
     "D"},
    {"RH-2", "Load", "strength; control", "progressive resistance two to three times a week",
     "S-DYNREG", "D"},
};

static const char *const FOLLOWUPS[][4] = {
    {"id", "title", "source", "grade"},
    {"review", "Review", "S-PMC9989868", "B"},
};

static const char *const COSTS[][6] = {
    {"id", "title", "unit", "amount", "currency", "source"},
    {"session", "Session fee", "session", "", "", "policy"},
    {"guidance", "Ultrasound guidance", "session", "", "", "policy"},
};

static const char *const COVERAGE[][6] = {
    {"id", "payer", "status", "text", "source", "grade"},
    {"medicare", "Medicare", "not covered", "Prolotherapy is listed as not covered (M0076).",
     "V-CMS", "G"},
};

static const char *const ALTERNATIVES[][6] = {
    {"id", "title", "text", "evidence", "source", "grade"},
    {"exercise", "Exercise",
     "A planned programme to get stronger and move more, built up step by step.",
     "Core care in guidelines.", "memory", "G"},
    {"weight_loss", "Losing weight", "At least 5 % of body weight if the BMI is 27 or more.",
     "Core care in guidelines.", "memory", "G"},
    {"waiting", "Watchful waiting", "Measure again in three months; nothing is lost by waiting.",
     "Natural course.", "memory", "C"},
};

static const char *const AFTERCARE[][4] = {
    {"id", "title", "source", "grade"},
    {"AC-01", "Rest", "seed002", "D"},
    {"AC-02", "Gentle movement", "S-NATTERRAIN", "D"},
    {"AC-03", "Hard exercise and heavy loads", "seed000", "D"},
    {"AC-06", "Pain relief", "seed000", "L"},
    {"AC-09", "Dressing and washing", "S-FASCIA", "D"},
    {"AC-13", "Appointments", "seed000", "D"},
    {"AC-14", "What to expect", "seed000", "C"},
};

static const char *const TEXTS[][6] = {
    {"id", "audience", "section", "text", "source", "grade"},
    {"forecast.before_calibration", "clinician", "forecast",
     "Before calibration: the model has not yet been fitted to the trials. Use the curves to "
     "understand the model, not to counsel a patient.",
     "policy", "E"},
    {"call.intro", "patient", "call", "", "policy", "E"},
    {"call.now", "patient", "call", "", "policy", "E"},
    {"call.now.fever", "patient", "call", "", "policy", "E"},
    {"call.today", "patient", "call", "", "policy", "E"},
    {"call.soon", "patient", "call", "", "policy", "E"},
    {"call.expected", "patient", "call", "", "policy", "E"},
    {"what.intro", "patient", "what", "", "policy", "E"},
};

struct source {
    const char *name;
    const char *const *cells;
    size_t columns, rows; /* the head included */
};

#define SOURCE(name, array)                                                                        \
    {                                                                                              \
        name, (array)[0], sizeof(array)[0] / sizeof *(array)[0], sizeof(array) / sizeof *(array)   \
    }

static const struct source SOURCES[] = {
    SOURCE("conditions", CONDITION), SOURCE("atlas", ATLAS),
    SOURCE("stocks", STOCKS),        SOURCE("rules", RULES),
    SOURCE("tiers", TIERS),          SOURCE("facts", FACTS),
    SOURCE("schedules", SCHEDULES),  SOURCE("checklist", CHECKLIST),
    SOURCE("rehab", REHAB),          SOURCE("followups", FOLLOWUPS),
    SOURCE("costs", COSTS),          SOURCE("coverage", COVERAGE),
    SOURCE("alternatives", ALTERNATIVES), SOURCE("aftercare", AFTERCARE),
    SOURCE("texts", TEXTS),
};

enum { TABLES = sizeof SOURCES / sizeof *SOURCES, ROWS_MAX = 32 };

struct en_knowledge {
    struct en_table tables[TABLES];
    struct en_row rows[TABLES][ROWS_MAX];
};

static struct en_knowledge STUB;

const struct en_knowledge *fixture_knowledge(void)
{
    for (size_t i = 0; i < TABLES; i++) {
        const struct source *s = &SOURCES[i];

        assert(s->rows <= ROWS_MAX);
        for (size_t k = 1; k < s->rows; k++) {
            STUB.rows[i][k - 1] =
                (struct en_row){&STUB.tables[i], s->cells + k * s->columns, (int)k + 1};
        }
        STUB.tables[i] =
            (struct en_table){s->name, s->cells, STUB.rows[i], s->columns, s->rows - 1};
    }
    return &STUB;
}

const struct en_row *fixture_row(const char *table, const char *id)
{
    const struct en_row *row = en_row_find(&STUB, table, id);

    assert(row != NULL);
    return row;
}

#define WEAK __attribute__((weak))

WEAK const struct en_table *en_table_get(const struct en_knowledge *k, const char *name)
{
    for (size_t i = 0; i < TABLES; i++) {
        if (en_text_equal(k->tables[i].name, name)) {
            return &k->tables[i];
        }
    }
    return NULL;
}

WEAK const char *en_cell(const struct en_row *row, const char *column)
{
    for (size_t i = 0; i < row->table->column_count; i++) {
        if (en_text_equal(row->table->columns[i], column)) {
            return row->cells[i];
        }
    }
    return ""; /* the tables here hold only the columns that matter to a test */
}

WEAK const struct en_row *en_row_find(const struct en_knowledge *k, const char *table,
                                      const char *id)
{
    const struct en_table *t = en_table_get(k, table);

    for (size_t i = 0; t != NULL && i < t->row_count; i++) {
        if (en_text_equal(t->rows[i].cells[0], id)) {
            return &t->rows[i];
        }
    }
    return NULL;
}

WEAK size_t en_fact_index(const struct en_knowledge *k, const char *id)
{
    const struct en_row *row = en_row_find(k, "facts", id);

    return row == NULL ? SIZE_MAX : (size_t)(row - row->table->rows);
}

WEAK const char *en_knowledge_version(const struct en_knowledge *k)
{
    (void)k;
    return "0123456789abcdef";
}

WEAK const char *en_side_text(enum en_side side)
{
    static const char *const TEXT[] = {"unknown", "left", "right", "both", "midline"};

    return TEXT[side];
}

WEAK const char *en_severity_text(enum en_severity s)
{
    static const char *const TEXT[] = {"stop", "defer", "caution", "info"};

    return TEXT[s];
}

WEAK const char *en_verdict_text(enum en_verdict v)
{
    static const char *const TEXT[] = {"suitable", "suitable with caution", "defer",
                                       "cannot be decided", "not suitable"};

    return TEXT[v];
}
