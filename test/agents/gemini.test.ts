/** @needs gemini ps setsid */
import { CommandLineAgent } from '../../src/agents/command-line-agent.js';
import { gemini } from '../../src/agents/gemini.js';
import { describeConformance } from './conformance.js';
import { gemini as geminiWire } from './endpoints/index.js';

describeConformance({
  agent: new CommandLineAgent(gemini, { prices: { input: 1, output: 2 } }),
  wire: geminiWire,
  environment: (url) => ({ GOOGLE_GEMINI_BASE_URL: url, GEMINI_MODEL: 'gemini-2.5-pro' }),
  key: 'GEMINI_API_KEY',
  runsCommands: true,
  reportsUsage: true,
  program: 'gemini',
  costOfReply: 0.0012,
  startSeconds: 6,
});
