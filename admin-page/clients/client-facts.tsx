import { Box, Card, Typography } from '@mui/material';
import { Fragment } from 'react';
import type { ClientRecord } from '../data/clients.ts';
import { lifetimeInWords } from '../text/lifetime.ts';
import { rateInWords, sessionsInWords } from './client-words.ts';

/** What is set for a client, for an admin who may not change it. */
export function ClientFacts({ client, hasKeys }: { client: ClientRecord; hasKeys: boolean }) {
  const { tokenTtl, idleTtl, maxLifetime, throttleRate } = client;
  const facts = [
    ['Token lifetime', lifetimeInWords(tokenTtl)],
    ['Idle time', idleTtl === null ? 'unlimited' : lifetimeInWords(idleTtl)],
    ['Longest lifetime', maxLifetime === null ? 'unlimited' : lifetimeInWords(maxLifetime)],
    ['Sessions per user', hasKeys ? 'API keys' : sessionsInWords(client)],
    ['Request rate', rateInWords(throttleRate)],
  ] as const;
  return (
    <Card sx={{ maxWidth: 560, p: 2 }}>
      <Box
        component="dl"
        sx={{ m: 0, display: 'grid', gridTemplateColumns: '9rem minmax(0, 1fr)', columnGap: 2, rowGap: 1.25 }}
      >
        {facts.map(([term, value]) => (
          <Fragment key={term}>
            <Typography component="dt" variant="body2" color="textSecondary">
              {term}
            </Typography>
            <Typography component="dd" variant="body2" sx={{ m: 0 }}>
              {value}
            </Typography>
          </Fragment>
        ))}
      </Box>
    </Card>
  );
}
