"""The gRPC side that both asyncio gateways share: grpc.aio on uvloop, one unary method, the call handed to a function."""

from collections.abc import Awaitable, Callable

import grpc

from bench.peers.ready import PORT
from bench.protos import messages

pb = messages()
Command = Callable[[dict[str, object]], Awaitable[dict[str, object]]]


async def serve(command: Command) -> grpc.aio.Server:
    """Start the server on BENCH_PORT; every AcceptCase becomes one `command`."""

    async def accept_case(request: "pb.BenchCaseRequest", _context: object) -> "pb.BenchCaseReply":
        reply = await command({field.name: value for field, value in request.ListFields()})
        return pb.BenchCaseReply(id=str(reply["id"]), case_no=reply["case_no"])

    handler = grpc.unary_unary_rpc_method_handler(
        accept_case,
        request_deserializer=pb.BenchCaseRequest.FromString,
        response_serializer=pb.BenchCaseReply.SerializeToString,
    )
    server = grpc.aio.server()
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("hallbus.v1.BenchService", {"AcceptCase": handler}),))
    server.add_insecure_port(f"127.0.0.1:{PORT}")
    await server.start()
    return server
