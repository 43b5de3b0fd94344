import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { api } from '../app/connection.ts';
import { DateTime } from '../controls/date-time.tsx';
import { formatExpiry } from '../controls/format-time.ts';

interface Props {
  apiKey: (typeof api.auth.apiAccess.get)['~types']['output'];
  onDelete: () => void;
}

const curlCommand = (key: string) => `curl -H "Authorization: Token ${key}" ${location.origin}/trpc/whoami`;

/** The key, hidden until the user asks to see it. */
export function ApiKey({ apiKey: { token = '', created, expiresIn, hasExpired }, onDelete }: Props) {
  const [isShown, setIsShown] = useState(false);
  const shown = isShown ? token : '•'.repeat(12);
  const copies = { 'the key': token, 'the curl command': curlCommand(token) };
  const copy = useMutation({
    mutationFn: (name: keyof typeof copies) => navigator.clipboard.writeText(copies[name]),
    gcTime: 0,
  });

  return (
    <>
      <div className="between">
        <dl className="facts small">
          <div>
            <dt>Created</dt>
            <dd>
              <DateTime iso={created} />
            </dd>
          </div>
          <div>
            <dt>Expires</dt>
            <dd>{formatExpiry(expiresIn, hasExpired)}</dd>
          </div>
        </dl>
        <button type="button" className="danger" onClick={onDelete}>
          Delete<span className="hidden"> the key</span>
        </button>
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
        {curlCommand(shown)}
      </code>
      <div className="actions start">
        <button type="button" onClick={() => setIsShown(!isShown)}>
          {isShown ? 'Hide' : 'Show'}
          <span className="hidden"> the key</span>
        </button>
        <button type="button" onClick={() => copy.mutate('the key')}>
          Copy the key
        </button>
        <button type="button" onClick={() => copy.mutate('the curl command')}>
          Copy the curl command
        </button>
      </div>
      <output className={copy.isError ? 'problem' : 'muted'}>
        {copy.isSuccess && `Copied ${copy.variables}.`}
        {copy.isError && 'The browser does not allow copying. Show the key and select it instead.'}
      </output>
    </>
  );
}
