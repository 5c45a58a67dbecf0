// SPDX-License-Identifier: Apache-2.0
// Whether the chosen vials may be given: the server is asked before anything is drawn up, with a
// dose of nothing.
import { useEffect, useState } from 'preact/hooks';

import type { Resource } from '../../api/fhir';
import { now, type Vial } from './model';
import { askTotals } from './sheet';
import type { Session } from './useSession';

export interface VialCheck {
  state: 'asked' | 'fine';
}
export interface RefusedVial {
  stock: string;
  title: string;
  lot: string;
  text: string;
}

const RETRY_MS = 3000;

function probe(s: Session, vial: Vial): Resource {
  return {
    resourceType: 'MedicationAdministration',
    id: `${s.where.session}-probe`,
    status: 'completed',
    medicationReference: { reference: `Medication/${vial.id}` },
    subject: { reference: `Patient/${s.where.patient}` },
    effectiveDateTime: now(),
    dosage: { dose: { value: 0, unit: 'mL' } },
  };
}

export function useVialChecks(s: Session) {
  const [of, setOf] = useState<ReadonlyMap<string, VialCheck>>(new Map());
  const [refused, setRefused] = useState<RefusedVial | null>(null);
  const vials = [...s.vials.values()].filter((v) => s.box.isStored(`Medication/${v.id}`));
  const key = vials.map((v) => v.id).join();
  useEffect(() => {
    let isOver = false;
    const ask = async (vial: Vial): Promise<void> => {
      try {
        const answer = await askTotals(s.where.session, [probe(s, vial)]);
        if (isOver) return;
        const why = answer.refusals.filter(
          (r) => r.rule.startsWith('stock-') || r.rule.startsWith('one-'),
        );
        if (why.length === 0) {
          setOf((old) => new Map(old).set(vial.id, { state: 'fine' }));
          return;
        }
        const title = s.sheet.stocks.find((x) => x.stock === vial.stock)?.title ?? vial.stock;
        setRefused({
          stock: vial.stock,
          title,
          lot: vial.lot,
          text: why.map((r) => r.text).join(' '),
        });
        s.dropVial(vial.stock);
      } catch {
        if (!isOver) setTimeout(() => void ask(vial), RETRY_MS);
      }
    };
    for (const vial of vials) if (of.get(vial.id)?.state !== 'fine') void ask(vial);
    return () => {
      isOver = true;
    };
  }, [key]);
  /** Another vial of this stock is tried: what was said of the one before is over. */
  const forget = (stock: string): void => setRefused((r) => (r?.stock === stock ? null : r));
  return { of, refused, forget };
}
