// SPDX-License-Identifier: Apache-2.0
// What a scanner reads from a vial: GS1 element strings, plain "(01)...(17)...(10)..." or as a
// DataMatrix sends them, with FNC1 as the control character 29 between fields of open length.

export interface Scan {
  gtin?: string;
  /** "2027-03-31" */
  expiry?: string;
  lot?: string;
  serial?: string;
}

const GS = '\x1d';
/** Lengths of fields that need no end sign, by application identifier. */
const FIXED: Record<string, number> = {
  '00': 18,
  '01': 14,
  '02': 14,
  '11': 6,
  '12': 6,
  '13': 6,
  '15': 6,
  '16': 6,
  '17': 6,
  '20': 2,
};
const OPEN = new Set([
  '10',
  '21',
  '22',
  '30',
  '37',
  '240',
  '241',
  '250',
  '251',
  '710',
  '711',
  '712',
  '713',
  '714',
]);
const LONGEST = 20;

function lastDay(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}

/** YYMMDD; day 00 is the last of the month. Undefined: no day. */
function dayOf(text: string): string | undefined {
  if (!/^\d{6}$/.test(text)) return undefined;
  const year = 2000 + Number(text.slice(0, 2));
  const month = Number(text.slice(2, 4));
  const day = Number(text.slice(4, 6)) || lastDay(year, month);
  if (month < 1 || month > 12 || day > lastDay(year, month)) return undefined;
  return `${year}-${text.slice(2, 4)}-${String(day).padStart(2, '0')}`;
}

/** The check digit of a GTIN: a slip of the scanner is no product. */
function isGtin(text: string): boolean {
  if (!/^\d{14}$/.test(text)) return false;
  const sum = [...text].reduce((s, digit, i) => s + Number(digit) * (i % 2 === 0 ? 3 : 1), 0);
  return sum % 10 === 0;
}

function fromBrackets(text: string): Map<string, string> {
  const fields = new Map<string, string>();
  for (const [, ai = '', value = ''] of text.matchAll(/\((\d{2,4})\)([^(]*)/g))
    fields.set(ai, value.trim());
  return fields;
}

function identifierAt(text: string): string | undefined {
  const two = text.slice(0, 2);
  if (two in FIXED || OPEN.has(two)) return two;
  return OPEN.has(text.slice(0, 3)) ? text.slice(0, 3) : undefined;
}

function fromStream(text: string): Map<string, string> | null {
  const fields = new Map<string, string>();
  let rest = text.replace(/^\][A-Za-z]\d/, '');
  while (rest) {
    if (rest.startsWith(GS)) {
      rest = rest.slice(1);
      continue;
    }
    const ai = identifierAt(rest);
    if (!ai) return null;
    const fixed = FIXED[ai];
    const end = rest.indexOf(GS, ai.length);
    const size = fixed ?? (end < 0 ? rest.length : end) - ai.length;
    fields.set(ai, rest.slice(ai.length, ai.length + size));
    rest = rest.slice(ai.length + size);
  }
  return fields;
}

/** null: it is no GS1 code with a product in it. */
export function parseScan(text: string): Scan | null {
  const trimmed = text.trim();
  const fields = trimmed.includes('(') ? fromBrackets(trimmed) : fromStream(trimmed);
  const gtin = fields?.get('01');
  if (!fields || !gtin || !isGtin(gtin)) return null;
  const scan: Scan = { gtin };
  const expiry = dayOf(fields.get('17') ?? '');
  const lot = fields.get('10')?.slice(0, LONGEST);
  const serial = fields.get('21')?.slice(0, LONGEST);
  if (expiry) scan.expiry = expiry;
  if (lot) scan.lot = lot;
  if (serial) scan.serial = serial;
  return scan;
}
