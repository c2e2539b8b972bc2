import { delimiter } from 'node:path';

/** The directories in which scripts/test.mjs has the agents' programs, before the rest. */
export const agentPath = [process.env.BERTH_TEST_AGENTS, process.env.PATH].filter(Boolean).join(delimiter);
