import { delimiter } from 'node:path';

/** PATH that starts with the agents' programs of scripts/test.mjs. */
export const agentPath = [process.env.BERTH_TEST_AGENTS, process.env.PATH].filter(Boolean).join(delimiter);
