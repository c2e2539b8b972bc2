import { describeCogPredictor } from '../../src/adaptation/shapes/index.js';
import type { FunctionInterface } from '../../src/contract/run-interface.js';
import { threadsVariable } from './concurrency-variables.js';
import { serviceDecorator, type WrittenService } from './write-service.js';

/** A service around a Cog predictor: what `Input()` says of each input is kept by our host, which reads Cog's rules. */
export function writeCogService(predictor: Pick<FunctionInterface, 'module' | 'callable'>): WrittenService {
  const source = `import os

import bentoml
from berth_host.errors import CallInputError
from berth_host.guest import Guest


${serviceDecorator}
class Service:
    def __init__(self) -> None:
        self.predictor = Guest(${describeCogPredictor(predictor)}, os.environ.get("${threadsVariable}"))

    @bentoml.api
    async def predict(self, inputs: dict) -> dict:
        try:
            return {"output": await self.predictor.call(inputs)}
        except CallInputError as error:
            raise bentoml.exceptions.InvalidArgument(str(error)) from None
`;
  return { source, call: 'inputs' };
}
