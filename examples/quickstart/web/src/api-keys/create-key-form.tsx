import { type FormEvent, useState } from 'react';
import { NameField } from '../controls/name-field.tsx';
import { Problem } from '../controls/problem.tsx';
import { SelectField } from '../controls/select-field.tsx';
import { useSingleStart } from '../controls/use-single-start.ts';
import { type Lifetime, lifetimes, type Scope, scopeChoices } from './new-key-choices.ts';

/** The input of `keys.create`. */
export interface NewKeyInput {
  readonly name: string;
  readonly scopes: Scope[];
  readonly ttl: Lifetime;
}

interface Props {
  isBusy: boolean;
  error: unknown;
  onSubmit: (input: NewKeyInput) => void;
  onCancel: () => void;
}

/** Asks what a new key is called, what it may do, and how long it lives. Escape in the name cancels. */
export function CreateKeyForm({ isBusy, error, onSubmit, onCancel }: Props) {
  const [name, setName] = useState('');
  const [scopes, setScopes] = useState<readonly Scope[]>(['reports:read']);
  const [ttl, setTtl] = useState<Lifetime>('90d');
  const [lacksScope, setLacksScope] = useState(false);
  const startOnce = useSingleStart(isBusy);

  function choose(scope: Scope, isChosen: boolean): void {
    setLacksScope(false);
    setScopes(
      scopeChoices.map((choice) => choice.scope).filter((it) => (it === scope ? isChosen : scopes.includes(it))),
    );
  }

  function submit(event: FormEvent): void {
    event.preventDefault();
    setLacksScope(scopes.length === 0);
    if (scopes.length > 0) startOnce(() => onSubmit({ name: name.trim(), scopes: [...scopes], ttl }));
  }

  return (
    <form className="panel" onSubmit={submit}>
      <NameField
        label="Name of the key"
        value={name}
        onChange={setName}
        onCancel={onCancel}
        placeholder="Such as: nightly export"
      />
      <fieldset aria-describedby="lacks-scope">
        <legend>What it may do</legend>
        {scopeChoices.map(({ scope, allows }) => (
          <label key={scope} className="check">
            <input
              type="checkbox"
              checked={scopes.includes(scope)}
              onChange={(event) => choose(scope, event.target.checked)}
            />
            <span>
              {allows} <code className="muted">{scope}</code>
            </span>
          </label>
        ))}
      </fieldset>
      <p id="lacks-scope" role="alert" className="problem">
        {lacksScope && 'Choose at least one.'}
      </p>
      <SelectField label="It expires in" value={ttl} onChange={setTtl} options={lifetimes} />
      <Problem error={error} consequence="The key was not created." />
      <div className="actions start">
        <button type="submit" className="primary" aria-disabled={isBusy}>
          {isBusy ? 'Creating…' : 'Create the key'}
        </button>
        <button type="button" onClick={onCancel}>
          Cancel
        </button>
      </div>
    </form>
  );
}
