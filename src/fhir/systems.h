/* SPDX-License-Identifier: Apache-2.0
 * fhir/systems: the URLs of code systems and extensions, each in one place (docs/case.md). */
#pragma once

#include "fhir/fhir.h"

#define EN_FHIR_BASE "https://enthesis.org/fhir/"

/* Our own code systems. */
#define EN_CONDITION_SYSTEM  EN_FHIR_BASE "CodeSystem/condition"
#define EN_PROCEDURE_SYSTEM  EN_FHIR_BASE "CodeSystem/procedure"
#define EN_EXAM_SYSTEM       EN_FHIR_BASE "CodeSystem/exam"
#define EN_SITE_SYSTEM       EN_FHIR_BASE "CodeSystem/site"
#define EN_REGION_SYSTEM     EN_FHIR_BASE "CodeSystem/region"
#define EN_SIDE_SYSTEM       EN_FHIR_BASE "CodeSystem/side"
#define EN_INSTRUMENT_SYSTEM EN_FHIR_BASE "CodeSystem/instrument"
#define EN_PRIVILEGE_SYSTEM  EN_FHIR_BASE "CodeSystem/privilege"
#define EN_LIST_SYSTEM       EN_FHIR_BASE "CodeSystem/list"
#define EN_PAYER_SYSTEM      EN_FHIR_BASE "CodeSystem/payer"
#define EN_HARM_SYSTEM       EN_FHIR_BASE "CodeSystem/adverse-event" /* ids of ae_codes.tsv */
#define EN_RULE_SYSTEM       EN_FHIR_BASE "CodeSystem/rule"
#define EN_OUTCOME_SYSTEM    EN_FHIR_BASE "CodeSystem/outcome"
#define EN_VERDICT_SYSTEM    EN_FHIR_BASE "CodeSystem/verdict"
#define EN_VALUE_SYSTEM      EN_FHIR_BASE "CodeSystem/value"

/* Of resources that the server makes: meta.tag of an operation's results, the operation that made
 * them, stock by id of stocks.tsv, names of accounts, hashes. */
#define EN_ORIGIN_SYSTEM    EN_FHIR_BASE "CodeSystem/origin"
#define EN_OPERATION_SYSTEM EN_FHIR_BASE "CodeSystem/operation"
#define EN_DOCUMENT_SYSTEM  EN_FHIR_BASE "CodeSystem/document"
#define EN_STOCK_SYSTEM     EN_FHIR_BASE "CodeSystem/stock"
#define EN_CHECKLIST_SYSTEM EN_FHIR_BASE "CodeSystem/checklist"
#define EN_LOGIN_SYSTEM     EN_FHIR_BASE "NamingSystem/login"
#define EN_HASH_SYSTEM      EN_FHIR_BASE "NamingSystem/blake2b-256"
#define EN_CHECKLIST_FORM   EN_FHIR_BASE "Questionnaire/session-checklist"

/* Our own extensions. */
#define EN_EXTENSION_TRAINING_HOURS EN_FHIR_BASE "StructureDefinition/training-hours"
#define EN_EXTENSION_DEXTROSE       EN_FHIR_BASE "StructureDefinition/session-dextrose"
#define EN_EXTENSION_LIDOCAINE      EN_FHIR_BASE "StructureDefinition/session-lidocaine"
#define EN_EXTENSION_VOLUME         EN_FHIR_BASE "StructureDefinition/session-volume"
#define EN_EXTENSION_AE_GRADE       EN_FHIR_BASE "StructureDefinition/session-ae-grade"
#define EN_EXTENSION_GUIDANCE       EN_FHIR_BASE "StructureDefinition/session-guidance"
#define EN_EXTENSION_NEEDLE         EN_FHIR_BASE "StructureDefinition/injection-needle"
#define EN_EXTENSION_REACTION       EN_FHIR_BASE "StructureDefinition/injection-reaction"
#define EN_EXTENSION_FORECAST       EN_FHIR_BASE "StructureDefinition/forecast-band"

/* Other people's. */
#define EN_LOINC          "http://loinc.org"
#define EN_SNOMED         "http://snomed.info/sct"
#define EN_ICD10CM        "http://hl7.org/fhir/sid/icd-10-cm"
#define EN_UCUM           "http://unitsofmeasure.org"
#define EN_YES_NO         "http://terminology.hl7.org/CodeSystem/v2-0136"
#define EN_INTERPRETATION "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"
