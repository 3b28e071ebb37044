// An adapter for `--command`: reads a job from standard input, does it, and prints the result as JSON.
//
//   node main.js [--lines] [--twin NAME] [--second MILLISECONDS]
//
// One job in all, or with --lines one on each line, answered by a line {"result": …} or {"error": "why it gave up"}.
"use strict";

const readline = require("node:readline");
const { parseArgs } = require("node:util");

const { Amio } = require("./amio.js");
const twins = require("./broken.js");

const { values: options } = parseArgs({
  options: { lines: { type: "boolean" }, twin: { type: "string" }, second: { type: "string", default: "1000" } },
});
const Client = options.twin ? twins[options.twin] : Amio;
if (!Client) {
  console.error(`--twin takes one of ${Object.keys(twins).join(", ")}`);
  process.exit(2);
}

const JOBS = {
  "amio.list_contacts": (client, inputs) => client.contacts(inputs.channel_id),
  "amio.send_once": async (client, inputs) => {
    const ids = [];
    for (const one of inputs.messages) ids.push(await client.send(one.channel_id, one.contact_id, one.text));
    return ids;
  },
};

async function done(text) {
  const { scenario, base_url, credentials, inputs } = JSON.parse(text);
  if (!Object.hasOwn(JOBS, scenario)) throw new Error(`${scenario} is not one of ${Object.keys(JOBS).join(", ")}`);
  return JOBS[scenario](new Client(base_url, credentials.token, { pageSize: 10, second: Number(options.second) }), inputs);
}

async function everyLine() {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const answer = await done(line).then(
      (result) => ({ result }),
      (error) => ({ error: error.message }),
    );
    console.log(JSON.stringify(answer));
  }
}

async function one() {
  const parts = [];
  for await (const part of process.stdin) parts.push(part);
  console.log(JSON.stringify(await done(Buffer.concat(parts).toString())));
}

(options.lines ? everyLine() : one()).catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
