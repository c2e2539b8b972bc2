/** @needs ps setsid */
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserDefinedSettings } from '../../src/agents/agent-settings.js';
import { CommandLineAgent } from '../../src/agents/command-line-agent.js';
import { createUserDefinedProtocol } from '../../src/agents/user-defined-agent.js';
import { temporaryDirectory } from '../support/temporary-directories.js';
import { describeConformance } from './conformance.js';
import { openaiChat } from './endpoints/index.js';

/** Minimal agent: it requests replies, runs tool calls, stores its session in its home, and writes a report. */
const program = `#!${process.execPath}
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
const [session, reportFile, mode] = process.argv.slice(2);
const file = process.env.HOME + '/' + session + '.json';
const report = { session, input_tokens: 0, output_tokens: 0, turns: 0 };
const end = (code, rest) => { writeFileSync(reportFile, JSON.stringify({ ...report, ...rest })); process.exit(code); };
if (mode === 'resume' && !existsSync(file)) end(1, { error: 'no such session', session_lost: true });
const messages = mode === 'resume' ? JSON.parse(readFileSync(file, 'utf8')) : [];
messages.push({ role: 'user', content: readFileSync(0, 'utf8') });
const tools = ['write_file', 'run_command'].map((name) => ({ type: 'function', function: { name } }));
for (;;) {
  const headers = { authorization: 'Bearer ' + process.env.MY_KEY, 'content-type': 'application/json' };
  const body = JSON.stringify({ model: 'scripted', messages, tools });
  const response = await fetch(process.env.MY_ENDPOINT + '/v1/chat/completions', { method: 'POST', headers, body });
  if (response.status === 429) {
    await new Promise((resolve) => setTimeout(resolve, 1000 * response.headers.get('retry-after')));
    continue;
  }
  if (!response.ok) end(1, { status: response.status });
  const { choices: [{ message }], usage } = await response.json();
  messages.push(message);
  report.turns += 1;
  report.input_tokens += usage.prompt_tokens;
  report.output_tokens += usage.completion_tokens;
  if (!message.tool_calls) {
    writeFileSync(file, JSON.stringify(messages));
    console.log(message.content);
    end(0, { message: message.content, cost: report.turns * 0.0012 });
  }
  const [{ id, function: call }] = message.tool_calls;
  const input = JSON.parse(call.arguments);
  console.log(call.name, input.path ?? input.command);
  if (call.name === 'write_file') writeFileSync(input.path, input.content);
  else spawnSync('sh', ['-c', input.command]);
  messages.push({ role: 'tool', tool_call_id: id, content: 'done' });
}
`;

const directory = temporaryDirectory('berth-own-agent-');
const file = join(directory, 'my-agent.mjs');
writeFileSync(file, program);
chmodSync(file, 0o755);

const settings = UserDefinedSettings.parse({
  argv: [file, '{session}', '{report_file}', 'new'],
  resume_argv: [file, '{session}', '{report_file}', 'resume'],
  keys: ['MY_KEY'],
  variables: ['MY_ENDPOINT'],
});

describeConformance({
  agent: new CommandLineAgent(createUserDefinedProtocol('my-agent', settings)),
  wire: openaiChat,
  environment: (url) => ({ MY_ENDPOINT: url }),
  key: 'MY_KEY',
  runsCommands: true,
  reportsUsage: false,
  program: null,
  costOfReply: 0.0012,
  startSeconds: 2,
});
