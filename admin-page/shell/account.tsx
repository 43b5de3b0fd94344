import Logout from '@mui/icons-material/LogoutOutlined';
import { IconButton, Tooltip, Typography } from '@mui/material';
import { useGetIdentity, useLogout, useNotify } from 'react-admin';
import { describeError } from '../data/call-error.ts';

/** The name of the signed-in admin, and the button to sign out. */
export function Account() {
  const { data } = useGetIdentity();
  const logout = useLogout();
  const notify = useNotify();

  async function signOut(): Promise<void> {
    try {
      await logout({}, undefined, false);
    } catch (error) {
      notify(`You are still signed in. ${describeError(error)}`, { type: 'error' });
    }
  }
  return (
    <>
      <Typography
        component="span"
        variant="body2"
        noWrap
        sx={{ mx: 1, maxWidth: 200, display: { xs: 'none', sm: 'block' } }}
      >
        {data?.fullName}
      </Typography>
      <Tooltip title="Sign out">
        <IconButton color="inherit" aria-label="Sign out" onClick={() => void signOut()}>
          <Logout />
        </IconButton>
      </Tooltip>
    </>
  );
}
