import { useQuery } from '@tanstack/react-query';
import { CheckboxGroupInput, FormDataConsumer, RadioButtonGroupInput } from 'react-admin';
import { scopesOf } from '../../data/app-rights.ts';
import { toChoice } from '../../data/to-choice.ts';

/** What the form knows of the scopes of the new token. */
export interface ScopeValues {
  scopeChoice?: 'all' | 'some';
  scopes?: string[] | null;
}

const choices = [
  { id: 'all', name: 'All that the client allows' },
  { id: 'some', name: 'Only some' },
] satisfies { id: ScopeValues['scopeChoice']; name: string }[];

/** Chooses the scopes of the new token. Shows nothing if the client, or the whole app, has none. */
export function ScopeInput() {
  return (
    <FormDataConsumer<ScopeValues & { client?: string }>>
      {({ formData: { client, scopeChoice } }) => <ScopeFields client={client} isSome={scopeChoice === 'some'} />}
    </FormDataConsumer>
  );
}

function ScopeFields({ client, isSome }: { client: string | undefined; isSome: boolean }) {
  const { data: scopes = [] } = useQuery(scopesOf(client || undefined));
  if (scopes.length === 0) return null;
  return (
    <>
      <RadioButtonGroupInput
        source="scopeChoice"
        label="Scopes"
        defaultValue="all"
        choices={choices}
        row={false}
        helperText="The user's scopes narrow them further."
      />
      {isSome && (
        <CheckboxGroupInput
          source="scopes"
          label="Only these scopes"
          choices={scopes.map(toChoice)}
          row={false}
          helperText={false}
        />
      )}
    </>
  );
}

/** The scopes to issue a token with; `undefined`: all of its client's. */
export function chosenScopes({ scopeChoice, scopes }: ScopeValues): string[] | undefined {
  return scopeChoice === 'some' ? (scopes ?? []) : undefined;
}
