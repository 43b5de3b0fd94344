import { useEffect, useRef } from 'react';
import { useLogout } from 'react-admin';
import { auth } from '../connection.ts';

/**
 * Goes to the sign-in page when the session ends while the page is used, without waiting for a call that fails. A page
 * that is opened without a session is sent there by react-admin, and so is who signs out.
 */
export function SessionWatch() {
  const logout = useLogout();
  const latestLogout = useRef(logout); // a new function with every render
  useEffect(() => {
    latestLogout.current = logout;
  }, [logout]);

  useEffect(
    () =>
      auth.subscribe(() => {
        const snapshot = auth.getSnapshot();
        const isEnded = snapshot.status === 'signed-out' && snapshot.reason !== 'logged-out';
        if (isEnded) void latestLogout.current({}, '/login');
      }),
    [],
  );
  return null;
}
