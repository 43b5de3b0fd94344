import { redirect } from 'next/navigation';
import { SignInForm } from '@/components/sign-in-form.tsx';
import { getSession } from '@/server/session.ts';

/** It asks the same as the home page, whether the session is valid. To ask whether there is a cookie could end in a loop. */
export default async function SignIn() {
  if ((await getSession()) !== null) redirect('/');
  return <SignInForm />;
}
