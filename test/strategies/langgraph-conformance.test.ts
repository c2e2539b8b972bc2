/** @needs python3 uv */
import { readServerRecord } from '../../strategies/langgraph/server-record.js';
import { alsoFreesPorts, conformsAsRunner, describeBuiltIn } from './conformance.js';

conformsAsRunner(alsoFreesPorts(await describeBuiltIn('langgraph'), readServerRecord));
