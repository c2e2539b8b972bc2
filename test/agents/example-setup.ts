import type { Setup } from '../../src/agents/command-line-protocol.js';
import type { AgentRequest } from '../../src/agents/index.js';

/** What a protocol is given, for tests that compare a command and start nothing. */
export function exampleSetup(changes: Partial<Setup> = {}, request: Partial<AgentRequest> = {}): Setup {
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
    places: { state: '/s', home: '/s/home', temporary: '/s/tmp' },
    model: null,
    prices: null,
    variables: {},
    newSession: 'new-id',
    isSandboxed: true,
    ...changes,
  };
}
