/** Function with annotations of types that JSON lacks; its answer shows the types of its inputs. */
export const annotatedRepository: Record<string, string> = {
  'app.py': `import datetime
import enum
from dataclasses import dataclass, field
from pathlib import Path
from typing import List, Literal, Optional


class Color(enum.Enum):
    RED = "red"
    BLUE = "blue"


@dataclass
class Item:
    name: str
    due: Optional[datetime.date] = None
    parts: List["Item"] = field(default_factory=list)


def predict(
    when: datetime.date,
    item: Item,
    count: int = 2**63 - 1,
    colors: List[Color] = (),
    path: Path = Path("data"),
    mode: Literal["fast", "slow"] = "fast",
):
    shown = [type(value).__name__ for value in (when, item, count, path, mode, *colors)]
    return {"kinds": shown, "next": when + datetime.timedelta(days=1), "item": item, "count": count, "big": 2**63 - 1}
`,
};

/** JSON text of inputs and of the complete answer, and invalid inputs with their messages. */
export const annotatedCalls = {
  inputs:
    '{"when": "2024-02-28", "item": {"name": "a", "parts": [{"name": "b", "due": "2024-01-31"}]}, "count": 9007199254740993, "colors": ["red", "blue"], "path": "x"}',
  answer:
    '{"status":"success","output":{"kinds":["date","Item","int","PosixPath","str","Color","Color"],"next":"2024-02-29",' +
    '"item":{"name":"a","due":null,"parts":[{"name":"b","due":"2024-01-31","parts":[]}]},' +
    '"count":9007199254740993,"big":9223372036854775807}}',
  refused: [
    [{ when: 'soon', item: { name: 'a' } }, 'when: must be a date like 2024-01-31, got "soon"'],
    [{ when: '2024-01-31', item: { name: 'a', parts: [{}] } }, 'item.parts[0].name: is required'],
    [{ when: '2024-01-31', item: { name: 'a' }, colors: ['green'] }, 'colors[0]: must be one of "red", "blue"'],
    [{ when: '2024-01-31', item: { name: 'a' }, mode: 'odd' }, 'mode: must be one of "fast", "slow"; got "odd"'],
    [{ when: '2024-01-31' }, 'needs item'],
  ] as [unknown, string][],
};
