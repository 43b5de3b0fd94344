import { useEffect } from 'react';
import { useLogout } from 'react-admin';
import { useDurinSession } from '../../client/react.ts';
import { auth } from '../connection.ts';

/** Goes to the sign-in page when the session ends while the page is used, however that came about. */
export function SessionWatch() {
  const { status } = useDurinSession(auth);
  const logout = useLogout();
  useEffect(() => {
    if (status === 'signed-out') void logout({}, '/login');
  }, [status, logout]);
  return null;
}
