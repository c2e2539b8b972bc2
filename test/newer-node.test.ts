/** @needs python3 newer-node openssl */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import { packageRoot } from '../src/home/package-root.js';

const execute = promisify(execFile);

/** Tests of code that depends on Node's connections and timers, which change between versions. */
const paths = [
  'runners/http/(http|json)-call',
  'runners/deadline-timer',
  'network/proxy',
  'strategies/docker-host-call',
];

test('calls to software work on Node 24, too', async () => {
  const inPackage = { cwd: packageRoot };
  const node = process.env.BERTH_TEST_NODE ?? '';
  const { stdout: version } = await execute(node, ['--version']);
  expect(version).toMatch(/^v24\./);
  const jest = join('node_modules', 'jest', 'bin', 'jest.js');
  const argv = [
    '--experimental-vm-modules',
    jest,
    '--runInBand',
    '--json',
    ...paths.map((path) => `/test/${path}\\.test`),
  ];
  const { NODE_OPTIONS, ...rest } = process.env; // options for the Node that runs this test
  const env = { ...rest, BERTH_TEST_MET: '' }; // no Temporal server for these tests
  const { stdout } = await execute(node, argv, { ...inPackage, env, maxBuffer: 2 ** 26 }).catch((error) => error);
  const { numPassedTests, testResults } = JSON.parse(stdout) as {
    numPassedTests: number;
    testResults: { name: string; status: string; message: string }[];
  };
  expect(testResults.filter(({ status }) => status !== 'passed').map(({ message }) => message)).toEqual([]);
  expect(numPassedTests).toBeGreaterThan(40);
}, 300_000);
