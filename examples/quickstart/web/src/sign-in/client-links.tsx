import { addressOf, choices, chosenClient } from './client-choice.ts';

/** Lets the user switch clients, to show how their permissions differ. An app of your own does not need this. */
export function ClientLinks() {
  return (
    <nav aria-labelledby="client">
      <p className="label" id="client">
        Client
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
