'use server';

import { revalidatePath } from 'next/cache';
import { redirect } from 'next/navigation';
import { isDurinError } from 'trpc-durin';
import { getActionCaller } from '@/server/session.ts';

/** Signs in without JavaScript. Returns why it was refused. */
export async function signIn(_previous: string | null, form: FormData): Promise<string | null> {
  const caller = await getActionCaller();
  try {
    await caller.auth.login({ username: textOf(form, 'username'), password: textOf(form, 'password'), client: 'web' });
  } catch (error) {
    if (isDurinError(error)) return error.message;
    throw error;
  }
  redirect('/');
}

export async function renameDevice(form: FormData): Promise<void> {
  const caller = await getActionCaller();
  try {
    await caller.auth.sessions.rename({ id: textOf(form, 'id'), name: textOf(form, 'name') });
  } catch (error) {
    if (!isDurinError(error)) throw error; // a session has ended, this one or the renamed one: the page shows what is left
  }
  revalidatePath('/');
}

function textOf(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === 'string' ? value : '';
}
