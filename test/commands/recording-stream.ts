import { PassThrough } from 'node:stream';
import type { DeploymentInfo } from '../../src/contract/status.js';

/** Stream that records its text; a terminal with that width, or a file. */
export class RecordingStream extends PassThrough {
  text = '';
  readonly isTTY: boolean;
  readonly columns: number;

  constructor({ isTTY = false, columns = 80 } = {}) {
    super();
    this.isTTY = isTTY;
    this.columns = columns;
    this.on('data', (chunk: Buffer) => {
      this.text += chunk.toString();
    });
  }
}

/** Creates the info of a running deployment, with a test's changes. */
export const createDeploymentInfo = (facts: Partial<DeploymentInfo> = {}): DeploymentInfo => ({
  name: 'sentiment',
  state: 'running',
  strategy: 'local',
  provider: null,
  interface: 'function',
  resources: { memory: '2Gi' },
  endpoint: 'unix:/state/r1.sock',
  revision: 'r1',
  adaptedPath: '/state/r1/code',
  adaptedFiles: [],
  runInterface: { type: 'function', module: 'app', callable: 'predict' },
  selection: { decidedBy: 'rules', reasoning: 'it defines predict(text)', candidates: [] },
  adaptation: { by: 'recipe:function', summary: 'recognized predict(text)', rounds: 0, cost: 0, sessionId: null },
  contract: { source: 'user', examples: 3, passed: 3 },
  revisions: [],
  restarts: 0,
  lastError: null,
  webUrl: null,
  source: { path: '/solutions/sentiment', digest: null },
  host: 'here',
  steps: [],
  checks: [{ name: 'structure', passed: true, milliseconds: 3, note: 'app.py' }],
  notes: [],
  change: null,
  next: null,
  changes: [],
  bake: null,
  ...facts,
});
