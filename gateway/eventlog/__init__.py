"""The event log as a gRPC stream: RabbitMQ's stream queue `hallbus.log`, read by offset.

One tail per process keeps the newest events in memory (`tail`, `ring`); a subscriber that is further back (resuming, or slow) reads
pages of the log itself (`pages`) until it has caught up. Nobody has a buffer of his own: a subscriber is a position, so slow ones cost
no memory.
"""
