import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useFocusOnMount } from '../controls/use-focus-on-mount.ts';
import { curlCommand } from './curl-command.ts';
import { type CreatedKey, nameOf } from './own-key.ts';

interface Props {
  apiKey: CreatedKey;
  /** One more sentence about it. */
  note: string;
  onDone: () => void;
}

/** A key that was just created, hidden until the user asks to see it. The server does not show it again. */
export function NewKey({ apiKey, note, onDone }: Props) {
  const { token } = apiKey;
  const [isShown, setIsShown] = useState(false);
  const heading = useFocusOnMount<HTMLHeadingElement>();
  const shown = isShown ? token : '•'.repeat(12);
  const curlWith = (key: string) => curlCommand(key, apiKey.scopes, location.origin);
  const copies = { 'the key': token, 'the curl command': curlWith(token) };
  const copy = useMutation({
    mutationFn: (name: keyof typeof copies) => navigator.clipboard.writeText(copies[name]),
    gcTime: 0,
  });

  return (
    <section className="panel tinted" aria-labelledby="new-key">
      <div>
        <h3 id="new-key" ref={heading} tabIndex={-1} aria-describedby="new-key-note">
          The new key <bdi>{nameOf(apiKey)}</bdi>
        </h3>
        <p id="new-key-note">Copy it now. It is not shown again. {note}</p>
      </div>
      <p className="label" id="key-label">
        Key
      </p>
      <code className="secret" aria-labelledby="key-label">
        {shown}
      </code>
      <p className="label" id="curl-label">
        Call the API with this key
      </p>
      <code className="secret" aria-labelledby="curl-label">
        {curlWith(shown)}
      </code>
      <div className="actions start">
        <button type="button" className="primary" onClick={() => copy.mutate('the key')}>
          Copy the key
        </button>
        <button type="button" onClick={() => copy.mutate('the curl command')}>
          Copy as curl
        </button>
        <button type="button" onClick={() => setIsShown(!isShown)}>
          {isShown ? 'Hide' : 'Show'}
          <span className="hidden"> the key</span>
        </button>
        <button type="button" onClick={onDone}>
          Done
        </button>
      </div>
      <output className={copy.isError ? 'problem' : 'muted'}>
        {copy.isSuccess && `Copied ${copy.variables}.`}
        {copy.isError && 'The browser does not allow copying. Show the key and select it instead.'}
      </output>
    </section>
  );
}
