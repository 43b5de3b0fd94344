'use client';

import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useActionState } from 'react';
import { signIn } from '@/app/actions.ts';
import { useAuth, useSession } from '@/trpc/context.ts';

/** Signs in through the SDK, which informs the other tabs. Without JavaScript, the server action does. */
export function SignInForm() {
  const session = useSession();
  const login = useMutation({ mutationFn: useAuth().login, gcTime: 0 }); // keeps no password in memory
  const [refusal, action] = useActionState(signIn, null);

  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const textOf = (name: string) => String(form.get(name));
    login.mutate({ username: textOf('username'), password: textOf('password') });
  }

  return (
    <section className="card" aria-labelledby="sign-in">
      <h1 id="sign-in">Sign in</h1>
      {session.status === 'signed-out' && session.reason === 'revoked' && (
        <p className="notice">This device was signed out. Sign in again to continue.</p>
      )}
      {session.status === 'signed-out' && session.reason === 'expired' && (
        <p className="notice">Your session has expired. Sign in again to continue.</p>
      )}
      <form action={action} onSubmit={submit}>
        <label className="field">
          User name
          <input name="username" autoComplete="username" autoCapitalize="none" spellCheck={false} required />
        </label>
        <label className="field">
          Password
          <input name="password" type="password" autoComplete="current-password" required />
        </label>
        <p role="alert" className="problem">
          {login.error?.message ?? refusal}
        </p>
        <button type="submit" className="primary" disabled={login.isPending}>
          Sign in
        </button>
      </form>
      <p className="muted">
        The demo user is <b>alice</b>, her password <b>wonderland</b>.
      </p>
    </section>
  );
}
