// SPDX-License-Identifier: Apache-2.0
// Something went wrong, or might have: written down at once.
import { useState } from 'preact/hooks';

import { t } from '../../text';
import { Button } from '../../ui/Button';
import { Choice, Select } from '../../ui/Choice';
import { Dialog } from '../../ui/Dialog';
import { TextArea } from '../../ui/TextField';
import type { Harm } from './model';
import type { SheetEvent } from './sheet';

const GRADES = ['1', '2', '3', '4', '5'] as const;

export function HarmForm({
  events,
  onRecord,
  onClose,
}: {
  events: readonly SheetEvent[];
  onRecord: (harm: Harm) => void;
  onClose: () => void;
}) {
  const [code, setCode] = useState<string | null>(null);
  const [grade, setGrade] = useState<string | null>(null);
  const [isSerious, setSerious] = useState<'yes' | 'no' | null>(null);
  const [note, setNote] = useState('');
  const event = events.find((e) => e.id === code);
  const choose = (id: string): void => {
    const found = events.find((e) => e.id === id);
    setCode(id);
    setGrade(found?.grade_low ? String(found.grade_low) : null);
    setSerious(found?.serious ? 'yes' : 'no');
  };
  const isReady = event && grade && isSerious;
  const record = (): void => {
    if (!isReady) return;
    onRecord({
      code: event.id,
      title: event.title,
      grade: Number(grade),
      isSerious: isSerious === 'yes',
      note: note.trim(),
    });
    onClose();
  };
  return (
    <Dialog
      title={t('session.record_harm')}
      onClose={onClose}
      actions={
        <Button
          kind="primary"
          isLarge
          onClick={record}
          why={isReady ? undefined : t('session.harm_incomplete')}
        >
          {t('session.record')}
        </Button>
      }
    >
      <Select
        label={t('session.harm_what')}
        value={code}
        onValue={choose}
        options={events.filter((e) => e.grade_low).map((e) => ({ value: e.id, label: e.title }))}
      />
      {event?.note && <p class="soft">{event.note}</p>}
      <Choice
        label={t('session.harm_grade')}
        hint={t('session.harm_grades')}
        value={grade}
        onValue={setGrade}
        options={GRADES.map((g) => ({ value: g as string, label: g }))}
      />
      <Choice
        label={t('session.harm_serious')}
        value={isSerious}
        onValue={setSerious}
        options={[
          { value: 'yes', label: t('ui.yes') },
          { value: 'no', label: t('ui.no') },
        ]}
      />
      <TextArea label={t('session.harm_note')} value={note} onInput={setNote} />
    </Dialog>
  );
}
