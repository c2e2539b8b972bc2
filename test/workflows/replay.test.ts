import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from '@jest/globals';
import { DefaultLogger, Runtime, Worker, type WorkflowBundle } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import { packageRoot } from '../../src/home/package-root.js';
import { bundleWorkflows } from '../support/bundle-workflows.js';

const histories = join(packageRoot, 'test', 'workflows', 'histories');
const read = (file: string) => JSON.parse(readFileSync(join(histories, file), 'utf8'));
let workflowBundle: WorkflowBundle;

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  workflowBundle = await bundleWorkflows();
});

const recorded = readdirSync(histories, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.json'));

test.each(recorded.sort())('the recorded history %s replays', async (file) => {
  await Worker.runReplayHistory({ workflowBundle }, read(file));
});

test('a history with another order of steps is rejected', async () => {
  const history = read(recorded.find((file) => file.endsWith('restarted-stopped-started.json')) ?? '');
  const text = JSON.stringify(history).replaceAll('"copyWorkspace"', '"verifyRevision"');
  await expect(Worker.runReplayHistory({ workflowBundle }, JSON.parse(text))).rejects.toThrow(
    DeterminismViolationError,
  );
});
