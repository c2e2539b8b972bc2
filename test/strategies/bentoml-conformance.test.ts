/** @needs python3 uv */
import { readServerRecord } from '../../strategies/bentoml/server/server-record.js';
import { describeBuiltIn, testFreedPorts, testRunnerConformance } from './conformance.js';

testRunnerConformance(testFreedPorts(await describeBuiltIn('bentoml'), readServerRecord));
