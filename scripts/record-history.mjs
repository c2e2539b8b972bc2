// Records the history of a workflow for the replay test:
//   node scripts/record-history.mjs deployment-NAME > test/workflows/histories/WHAT-HAPPENED.json
// The server is the one of TEMPORAL_ADDRESS.
import { Client, Connection } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';

const [workflowId] = process.argv.slice(2);
const connection = await Connection.connect({ address: process.env.TEMPORAL_ADDRESS });
const history = await new Client({ connection }).workflow.getHandle(workflowId).fetchHistory();
// Replay needs no stack traces, and they hold this machine's paths.
const text = JSON.stringify(
  JSON.parse(historyToJSON(history), (key, value) => (key === 'stackTrace' ? '' : value)),
  null,
  2,
);
process.stdout.write(`${text}\n`);
await connection.close();
