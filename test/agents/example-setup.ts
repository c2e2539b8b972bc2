import type { RunSetup } from '../../src/agents/command-line-protocol.js';
import type { AgentRequest } from '../../src/agents/index.js';

/** Returns a setup for tests that compare commands and start nothing. */
export function exampleSetup(changes: Partial<RunSetup> = {}, request: Partial<AgentRequest> = {}): RunSetup {
  return {
    request: {
      prompt: 'the prompt',
      workspace: '/w',
      stateDirectory: '/s',
      session: null,
      limits: { wallSeconds: 10, idleSeconds: 5 },
      ...request,
    },
    program: '/bin/agent',
    directories: { state: '/s', home: '/s/home', temporary: '/s/tmp' },
    model: null,
    prices: null,
    variables: {},
    newSession: 'new-id',
    isSandboxed: true,
    ...changes,
  };
}
