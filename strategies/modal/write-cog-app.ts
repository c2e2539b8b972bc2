import { answerCogCall, loadCogPredictor } from '../../src/adaptation/shapes/index.js';
import type { FunctionInterface } from '../../src/contract/run-interface.js';
import { describeImage, type Needs } from './describe-image.js';
import { gpuOptions, writeHead } from './write-app.js';

export interface WrappedPredictor extends Needs {
  predictor: FunctionInterface;
  /** Import root of the predictor. */
  root: string;
  wantsGpu: boolean;
}

/** An app around a Cog predictor, which each container sets up once, before its first call. */
export function writeCogApp({ predictor, root, wantsGpu, ...needs }: WrappedPredictor): string {
  const image = describeImage(needs, root, predictor.environment);
  const imports = ['from functools import cache', 'from threading import Lock'];
  return `${writeHead({ name: predictor.callable, image, imports, modules: ['berth_host', 'shims'] })}
loading = Lock()


@cache
def load():
    from berth_host.loading import load_cog

    return ${loadCogPredictor(predictor)}


@app.function(${wantsGpu ? gpuOptions : ''})
def call(payload: str) -> str:
    from berth_host.answers import answer_with, refuse
    from berth_host.errors import HostError
    from berth_host.loading import wait

    with loading:  # calls may come at once
        predictor = load()
${answerCogCall('predictor', 'json.loads(payload)')}    return answer.decode()
`;
}
