import { addressOf, choices, chosenClient } from './client-choice.ts';

/** An app of your own is one client, and has no such choice. Here it shows what one may and another may not. */
export function ClientLinks() {
  return (
    <nav aria-labelledby="client">
      <p className="label" id="client">
        Sign in on the client
      </p>
      <div className="segments">
        {choices.map((client) => (
          <a key={client} href={addressOf(client)} aria-current={client === chosenClient ? 'page' : undefined}>
            {client}
          </a>
        ))}
      </div>
    </nav>
  );
}
