"""Writes the protocol of the Modal client that is installed here, as a FileDescriptorSet, to standard output."""

import sys

from google.protobuf import descriptor_pb2
from modal_proto import api_pb2


def add(file, seen, found):
    if file.name in seen:
        return
    seen.add(file.name)
    for dependency in file.dependencies:
        add(dependency, seen, found)
    file.CopyToProto(found.file.add())


found = descriptor_pb2.FileDescriptorSet()
add(api_pb2.DESCRIPTOR, set(), found)
sys.stdout.buffer.write(found.SerializeToString())
