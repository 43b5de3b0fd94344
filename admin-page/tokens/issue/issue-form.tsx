import { Card } from '@mui/material';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Form, SaveButton, SelectInput, TextInput, useNotify } from 'react-admin';
import type { TokenIssueInput } from '../../../src/admin/admin-inputs.ts';
import { trpc } from '../../connection.ts';
import { hasLostRole } from '../../data/admin-role.ts';
import { keyClients } from '../../data/app-rights.ts';
import { describeError, errorDataOf, fieldErrorsOf } from '../../data/call-error.ts';
import { clientNames } from '../../data/client-names.ts';
import type { User } from '../../data/tokens.ts';
import { lifetimeFromText } from '../../text/lifetime.ts';
import { UserInput } from '../user-input.tsx';
import type { Issued } from './issued-token.tsx';
import { chosenScopes, ScopeInput, type ScopeValues } from './scope-input.tsx';
import { SessionLimitDialog } from './session-limit-dialog.tsx';

/** The values of the form. */
interface IssueValues extends ScopeValues {
  user?: User | null;
  client?: string;
  name?: string | null;
  ttl?: string | null;
}

/** A request that would end a session of the user, so the admin is asked first. */
interface Refused {
  readonly user: User;
  readonly input: TokenIssueInput;
}

export function IssueForm({ onIssued }: { onIssued: (issued: Issued) => void }) {
  const notify = useNotify();
  const { data: names = [] } = useQuery(clientNames);
  const { data: withKeys = [] } = useQuery(keyClients);
  const [refused, setRefused] = useState<Refused | null>(null);

  async function issue(values: IssueValues): Promise<Record<string, string> | undefined> {
    const { user, client, name, ttl } = values;
    const scopes = chosenScopes(values);
    const missing = {
      ...(!user && { user: 'Choose a user.' }),
      ...(!client && { client: 'Choose a client.' }),
      ...(scopes?.length === 0 && { scopes: 'Choose at least one scope.' }),
    };
    if (!user || !client || scopes?.length === 0) return missing;
    const parsedTtl = lifetimeFromText(ttl) as TokenIssueInput['ttl'];
    const input = { user: user.id, client, ttl: parsedTtl, name: name?.trim() || undefined, scopes };
    try {
      onIssued(await trpc.admin.tokens.issue.mutate({ ...input, atLimit: 'refuse' }));
      return undefined;
    } catch (error) {
      if (errorDataOf(error)?.durin?.code === 'SESSION_LIMIT') {
        setRefused({ user, input });
        return undefined;
      }
      void hasLostRole(error);
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
          choices={names.map((name) => ({ id: name, name: withKeys.includes(name) ? `${name} (API keys)` : name }))}
          helperText="The program that will use the token on behalf of the user."
        />
        <TextInput
          source="name"
          label="Name"
          helperText="What the user's list of sessions or keys calls it, for example Build server. Leave empty for none."
        />
        <TextInput
          source="ttl"
          label="Lifetime"
          helperText="For example 90d, 12h or never. Leave empty for the client's token lifetime."
          slotProps={{ htmlInput: { autoCapitalize: 'none', spellCheck: false } }}
        />
        <ScopeInput />
        <SaveButton label="Issue token" icon={<></>} alwaysEnable sx={{ mt: 1 }} />
      </Form>
      {refused !== null && (
        <SessionLimitDialog
          user={refused.user}
          client={refused.input.client}
          onConfirm={async () =>
            onIssued(await trpc.admin.tokens.issue.mutate({ ...refused.input, atLimit: 'end-oldest' }))
          }
          onClose={() => setRefused(null)}
        />
      )}
    </Card>
  );
}
