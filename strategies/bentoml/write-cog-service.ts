import { loadCogPredictor } from '../../src/adaptation/shapes/index.js';
import type { FunctionInterface } from '../../src/contract/run-interface.js';
import { serviceDecorator, type WrittenService } from './write-service.js';

/** A service around a Cog predictor: what `Input()` says of each input is kept by our host, which reads Cog's rules. */
export function writeCogService(predictor: Pick<FunctionInterface, 'module' | 'callable'>): WrittenService {
  const source = `import os

import bentoml
from berth_host.errors import CallInputError
from berth_host.loading import load_cog, wait


${serviceDecorator}
class Service:
    def __init__(self) -> None:
        self.predictor = ${loadCogPredictor(predictor)}

    @bentoml.api
    def predict(self, inputs: dict) -> dict:
        try:
            return {"output": wait(self.predictor.call(inputs))}
        except CallInputError as error:
            raise bentoml.exceptions.InvalidArgument(str(error)) from None
`;
  return { source, call: 'inputs' };
}
