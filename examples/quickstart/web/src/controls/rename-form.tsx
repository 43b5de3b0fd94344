import { type FormEvent, useState } from 'react';
import { Problem } from './problem.tsx';
import { useFocusOnMount } from './use-focus-on-mount.ts';
import { useSingleStart } from './use-single-start.ts';

/** The longest name that the server takes, in characters. */
const maxLength = 64;

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
  const input = useFocusOnMount<HTMLInputElement>();
  const startOnce = useSingleStart(isBusy);

  function submit(event: FormEvent): void {
    event.preventDefault();
    startOnce(() => onRename(name.trim()));
  }

  return (
    <form onSubmit={submit}>
      <label className="field">
        {label}
        <input
          ref={input}
          dir="auto"
          value={name}
          onChange={(event) => setName(event.target.value.trimStart())}
          onKeyDown={({ key }) => key === 'Escape' && onCancel()}
          placeholder={placeholder}
          maxLength={maxLength}
          autoComplete="off"
          required
        />
      </label>
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
