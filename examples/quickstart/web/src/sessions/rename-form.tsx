import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import type { SessionView } from 'trpc-durin';
import { api } from '../app/connection.ts';
import { Problem } from '../controls/problem.tsx';
import { useFocusOnMount } from '../controls/use-focus-on-mount.ts';
import { useSingleStart } from '../controls/use-single-start.ts';
import { reloadSessions } from './reload-sessions.ts';
import { titleOf } from './session-title.ts';

/** The longest name that the server takes, in characters. */
const maxLength = 64;

interface Props {
  session: Pick<SessionView, 'id' | 'client' | 'name' | 'device'>;
  /** Called with the new name; `null`: the name stays. */
  onClose: (name: string | null) => void;
}

/** Renames a session in its place in the list. Escape cancels. */
export function RenameForm({ session, onClose }: Props) {
  const [name, setName] = useState(session.name ?? '');
  const input = useFocusOnMount<HTMLInputElement>();
  const rename = useMutation(
    api.auth.sessions.rename.mutationOptions({
      async onSuccess(_nothing, { name: renamed }) {
        await reloadSessions();
        onClose(renamed);
      },
    }),
  );
  const startOnce = useSingleStart(rename.isPending);

  function submit(event: FormEvent): void {
    event.preventDefault();
    startOnce(() => rename.mutate({ id: session.id, name: name.trim() }));
  }

  return (
    <form onSubmit={submit}>
      <label className="field">
        Name of this device
        <input
          ref={input}
          dir="auto"
          value={name}
          onChange={(event) => setName(event.target.value.trimStart())}
          onKeyDown={({ key }) => key === 'Escape' && onClose(null)}
          placeholder={titleOf({ ...session, name: null })}
          maxLength={maxLength}
          autoComplete="off"
          required
        />
      </label>
      <Problem error={rename.error} consequence="The name was not changed." />
      <div className="actions start">
        <button type="submit" className="primary" aria-disabled={rename.isPending}>
          {rename.isPending ? 'Saving…' : 'Save'}
        </button>
        <button type="button" onClick={() => onClose(null)}>
          Cancel
        </button>
      </div>
    </form>
  );
}
