"""The gateway's metrics; labels are closed sets: methods of the catalogue, gRPC codes."""

from chassis.metrics import counter, gauge, histogram

requests = counter("hallbus_gateway_requests_total", "Calls answered, streams when they end", ["method", "code"])
seconds = histogram("hallbus_gateway_request_duration_seconds", "From the first byte of a unary call to its answer", ["method"])
in_flight = gauge("hallbus_gateway_requests_in_flight", "Unary calls being worked on")
subscriptions = gauge("hallbus_gateway_subscriptions", "Event streams open")
events_sent = counter("hallbus_gateway_events_sent_total", "Events handed to subscribers")
log_pages = counter("hallbus_gateway_log_pages_total", "Pages of the event log read for subscribers that are not live")
tail_connected = gauge("hallbus_gateway_log_tail_connected", "1 while the live tail of the event log is attached")
tail_reconnects = counter("hallbus_gateway_log_tail_reconnects_total", "Times the live tail lost the log and attached again")
key_lookups = counter("hallbus_gateway_api_key_lookups_total", "API keys asked of the directory", ["outcome"])
