// SPDX-License-Identifier: Apache-2.0
import { useState } from 'preact/hooks';

import { formatDate, today } from '../../format';
import { t } from '../../text';
import { Button } from '../../ui/Button';
import { Status } from '../../ui/Status';
import { DateField, TextField } from '../../ui/TextField';
import { ml } from './parts';
import type { Vial } from './model';
import type { SheetPart } from './sheet';
import type { VialCheck } from './useVialChecks';

const OFFERED = 6;

function TypeVial({
  onNew,
  onClose,
}: {
  onNew: (lot: string, expiry: string) => void;
  onClose: () => void;
}) {
  const [lot, setLot] = useState('');
  const [expiry, setExpiry] = useState('');
  return (
    <form
      class="row type-vial"
      onSubmit={(e) => {
        e.preventDefault();
        if (lot.trim() && expiry) {
          onNew(lot.trim(), expiry);
          onClose();
        }
      }}
    >
      <TextField
        label={t('session.lot_number')}
        value={lot}
        onInput={setLot}
        maxLength={20}
        isRequired
        hasFocus
      />
      <DateField label={t('session.expiry')} value={expiry} onInput={setExpiry} isRequired />
      <Button
        isLarge
        kind="primary"
        type="submit"
        why={lot.trim() && expiry ? undefined : t('session.lot_needed')}
      >
        {t('session.use_it')}
      </Button>
      <Button isLarge onClick={onClose}>
        {t('ui.cancel')}
      </Button>
    </form>
  );
}

export function VialRow({
  part,
  vial,
  check,
  stock,
  onUse,
  onNew,
}: {
  part: SheetPart;
  vial: Vial | undefined;
  check: VialCheck | undefined;
  stock: readonly Vial[];
  onUse: (id: string) => void;
  onNew: (lot: string, expiry: string) => void;
}) {
  const [open, setOpen] = useState<'' | 'stock' | 'type'>('');
  const offered = stock
    .filter((v) => v.isUsable && v.id !== vial?.id && v.expiry.padEnd(10, '-31') >= today())
    .slice(0, OFFERED);
  return (
    <li class={`line column${check ? ' done' : ''}`}>
      <div class="row spread">
        <span>
          <span class="strong">{part.title}</span>{' '}
          <span class="soft">{t('session.in_all', { amount: ml(part.ml) })}</span>
        </span>
        {vial && (
          <span class="row">
            <span>{t('session.vial', { lot: vial.lot, expiry: formatDate(vial.expiry) })}</span>
            {check ? (
              <Status kind="good">{t('session.vial_fine')}</Status>
            ) : (
              <Status kind="unknown">{t('session.vial_asked')}</Status>
            )}
          </span>
        )}
        <span class="row">
          <Button
            isLarge
            isPressed={open === 'stock'}
            why={offered.length > 0 ? undefined : t('session.stock_empty')}
            onClick={() => setOpen(open === 'stock' ? '' : 'stock')}
          >
            {t('session.from_stock')}
          </Button>
          <Button
            isLarge
            isPressed={open === 'type'}
            onClick={() => setOpen(open === 'type' ? '' : 'type')}
          >
            {t('session.type_it')}
          </Button>
        </span>
      </div>
      {open === 'stock' && (
        <div class="row">
          {offered.map((v) => (
            <Button
              key={v.id}
              isLarge
              onClick={() => {
                setOpen('');
                onUse(v.id);
              }}
            >
              {t('session.vial', { lot: v.lot, expiry: formatDate(v.expiry) })}
            </Button>
          ))}
        </div>
      )}
      {open === 'type' && <TypeVial onNew={onNew} onClose={() => setOpen('')} />}
    </li>
  );
}
