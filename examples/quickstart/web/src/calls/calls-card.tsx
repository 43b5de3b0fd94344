import { CallItem } from './call-item.tsx';
import { calls } from './calls.ts';

/** Buttons that call procedures of every kind. The server decides which calls it refuses. */
export function CallsCard() {
  return (
    <section className="card" aria-labelledby="calls">
      <h2 id="calls">Try the API</h2>
      <p className="muted">
        Each procedure decides who may call it. Try them before and after you sign in, as web and as cli.
      </p>
      <ul className="items">
        {calls.map((call) => (
          <CallItem key={call.name} call={call} />
        ))}
      </ul>
    </section>
  );
}
