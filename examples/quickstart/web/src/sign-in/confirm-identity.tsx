import { type FormEvent, useLayoutEffect, useRef, useState } from 'react';
import { useReauthentication } from 'trpc-durin/react';
import { reauthentication } from '../app/connection.ts';
import { PasswordField } from './password-field.tsx';

interface Props {
  username: string;
}

/** Asks for the password before what needs a recent sign-in. The browser traps the focus and restores it afterwards. */
export function ConfirmIdentity({ username }: Props) {
  const request = useReauthentication(reauthentication);
  const dialog = useRef<HTMLDialogElement>(null);
  const isOpen = request !== null;
  useLayoutEffect(() => {
    if (isOpen) dialog.current?.showModal();
    else dialog.current?.close();
  }, [isOpen]);

  return (
    <dialog ref={dialog} onClose={() => request?.cancel()} aria-labelledby="identity" aria-describedby="identity-why">
      <h2 id="identity">Is it you, {username}?</h2>
      <p id="identity-why">You signed in a while ago. Enter your password to continue.</p>
      {request && (
        <PasswordForm
          username={username}
          isBusy={request.isBusy}
          isWrong={request.refusal.code === 'INVALID_CREDENTIALS'}
          onSubmit={(password) => request.submit({ username, password })}
          onCancel={request.cancel}
        />
      )}
    </dialog>
  );
}

interface FormProps {
  username: string;
  isBusy: boolean;
  /** Whether the last password was. */
  isWrong: boolean;
  onSubmit: (password: string) => void;
  onCancel: () => void;
}

/** It is mounted for one question, so that no password is kept. */
function PasswordForm({ username, isBusy, isWrong, onSubmit, onCancel }: FormProps) {
  const [password, setPassword] = useState('');

  function submit(event: FormEvent): void {
    event.preventDefault();
    if (!isBusy) onSubmit(password);
  }

  return (
    <form onSubmit={submit}>
      <input type="hidden" name="username" autoComplete="username" value={username} />
      <PasswordField value={password} onChange={setPassword} />
      <p role="alert" className="problem">
        {isWrong && !isBusy && 'The password is wrong.'}
      </p>
      <div className="actions">
        <button type="button" onClick={onCancel}>
          Cancel
        </button>
        <button type="submit" className="primary" aria-disabled={isBusy}>
          {isBusy ? 'One moment…' : 'Continue'}
        </button>
      </div>
    </form>
  );
}
