import { expect, test } from '@jest/globals';
import { buildServerArguments } from '../../src/stack/server-command.js';

test('the server listens on the loopback interface, keeps its data and is not throttled', () => {
  const line = buildServerArguments({ port: 1, uiPort: 2, database: '/home/temporal.db' }, ['BerthName']).join(' ');
  expect(line).toBe(
    'server start-dev --ip 127.0.0.1 --port 1 --ui-port 2 --log-level warn --db-filename=/home/temporal.db' +
      ' --sqlite-pragma journal_mode=WAL --sqlite-pragma synchronous=NORMAL' +
      ' --dynamic-config-value history.transferProcessorMaxPollRPS=2000' +
      ' --dynamic-config-value system.enableActivityEagerExecution=true' +
      ' --dynamic-config-value frontend.enableServerVersionCheck=false --search-attribute BerthName=Keyword',
  );
});
