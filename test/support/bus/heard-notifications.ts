import { Client } from 'pg';

/** Records what is sent on the channel of triggers and buses, as any program may. */
export async function hearNotifications(url: string) {
  const client = new Client({ connectionString: url });
  await client.connect();
  const heard: string[] = [];
  client.on('notification', ({ payload = '' }) => void heard.push(payload));
  await client.query('listen trpc_durin');
  return {
    /** What was sent until now, since it was last asked. */
    async take(): Promise<string[]> {
      await client.query('select 1'); // what was committed before arrives before the answer
      return heard.splice(0);
    },
    close: () => client.end(),
  };
}
