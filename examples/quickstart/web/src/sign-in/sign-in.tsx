import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import type { SignedOutReason } from 'trpc-durin/client';
import { auth } from '../app/connection.ts';
import { ErrorText } from '../controls/error-text.tsx';
import { useFocusOnMount } from '../controls/use-focus-on-mount.ts';
import { useRetryCountdown } from '../controls/use-retry-countdown.ts';
import { useSingleStart } from '../controls/use-single-start.ts';
import { ClientLinks } from './client-links.tsx';
import { PasswordField } from './password-field.tsx';

const farewells: Readonly<Record<SignedOutReason, string>> = {
  'logged-out': 'You have signed out.',
  expired: 'Your session has expired. Sign in again to continue.',
  // The server does not say why: the user has signed this device out from another one, or an admin has, or it was one too many.
  revoked:
    'This device was signed out, from another one or because you signed in on too many. Sign in again to continue.',
};

interface Props {
  /** Why the last session ended. `undefined`: there was none. */
  reason: SignedOutReason | undefined;
  takesFocus: boolean;
}

export function SignIn({ reason, takesFocus }: Props) {
  const [username, setUsername] = useState('');
  const [password, setPassword] = useState('');
  const login = useMutation({ mutationFn: auth.login, gcTime: 0 }); // do not keep the password in memory
  const secondsLeft = useRetryCountdown(login.error);
  const hasToWait = secondsLeft !== undefined && secondsLeft > 0;
  const startOnce = useSingleStart(login.isPending);
  const heading = useFocusOnMount<HTMLHeadingElement>(takesFocus);

  function submit(event: FormEvent): void {
    event.preventDefault();
    if (!hasToWait) startOnce(() => login.mutate({ username, password }));
  }

  return (
    <section className="card" aria-labelledby="sign-in">
      <h1 id="sign-in" ref={heading} tabIndex={-1} aria-describedby={reason && 'farewell'}>
        Sign in
      </h1>
      {reason && (
        <p id="farewell" className="notice">
          {farewells[reason]}
        </p>
      )}
      <ClientLinks />
      <form onSubmit={submit}>
        <label className="field">
          User name
          <input
            name="username"
            dir="auto"
            value={username}
            onChange={(event) => setUsername(event.target.value)}
            autoComplete="username"
            autoCapitalize="none"
            spellCheck={false}
            required
          />
        </label>
        <PasswordField value={password} onChange={setPassword} />
        <p role="alert" className="problem">
          {login.error && <ErrorText error={login.error} secondsLeft={secondsLeft} />}
        </p>
        <button type="submit" className="primary wide" aria-disabled={login.isPending || hasToWait}>
          {login.isPending ? 'Signing in…' : 'Sign in'}
        </button>
      </form>
      <p className="muted">
        The demo user is <b>alice</b>, her password <b>wonderland</b>.
      </p>
    </section>
  );
}
