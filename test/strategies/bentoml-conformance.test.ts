/** @needs python3 uv */
import { readServerRecord } from '../../strategies/bentoml/server-record.js';
import { alsoFreesPorts, conformsAsRunner, describeBuiltIn } from './conformance.js';

conformsAsRunner(alsoFreesPorts(await describeBuiltIn('bentoml'), readServerRecord));
