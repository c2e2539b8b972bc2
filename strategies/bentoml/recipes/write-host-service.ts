import { generateLoading } from '../../../src/adaptation/shapes/index.js';
import type { FunctionInterface } from '../../../src/contract/run-interface.js';
import { threadsVariable } from '../concurrency-variables.js';
import { serviceDecorator, slotsStatement, type WrittenService } from './write-service.js';

/**
 * Writes a service around code that Berth's host modules load: a Cog predictor, with the metadata of `Input()`
 * for its inputs, or an entry with parameters that are known only after its import.
 */
export function writeHostService(served: FunctionInterface): WrittenService {
  const source = `import asyncio
import json
import os

import bentoml
from berth_host.answers import answer_with, refuse
from berth_host.embedded_software import EmbeddedSoftware
from berth_host.errors import HostError


${serviceDecorator}
class Service:
    def __init__(self) -> None:
        ${slotsStatement}
        self.software = ${generateLoading(served, `os.environ.get("${threadsVariable}")`)}

    @bentoml.api
    async def predict(self, inputs${served.call === 'cog' ? ': dict' : ''}) -> dict:
        try:
            async with self.slots:
                answer = answer_with(await self.software.call(inputs))
        except HostError as error:
            if error.code == "CALL_INPUT":
                raise bentoml.exceptions.InvalidArgument(error.message) from None
            answer = refuse(error.code, error.message)
        return {"output": json.loads(answer)}
`;
  return { source, call: 'inputs' };
}
