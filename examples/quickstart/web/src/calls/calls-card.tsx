import { CallItem } from './call-item.tsx';
import { calls } from './calls.ts';

/** What one may call and what one may not: the server says. */
export function CallsCard() {
  return (
    <section className="card" aria-labelledby="calls">
      <h2 id="calls">What you may call</h2>
      <p className="muted">Each procedure says who may call it. Try them, as one client and as another.</p>
      <ul className="items">
        {calls.map((call) => (
          <CallItem key={call.name} call={call} />
        ))}
      </ul>
    </section>
  );
}
