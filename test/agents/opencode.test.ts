/** @needs opencode ps setsid */
import { CommandLineAgent } from '../../src/agents/command-line-agent.js';
import { opencode } from '../../src/agents/opencode.js';
import { describeConformance } from './conformance.js';
import { openaiChat } from './endpoints/index.js';

describeConformance({
  agent: new CommandLineAgent(opencode, { prices: { input: 1, output: 2 } }),
  wire: openaiChat,
  environment: (url) => ({ OPENAI_BASE_URL: `${url}/v1`, OPENAI_MODEL: 'scripted' }),
  key: 'OPENAI_API_KEY',
  runsCommands: true,
  reportsUsage: true,
  program: 'opencode',
  costOfReply: 0.0012,
  startSeconds: 10,
});
