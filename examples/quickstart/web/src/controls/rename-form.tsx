import { type FormEvent, useState } from 'react';
import { NameField } from './name-field.tsx';
import { Problem } from './problem.tsx';
import { useSingleStart } from './use-single-start.ts';

interface Props {
  /** What the name is of. */
  label: string;
  /** The present name. */
  name: string;
  placeholder?: string;
  isBusy: boolean;
  error: unknown;
  onRename: (name: string) => void;
  onCancel: () => void;
}

/** Renames an item in its place in the list. Escape cancels. */
export function RenameForm({ label, name: present, placeholder, isBusy, error, onRename, onCancel }: Props) {
  const [name, setName] = useState(present);
  const startOnce = useSingleStart(isBusy);

  function submit(event: FormEvent): void {
    event.preventDefault();
    startOnce(() => onRename(name.trim()));
  }

  return (
    <form onSubmit={submit}>
      <NameField label={label} value={name} onChange={setName} onCancel={onCancel} placeholder={placeholder} />
      <Problem error={error} consequence="The name was not changed." />
      <div className="actions start">
        <button type="submit" className="primary" aria-disabled={isBusy}>
          {isBusy ? 'Saving…' : 'Save'}
        </button>
        <button type="button" onClick={onCancel}>
          Cancel
        </button>
      </div>
    </form>
  );
}
