import type { FunctionInterface } from '../../contract/run-interface.js';

type Predictor = Pick<FunctionInterface, 'module' | 'callable'>;

/**
 * For generated code: the predictor, set up. Our host's modules keep what `Input()` says of each input, and make data of
 * files and of what is yielded.
 */
export const loadCogPredictor = (predictor: Predictor): string => `load_cog(${describeCogPredictor(predictor)})`;

/** For generated code: what our host's modules are told of the predictor. */
export const describeCogPredictor = ({ module, callable }: Predictor): string =>
  `{"module": "${module}", "callable": "${callable}"}`;

/** For generated code: a function that returns the answer to a call as text of JSON, our host's refusals included. */
export const answerCogCall = (predictor: string, inputs: string): string => `    try:
        answer = answer_with(wait(${predictor}.call(${inputs})))
    except HostError as error:
        answer = refuse(error.code, error.message)
`;
