/** @needs codex ps setsid */
import { codex } from '../../src/agents/codex.js';
import { CommandLineAgent } from '../../src/agents/command-line-agent.js';
import { describeConformance } from './conformance.js';
import { openaiResponses } from './endpoints/index.js';

describeConformance({
  agent: new CommandLineAgent(codex, { prices: { input: 1, output: 2 } }),
  wire: openaiResponses,
  environment: (url) => ({ OPENAI_BASE_URL: `${url}/v1`, OPENAI_MODEL: 'scripted' }),
  key: 'OPENAI_API_KEY',
  runsCommands: true,
  reportsUsage: true,
  program: 'codex',
  costOfReply: 0.0012,
  startSeconds: 4,
});
