// SPDX-License-Identifier: Apache-2.0
// Stock: vials, and syringes drawn up of them.
import { codeOf, idOf, type CodeableConcept, type Reference, type Resource } from '../../api/fhir';
import { STOCK, VIAL, GTIN, now, later, refTo, quantity } from './codes';
import type { SheetMix } from './sheet';

export interface Vial {
  id: string;
  stock: string;
  lot: string;
  expiry: string;
  gtin?: string;
  isUsable: boolean;
}

export function readVial(m: Resource): Vial {
  const batch = m.batch as { lotNumber?: string; expirationDate?: string } | undefined;
  const gtin = (m.identifier as { system?: string; value?: string }[] | undefined)?.find(
    (i) => i.system === GTIN,
  )?.value;
  const vial: Vial = {
    id: m.id ?? '',
    stock: codeOf(m.code as CodeableConcept, STOCK) ?? '',
    lot: batch?.lotNumber ?? '',
    expiry: batch?.expirationDate ?? '',
    isUsable: (m.status ?? 'active') === 'active',
  };
  return gtin ? { ...vial, gtin } : vial;
}

export interface NewVial {
  stock: string;
  title: string;
  lot: string;
  expiry: string;
  gtin?: string | undefined;
  serial?: string | undefined;
}

export function newVial(id: string, v: NewVial): Resource {
  const own = v.gtin && v.serial ? `${v.gtin}.${v.serial}` : id;
  return {
    resourceType: 'Medication',
    id,
    identifier: [
      { system: VIAL, value: own },
      ...(v.gtin ? [{ system: GTIN, value: v.gtin }] : []),
    ],
    code: { coding: [{ system: STOCK, code: v.stock }], text: v.title },
    status: 'active',
    batch: { lotNumber: v.lot, ...(v.expiry ? { expirationDate: v.expiry } : {}) },
  };
}

export const mixId = (session: string, label: string): string => `${session}-mix-${label}`;

/** A syringe drawn up of vials: what of each is in one mL, and until when it may be used. */
export function newMix(
  session: string,
  mix: SheetMix,
  vials: ReadonlyMap<string, string>,
  minutes: number,
): Resource {
  return {
    resourceType: 'Medication',
    id: mixId(session, mix.label),
    code: { text: `Syringe ${mix.label}` },
    status: 'active',
    ingredient: mix.parts.map((p) => ({
      itemReference: refTo('Medication', vials.get(p.stock) ?? ''),
      strength: { numerator: quantity(p.ml / mix.ml, 'mL'), denominator: quantity(1, 'mL') },
    })),
    batch: { expirationDate: later(now(), minutes) },
  };
}

export function readMix(m: Resource): { useBy: string; vials: string[] } {
  const parts = (m.ingredient as { itemReference?: Reference }[] | undefined) ?? [];
  return {
    useBy: (m.batch as { expirationDate?: string } | undefined)?.expirationDate ?? '',
    vials: parts.flatMap((p) => idOf(p.itemReference) ?? []),
  };
}
