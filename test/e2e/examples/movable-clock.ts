/** Loaded into a server with `--import`: each line of its standard input is a number of seconds by which its clock moves on. */
import { createInterface } from 'node:readline';

const realNow = Date.now;
let movedMs = 0;
Date.now = () => realNow() + movedMs;

createInterface({ input: process.stdin }).on('line', (line) => {
  movedMs += Number(line) * 1000;
  console.log(`The clock moved by ${line} s`);
});
