/** @needs python3 */
import { expect, test } from '@jest/globals';
import { listConvertedParameters, needsConversion } from '../../../src/adaptation/shapes/needs-conversion.js';
import { gatherFacts } from '../../../src/facts/index.js';
import { temporarySolution } from '../../support/temporary-directories.js';

test.each([
  'str',
  'int | None',
  'Optional[float]',
  'typing.Union[str, int]',
  'List[Dict[str, typing.Any]]',
  'dict[str, list]',
  'collections.abc.Mapping[str, int]',
  'Sequence[bool]',
  'np.ndarray',
  'Union[str, torch.Tensor]',
  'npt.NDArray',
])('%s is a JSON type', (annotation) => {
  expect(needsConversion(annotation)).toBe(false);
});

test.each([
  'datetime.date',
  'date',
  'Path | None',
  'List[Color]',
  'Literal["a"]',
  'Optional["Item"]',
  'tuple[int, int]',
  'set',
  'bytes',
  'Annotated[int, Field(ge=1)]',
  'Dict[int, str]',
  'Dict[str, Dict[date, int]]',
  'np',
])('%s is not a JSON type', (annotation) => {
  expect(needsConversion(annotation)).toBe(true);
});

test('a parameter with a declaration as its default is converted, and a variadic one is not', async () => {
  const source = `from pydantic import Field
def predict(text: str, n: int = Field(3, ge=1), *rest: bytes, plain: int = int("3"), **more: bytes): ...
`;
  const { entryPoints } = await gatherFacts(temporarySolution({ 'app.py': source }));
  expect(listConvertedParameters(entryPoints[0]?.parameters ?? [])).toEqual(['n: int', 'more: bytes']);
});
