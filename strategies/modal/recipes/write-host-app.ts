import { generateCall, generateLoading } from '../../../src/adaptation/shapes/index.js';
import type { FunctionInterface } from '../../../src/contract/run-interface.js';
import { describeImage, type ImageRequirements } from './describe-image.js';
import { gpuOptions, writeHead } from './write-app.js';

export interface HostSoftware extends ImageRequirements {
  served: FunctionInterface;
  wantsGpu: boolean;
  /** True when it can be called without inputs. */
  isCallableWithoutInputs: boolean;
}

/** Writes an app around code that Berth's host modules load: each container sets it up once, before its first call. */
export function writeHostApp({ served, wantsGpu, isCallableWithoutInputs, ...needs }: HostSoftware): string {
  const image = describeImage(needs, served.environment);
  const imports = ['from functools import cache', 'from threading import Lock'];
  const name = served.callable.split('.')[0] ?? '';
  return `${writeHead({ name, image, imports, modules: ['berth_host', 'shims'] })}
loading = Lock()


@cache
def load():
    from berth_host.embedded_software import EmbeddedSoftware

    return ${generateLoading(served)}


@app.function(${wantsGpu ? gpuOptions : ''})
def call(payload: str${isCallableWithoutInputs ? ' = "{}"' : ''}) -> str:
    from berth_host.answers import answer_with, refuse
    from berth_host.errors import HostError

    with loading:  # calls may be concurrent
        software = load()
${generateCall('software', 'json.loads(payload)')}    return answer.decode()
`;
}
