import type { OptionDeclaration } from './command.js';

/** Options that `deploy` and `redeploy` share. */
export const revisionOptions = {
  goal: { flags: '--goal <TEXT>', kind: 'text', summary: 'purpose of the software, for selection and agents' },
  strategy: { flags: '--strategy <auto|STRATEGY>', kind: 'text', summary: 'strategy (auto)' },
  allow: {
    flags: '--allow <STRATEGY,…>',
    kind: 'text',
    summary: 'strategies that auto may choose (all available)',
  },
  provider: { flags: '--provider <PROVIDER>', kind: 'text', summary: 'provider of the strategy (this machine)' },
  agent: {
    flags: '--agent <auto|none|AGENT,…>',
    kind: 'text',
    summary: 'coding agents to try in order when no recipe fits (auto)',
  },
  rounds: { flags: '--rounds <N>', kind: 'count', summary: 'number of attempts for an agent (4)' },
  budget: { flags: '--budget <DOLLARS>', kind: 'number', summary: 'total cost limit for agents (none)' },
  entry: {
    flags: '--entry <MODULE:CALLABLE>',
    kind: 'text',
    summary: 'callable; also MODULE:Class.method, or /PATH or :PORT/PATH of an HTTP server',
  },
  env: {
    flags: '--env <NAME[=VALUE]>',
    kind: 'list',
    summary: 'set a variable (without VALUE: take the worker’s); repeatable',
  },
  envFile: { flags: '--env-file <FILE>', kind: 'list', summary: 'read variables from a .env file; repeatable' },
  resource: { flags: '--resource <KEY=VALUE>', kind: 'list', summary: 'cpu, memory, gpu, …: memory=2Gi; repeatable' },
  example: {
    flags: '--example <FILE>',
    kind: 'list',
    summary: 'examples that must pass (JSON, JSONL, YAML); repeatable',
  },
  expose: {
    flags: '--expose [ADDRESS]',
    kind: 'text',
    preset: '0.0.0.0',
    summary: 'listen on this address for other machines, without a password (0.0.0.0: all addresses)',
  },
  timeout: { flags: '--timeout <SECONDS>', kind: 'number', summary: 'limit for one call (60)' },
  importTimeout: {
    flags: '--import-timeout <SECONDS>',
    kind: 'number',
    summary: 'limit for importing the code, without build and setup (60)',
  },
  bake: {
    flags: '--bake <SECONDS>',
    kind: 'amount',
    summary: 'watch a new revision this long and roll back if it fails (60; 0: off)',
  },
  drain: {
    flags: '--drain <SECONDS>',
    kind: 'amount',
    summary: 'limit for running calls to finish on the replaced revision (30)',
  },
  keep: { flags: '--keep <N>', kind: 'count', summary: 'number of revisions to keep for rollback (5)' },
} as const satisfies Record<string, OptionDeclaration>;
