/** @needs python3 uv */
import { serverRecord } from '../../src/runners/server/server-record.js';
import { describeBuiltIn, testFreedPorts, testRunnerConformance } from './conformance.js';

testRunnerConformance(testFreedPorts(await describeBuiltIn('langgraph'), (plan) => serverRecord.read(plan)));
