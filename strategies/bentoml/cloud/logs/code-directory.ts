/** Where a bento's code lies in the cloud's containers. */
export const codeDirectory = '/home/bentoml/bento/src';
