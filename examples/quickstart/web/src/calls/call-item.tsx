import { useMutation } from '@tanstack/react-query';
import { durinErrorOf } from 'trpc-durin/client';
import { BusyButton } from '../controls/busy-button.tsx';
import { wordsFor } from '../controls/error-words.ts';
import type { Call } from './calls.ts';

export function CallItem({ call: { name, who, run } }: { call: Call }) {
  const { mutate, data, error, isPending, isSuccess } = useMutation({ mutationFn: run });
  return (
    <li className="item">
      <div className="between">
        <div>
          <p className="title">
            <code>{name}</code>
          </p>
          <p className="muted">{who}</p>
        </div>
        <BusyButton onClick={mutate} isBusy={isPending}>
          Call<span className="hidden"> {name}</span>
        </BusyButton>
      </div>
      <output aria-label={`What ${name} answered`}>
        {isSuccess && <span className="answer good">{inWords(data)}</span>}
        {error && (
          <span className="answer bad">
            {wordsFor(error)} <code>{durinErrorOf(error)?.code}</code>
          </span>
        )}
      </output>
    </li>
  );
}

function inWords(answer: unknown): string {
  if (typeof answer !== 'object' || answer === null) return String(answer);
  return Object.entries(answer)
    .map(([name, value]) => `${name}: ${String(value)}`)
    .join(', ');
}
