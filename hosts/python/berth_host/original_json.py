"""The json module as it was before the solution was imported, whatever that replaces in it."""

import json


class Encoder(json.JSONEncoder):
    encode = json.JSONEncoder.encode
    iterencode = json.JSONEncoder.iterencode
    default = json.JSONEncoder.default


class Decoder(json.JSONDecoder):
    decode = json.JSONDecoder.decode
    raw_decode = json.JSONDecoder.raw_decode


#: As `json.dumps` and `json.loads` without options; of text.
dumps = Encoder().encode
loads = Decoder().decode
