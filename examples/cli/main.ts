import { readCommandLine, usage } from './command-line.ts';
import { findCommand } from './commands.ts';
import { connect } from './connection.ts';
import { failureOf } from './failures.ts';

/** A command-line program that uses the SDK: it stores its session in a file and calls the quickstart's server. */
async function run(): Promise<void> {
  let url = '';
  try {
    const line = readCommandLine(process.argv.slice(2), process.env);
    if (line === 'help') {
      console.log(usage);
      return;
    }
    const command = findCommand(line);
    url = line.url;
    const connection = connect(url, process.env);
    try {
      connection.assertStored();
      console.log(await command(connection, line));
    } finally {
      connection.auth.close();
    }
  } catch (error) {
    const { exitCode, text } = failureOf(error, url);
    console.error(text);
    process.exitCode = exitCode;
  }
}

await run();
