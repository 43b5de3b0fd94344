import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { durinErrorOf, type SignedOutReason } from 'trpc-durin/client';
import { auth } from '../app/connection.ts';
import { describeError } from '../controls/describe-error.ts';
import { useCountdown } from '../controls/use-countdown.ts';
import { useFocusOnMount } from '../controls/use-focus-on-mount.ts';
import { useSingleStart } from '../controls/use-single-start.ts';
import { ClientLinks } from './client-links.tsx';
import { PasswordField } from './password-field.tsx';

const farewells: Readonly<Record<SignedOutReason, string>> = {
  'logged-out': 'You have signed out.',
  expired: 'Your session has expired. Sign in again to continue.',
  revoked: 'Your session was ended from another device. If that was not you, change your password.',
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
  const { retryAfter } = durinErrorOf(login.error) ?? {};
  const secondsToWait = useCountdown(retryAfter, login.submittedAt);
  const hasWaited = retryAfter !== undefined && secondsToWait === 0;
  const startOnce = useSingleStart(login.isPending);
  const heading = useFocusOnMount<HTMLHeadingElement>(takesFocus);

  function submit(event: FormEvent): void {
    event.preventDefault();
    if (secondsToWait === 0) startOnce(() => login.mutate({ username, password }));
  }

  return (
    <section className="card" aria-labelledby="sign-in">
      <h1 id="sign-in" ref={heading} tabIndex={-1} aria-describedby={reason && 'farewell'}>
        Sign in
      </h1>
      {reason && (
        <p id="farewell" className={reason === 'logged-out' ? 'notice' : 'notice warning'}>
          {farewells[reason]}
        </p>
      )}
      <ClientLinks />
      <form onSubmit={submit}>
        <label className="field">
          User name
          <input
            name="username"
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
          {login.error && !hasWaited && describeError(login.error)}
        </p>
        <button type="submit" className="primary wide" aria-disabled={login.isPending || secondsToWait > 0}>
          {login.isPending ? 'Signing in…' : secondsToWait > 0 ? `Wait ${secondsToWait} s` : 'Sign in'}
        </button>
      </form>
      <p className="muted">
        The demo user is <b>alice</b>, her password <b>wonderland</b>.
      </p>
    </section>
  );
}
