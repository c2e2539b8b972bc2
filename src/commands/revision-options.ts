import type { OptionDeclaration } from './command.js';

/** What a deploy and a redeploy can be told about the revision that they bring up. */
export const revisionOptions = {
  goal: { flags: '--goal <TEXT>', kind: 'text', summary: 'what it is meant to do' },
  strategy: { flags: '--strategy <auto|STRATEGY>', kind: 'text', summary: 'what it runs on (auto)' },
  allow: { flags: '--allow <STRATEGY,…>', kind: 'text', summary: 'what auto may choose from (all that can be used)' },
  provider: { flags: '--provider <PROVIDER>', kind: 'text', summary: 'what the strategy runs on (this machine)' },
  agent: {
    flags: '--agent <auto|none|AGENT,…>',
    kind: 'text',
    summary: 'who adapts what no recipe knows, the next when one cannot (auto)',
  },
  rounds: { flags: '--rounds <N>', kind: 'count', summary: 'how often an agent may try (4)' },
  budget: { flags: '--budget <DOLLARS>', kind: 'number', summary: 'what agents may cost, all in all (no limit)' },
  entry: {
    flags: '--entry <MODULE:CALLABLE>',
    kind: 'text',
    summary: 'what to call; also MODULE:Class.method, of an HTTP server /PATH or :PORT/PATH',
  },
  env: {
    flags: '--env <NAME[=VALUE]>',
    kind: 'list',
    summary: 'variable, with VALUE or with the worker’s; repeatable',
  },
  envFile: { flags: '--env-file <FILE>', kind: 'list', summary: 'variables from a .env file; repeatable' },
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
    summary: 'let other machines call it, without any password, at this address of the host (0.0.0.0: at all of them)',
  },
  timeout: { flags: '--timeout <SECONDS>', kind: 'number', summary: 'how long one call may take (60)' },
  importTimeout: {
    flags: '--import-timeout <SECONDS>',
    kind: 'number',
    summary: 'how long importing the code may take; building and setting it up is not counted (60)',
  },
  bake: {
    flags: '--bake <SECONDS>',
    kind: 'amount',
    summary: 'how long a new revision is watched, and rolled back if it does badly (60; 0: not)',
  },
  drain: { flags: '--drain <SECONDS>', kind: 'amount', summary: 'how long calls may finish on what was replaced (30)' },
  keep: { flags: '--keep <N>', kind: 'count', summary: 'revisions that can be rolled back to (5)' },
} as const satisfies Record<string, OptionDeclaration>;
