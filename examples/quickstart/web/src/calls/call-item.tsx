import { useMutation } from '@tanstack/react-query';
import { durinErrorOf } from 'trpc-durin/client';
import { BusyButton } from '../controls/busy-button.tsx';
import { ErrorText } from '../controls/error-text.tsx';
import { useRetryCountdown } from '../controls/use-retry-countdown.ts';
import type { Call } from './calls.ts';

export function CallItem({ call: { name, allowed, run } }: { call: Call }) {
  const { mutate, data, error, isPending, isSuccess } = useMutation({ mutationFn: run });
  const secondsLeft = useRetryCountdown(error);
  return (
    <li className="item">
      <div className="between">
        <div>
          <p className="title">
            <code>{name}</code>
          </p>
          <p className="muted">{allowed}</p>
        </div>
        <BusyButton onClick={mutate} isBusy={isPending}>
          Call<span className="hidden"> {name}</span>
        </BusyButton>
      </div>
      <output aria-label={`Response of ${name}`}>
        {isSuccess && <span className="answer good">{formatResponse(data)}</span>}
        {error && (
          <span className="answer bad">
            <ErrorText error={error} secondsLeft={secondsLeft} /> <code>{durinErrorOf(error)?.code}</code>
          </span>
        )}
      </output>
    </li>
  );
}

function formatResponse(response: unknown): string {
  if (Array.isArray(response)) return response.join(', ');
  if (typeof response !== 'object' || response === null) return String(response);
  return Object.entries(response)
    .map(([name, value]) => `${name}: ${String(value)}`)
    .join(', ');
}
