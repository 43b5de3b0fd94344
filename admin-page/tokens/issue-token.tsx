import ArrowBack from '@mui/icons-material/ArrowBack';
import { Button, Card, Stack } from '@mui/material';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Form, SaveButton, SelectInput, TextInput, useNotify } from 'react-admin';
import type { TokenIssueInput } from '../../src/admin/admin-inputs.ts';
import { trpc } from '../connection.ts';
import { describeError, fieldErrorsOf } from '../data/call-error.ts';
import { clientNames } from '../data/client-names.ts';
import type { User } from '../data/tokens.ts';
import { LinkButton } from '../shell/link-button.tsx';
import { ViewHeader } from '../shell/view-header.tsx';
import { lifetimeFromText } from '../text/lifetime.ts';
import { type Issued, IssuedToken } from './issued-token.tsx';
import { UserInput } from './user-input.tsx';

/** The values of the form. */
interface IssueValues {
  user?: User | null;
  client?: string;
  ttl?: string | null;
}

export function IssueToken() {
  const [issued, setIssued] = useState<Issued | null>(null);
  return (
    <>
      <ViewHeader
        title="Issue a token"
        actions={
          <LinkButton to="/tokens" startIcon={<ArrowBack />}>
            All tokens
          </LinkButton>
        }
      >
        {issued === null
          ? 'For a program that cannot sign in by itself. If the user already has a token for the client, the new token replaces it, and the old one stops working immediately.'
          : undefined}
      </ViewHeader>
      {issued === null ? (
        <IssueForm onIssued={setIssued} />
      ) : (
        <Stack sx={{ gap: 2, maxWidth: 680, alignItems: 'flex-start' }}>
          <IssuedToken issued={issued} />
          <Button variant="outlined" color="inherit" onClick={() => setIssued(null)}>
            Issue another
          </Button>
        </Stack>
      )}
    </>
  );
}

function IssueForm({ onIssued }: { onIssued: (issued: Issued) => void }) {
  const notify = useNotify();
  const { data: names = [] } = useQuery(clientNames);

  async function issue({ user, client, ttl }: IssueValues): Promise<Record<string, string> | undefined> {
    const missing = {
      ...(!user && { user: 'Choose a user.' }),
      ...(!client && { client: 'Choose a client.' }),
    };
    if (!user || !client) return missing;
    try {
      const parsedTtl = lifetimeFromText(ttl) as TokenIssueInput['ttl'];
      onIssued(await trpc.admin.tokens.issue.mutate({ user: user.id, client, ttl: parsedTtl }));
      return undefined;
    } catch (error) {
      notify(describeError(error), { type: 'error' });
      return fieldErrorsOf(error) ?? undefined;
    }
  }
  return (
    <Card sx={{ maxWidth: 560, p: 2 }}>
      <Form<IssueValues> onSubmit={issue}>
        <UserInput source="user" />
        <SelectInput
          source="client"
          label="Client"
          choices={names.map((name) => ({ id: name, name }))}
          helperText="The program that will use the token on behalf of the user."
        />
        <TextInput
          source="ttl"
          label="Lifetime"
          helperText="For example 90d, 12h or never. Leave empty for the client's token lifetime."
          slotProps={{ htmlInput: { autoCapitalize: 'none', spellCheck: false } }}
        />
        <SaveButton label="Issue token" icon={<></>} alwaysEnable sx={{ mt: 1 }} />
      </Form>
    </Card>
  );
}
