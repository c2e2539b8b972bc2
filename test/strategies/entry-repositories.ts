export interface EntryRepository {
  files: Record<string, string>;
  entry?: string;
  inputs: unknown;
  output: unknown;
}

const helper = 'def up(text):\n    return text.upper()\n';
const predict = 'def predict(text):\n    return up(text)\n';

/** Repositories with a callable that no plain `import` reaches, or that only its import describes. */
export const entryRepositories: Record<string, EntryRepository> = {
  'an attribute that is set at import': {
    files: { 'app.py': 'globals()["shout"] = lambda text: text.upper()\n' },
    entry: 'app:shout',
    inputs: { text: 'a' },
    output: 'A',
  },
  'an attribute of an object, which takes the whole input': {
    files: {
      'app.py':
        'class Model:\n    async def answer(self, inputs):\n        return sorted(inputs)\n\nclass State: pass\n\nstate = State()\nstate.model = Model()\n',
    },
    entry: 'app:state.model.answer',
    inputs: { b: 1, a: 2 },
    output: ['a', 'b'],
  },
  'a file without a name': {
    files: { 'my-model/01-predict.py': `from helper import up\n${predict}`, 'my-model/helper.py': helper },
    entry: 'my-model/01-predict.py:predict',
    inputs: { text: 'a' },
    output: 'A',
  },
  'a repository that is a package': {
    files: { '__init__.py': '', 'predict.py': `from .helper import up\n${predict}`, 'helper.py': helper },
    inputs: { text: 'a' },
    output: 'A',
  },
  'a class method': {
    files: {
      'price.py':
        'class Price:\n    def __init__(self, amount):\n        self.amount = amount\n\n    @classmethod\n    def fromstring(cls, text):\n        for word in text.split():\n            yield word + "!"\n',
    },
    entry: 'price:Price.fromstring',
    inputs: { text: 'a b' },
    output: 'a!b!',
  },
  'a module named as one of Python’s own': {
    files: { 'token.py': `import queue\nfrom queue import up\n${predict}`, 'queue.py': helper },
    entry: 'token:predict',
    inputs: { text: 'a' },
    output: 'A',
  },
};
