import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../app/connection.ts';
import { ConfirmDialog } from '../controls/confirm-dialog.tsx';
import { SelectField } from '../controls/select-field.tsx';
import { reloadSessions } from '../sessions/reload-sessions.ts';
import { type CreatedKey, nameOf, type OwnKey } from './own-key.ts';

/** How long the old key keeps working once the new one is in use. */
const overlaps = {
  '24h': { words: '24 hours', note: 'The old key works until this one is first used, and for 24 hours after that.' },
  '1h': { words: '1 hour', note: 'The old key works until this one is first used, and for an hour after that.' },
  '0s': { words: 'Not at all', note: 'The old key works until this one is first used.' },
} as const;

type Overlap = keyof typeof overlaps;

const choices = (Object.keys(overlaps) as Overlap[]).map((overlap) => [overlap, overlaps[overlap].words] as const);

interface Props {
  /** The key to replace. `undefined`: the dialog is closed. */
  apiKey: OwnKey | undefined;
  /** Called with the new key, and a sentence about the old one. */
  onRolled: (created: CreatedKey, note: string) => void;
  onClose: () => void;
}

/** Explains what becomes of the old key, and replaces it. */
export function RollKey({ apiKey, onRolled, onClose }: Props) {
  const [overlap, setOverlap] = useState<Overlap>('24h');
  const roll = useMutation(api.auth.keys.roll.mutationOptions({ onSettled: () => void reloadSessions(), gcTime: 0 }));

  function confirm(): void {
    if (apiKey === undefined) return;
    roll.mutate(
      { id: apiKey.id, overlap },
      {
        onSuccess(created) {
          roll.reset();
          onRolled(created, overlaps[overlap].note);
        },
      },
    );
  }

  return (
    <ConfirmDialog
      isOpen={apiKey !== undefined}
      title={`Roll the key ${apiKey === undefined ? '' : nameOf(apiKey)}?`}
      action="Roll the key"
      tone="primary"
      isBusy={roll.isPending}
      error={roll.error}
      onConfirm={confirm}
      onClose={() => {
        roll.reset();
        onClose();
      }}
      field={
        <SelectField label="After that, it still works for" value={overlap} onChange={setOverlap} options={choices} />
      }
    >
      <p>
        You get a new key with the same name and rights. The old one works until the new one is first used, so your
        programs can switch without an outage.
      </p>
    </ConfirmDialog>
  );
}
