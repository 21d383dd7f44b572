"""The one door for programs: gRPC outside, AMQP RPC and the event log inside.

Driven by the protos' own descriptors: a service `<Name>Service` of package hallbus.v1 is the nameko service `<name>`, its method
`AcceptCase` is `accept_case`, and the method option `rule` says who may call it. A new method needs no line here.

Runs in its own unpatched process: a grpcio server under eventlet never answers.
"""
