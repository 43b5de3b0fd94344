import { Box, Typography } from '@mui/material';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { trpc } from '../connection.ts';

interface ActiveUsersProps {
  /** `''`: all clients. */
  client: string;
  days: number;
}

/** The users who made the most calls. */
export function ActiveUsers({ client, days }: ActiveUsersProps) {
  const { data } = useQuery({
    queryKey: ['usage', 'active-users', client, days],
    queryFn: () => trpc.admin.usage.activeUsers.query({ days, limit: 5, ...(client && { client }) }),
    placeholderData: keepPreviousData,
  });
  if (!data?.length) return null; // the chart has said that there were no calls, or why they cannot be loaded
  const most = data[0]?.calls ?? 1;
  return (
    <Box component="section" aria-labelledby="active-users" sx={{ mt: 2 }}>
      <Typography variant="h2" component="h3" id="active-users" sx={{ mb: 1 }}>
        Most active users
      </Typography>
      <Box component="ol" sx={{ listStyle: 'none', m: 0, p: 0, display: 'grid', gap: 0.75 }}>
        {data.map(({ user, calls }) => (
          <Box
            key={user.id}
            component="li"
            sx={{
              display: 'grid',
              gridTemplateColumns: 'minmax(5rem, 12rem) 1fr auto',
              gap: 1.5,
              alignItems: 'center',
            }}
          >
            <Typography variant="body2" noWrap>
              <bdi>{user.label}</bdi>
            </Typography>
            <Box
              aria-hidden
              sx={{ height: 8, borderRadius: 1, bgcolor: 'primary.main', width: `${(calls / most) * 100}%` }}
            />
            <Typography variant="body2" sx={{ fontVariantNumeric: 'tabular-nums' }}>
              {calls.toLocaleString('en')}
            </Typography>
          </Box>
        ))}
      </Box>
    </Box>
  );
}
