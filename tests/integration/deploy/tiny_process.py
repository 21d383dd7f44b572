"""A process as small as can be: ready (or not) on the port that `variable` names. Not a test; the tests run it."""

import os
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer


class Answer(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(int(os.environ["TINY_STATUS"]))
        self.end_headers()
        self.wfile.write(b"database: no answer\n")


variable = sys.argv[1]
sys.stdout.write("tiny starts\n")
if "TINY_DIES" in os.environ:
    sys.exit("tiny dies: TINY_DIES is set")
HTTPServer(("127.0.0.1", int(os.environ[variable])), Answer).serve_forever()
