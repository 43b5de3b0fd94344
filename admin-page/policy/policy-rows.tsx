import { Stack, Typography } from '@mui/material';
import { memo } from 'react';
import type { ProcedurePolicy } from '../../src/trpc/policies/policy-of.ts';
import { GuardChip } from './guard-chip.tsx';
import { clientsInWords, freshInWords, scopesInWords } from './policy-words.ts';

/** The policies on narrow screens. */
export const PolicyRows = memo(function PolicyRows({ policies }: { policies: readonly ProcedurePolicy[] }) {
  return (
    <Stack component="ul" sx={{ listStyle: 'none', m: 0, p: 0 }}>
      {policies.map((policy) => (
        <Stack
          key={policy.path}
          component="li"
          sx={{ px: 2, py: 1.5, borderBottom: 1, borderColor: 'divider', gap: 0.25, overflowWrap: 'anywhere' }}
        >
          <Typography sx={{ fontWeight: 600 }}>
            <bdi>{policy.path}</bdi>
          </Typography>
          <Typography variant="body2" color="textSecondary" component="div">
            {policy.type} · <GuardChip guard={policy.guard} />
          </Typography>
          {restrictionsOf(policy).map((restriction) => (
            <Typography key={restriction} variant="body2" color="textSecondary">
              {restriction}
            </Typography>
          ))}
        </Stack>
      ))}
    </Stack>
  );
});

function restrictionsOf(policy: ProcedurePolicy): string[] {
  const restrictions = [
    ['clients', policy.guard === 'open' ? '' : clientsInWords(policy)],
    ['API keys', policy.keys && policy.guard !== 'open' ? 'yes' : ''],
    ['scopes', scopesInWords(policy)],
    ['signed in within', freshInWords(policy)],
    ['rate', policy.rate ?? ''],
  ] as const;
  return restrictions.filter(([, words]) => words !== '').map(([name, words]) => `${name}: ${words}`);
}
