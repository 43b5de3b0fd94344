import { useEffect, useRef } from 'react';
import { useLogout } from 'react-admin';
import { auth } from '../connection.ts';

/**
 * Opens the sign-in page as soon as the session ends, without waiting for a call to fail. react-admin does it when the page
 * is opened without a session and when the admin signs out.
 */
export function SessionWatch() {
  const logout = useLogout();
  const latestLogout = useRef(logout); // `useLogout` returns a new function at every render
  useEffect(() => {
    latestLogout.current = logout;
  }, [logout]);

  useEffect(
    () =>
      auth.subscribe(() => {
        const snapshot = auth.getSnapshot();
        const hasEnded = snapshot.status === 'signed-out' && snapshot.reason !== 'logged-out';
        if (hasEnded) void latestLogout.current({}, '/login');
      }),
    [],
  );
  return null;
}
